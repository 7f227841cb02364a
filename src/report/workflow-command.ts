/** What a job of GitHub Actions can say of a file, worst first. */
type Severity = 'error' | 'warning' | 'notice'

/** Where and under which head; what is undefined is left out. */
export interface Properties {
  readonly file?: string
  readonly line?: number
  readonly endLine?: number
  readonly title?: string
}

/**
 * A workflow command on one line (docs.github.com, workflow commands; escaped as actions/toolkit does in
 * packages/core/src/command.ts): in data `%`, CR and LF, in properties `:` and `,` too.
 */
export function workflowCommand(severity: Severity, properties: Properties, message: string): string {
  const said = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',')
  return `::${severity}${said === '' ? '' : ` ${said}`}::${escapeData(message)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** Lines of which none begins as a command: the runner takes `::` behind blanks too. For whatever a job prints, also where it was
 *  not asked for annotations and nothing else says that there are none. */
export function withoutCommandLines(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1\\u003a')
}

/** Text in which a job sees no command, whatever it is: the runner takes `::` behind blanks too, and `##[…]` anywhere in a line.
 *  `token` has to be one that nobody can foresee (docs.github.com, workflow commands: stopping and starting them). */
export function withoutCommands(text: string, token: string): string {
  return `::stop-commands::${token}\n${text}::${token}::\n`
}
