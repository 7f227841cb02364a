import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { GpuCode, GpuForm } from '../../../src/probe/binary/gpu-code.ts'
import { GpuScanner } from '../../../src/probe/binary/gpu-scanner.ts'

/** A file of fixtures/gpu-code. */
export function gpuFixture(name: string): Buffer {
  return readFileSync(new URL(`../../../fixtures/gpu-code/${name}`, import.meta.url))
}

/** One entry of NVIDIA's container: header and payload. */
export interface FatbinEntry {
  readonly kind?: number
  readonly arch?: number
  readonly flags?: number
  readonly headerSize?: number
  readonly payload?: number
  readonly unpacked?: number
}

export function fatbinEntry(entry: FatbinEntry = {}): Buffer {
  const { kind = 2, arch = 90, flags = 0, headerSize = 64, payload = 128, unpacked = 0 } = entry
  const bytes = Buffer.alloc(headerSize + payload, 0xcc)
  bytes.fill(0, 0, headerSize)
  bytes.writeUInt16LE(kind, 0)
  bytes.writeUInt16LE(0x0101, 2)
  bytes.writeUInt32LE(headerSize, 4)
  bytes.writeBigUInt64LE(BigInt(payload), 8)
  bytes.writeUInt32LE(arch, 28)
  bytes.writeBigUInt64LE(BigInt(flags), 40)
  bytes.writeBigUInt64LE(BigInt(unpacked), 56)
  return bytes
}

/** NVIDIA's container around what follows its header; `size` where it does not say the truth. */
export function fatbinOf(content: Buffer = Buffer.alloc(0), size: bigint = BigInt(content.length)): Buffer {
  const header = Buffer.from('50ed55ba010010000000000000000000', 'hex')
  header.writeBigUInt64LE(size, 8)
  return Buffer.concat([header, content])
}

interface Way {
  readonly frames?: boolean
  /** Sizes of chunks, over and over. */
  readonly cuts?: readonly number[]
  /** Bytes [start, end) are left out, as a driver does that knows them for machine code. */
  readonly hole?: readonly [start: number, end: number]
  /** Delivers all bytes, those too that are not wanted. */
  readonly all?: boolean
}

/** Scans bytes as a driver would, and sees to it that pieces lie within the file, in order. */
export function scanned(bytes: Buffer, { frames = false, cuts = [bytes.length], hole, all = false }: Way = {}) {
  const scanner = new GpuScanner(bytes.length, { frames })
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    if (hole !== undefined && at >= hole[0] && at < hole[1]) at = hole[1]
    const stop = hole !== undefined && at < hole[0] ? hole[0] : bytes.length
    const chunk = Buffer.from(bytes.subarray(at, Math.min(at + Math.max(1, cuts[turn % cuts.length] ?? 1), stop)))
    const wanted = scanner.push(chunk, at)
    const next = at + chunk.length
    chunk.fill(0x50) // A chunk is valid during the call only.
    // Not by `expect`: it takes longer than the scanner, and is called for each byte.
    if (wanted < next) throw new Error(`it wants ${wanted} again, though ${next} is next`)
    at = all ? next : wanted
  }
  const code = scanner.end()
  expectWithin(code, bytes.length)
  return code
}

function expectWithin(code: GpuCode | undefined, size: number): void {
  let end = 0
  for (const container of code?.containers() ?? []) {
    expect(container.start).toBeGreaterThanOrEqual(end)
    end = container.start + container.bytes
    expect(container.pieces.every(({ bytes, unpacked }) => bytes >= 0 && unpacked >= 0)).toBe(true)
  }
  expect(end).toBeLessThanOrEqual(size)
}

/** Containers as short as they can be said: form, start, then `sm_90 192` for each piece; `-` is overhead. */
export function told(code: GpuCode | undefined): [form: GpuForm, start: number, ...pieces: string[]][] {
  return [...(code?.containers() ?? [])].map(({ form, start, pieces }) => [
    form,
    start,
    ...pieces.map(({ label, bytes }) => `${label.kind === 'overhead' ? '-' : label.arch} ${bytes}`),
  ])
}
