/** Length in bytes of a tar header, and what all offsets in a tar are a multiple of. */
export const blockSize = 512

// In a header: 148, 8: the sum of all its bytes, octal, with these eight counted as spaces.
const sumAt = 148
const sumEnd = 156

/** What the checksum of the 512 bytes at `at` says: a header, a block of zeros (of the end marker), or neither. */
export function checkHeader(buffer: Buffer, at: number): 'header' | 'zeros' | 'neither' {
  let sum = 0
  for (let i = at, end = at + blockSize; i < end; i++) sum += buffer[i] ?? 0
  if (sum === 0) return 'zeros'
  for (let i = at + sumAt, end = at + sumEnd; i < end; i++) sum += 32 - (buffer[i] ?? 0)
  const recorded = recordedSum(buffer, at + sumAt)
  return recorded === sum || recorded === signedSum(buffer, at) ? 'header' : 'neither'
}

/** Some old tars (SunOS) summed signed chars. */
function signedSum(buffer: Buffer, at: number): number {
  let sum = 0
  for (let i = 0; i < blockSize; i++) {
    sum += i >= sumAt && i < sumEnd ? 32 : buffer.readInt8(at + i)
  }
  return sum
}

/** Written as `NNNNNN\0 `, `NNNNNN \0`, ` NNNNNN\0` or with leading zeros, and by some after a NUL, which GNU tar and
 *  Go pass over; NaN when there is no digit. An empty field is 0, as for Go: signed bytes can sum to it. */
function recordedSum(buffer: Buffer, at: number): number {
  let i = at
  while (i < at + 8 && (buffer[i] === 32 || buffer[i] === 0)) i++
  let value = i === at + 8 ? 0 : Number.NaN
  for (; i < at + 8; i++) {
    const digit = (buffer[i] ?? 0) - 48
    if (digit < 0 || digit > 7) break
    value = (value || 0) * 8 + digit
  }
  return value
}
