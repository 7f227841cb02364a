import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { extract } from 'tar-stream'
import { encodeName } from '../../src/bytes/name.ts'
import type { Member } from '../../src/tar/member.ts'

/** What another reader says of a member; names in hex, since they are bytes. */
export interface Said {
  name: string
  type: string
  size: number
  target: string
}

const environment = { ...process.env, TZ: 'UTC', LC_ALL: 'C' }

/** A member as the oracles say it. */
export function said(member: Member): Said {
  return { name: hex(member.name), type: member.type, size: member.content, target: hex(member.target ?? '') }
}

function hex(name: string): string {
  return encodeName(name).toString('hex')
}

const gnuTypes: Record<string, string> = {
  '-': 'file',
  C: 'file',
  d: 'directory',
  l: 'symlink',
  h: 'hardlink',
  p: 'fifo',
  c: 'device',
  b: 'device',
}

// mode owner/group size-or-device time name [-> or link to target]
const gnuLine =
  /^(.)\S{9} (\d+)\/(\d+) +(\d+|\d+,\d+) (\S+ \S+) +("(?:[^"\\]|\\.)*")(?: (?:->|link to) ("(?:[^"\\]|\\.)*"))?$/

export interface GnuSaid extends Said {
  uid: number
  gid: number
  mtime: number
}

/** `tar --list` of GNU tar. */
export function gnu(path: string): GnuSaid[] {
  const options = ['--full-time', '--numeric-owner', '--quoting-style=c']
  const { stdout } = spawnSync('tar', ['-tvf', path, ...options], { env: environment, encoding: 'latin1' })
  const lines = stdout.split('\n').slice(0, -1)
  return lines.map(line => {
    const [, type = '', uid, gid, size = '', time, name = '', target = ''] = gnuLine.exec(line) ?? []
    const bytes = type === 'c' || type === 'b' ? 0 : Number(size)
    return {
      name: unquote(name),
      type: gnuTypes[type] ?? line,
      size: bytes,
      target: unquote(target),
      uid: Number(uid),
      gid: Number(gid),
      mtime: Math.floor(Date.parse(`${time?.replace(' ', 'T')}Z`) / 1000),
    }
  })
}

const escapes: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unquote(quoted: string): string {
  const text = quoted
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, code) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    )
  return Buffer.from(text, 'latin1').toString('hex')
}

export interface PythonSaid extends Said {
  uid: number
  gid: number
  mode: number
  mtime: number
  /** Of the first header, and of the stored content. */
  offset: number
  start: number
  sparse: [number, number][] | null
}

const script = `
import json, os, sys, tarfile
kinds = {b'0':'file', b'\\0':'file', b'7':'file', b'S':'file', b'5':'directory', b'2':'symlink', b'1':'hardlink', b'6':'fifo', b'3':'device', b'4':'device'}
name = lambda text: os.fsencode(text).hex()
with tarfile.open(sys.argv[1], encoding='utf-8', errors='surrogateescape') as tar:
    print(json.dumps([{
        'name': name(m.name), 'type': kinds[m.type], 'size': m.size if m.isreg() else 0, 'target': name(m.linkname) if m.type in b'12' else '',
        'uid': m.uid, 'gid': m.gid, 'mode': m.mode & 0o7777, 'mtime': m.mtime, 'offset': m.offset, 'start': m.offset_data,
        'sparse': [list(run) for run in m.sparse if run[1]] if m.sparse is not None else None,
    } for m in tar]))`

/** Python's tarfile. */
export function python(path: string): PythonSaid[] {
  const { stdout, stderr } = spawnSync('python3', ['-c', script, path], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...environment, PYTHONUTF8: '1' },
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

const streamTypes: Record<string, string> = {
  'character-device': 'device',
  'block-device': 'device',
  link: 'hardlink',
  'contiguous-file': 'file',
}

// Its types know none of its own options.
const latin1AndV7 = { highWaterMark: 65_536, filenameEncoding: 'latin1', allowUnknownFormat: true }

/** tar-stream, which knows no sparse files. */
export async function tarStream(path: string): Promise<Said[]> {
  const all: Said[] = []
  const reader = extract(latin1AndV7)
  createReadStream(path).pipe(reader)
  for await (const entry of reader) {
    const { name, type, size, linkname } = entry.header
    const kind = streamTypes[type ?? ''] ?? String(type)
    all.push({ name: bytes(name), type: kind, size: kind === 'file' ? (size ?? 0) : 0, target: bytes(linkname ?? '') })
    entry.resume()
  }
  return all
}

function bytes(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('hex')
}
