import { type Command, Help, type Option } from 'commander'
import { version } from '../version.ts'
import { examples } from './examples.ts'

/**
 * The commands as a man page, man(7): from their definitions, and the same bytes for the same version. What the definitions
 * cannot say stands at the end of this file.
 */
export function manPage(program: Command): string {
  const help = new Help()
  const sections = [
    `.TH IMGAUDIT 1 "" "imgaudit ${version}" "User Commands"`,
    '.nh\n.ad l',
    section('NAME', `imgaudit \\- ${escaped(name)}`),
    section('SYNOPSIS', synopsis(help, program)),
    section('DESCRIPTION', [program.description(), ...description].map(escaped).join('\n.PP\n')),
    section(
      'COMMANDS',
      help
        .visibleCommands(program)
        .map(command => commandText(help, command))
        .join('\n'),
    ),
    section('OPTIONS', `${escaped(everywhere)}\n${optionGroups(help, program)}`),
    section('EXIT STATUS', tagged(exitCodes)),
    section('ENVIRONMENT', tagged(environment)),
    section('FILES', tagged(files)),
    section('EXAMPLES', examples.map(([line, what]) => tag(`.B ${argument(line)}`, what)).join('\n')),
    section('SEE ALSO', escaped(seeAlso)),
  ]
  return `${sections.join('\n')}\n`
}

function section(title: string, text: string): string {
  return `.SH "${title}"\n${text}`
}

function synopsis(help: Help, program: Command): string {
  const lines = [`imgaudit ${program.usage()}`, ...help.visibleCommands(program).map(below => usageOf(help, below))]
  return lines.map(line => `.B ${argument(line)}`).join('\n.br\n')
}

/** `imgaudit compare <before> <after>` */
function usageOf(help: Help, command: Command): string {
  return `imgaudit ${help.subcommandTerm(command).replace(' [options]', '')}`
}

function commandText(help: Help, command: Command): string {
  const own = help.visibleOptions(command).filter(({ long }) => long !== '--help')
  const below = help.visibleCommands(command)
  return [
    tag(`.B ${argument(help.subcommandTerm(command).replace(' [options]', ''))}`, command.description()),
    ...own.map(option => `.RS\n${optionText(help, option)}\n.RE`),
    ...below.map(each => tag(`.B ${argument(`${command.name()} ${help.subcommandTerm(each)}`)}`, each.description())),
  ].join('\n')
}

/** Under the headings that --help has. */
function optionGroups(help: Help, program: Command): string {
  const options = help.visibleOptions(program)
  const headings = [...new Set(options.map(({ helpGroupHeading = '' }) => helpGroupHeading))]
  return headings
    .map(heading => {
      const own = options.filter(({ helpGroupHeading = '' }) => helpGroupHeading === heading)
      return `.SS "${escaped(heading.replace(/:$/, ''))}"\n${own.map(option => optionText(help, option)).join('\n')}`
    })
    .join('\n')
}

function optionText(help: Help, option: Option): string {
  return tag(`.B ${argument(help.optionTerm(option))}`, help.optionDescription(option))
}

function tagged(rows: readonly (readonly [tag: string, text: string])[]): string {
  return rows.map(([name, text]) => tag(`.B ${argument(name)}`, text)).join('\n')
}

function tag(line: string, text: string): string {
  return `.TP\n${line}\n${text === '' ? '\\&' : escaped(text)}`
}

/** Text of its own line, which is no request. */
function escaped(text: string): string {
  return inline(text).replace(/^(?=[.'])/gm, '\\&')
}

/** What follows a request, as one argument. */
function argument(text: string): string {
  return `"${inline(text).replaceAll('"', '\\(dq')}"`
}

/** groff_char(7): a plain hyphen or quote would be set as a typographic one, which nobody can type. */
function inline(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(
      /[^\p{ASCII}]/gu,
      character => `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
}

const name = 'say where every byte of a container image went and why, and what can go'

const description = [
  'An image is named as the engine names it (app:1, an ID), or by what it is: an archive (app.tar), a folder with an OCI layout, - for standard input. A prefix forces what it is: docker:, podman:, containerd:, containers-storage:, docker-archive:, oci-archive:, oci:. An image that is called like a command needs one.',
  'Nothing of an image is run, and nothing of it is written to disk but what is asked for. The report goes to standard output, progress and errors to standard error.',
]

const everywhere = 'They may stand before and behind a command.'

const exitCodes = [
  ['0', 'audited, and within what it may weigh'],
  ['1', 'over a limit'],
  ['2', 'bad usage or configuration, or a file that cannot be written'],
  ['3', 'the image, or a stored report, cannot be read'],
  ['130', 'interrupted'],
] as const

const environment = [
  ['DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG', 'which engine, as for docker(1)'],
  ['CONTAINER_HOST, CONTAINERS_STORAGE_CONF', 'which store, as for podman(1)'],
  ['CONTAINERD_ADDRESS, CONTAINERD_NAMESPACE', 'which containerd, as for ctr(1)'],
  ['XDG_CACHE_HOME', 'where the layer cache is; ~/.cache unless told'],
  ['NO_COLOR, FORCE_COLOR', 'no colours; colours though nobody looks at a terminal'],
  ['GITHUB_STEP_SUMMARY', 'the file that --format github adds a summary to'],
] as const

const files = [
  ['imgaudit.config.yaml', 'what an image may weigh, and what to ignore; imgaudit init writes one'],
  ['~/.cache/imgaudit', 'what is known of layers that were read: names, sizes and facts, never contents'],
] as const

const seeAlso = 'docker(1), podman(1), skopeo(1), tar(1)'
