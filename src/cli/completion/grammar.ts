import { type Command, Help, type Option } from 'commander'
import { refuses } from '../refused.ts'
import { type Values, valuesOfArgument, valuesOfOption } from './values.ts'

/** An option as a shell completes it. */
export interface Flag {
  /** `-f`, `--format` */
  readonly names: readonly string[]
  /** By which commander knows it: `layerStore` of `--no-layer-store`. */
  readonly attribute: string
  readonly description: string
  /** What follows it; undefined where nothing does. */
  readonly values: Values | undefined
}

/** A command as a shell completes it. */
export interface Grammar {
  /** `cache clear`; empty for the program. */
  readonly name: string
  readonly description: string
  /** Its own, and those that stand behind every command. */
  readonly flags: readonly Flag[]
  readonly places: readonly Values[]
  /** Whether what stands at the last place can stand there again. */
  readonly repeats: boolean
  readonly commands: readonly Grammar[]
}

/** What can stand on the command line, from the definition of the commands themselves. */
export function grammarOf(program: Command): Grammar {
  return commandGrammar(program, '', [])
}

function commandGrammar(command: Command, name: string, above: readonly Flag[]): Grammar {
  const help = new Help()
  const known = new Set(above.flatMap(({ names }) => names))
  const own = help.visibleOptions(command).map(flagOf)
  const flags = [...above, ...own.filter(({ names }) => !names.some(name => known.has(name)))]
  const { registeredArguments: places } = command
  return {
    name,
    description: command.description(),
    flags: flags.filter(flag => !refuses(name, flag.attribute)),
    places: places.map(valuesOfArgument),
    repeats: places.at(-1)?.variadic === true,
    commands: help
      .visibleCommands(command)
      .map(below => commandGrammar(below, `${name} ${below.name()}`.trim(), flags)),
  }
}

function flagOf(option: Option): Flag {
  const { short, long, description } = option
  const names = [short, long].filter(name => name !== undefined)
  return { names, attribute: option.attributeName(), description, values: valuesOfOption(option) }
}

/** A command and all below it. */
export function flattened(grammar: Grammar): readonly Grammar[] {
  return [grammar, ...grammar.commands.flatMap(flattened)]
}

/** Every option of any command, once. */
export function allFlags(program: Grammar): readonly Flag[] {
  const flags = flattened(program).flatMap(command => command.flags)
  return [...new Map(flags.map(flag => [flag.names.join(), flag])).values()]
}

/** `clear` of `cache clear`. */
export function lastWord(name: string): string {
  return name.slice(name.lastIndexOf(' ') + 1)
}
