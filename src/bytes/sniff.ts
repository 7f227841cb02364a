import { blockSize, checkHeader } from './check-header.ts'

/** What bytes are, by what they begin with. `empty`: nothing, or the end marker of a tar and nothing before it. */
export type Format = 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'tar' | 'json' | 'empty' | 'unknown'

/** How many bytes of the beginning `sniff` needs; fewer only where there are no more. */
export const headSize = 2 * blockSize

const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])

/**
 * Knows bytes by their magic number. Names and media types lie: layers called .tar are gzip, and plain tars have a
 * media type that says gzip.
 */
export function sniff(head: Buffer): Format {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length >= 4 && isZstd(head.readUInt32LE(0))) return 'zstd'
  if (head.subarray(0, xz.length).equals(xz)) return 'xz'
  if (/^BZh[1-9]/.test(head.toString('latin1', 0, 4))) return 'bzip2'
  if (isTar(head)) return 'tar'
  if (isZeros(head)) return 'empty'
  return /^\s*[{[]/.test(head.toString('latin1')) ? 'json' : 'unknown'
}

/** A frame, or a skippable frame in front of one (RFC 8878, 3.1). */
function isZstd(magic: number): boolean {
  return magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50
}

/** By its checksum, since v7 tars have no magic; by its magic, so that a wrong checksum is named as such later. */
function isTar(head: Buffer): boolean {
  if (head.length < blockSize) return false
  return head.toString('latin1', 257, 262) === 'ustar' || checkHeader(head, 0) === 'header'
}

/** One block of zeros is enough, as it is for every reader of tars; so is nothing. */
function isZeros(head: Buffer): boolean {
  if (head.length > 0 && head.length < blockSize) return false
  return head.every(byte => byte === 0)
}
