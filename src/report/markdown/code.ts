import { shortLine } from '../shorten.ts'

/** Characters of a name that are shown. */
const most = 200

/**
 * A name as a code span: there nothing is markup, and GitHub links and mentions nobody, which it else does in rendered text,
 * whatever was escaped. The fence is longer than any run of backticks inside (CommonMark 0.31, 6.1).
 */
export function code(name: string): string {
  const text = shortLine(name, most)
  const fence = '`'.repeat(longestRun(text) + 1)
  const padding = /^`|`$|^$/.test(text) ? ' ' : ''
  return `${fence}${padding}${text}${padding}${fence}`
}

/** The same in a cell of a table: cells end at each pipe that has no backslash before it, code or not (GFM 4.10). */
export function cellCode(name: string): string {
  // A backslash of its own would be taken for the one that escapes: such a pipe is shown as unprintable names are.
  return code(name.replace(/(?<=\\)\|/g, '\\u007c')).replaceAll('|', '\\|')
}

/** The same in a line of HTML. */
export function htmlCode(name: string): string {
  const text = shortLine(name, most).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
  return `<code>${text}</code>`
}

/** Lines as they are, in a block that none of them can close. */
export function codeBlock(language: string, lines: readonly string[]): string[] {
  const fence = '`'.repeat(Math.max(3, ...lines.map(line => longestRun(line) + 1)))
  return [`${fence}${language}`, ...lines, fence]
}

/** Backticks in a row. */
function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
}
