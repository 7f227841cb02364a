import { number64 } from './elf-header.ts'
import type { GpuKind, GpuLabel, GpuPacking } from './gpu-code.ts'
import { cutShort, damaged, type GpuFormat, overhead, type Walk } from './gpu-format.ts'

const headerSize = 16
const entrySize = 64
const entryLimit = 4096
/** Zeros that are taken for padding, in one container. */
const paddingLimit = 4096

/**
 * NVIDIA's container, which no document describes. 16 bytes: magic 4, version 2, header size 2, size of what follows 8.
 * Then entries, each of a header and its payload; of the header: kind 2, version 2, header size 4, payload size 8, at 28
 * architecture 4, at 40 flags 8, at 56 unpacked size 8 (0: not compressed). No alignment: members of archives lie at even
 * offsets.
 */
export const fatbin: GpuFormat = {
  needle: Buffer.from([0xed, 0x55, 0xba]),
  lead: 1,
  least: headerSize,
  open(head, start, size) {
    if (head[0] !== 0x50 || head.readUInt16LE(4) !== 1 || head.readUInt16LE(6) !== headerSize) return undefined
    const length = number64(head, 8)
    if (length % 8 !== 0 || length > Number.MAX_SAFE_INTEGER) return undefined
    if (length > 0 && length < entrySize) return undefined
    // Compilers and debuggers compare with the magic number: their instructions have no entry behind it.
    if (length > 0) {
      if (head.length < headerSize + entrySize) return headerSize + entrySize
      const entry = head.subarray(headerSize)
      if (entry.readUInt16LE(2) !== 0x0101 || !isEntryHeader(entry.readUInt32LE(4))) return undefined
    }
    const full = start + headerSize + length
    const end = Math.min(full, size)
    return { form: 'fatbin', end, pieces: packing => entries(start, end, full > size, packing) }
  },
}

function isEntryHeader(size: number): boolean {
  return size >= entrySize && size <= entryLimit
}

function* entries(start: number, end: number, cut: boolean, packing: GpuPacking): Walk {
  packing.add(overhead, headerSize, headerSize)
  const wrong = cut ? cutShort : damaged
  let padding = 0
  for (let at = start + headerSize; at < end; ) {
    const head = yield { from: at, length: Math.min(entrySize, end - at) }
    if (head === undefined) return wrong
    if (head.length >= 8 && head.readBigUInt64LE(0) === 0n && padding < paddingLimit) {
      packing.add(overhead, 8, 8)
      padding += 8
      at += 8
      continue
    }
    if (head.length < entrySize) return wrong
    const payload = number64(head, 8)
    const bytes = head.readUInt32LE(4) + payload
    if (!isEntryHeader(head.readUInt32LE(4)) || at + bytes > end) return wrong
    const unpacked = number64(head, 56)
    packing.add(labelOf(head), bytes, isCount(unpacked) ? unpacked : payload)
    at += bytes
  }
  return cut ? cutShort : undefined
}

function isCount(unpacked: number): boolean {
  return unpacked > 0 && unpacked <= Number.MAX_SAFE_INTEGER
}

const kinds: ReadonlyMap<number, readonly [kind: GpuKind, prefix: string]> = new Map([
  [1, ['ptx', 'compute']],
  [2, ['machine', 'sm']],
  [4, ['machine', 'sm']],
  [8, ['lto', 'lto']],
])

/** Flags: 0x100000 for this GPU alone, 0x200000 for its family. */
function labelOf(head: Buffer): GpuLabel {
  const number = head.readUInt16LE(0)
  const [kind, prefix] = kinds.get(number) ?? ['other', `kind_0x${number.toString(16).padStart(2, '0')}`]
  const flags = head.readUInt32LE(40)
  const suffix = (flags & 0x100000) !== 0 ? 'a' : (flags & 0x200000) !== 0 ? 'f' : ''
  return { arch: `${prefix}_${head.readUInt32LE(28)}${suffix}`, kind }
}

/**
 * What CUDA wrote before version 4: a table of pointers, which cannot be followed in a file. Magic 8, version 8 (4).
 */
export const oldFatbin: GpuFormat = {
  needle: Buffer.from([0xe5, 0x1e, 0x00, 0x00]),
  lead: 2,
  least: headerSize,
  open(head, start) {
    if (head.readBigUInt64LE(0) !== 0x1ee55a01n || head.readBigUInt64LE(8) !== 4n) return undefined
    return { form: 'fatbin', end: start, pieces: nothing }
  },
}

// biome-ignore lint/correctness/useYield: it has nothing to ask for.
function* nothing(): Walk {
  return 'an old fat binary was not read'
}
