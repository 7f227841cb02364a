import { spawnSync } from 'node:child_process'
import type { Answer, Oracle, Told } from './told.ts'

/** `tar --list` of GNU tar. */
export const gnu: Oracle = {
  name: 'GNU tar',
  tools: ['tar'],
  says: ['mode', 'uid', 'gid', 'mtime'],
  read: async paths => answers(paths),
}

// One shell for all, which tells after each list how tar ended. No name has a NUL.
const each = `for archive; do
  tar -tvPf "$archive" --full-time --numeric-owner --quoting-style=c 2>/dev/null
  printf '\\0%d\\0' $?
done`

function answers(paths: readonly string[]): Answer[] {
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' }
  const options = { env, encoding: 'latin1', maxBuffer: 2 ** 28 } as const
  const parts = spawnSync('sh', ['-c', each, 'sh', ...paths], options).stdout.split('\0')
  return paths.map((_, at) => {
    const members = (parts[at * 2] ?? '').split('\n').slice(0, -1).map(member)
    const status = parts[at * 2 + 1]
    return status === '0' ? { members } : { members, error: `exit code ${status}` }
  })
}

const types: Record<string, string> = {
  '-': 'file',
  C: 'file',
  d: 'directory',
  l: 'symlink',
  h: 'hardlink',
  p: 'fifo',
  c: 'device',
  b: 'device',
}

// mode owner/group size-or-device time name [-> or link to target] [what else it is]
const form =
  /^(.)(\S{9}) (-?\d+)\/(-?\d+) +(\d+|\d+,\d+) (\S+ \S+) +("(?:[^"\\]|\\.)*")(?: (?:->|link to) ("(?:[^"\\]|\\.)*"))?(?: unknown file type '(.)'|--.*--)?$/

function member(text: string): Told {
  const [, letter = '', mode = '', uid, gid, size = '', time, name = '', target = '', flag] = form.exec(text) ?? []
  if (letter === '') throw new Error(`GNU tar says: ${text}`)
  const type = flag === undefined ? (types[letter] ?? `flag ${letter}`) : `flag ${flag}`
  return {
    name: unquoted(name),
    type,
    size: type === 'file' || type.startsWith('flag') ? Number(size) : 0,
    target: unquoted(target),
    mode: bits(mode),
    uid: Number(uid),
    gid: Number(gid),
    mtime: Math.floor(Date.parse(`${time?.replace(' ', 'T')}Z`) / 1000),
  }
}

/** Of rwxr-sr-T. */
function bits(mode: string): number {
  const set = [...mode].reduce((sum, letter, at) => sum | (/[rwxst]/.test(letter) ? 0o400 >> at : 0), 0)
  const special = [2, 5, 8].reduce((sum, at, nth) => sum | (/[sStT]/.test(mode[at] ?? '') ? 0o4000 >> nth : 0), 0)
  return set | special
}

const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unquoted(quoted: string): string {
  const text = quoted
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, code) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    )
  return Buffer.from(text, 'latin1').toString('hex')
}
