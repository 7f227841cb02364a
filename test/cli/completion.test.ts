import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shells } from '../../src/cli/completion/shell.ts'
import { formatNames } from '../../src/report/index.ts'
import { rules } from '../../src/rule/index.ts'
import { missing } from '../bytes/tools.ts'
import { imgaudit } from './imgaudit.ts'

let cwd = ''

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'imgaudit-completion-'))
  for (const shell of shells) {
    const { stdout } = await imgaudit(cwd, ['completion', shell])
    writeFileSync(join(cwd, `_imgaudit.${shell}`), stdout)
  }
  mkdirSync(join(cwd, 'work', 'a folder'), { recursive: true })
  for (const name of ['app.tar', 'Dockerfile', 'report.json']) writeFileSync(join(cwd, 'work', name), '')
  writeFileSync(join(cwd, 'ask.bash'), askBash)
  writeFileSync(join(cwd, 'ask.zsh'), askZsh)
})

afterAll(() => rmSync(cwd, { recursive: true }))

/** What a shell offers for the last word of each line. */
type Ask = (lines: readonly string[]) => (readonly string[])[]

/** As readline does: words split at = and : too, the function, then names of files where it found none. */
const askBash = `
source "$1"
line=$2
COMP_WORDS=()
rest=$line
while [[ -n $rest ]]; do
  if [[ $rest == [[:space:]]* ]]; then rest=\${rest#?}; [[ -z $rest ]] && COMP_WORDS+=(''); continue; fi
  word=\${rest%%[[:space:]=:]*}
  if [[ -n $word ]]; then rest=\${rest#"$word"}; COMP_WORDS+=("$word"); continue; fi
  COMP_WORDS+=("\${rest:0:1}")
  rest=\${rest:1}
done
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=\${#line}
files=yes
compopt() { case "$*" in *'+o default') files= ;; *'-o default') files=yes ;; esac; }
_imgaudit imgaudit "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD - 1]}"
if [[ \${#COMPREPLY[@]} == 0 && -n $files ]]; then
  word=\${COMP_WORDS[COMP_CWORD]}
  [[ $word == [=:] ]] && word=
  mapfile -t COMPREPLY < <(compgen -f -- "$word")
fi
printf '%s\\n' "\${COMPREPLY[@]}"
`

/** An interactive zsh in a terminal of its own, of which compadd tells what it is given. */
const askZsh = `
zmodload zsh/zpty
zpty shell zsh -f -i
line() { zpty -w shell "$1"; }
line 'PROMPT= PS2= RPROMPT='
line "autoload -Uz compinit && compinit -u"
line "source $1"
line "cd $2"
line 'zstyle ":completion:*" insert-tab false'
line 'zstyle ":completion:*" list-separator "--"'
line 'compadd () { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi; typeset -a __hits __dscr; builtin compadd -A __hits "$@"; local h; for h in $__hits; do print -r -- "<h""it>$IPREFIX$h</hit>"; done; builtin compadd "$@" }'
line 'ends () { BUFFER=; print "<e""nd>" }'
line 'bindkey "^X" ends; zle -N ends'
line 'print "<rea""dy>"'
zpty -r shell out '*<ready>*'
for asked in "\${@:3}"; do
  zpty -w -n shell "$asked"$'\\t'$'\\x18'
  zpty -r shell out '*<end>*'
  print -r -- "$out"
done
`

const ask: Readonly<Record<(typeof shells)[number], Ask>> = {
  bash: lines => lines.map(line => shell('bash', ['--norc', join(cwd, 'ask.bash'), join(cwd, '_imgaudit.bash'), line])),
  zsh: lines => {
    const out = shell('zsh', ['-f', join(cwd, 'ask.zsh'), join(cwd, '_imgaudit.zsh'), join(cwd, 'work'), ...lines])
    const parts = out.join('\n').split('<end>').slice(0, -1)
    return parts.map(part => [...new Set([...part.matchAll(/<hit>(.*?)<\/hit>/g)].map(match => match[1] ?? ''))])
  },
  fish: lines => {
    return lines.map(line => {
      const script = `source '${join(cwd, '_imgaudit.fish')}'; complete -C '${line}'`
      return shell('fish', ['--no-config', '-c', script]).map(offer => offer.replace(/\t.*/, ''))
    })
  },
}

