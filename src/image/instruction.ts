import { maskSecrets } from './secret-text.ts'

// A shell with its options up to the one that takes the command: `/bin/sh -c`, `/bin/bash -o pipefail -c`, `bash -exc`.
const shell =
  /(?:^|(?<=\s))(?:\/\S*\/)?(?:ba|da|a|z|k|mk)?sh(?:\s+(?:[-+]{1,2}[A-Za-z]+|pipefail|errexit|nounset|xtrace))*?\s+-[A-Za-z]*c\s+/
const windowsShell = /^(?:\S*\\)?(?:cmd(?:\.exe)? \/S \/C|powershell(?:\.exe)? .*?-Command)\s+/i
const words =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\b/

/**
 * What a person wrote in the Dockerfile, out of what a builder recorded; undefined where it recorded nothing. Secrets
 * are masked. Forms: moby's classic builder (`/bin/sh -c #(nop) …`, `|N A=b … /bin/sh -c …`), BuildKit (`RUN |N A=b …
 * /bin/sh -c … # buildkit`), buildah (as classic), kaniko (the instruction itself); what is of none of these forms is
 * given as it stands. Mounts, `--from` and `--link` are recorded nowhere. Line continuations left runs of blanks: they
 * become one; the newlines of a here-document stay.
 */
export function instruction(raw: string): string | undefined {
  const trimmed = raw.trim()
  const recorded = trimmed.endsWith('# buildkit') ? trimmed.slice(0, -'# buildkit'.length).trimEnd() : trimmed
  if (recorded === '') return undefined
  return maskSecrets(
    written(recorded)
      .replace(/(?<=\S)[ \t]{2,}/g, ' ')
      .trim(),
  )
}

function written(recorded: string): string {
  const unwrapped = withoutShell(recorded)
  if (unwrapped.startsWith('#(nop)')) return declaration(unwrapped.slice('#(nop)'.length))
  if (/^RUN\s/.test(recorded)) return `RUN ${command(recorded.slice(4))}`
  if (words.test(recorded)) return declaration(recorded)
  const ran = unwrapped !== recorded || /^\|\d+ /.test(recorded)
  return ran ? `RUN ${command(recorded)}` : recorded
}

/** The command of a RUN, without the build arguments that were in force and without the shell that ran it. */
function command(recorded: string): string {
  const text = recorded.trimStart()
  const counted = /^\|(\d+) /.exec(text)
  if (counted === null) return withoutShell(text)
  const rest = text.slice(counted[0].length)
  const found = shell.exec(rest)
  // Values of arguments are not quoted and may hold blanks, so the shell that follows them tells where they end.
  if (found !== null) return rest.slice(found.index + found[0].length)
  return rest.split(' ').slice(Number(counted[1])).join(' ')
}

function withoutShell(text: string): string {
  const found = shell.exec(text)
  return found?.index === 0 ? text.slice(found[0].length) : text.replace(windowsShell, '')
}

/** Any instruction but RUN, out of the forms in which Go prints its values. */
function declaration(recorded: string): string {
  const [, word = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(recorded.trim()) ?? []
  switch (word.toUpperCase()) {
    case 'ADD':
    case 'COPY':
      return `${word} ${copied(rest)}`
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
    case 'VOLUME':
      return `${word} ${listed(rest)}`
    case 'EXPOSE':
      return `${word} ${exposed(rest)}`
    case 'HEALTHCHECK':
      return `${word} ${checked(rest)}`
    default:
      return recorded.trim()
  }
}

/** `file:<hash> in /to` names no source: the hash is of contents. */
function copied(rest: string): string {
  const hashed = /^((?:--\S+\s+)*)(file|dir|multi):[0-9a-f]+ in ([\s\S]*)$/.exec(rest.trim())
  if (hashed === null) return rest.trim()
  const [, flags = '', kind, target = ''] = hashed
  const source = kind === 'file' ? '<file>' : kind === 'dir' ? '<folder>' : '<files>'
  return `${flags}${source} ${target.trim() || '/'}`
}

/** `["a" "b"]` and `[a b]` as `["a", "b"]`. */
function listed(rest: string): string {
  const inside = /^\[([\s\S]*)\]$/.exec(rest.trim())?.[1]
  if (inside === undefined) return rest.trim()
  // One that nothing closes is taken as well, and left out: to look for its end again at each `\"` takes quadratic time.
  const quoted = inside.match(/"(?:[^"\\]|\\.)*"?/g)?.filter(item => /^"(?:[^"\\]|\\.)*"$/.test(item)) ?? []
  const items =
    quoted.length > 0
      ? quoted
      : inside
          .split(/[\s,]+/)
          .filter(Boolean)
          .map(item => JSON.stringify(item))
  return `[${items.join(', ')}]`
}

/** `map[80/tcp:{} 443/tcp:{}]` and `[80/tcp]` as `80/tcp 443/tcp`. */
function exposed(rest: string): string {
  return rest
    .replace(/^map\[(.*)\]$/, '$1')
    .replace(/^\[(.*)\]$/, '$1')
    .replaceAll(':{}', '')
    .trim()
}

/** `&{["CMD-SHELL" "curl …"] "30s" "3s" "0s" '\x03'}` as `--interval=30s --timeout=3s CMD curl …`. */
function checked(rest: string): string {
  const found = /^&\{(\[[\s\S]*\])((?:\s+"[^"]*")*)/.exec(rest.trim())
  if (found === null) return rest.trim()
  const test = listed(found[1] ?? '')
  const [interval, timeout, start] = [...(found[2] ?? '').matchAll(/"([^"]*)"/g)].map(match => match[1])
  const durations = Object.entries({ interval, timeout, 'start-period': start })
  const options = durations.filter(([, value]) => value !== undefined && value !== '0s' && value !== '')
  const shellForm = /^\["CMD-SHELL", "((?:[^"\\]|\\.)*)"\]$/.exec(test)?.[1]
  const what =
    test === '["NONE"]' ? 'NONE' : `CMD ${shellForm?.replace(/\\(.)/g, '$1') ?? test.replace(/^\["CMD", /, '[')}`
  return [...options.map(([name, value]) => `--${name}=${value}`), what].join(' ')
}
