import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Owners } from '../../src/evidence/owners.ts'
import { Digests } from '../../src/image/digests.ts'
import { Entries } from '../../src/image/entries.ts'
import { Filesystem } from '../../src/image/filesystem.ts'
import type { LayerIndex } from '../../src/image/layer-index.ts'
import { probeFor } from '../../src/probe/index.ts'
import type { PackageRecord } from '../../src/probe/package-record.ts'

const roots = ['/etc', '/usr/bin', '/usr/share/doc', '/usr/lib/python3', '/var/lib/dpkg']

it.skipIf(!existsSync('/usr/bin/dpkg-query'))('agrees with dpkg -S about this machine', () => {
  const filesystem = new Filesystem([{ position: 0, index: machine() }])
  const owners = new Owners(filesystem)
  const found = new Map<string, string | undefined>()
  for (let id = 0; id < filesystem.count; id++) {
    const path = filesystem.path(id)
    // dpkg -S takes patterns; bytecode is ours to give to somebody.
    if (filesystem.kind(id) === 'directory' || /[*?[\\]|__pycache__/.test(path)) continue
    const owner = owners.owner(id)
    found.set(path, owner?.manager === 'dpkg' ? owner.name : undefined)
  }
  const told = dpkgOwners([...found.keys()])
  expect([...found.values()].filter(name => name !== undefined).length).toBeGreaterThan(1000)
  for (const [path, name] of found) {
    const names = told.get(path) ?? []
    expect(name === undefined ? names.length === 0 : names.includes(name), `${path}: ${name}, not ${names}`).toBe(true)
  }
})

/** Some folders of this machine as one layer, with what the probes say. */
function machine(): LayerIndex {
  const entries = new Entries()
  const records = new Map<number, PackageRecord>()
  const add = (path: string) => {
    const stat = lstatSync(path)
    const target = stat.isSymbolicLink() ? readlinkSync(path) : undefined
    const kind = stat.isDirectory() ? 'directory' : target === undefined ? 'file' : 'symlink'
    const base = { path, kind, content: 0, span: 512, mode: 0, uid: 0, gid: 0, mtime: 0 } as const
    const ordinal = entries.add(target === undefined ? base : { ...base, target })
    if (kind === 'directory') for (const name of readdirSync(path)) add(`${path}/${name}`)
    const probe = stat.isFile() ? probeFor(path, stat.size) : undefined
    const reader = probe?.begin(path, stat.size)
    reader?.push(readFileSync(path), 0)
    const record = reader?.end()
    if (record !== undefined && !(record instanceof Promise)) records.set(ordinal, record)
  }
  for (const path of ['/bin', '/lib', ...roots])
    if (existsSync(path) && (lstatSync(path).isSymbolicLink() || roots.includes(path))) add(path)
  const facts = { records, binaries: new Map(), digests: new Digests() }
  return {
    diffId: 'sha256:',
    files: 0,
    unpacked: 0,
    entries,
    sparse: new Map(),
    facts,
    route: 'seek',
    verified: false,
    notices: [],
  }
}

/** What dpkg -S says; its lists name many files of `/usr/bin` and `/usr/lib` as they stood before usr-merge. */
function dpkgOwners(paths: readonly string[]): Map<string, string[]> {
  const owners = new Map<string, string[]>()
  for (let at = 0; at < paths.length; at += 2000) {
    const asked = paths.slice(at, at + 2000).flatMap(path => [path, path.replace(/^\/usr(?=\/(bin|lib)\/)/, '')])
    // Exits with 1 where some file has no owner.
    const { stdout } = spawnSync('dpkg-query', ['-S', ...new Set(asked)], { encoding: 'utf8', maxBuffer: 1e9 })
    for (const line of stdout.split('\n')) {
      const cut = line.indexOf(': /')
      if (cut === -1 || /^(local )?diver/.test(line)) continue
      const path = line.slice(cut + 2)
      const names = line
        .slice(0, cut)
        .split(', ')
        .map(name => name.replace(/:.*/, ''))
      for (const place of [path, `/usr${path}`]) owners.set(place, [...(owners.get(place) ?? []), ...names])
    }
  }
  // dpkg -S names all who list a path, and nobody for where a file was moved.
  const { stdout } = spawnSync('dpkg-divert', ['--list'], { encoding: 'utf8' })
  for (const [, from = '', to = '', by = ''] of stdout.matchAll(/^diversion of (.+) to (.+) by (.+)$/gm)) {
    const names = dpkgLists(from)
    owners.set(
      to,
      names.filter(name => name !== by),
    )
    if (names.includes(by)) owners.set(from, [by])
  }
  return owners
}

function dpkgLists(path: string): string[] {
  const { stdout } = spawnSync('dpkg-query', ['-S', path], { encoding: 'utf8' })
  const [line = ''] = stdout.split('\n').filter(one => !one.startsWith('diver') && one.endsWith(`: ${path}`))
  return line === ''
    ? []
    : line
        .slice(0, -path.length - 2)
        .split(', ')
        .map(name => name.replace(/:.*/, ''))
}
