import { type ZstdExports, zstdOf } from './zstd-module.ts'
import { compileZstdNow } from './zstd-now.ts'

/** Bytes that a block has at most, packed and unpacked (RFC 8878, 3.1.1.2.4). */
export const blockLimit = 128 * 1024
export const blockHeaderSize = 3

export interface BlockHeader {
  readonly last: boolean
  readonly type: 'raw' | 'repeated' | 'compressed' | 'reserved'
  /** Bytes behind the header. */
  readonly stored: number
}

const types = ['raw', 'repeated', 'compressed', 'reserved'] as const

/** RFC 8878, 3.1.1.2: last 1 bit, type 2, size 21. */
export function blockHeader(bytes: Buffer, at: number): BlockHeader {
  const bits = bytes.readUIntLE(at, blockHeaderSize)
  const type = types[(bits >> 1) & 3] ?? 'reserved'
  return { last: (bits & 1) !== 0, type, stored: type === 'repeated' ? 1 : bits >> 3 }
}

/** What stands before the first block. */
export interface ZstdFrameHeader {
  readonly size: number
  /** Bytes that the frame unfolds to, where it says so. */
  readonly content: number | undefined
  /** Bytes behind the last block. */
  readonly checksum: 0 | 4
}

/** The longest header: magic 4, descriptor 1, window 1, content size 8. */
export const frameHeadSize = 14

/** Reads a frame's header at the beginning of `head` (RFC 8878, 3.1.1.1); undefined where there is none, and where it wants
 *  a dictionary. */
export function zstdFrameHeader(head: Buffer): ZstdFrameHeader | undefined {
  if (head.length < frameHeadSize || head.readUInt32LE(0) !== 0xfd2fb528) return undefined
  const descriptor = head.readUInt8(4)
  // A reserved bit, and the size of a dictionary's number.
  if ((descriptor & 0x0b) !== 0) return undefined
  const single = (descriptor & 0x20) !== 0
  const at = single ? 5 : 6
  const checksum = (descriptor & 4) === 0 ? 0 : 4
  switch (descriptor >> 6) {
    case 0:
      return { size: 6, content: single ? head.readUInt8(at) : undefined, checksum }
    case 1:
      return { size: at + 2, content: head.readUInt16LE(at) + 256, checksum }
    case 2:
      return { size: at + 4, content: head.readUInt32LE(at), checksum }
    default:
      return { size: at + 8, content: exact(head.readBigUInt64LE(at)), checksum }
  }
}

function exact(count: bigint): number | undefined {
  return count > Number.MAX_SAFE_INTEGER ? undefined : Number(count)
}

/** A frame with a window of 128 KiB, so that no frame's own makes the decoder take more memory. */
const frameHead = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])

/** What the first block of a frame unfolds to: it cannot refer to anything before it. Valid until the next call;
 *  undefined where it is damaged. */
export function unfoldFirstBlock(header: BlockHeader, stored: Buffer): Buffer | undefined {
  if (header.type === 'raw') return stored
  if (header.type !== 'compressed' || stored.length > blockLimit) return undefined
  decoder ??= new BlockDecoder(zstdOf(compileZstdNow()))
  return decoder.unfold(stored)
}

let decoder: BlockDecoder | undefined

class BlockDecoder {
  readonly #zstd: ZstdExports
  readonly #input: number
  readonly #output: number

  constructor(zstd: ZstdExports) {
    this.#zstd = zstd
    this.#input = zstd.malloc(frameHead.length + blockHeaderSize + blockLimit)
    this.#output = zstd.malloc(blockLimit)
  }

  unfold(stored: Buffer): Buffer | undefined {
    const size = frameHead.length + blockHeaderSize + stored.length
    const input = Buffer.from(this.#zstd.memory.buffer, this.#input, size)
    frameHead.copy(input)
    // Compressed, and the last.
    input.writeUIntLE((stored.length << 3) | 5, frameHead.length, blockHeaderSize)
    stored.copy(input, frameHead.length + blockHeaderSize)
    const count = this.#zstd.ZSTD_decompress(this.#output, blockLimit, this.#input, size) >>> 0
    return count > blockLimit ? undefined : Buffer.from(this.#zstd.memory.buffer, this.#output, count)
  }
}
