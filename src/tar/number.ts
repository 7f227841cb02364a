/**
 * A number field of a tar header: octal digits amid spaces and NULs (POSIX), or, with the top bit of the first byte set,
 * a big-endian two's complement (base-256, GNU and star). An empty field is 0, as Go, Python and libarchive have it
 * (GNU tar refuses it). NaN when it is neither, or beyond 2^63; beyond 2^53 not exact.
 */
export function readNumber(buffer: Buffer, at: number, length: number): number {
  return (buffer[at] ?? 0) >= 0x80 ? base256(buffer, at, length) : octal(buffer, at, length)
}

/** A NUL ends the digits, whatever follows; behind a space nothing but more of these may follow (so Go). */
function octal(buffer: Buffer, at: number, length: number): number {
  const end = at + length
  let i = at
  while (i < end && isBlank(buffer[i])) i++
  let value = 0
  for (; i < end; i++) {
    const digit = (buffer[i] ?? 0) - 48
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  if (buffer[i] === 0) return value
  while (i < end && isBlank(buffer[i])) i++
  return i === end ? value : Number.NaN
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0 || byte === 32
}

/** 0x80 is a flag on a positive number, and part of the sign of a negative one (0xff…). */
function base256(buffer: Buffer, at: number, length: number): number {
  const first = buffer[at] ?? 0
  let value = (first & 0x40) === 0 ? first & 0x3f : (first & 0x7f) - 0x80
  for (let i = at + 1; i < at + length; i++) value = value * 256 + (buffer[i] ?? 0)
  return value >= -(2 ** 63) && value < 2 ** 63 ? value : Number.NaN
}
