import { allFlags, type Flag, flattened, type Grammar, lastWord } from './grammar.ts'
import type { Values, Word } from './values.ts'

/** A completion script for fish 3 and newer. */
export function fishScript(program: Grammar): string {
  const all = flattened(program)
  const flags = allFlags(program)
  const expecting = flags.flatMap(flag => (flag.values === undefined ? [] : flag.names))
  const commands = all.slice(1).map(({ name }) => quoted(name))
  return `# fish completion of imgaudit

# The command before the cursor, and how many arguments it has there, a line each.
function __imgaudit_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l command ''
    set -l place 0
    set -l expects 0
    for word in $words
        if test $expects = 1
            set expects 0
        else if contains -- $word ${expecting.join(' ')}
            set expects 1
        else if not string match -q -- '-?*' $word
            set -l longer (string trim -- "$command $word")
            if test $place = 0; and contains -- $longer ${commands.join(' ')}
                set command $longer
            else
                set place (math $place + 1)
            end
        end
    end
    printf '%s\\n' "$command" $place
end

function __imgaudit_is
    set -l at (__imgaudit_at)
    test "$at" = "$argv"
end

function __imgaudit_in
    set -l at (__imgaudit_at)
    contains -- "$at[1]" $argv
end

# A word and what it is on each line, behind what stands before the last comma.
function __imgaudit_list
    set -l before (commandline -ct | string replace -r -- '^--[^=]*=' '' | string match -r -- '.*,')
    for line in $argv
        printf '%s%s\\n' "$before" $line
    end
end

complete -c imgaudit -f
${flags.map(flag => flagLine(flag, all)).join('\n')}
${all.flatMap(commandLines).join('\n')}
`
}

function commandLines({ name, places, repeats, commands }: Grammar): string[] {
  const at = (place: number) => `__imgaudit_is ${quoted(name)} ${place}`
  const placed = places.flatMap((values, place) => {
    const many = repeats && place === places.length - 1
    const where = many ? `__imgaudit_in ${quoted(name)}` : at(place)
    return values.kind === 'any' ? [] : [`complete -c imgaudit${when(where)}${offer(values, '-F')}`]
  })
  const below = commands.map(command => {
    return `complete -c imgaudit${when(at(0))} -a ${lastWord(command.name)} -d ${quoted(command.description)}`
  })
  return [...below, ...placed]
}

function flagLine({ names, description, values }: Flag, all: readonly Grammar[]): string {
  const has = ({ flags }: Grammar) => flags.some(flag => flag.names.join() === names.join())
  const [having, lacking] = [all.filter(has), all.filter(command => !has(command))]
  const few = having.length < lacking.length
  const listed = (few ? having : lacking).map(({ name }) => quoted(name)).join(' ')
  const where = lacking.length === 0 ? '' : when(`${few ? '' : 'not '}__imgaudit_in ${listed}`)
  const spelled = names.map(name => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`))
  const expects = values === undefined ? '' : ` -r${offer(values, '-F') || ' -f'}`
  return `complete -c imgaudit${where}${spelled.join('')}${expects} -d ${quoted(description)}`
}

function when(condition: string): string {
  return ` -n ${quoted(condition)}`
}

function offer(values: Values, files: string): string {
  if (values.kind === 'files') return ` ${files}`
  if (values.kind === 'any') return ''
  const list = values.list ? '__imgaudit_list' : "printf '%s\\n'"
  return ` -f -a ${quoted(`(${list} ${values.words.map(line).join(' ')})`)}`
}

/** A word, a tab, and what it is. */
function line([word, description]: Word): string {
  return quoted(description === '' ? word : `${word}\t${description}`)
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
