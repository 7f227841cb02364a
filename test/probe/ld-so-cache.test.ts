import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ldSoCache, parseLdSoCache } from '../../src/probe/ld-so-cache.ts'
import { pushed } from './read.ts'

/** Made by `ldconfig -c new|compat|old` of glibc 2.36 over one folder. */
function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/probe/${name}.ld.so.cache`, import.meta.url))
}

const plain = [
  { name: 'liby.so.1', path: '/opt/a/liby.so.1', flags: 0x303 },
  { name: 'libx.so.1', path: '/opt/a/glibc-hwcaps/x86-64-v2/libx.so.1', flags: 0x303 },
  { name: 'libx.so.1', path: '/opt/a/glibc-hwcaps/x86-64-v3/libx.so.1', flags: 0x303 },
  { name: 'libx.so.1', path: '/opt/a/libx.so.1', flags: 0x303 },
]

it('reads the format of today, with the folders of processors', () => {
  expect(parseLdSoCache(fixture('new'))?.entries).toEqual([
    plain[0],
    { ...plain[1], hwcap: 'x86-64-v2' },
    { ...plain[2], hwcap: 'x86-64-v3' },
    plain[3],
  ])
})

it('reads it behind the block of older loaders', () => {
  const { entries = [] } = parseLdSoCache(fixture('compat')) ?? {}
  expect(entries.map(({ name, path, flags }) => ({ name, path, flags }))).toEqual(plain)
  // ldconfig 2.36 writes wrong names of those folders into this format, and reads them wrong itself.
  expect(entries.map(({ hwcap }) => hwcap === undefined)).toEqual([true, false, false, true])
})

it('reads the older block alone', () => {
  expect(parseLdSoCache(fixture('old'))?.entries).toEqual(plain)
})

it('comes through chunks, though it is no text', () => {
  const bytes = fixture('new')
  expect(pushed(ldSoCache, '/etc/ld.so.cache', bytes, 7).end()).toEqual(parseLdSoCache(bytes))
})

it.each(['new', 'compat', 'old'])('gives nothing of %s that is cut short or damaged, and never throws', name => {
  const bytes = fixture(name)
  const whole = JSON.stringify(parseLdSoCache(bytes))
  for (let length = 0; length < bytes.length; length++) {
    const cut = parseLdSoCache(bytes.subarray(0, length))
    // What says for which processors an entry is stands at the end of the file.
    if (cut !== undefined) expect(cut.entries.map(({ path }) => path)).toEqual(plain.map(({ path }) => path))
  }
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes)
    damaged[at] = 0xff
    parseLdSoCache(damaged)
  }
  expect(JSON.stringify(parseLdSoCache(bytes))).toBe(whole)
})

it('refuses another byte order', () => {
  const bytes = fixture('new')
  bytes[28] = 3
  expect(parseLdSoCache(bytes)).toBeUndefined()
})

describe.skipIf(!existsSync('/etc/ld.so.cache'))("this machine's cache", () => {
  it('has what ldconfig prints', () => {
    const printed = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' })
    const lines = [...printed.matchAll(/^\t(\S+) \(.*\) => (.*)$/gm)].map(([, name, path]) => `${name} ${path}`)
    const { entries = [] } = parseLdSoCache(readFileSync('/etc/ld.so.cache')) ?? {}
    expect(entries.map(({ name, path }) => `${name} ${path}`)).toEqual(lines)
  })
})

it('does not make a million strings of one', () => {
  const names = 1_000_000
  const at = 72
  const bytes = Buffer.alloc(at + 4 * names + 4096, 'a')
  bytes.write('glibc-ld.so.cache1.1', 0)
  // No entries, little-endian, the extension behind the header.
  for (const [offset, value] of [
    [20, 0],
    [24, 0],
    [28, 2],
    [32, 48],
    // Its magic, one section: names of folders.
    [48, 0xeaa42174],
    [52, 1],
    [56, 1],
    [60, 0],
    [64, at],
    [68, 4 * names],
  ] as const)
    bytes.writeUInt32LE(value, offset)
  for (let name = 0; name < names; name++) bytes.writeUInt32LE(at + 4 * names, at + 4 * name)
  bytes[bytes.length - 1] = 0
  const before = process.memoryUsage().heapUsed
  expect(parseLdSoCache(bytes)).toEqual({ kind: 'ld-so-cache', entries: [] })
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100_000_000)
})