function shell(name: string, argv: readonly string[]): string[] {
  const env = { PATH: process.env.PATH, HOME: cwd, TERM: 'dumb', LC_ALL: 'C.UTF-8' }
  const { stdout, stderr } = spawnSync(name, argv, { cwd: join(cwd, 'work'), env, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split(/\r?\n/).filter(Boolean)
}

type Wanted = Readonly<Record<string, readonly string[]>>

const files = ['Dockerfile', 'a folder', 'app.tar', 'report.json']

describe.each(shells)('completion in %s', name => {
  const skip = missing(name)

  /** By the line before the cursor: what is offered, whatever the shell puts around it. */
  function expectOffers(wanted: Wanted): void {
    const lines = Object.keys(wanted)
    const offers = ask[name](lines.map(line => `imgaudit ${line}`))
    const bare = offers.map(offer => offer.map(bareOffer).toSorted())
    expect(Object.fromEntries(lines.map((line, at) => [line, bare[at]]))).toEqual(
      Object.fromEntries(lines.map(line => [line, wanted[line]?.toSorted()])),
    )
  }

  it.skipIf(skip)('offers commands, and images that are files', () => {
    expectOffers({
      co: ['compare', 'completion'],
      ap: ['app.tar'],
      'docker-archive:ap': ['app.tar'],
      'cache c': ['clear'],
      'completion ': [...shells],
      'app.tar com': [],
    })
  })

  it.skipIf(skip)('offers options behind an image and behind a command, where they do something', () => {
    expectOffers({
      '--fo': ['--format'],
      'app.tar --fo': ['--format'],
      'compare a b --fo': ['--format'],
      'compare --fo': ['--format'],
      'demo --ke': ['--keep'],
      'compare --ke': [],
      'app.tar --ent': ['--entries'],
      'compare --ent': [],
      'cache clear --no-col': ['--no-color'],
    })
  })

  it.skipIf(skip)('offers the values of options, one or several', () => {
    expectOffers({
      'app.tar --pull ': ['always', 'missing', 'never'],
      '--format ': formatNames,
      '-f ma': ['markdown'],
      '--format=ma': ['markdown'],
      '--format table,gith': ['github'],
      '--fail-on secrets,pip': ['pip-cache'],
      '--gpu H1': ['H100'],
      '--top ': [],
    })
  })

  it.skipIf(skip)('offers every rule', () => {
    expectOffers({
      'explain ': rules.map(({ id }) => id),
      'explain cuda-h': ['cuda-headers'],
      'explain pip-cache a': [],
    })
  })

  it.skipIf(skip)('offers files where one is expected', () => {
    expectOffers({
      '-o ': files,
      '--dockerfile ': files,
      '--config ': files,
      '--entries ': files,
      'compare ': files,
      'compare a ': files,
      'trend a b ': files,
      '--output=rep': ['report.json'],
      '-o json=rep': ['report.json'],
      'why app.tar a': [],
    })
  })
})

describe('completion', () => {
  it.skipIf(missing('fish'))('describes options and rules where the shell shows that', () => {
    const script = `source '${join(cwd, '_imgaudit.fish')}'; complete -C 'imgaudit explain pip'; complete -C 'imgaudit --quie'`
    expect(shell('fish', ['--no-config', '-c', script])).toEqual([
      `pip-cache\t${rules.find(({ id }) => id === 'pip-cache')?.title}`,
      '--quiet\tno progress',
    ])
  })

  it('names the shells that there are', async () => {
    const { code, stderr } = await imgaudit(cwd, ['completion', 'tcsh'])
    expect(code).toBe(2)
    expect(stderr).toContain('bash, zsh, fish')
    expect((await imgaudit(cwd, ['completion'])).stderr).toContain('imgaudit completion bash')
  })
})

/** `github` of `table,github`, `--output` of `--output=`, and a name without what quotes it. */
function bareOffer(offer: string): string {
  return offer
    .replace(/[/=]$/, '')
    .replace(/^.*[,=:]/, '')
    .replaceAll('\\', '')
}
