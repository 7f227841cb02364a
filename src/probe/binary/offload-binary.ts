import { archLabel } from './bundle-table.ts'
import { number64 } from './elf-header.ts'
import type { GpuLabel } from './gpu-code.ts'
import type { GpuFormat } from './gpu-format.ts'
import { type GpuObject, laidOut } from './gpu-object.ts'

const headerSize = 32
const entrySize = 40
const imagesLimit = 128
/** Where their table begins at most; it follows the header. */
const tableLimit = 4096
/** Bytes in front of the first image. */
const tablesLimit = 64 * 1024

/**
 * LLVM's packed images (llvm/Object/OffloadBinary.h). Magic 4, version 4, size 8, offset of the entries 8, then in version 1
 * the size of its one entry 8, in version 2 their number 8. An entry: kind of image 2, producer 2, flags 4, offset of
 * strings 8, their number 8, offset of the image 8, its size 8. A string: offset of key 8, of value 8, from version 2 the
 * value's size 8. Offsets count from the start.
 */
export const offloadBinaries: readonly GpuFormat[] = [1, 2].map(version => ({
  needle: Buffer.from([0xad, version, 0, 0]),
  lead: 3,
  least: headerSize,
  open(head, start, size) {
    if (head.readUInt32BE(0) !== 0x10ff10ad || head.readUInt32LE(4) !== version) return undefined
    const total = number64(head, 8)
    const tableAt = number64(head, 16)
    const count = version === 1 ? 1 : number64(head, 24)
    if (total > Number.MAX_SAFE_INTEGER || count < 1 || count > imagesLimit) return undefined
    const tableEnd = tableAt + count * entrySize
    if (tableAt < headerSize || tableAt > tableLimit || tableEnd > total) return undefined
    if (head.length < tableEnd) return tableEnd
    const entries: Buffer[] = []
    let first = tablesLimit
    for (let at = tableAt; at < tableEnd; at += entrySize) {
      const [offset, length] = [number64(head, at + 24), number64(head, at + 32)]
      if (offset < tableEnd || offset + length > total) return undefined
      entries.push(head.subarray(at, at + entrySize))
      first = Math.min(first, offset)
    }
    if (head.length < first && start + first <= size) return first
    const images = entries.map(entry => imageOf(entry, head, version))
    return laidOut('offload', images, { start, end: start + total }, size)
  },
}))

function imageOf(entry: Buffer, head: Buffer, version: number): GpuObject {
  const [offset, size] = [number64(entry, 24), number64(entry, 32)]
  const [at, count] = [number64(entry, 8), number64(entry, 16)]
  const width = version === 1 ? 16 : 24
  for (let string = at; string + width <= head.length && string < at + count * width; string += width) {
    if (textAt(head, number64(head, string)) !== 'arch') continue
    return { offset, size, label: labelOf(entry.readUInt16LE(0), textAt(head, number64(head, string + 8))) }
  }
  return { offset, size, label: { arch: 'unknown', kind: 'other' } }
}

/** Ends with a zero; as far as the first image. */
function textAt(head: Buffer, at: number): string {
  if (at >= head.length) return ''
  const end = head.indexOf(0, at)
  return head.toString('latin1', at, end === -1 ? head.length : Math.min(end, at + 128))
}

/** Kinds of images: 2 bitcode, 5 PTX, 6 SPIR-V; the others are machine code. */
function labelOf(kind: number, arch: string): GpuLabel {
  const label = archLabel(arch)
  if (label.kind === 'other') return label
  const number = /^sm_(\w+)$/.exec(arch)?.[1]
  if (kind === 2) return { arch: number === undefined ? arch : `lto_${number}`, kind: 'lto' }
  if (kind === 5 || kind === 6) return { arch: number === undefined ? arch : `compute_${number}`, kind: 'ptx' }
  return label
}
