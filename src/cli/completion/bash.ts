import { allFlags, flattened, type Grammar, lastWord } from './grammar.ts'
import type { Values } from './values.ts'

/**
 * A completion script for bash 3.2 and newer, which needs no other package. File names are left to readline, which knows
 * quotes and tildes: it completes them where the function finds nothing.
 */
export function bashScript(program: Grammar): string {
  const all = flattened(program)
  const expecting = allFlags(program).filter(({ values }) => values !== undefined)
  const values = expecting.map(flag => [flag.names.join(' | '), offer(flag.values)] as const)
  const flags = all.map(({ name, flags }) => {
    return [quoted(name), `_imgaudit_words ${quoted(flags.flatMap(({ names }) => names).join(' '))}`] as const
  })
  const commands = all.slice(1).map(({ name }) => {
    return `          ${quoted(`${parentOf(name)} 0 ${lastWord(name)}`)}) command=${quoted(name)} ;;`
  })
  return `# bash completion of imgaudit

_imgaudit() {
  local words=() cur=\${COMP_WORDS[COMP_CWORD]} line=\${COMP_LINE:0:COMP_POINT} count=0 i word
  # Bash splits at = and : too; words are what has blanks around it.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $i == 0 || $line == [[:space:]]* ]]; then
      line=\${line#"\${line%%[![:space:]]*}"}
      words[count]=
      count=$((count + 1))
    fi
    words[count - 1]+=$word
    line=\${line#"$word"}
  done
  local whole=\${words[count - 1]} command= place=0 option=
  for ((i = 1; i < count - 1; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then
      option=
      continue
    fi
    case $word in
      ${expecting.flatMap(({ names }) => names).join(' | ')})
        option=$word
        ;;
      -?*) ;;
      *)
        case "$command $place $word" in
${commands.join('\n')}
          *) place=$((place + 1)) ;;
        esac
        ;;
    esac
  done
  COMPREPLY=()
  [[ $cur == = ]] && cur=
  if [[ -z $option && $whole == --*=* ]]; then
    option=\${whole%%=*}
    whole=\${whole#*=}
  fi
  if [[ -n $option ]]; then
    case $option in
${grouped(values)}
    esac
  elif [[ $whole == -* ]]; then
    case $command in
${grouped(flags)}
    esac
  else
    case "$command $place" in
${grouped(all.flatMap(placeCases))}
    esac
  fi
}

# A command or an image, which can be a file.
_imgaudit_first() {
  [[ $whole == "$cur" ]] && _imgaudit_words "$1"
  compopt -o default 2>/dev/null
  [[ \${#COMPREPLY[@]} == 0 || -z $cur ]] && return
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -f -- "$cur"))
}

# Those of the words that begin like the last one; never a file name.
_imgaudit_words() {
  local IFS=$' \\t\\n'
  compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

# The same for the last of several with commas between.
_imgaudit_list() {
  local before= word
  [[ $cur == *,* ]] && before=\${cur%,*},
  compopt +o default 2>/dev/null
  for word in $1; do [[ $before$word == "$cur"* ]] && COMPREPLY+=("$before$word"); done
}

complete -o default -F _imgaudit imgaudit
`
}

type Case = readonly [pattern: string, job: string]

/** A pattern of the shell for every place of a command, and what completes it. */
function placeCases({ name, places, repeats, commands }: Grammar): readonly Case[] {
  if (commands.length > 0) {
    const first = places.length > 0 ? '_imgaudit_first' : '_imgaudit_words'
    return [[quoted(`${name} 0`), `${first} ${quoted(commands.map(below => lastWord(below.name)).join(' '))}`]]
  }
  return places.map((values, at) => {
    const many = repeats && at === places.length - 1
    return [many ? `${quoted(`${name} `)}*` : quoted(`${name} ${at}`), offer(values)]
  })
}

/** The patterns of one job in one line; nothing completes all others. */
function grouped(cases: readonly Case[]): string {
  const jobs = new Map<string, string[]>()
  for (const [pattern, job] of cases) if (job !== nothing) jobs.set(job, [...(jobs.get(job) ?? []), pattern])
  const lines = [...jobs].map(([job, patterns]) => `      ${patterns.join(' | ')}) ${job} ;;`)
  return [...lines, `      *) ${nothing} ;;`].join('\n')
}

const nothing = "_imgaudit_words ''"

function offer(values: Values | undefined): string {
  if (values === undefined || values.kind === 'any') return nothing
  if (values.kind === 'files') return ':'
  return `_imgaudit_${values.list ? 'list' : 'words'} ${quoted(values.words.map(([word]) => word).join(' '))}`
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(' ')))
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
