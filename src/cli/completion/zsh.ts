import { type Flag, type Grammar, lastWord } from './grammar.ts'
import { Shared } from './shared.ts'
import type { Values } from './values.ts'

/** A completion script for zsh: a file of $fpath named _imgaudit, or sourced after compinit. */
export function zshScript(program: Grammar): string {
  const values = new Shared('_imgaudit_values')
  const flags = new Shared('_imgaudit_flags')
  const first = flagsOf(program, flags, values)
  const branches = program.commands.map(command => {
    const specs = placesOf(command, values).map(spec => ` ${quoted(spec)}`)
    return `    ${command.name}) ${flagsOf(command, flags, values)}; _arguments -s -S : $flags${specs.join('')} && ret=0 ;;`
  })
  return `#compdef imgaudit

_imgaudit() {
  local curcontext=$curcontext state line ret=1
  local -a flags
  typeset -A opt_args
  ${first}
  _arguments -C -s -S : $flags '1: :_imgaudit_first' '*:: :->rest' && ret=0
  [[ $state == rest ]] || return ret
  case $line[1] in
${branches.join('\n')}
    *) _arguments -s -S : $flags && ret=0 ;;
  esac
  return ret
}

_imgaudit_first() {
  _alternative 'commands:command:_imgaudit_commands' 'files:image:_imgaudit_files'
}

# Behind docker-archive: and json= too.
_imgaudit_files() {
  compset -P '[a-z]*[:=]'
  _files
}

_imgaudit_commands() {
  local -a commands
  commands=(
${program.commands.map(({ name, description }) => `    ${quoted(`${name}:${escaped(description)}`)}`).join('\n')}
  )
  _describe -t commands command commands
}

${flags.text}
${values.text}
if [[ $funcstack[1] == _imgaudit ]]; then _imgaudit "$@"; else compdef _imgaudit imgaudit; fi
`
}

/** The function that sets the options of a command. */
function flagsOf({ flags }: Grammar, shared: Shared, values: Shared): string {
  const specs = flags.flatMap(flag => specsOf(flag, values)).map(spec => `    ${quoted(spec)}`)
  return shared.nameOf(`  flags=(\n${specs.join('\n')}\n  )`)
}

function placesOf({ places, repeats, commands }: Grammar, shared: Shared): readonly string[] {
  if (commands.length > 0) {
    const words = commands.map(({ name, description }) => [lastWord(name), description] as const)
    return [`1:command:${action({ kind: 'words', list: false, words }, shared)}`]
  }
  return places.map((values, at) => {
    return `${repeats && at === places.length - 1 ? '*' : at + 1}:argument:${action(values, shared)}`
  })
}

/** What expects a value can be repeated, some of it: zsh offers it again. */
function specsOf({ names, description, values }: Flag, shared: Shared): string[] {
  const text = `[${escaped(description)}]`
  if (values === undefined) return names.map(name => `(${names.join(' ')})${name}${text}`)
  return names.map(name => `*${name}${name.startsWith('--') ? '=' : '+'}${text}:value:${action(values, shared)}`)
}

function action(values: Values, shared: Shared): string {
  if (values.kind === 'files') return '_imgaudit_files'
  if (values.kind === 'any') return ' '
  const words = values.words.map(([word, description]) =>
    quoted(description === '' ? word : `${word}[${escaped(description)}]`),
  )
  return shared.nameOf(`  _values${values.list ? ' -s ,' : ''} value ${words.join(' ')}`)
}

function escaped(text: string): string {
  return text.replace(/[[\]\\:]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
