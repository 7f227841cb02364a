import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryBytes } from '../../../src/bytes/memory.ts'
import { binaryProbe } from '../../../src/probe/binary/probe.ts'
import { examined, passed, plain, read } from './read.ts'

const fixture = (name: string) => readFileSync(new URL(`../../../fixtures/gpu-code/${name}`, import.meta.url))

describe('binaryProbe', () => {
  it.each([
    ['/usr/lib/libz.so', 0o644, true],
    ['/usr/lib/libz.so.1', 0o644, true],
    ['/usr/lib/libz.so.1.2.13', 0o644, true],
    ['/s/_ssl.cpython-311-x86_64-linux-gnu.so', 0o644, true],
    ['/usr/lib/libc.a', 0o644, true],
    ['/usr/lib/crt1.o', 0o644, true],
    ['/lib/modules/x.ko', 0o644, true],
    ['/app/build/x.node', 0o644, true],
    ['/root/.triton/k.cubin', 0o644, true],
    ['/app/k.fatbin', 0o644, true],
    ['/opt/rocm/lib/k.hsaco', 0o644, true],
    ['/opt/rocm/lib/k.co', 0o644, true],
    ['/usr/bin/env', 0o755, true],
    ['/usr/bin/env', 0o611, true],
    ['/usr/bin/env', 0o644, false],
    ['/usr/share/doc/so', 0o644, false],
    ['/s/x.py', 0o644, false],
    ['/s/libz.so.conf', 0o644, false],
    ['/s/libz.so.1-gdb.py', 0o644, false],
    ['/s/data.1', 0o644, false],
    ['/s/naïveå', 0o644, false],
  ])('of %s with mode %i: %s', (path, mode, wanted) => {
    expect(binaryProbe.wants(path, 64, mode)).toBe(wanted)
    expect(binaryProbe.wants(path, 63, mode)).toBe(false)
  })

  it('leaves a script at once', () => {
    const script = Buffer.from(`#!/bin/sh\n${'# '.repeat(5000)}`)
    expect(binaryProbe.begin('/usr/bin/x', script.length).push(script.subarray(0, 4096), 0)).toBe(Infinity)
    expect(examined('/usr/bin/x', memoryBytes(script))).toBeUndefined()
  })

  it.each([1, 63, 64, 65, 5000])('finds GPU code in bytes of any form, in chunks of %i', chunkSize => {
    const whole = fixture('sm90_only.so')
    const { gpu } = read(whole)
    const [first] = gpu?.containers() ?? []
    const { start = 0, bytes = 0 } = first ?? {}
    const content = memoryBytes(whole.subarray(start, start + bytes))
    const data = passed('/x.fatbin', content, chunkSize)
    expect(data?.kind).toBe('data')
    expect(data?.gpu?.bytes).toBe(bytes)
    expect(plain(data)).toEqual(plain(examined('/x.fatbin', content)))
    expect(passed('/x.txt', content, chunkSize)).toBeUndefined()
  })

  it.each(['multi_default.so', 'multi_none.so', 'multi_size.so', 'rdc.so', 'sm90_only.so'])('takes %s apart', name => {
    const bytes = fixture(name)
    const { elf, parts, gpu, strippable, unread } = read(bytes)
    expect(unread).toBeUndefined()
    expect(gpu?.inexact).toBeUndefined()
    expect(elf).toMatchObject({ type: 'shared', machine: 62 })
    expect(parts?.gpu).toBe(gpu?.bytes)
    for (const { start, end } of strippable) expect(end - start).toBeGreaterThan(0)
  })

  it('reads a table with more sections than its header can say', () => {
    const bytes = Buffer.from(fixture('rdc.so'))
    const [table, count, names] = [Number(bytes.readBigUInt64LE(40)), bytes.readUInt16LE(60), bytes.readUInt16LE(62)]
    bytes.writeUInt16LE(0, 60)
    bytes.writeUInt16LE(0xffff, 62)
    bytes.writeBigUInt64LE(BigInt(count), table + 32)
    bytes.writeUInt32LE(names, table + 40)
    const expected = read(fixture('rdc.so'))
    expect(plain(read(bytes))).toEqual(plain(expected))
    expect(plain(passed('/x.so', memoryBytes(bytes), 1000))).toEqual(plain(expected))
    expect(expected.parts?.symbols).toBeGreaterThan(0)
  })

  it('goes by what is loaded where there is no table of sections', () => {
    const bytes = Buffer.from(fixture('rdc.so'))
    bytes.fill(0, 40, 48)
    bytes.fill(0, 58, 64)
    const { elf, parts, gpu, strippable, unread } = read(bytes)
    const whole = read(fixture('rdc.so'))
    expect({ elf, unread, strippable }).toEqual({ elf: whole.elf, unread: undefined, strippable: [] })
    expect(gpu?.bytes).toBe(whole.gpu?.bytes)
    expect(parts).toMatchObject({ gpu: gpu?.bytes, debug: 0, symbols: 0 })
    expect(parts?.code).toBeGreaterThan(0)
    expect(plain(passed('/x.so', memoryBytes(bytes), 1000))).toEqual(plain(read(bytes)))
  })

  it('says when containers do not make up their section', () => {
    const bytes = Buffer.from(fixture('rdc.so'))
    const [first] = read(bytes).gpu?.containers() ?? []
    bytes.fill(0xff, first?.start, (first?.start ?? 0) + 16)
    expect(read(bytes).gpu?.inexact).toMatch(/bytes among the containers are none$/)
  })

  it('says why it did not read a file', () => {
    const bytes = fixture('sm90_only.so')
    const unread = (at: number, value: number) => {
      const changed = Buffer.from(bytes)
      changed[at] = value
      return read(changed).unread
    }
    expect(unread(4, 1)).toBe('is a 32-bit ELF file')
    expect(unread(5, 2)).toBe('is a big-endian ELF file')
    expect(unread(0x2f, 0x80)).toBe('is a damaged ELF file: it has no section headers where it says')
    expect(read(bytes.subarray(0, 20_000)).unread).toBe(
      'is a damaged ELF file: it has no dynamic section where it says',
    )
  })
})
