/** Of the ISO polynomial (x⁶⁴ + x⁴ + x³ + x + 1, ISO 3309), reflected: only its upper half has bits. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let [high, low] = [0, byte]
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1
    low = ((low >>> 1) | (high << 31)) >>> 0
    high = (high >>> 1) ^ (carry === 1 ? 0xd8000000 : 0)
  }
  return high >>> 0
})

/** CRC-64 with the ISO polynomial, as Go's hash/crc64 makes it, of bytes as they pass. */
export class Crc64 {
  #high = 0xffffffff
  #low = 0xffffffff

  update(chunk: Buffer): this {
    let high = this.#high
    let low = this.#low
    for (let at = 0; at < chunk.length; at++) {
      const next = table[(low ^ (chunk[at] ?? 0)) & 0xff] ?? 0
      low = (low >>> 8) | (high << 24)
      high = (high >>> 8) ^ next
    }
    this.#high = high
    this.#low = low
    return this
  }

  /** 8 bytes, big-endian. */
  digest(): Buffer {
    const bytes = Buffer.alloc(8)
    bytes.writeUInt32BE(~this.#high >>> 0, 0)
    bytes.writeUInt32BE(~this.#low >>> 0, 4)
    return bytes
  }
}
