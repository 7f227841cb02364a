import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/** Compressed bytes that unpack to a beginning and zeros; more zeros cost next to nothing, to write or to store. */
export interface Bomb {
  readonly blob: Buffer
  /** Of what it unpacks to. */
  readonly diffId: string
}

const piece = 16 * 1024 * 1024

/** gzip: a member for the beginning, then members of 16 MiB each. */
export function gzipBomb(beginning: Buffer, pieces: number): Bomb {
  const zeros = gzipSync(Buffer.alloc(piece))
  const members = Array.from({ length: pieces }, () => zeros)
  return { blob: Buffer.concat([gzipSync(beginning), ...members]), diffId: diffIdOf(beginning, pieces) }
}

/** zstd: one frame of a raw block, then blocks of 128 KiB that one byte is repeated for, 4 bytes each (RFC 8878, 3.1.1.2). */
export function zstdBomb(beginning: Buffer, pieces: number): Bomb {
  const block = 128 * 1024
  const count = (pieces * piece) / block
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])
  const repeated = Buffer.alloc(4 * count)
  for (let at = 0; at < count; at++) repeated.writeUIntLE((block << 3) | 2 | Number(at === count - 1), 4 * at, 3)
  const blob = Buffer.concat([head, blockHead(beginning.length), beginning, repeated])
  return { blob, diffId: diffIdOf(beginning, pieces) }
}

/** A zstd frame that wants a window of 2 GiB (RFC 8878, 3.1.1.1.2). */
export const wideFrame = Buffer.concat([
  Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (31 - 10) << 3]),
  Buffer.from([0x01, 0x00, 0x00]),
])

/** Of a raw block that others follow. */
function blockHead(size: number): Buffer {
  const head = Buffer.alloc(3)
  head.writeUIntLE(size << 3, 0, 3)
  return head
}

function diffIdOf(beginning: Buffer, pieces: number): string {
  const hash = createHash('sha256').update(beginning)
  const zeros = Buffer.alloc(piece)
  for (let at = 0; at < pieces; at++) hash.update(zeros)
  return `sha256:${hash.digest('hex')}`
}
