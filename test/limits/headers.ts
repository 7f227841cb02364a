/** One member of a tar, as a bomb has it: any name, any size, whatever follows. */
export interface Raw {
  readonly name: string
  readonly flag?: string
  /** What the header says, in bytes. */
  readonly size?: number
  readonly link?: string
}

/** A ustar header of 512 bytes. */
export function header({ name, flag = '0', size = 0, link = '' }: Raw): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0, 100)
  block.write('0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  writeSize(block, size)
  block.write('00000000000\0', 136)
  block.write(flag, 156)
  block.write(link, 157, 100)
  block.write('ustar\u000000', 257)
  return signed(block)
}

/** Above 8 GiB a size is in base 256, as GNU tar has it. */
function writeSize(block: Buffer, size: number): void {
  if (size < 8 ** 11) {
    block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
    return
  }
  block.writeUInt8(0x80, 124)
  block.writeBigUInt64BE(BigInt(size), 128)
}

function signed(block: Buffer): Buffer {
  block.fill(32, 148, 156)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

/** A member with its data, padded. */
export function member(raw: Raw, data: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(data)
  return Buffer.concat([header({ size: bytes.length, ...raw }), bytes, Buffer.alloc(-bytes.length & 511)])
}

/** A PAX header in front of the next member. */
export function pax(records: Readonly<Record<string, string>>, flag = 'x'): Buffer {
  const lines = Object.entries(records).map(([key, value]) => record(key, value))
  return member({ name: 'PaxHeaders/0', flag }, lines.join(''))
}

/** `length key=value\n`; the length counts its own digits. */
export function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest
  while (rest + String(length).length !== length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

export const endMarker = Buffer.alloc(1024)

/** Empty files `<prefix>0`, `<prefix>1`, … in chunks of some megabytes: a header is signed anew by its digits alone. */
export function* emptyFiles(
  count: number,
  options: { readonly prefix?: string; readonly flag?: string; readonly link?: string } = {},
): Generator<Buffer> {
  const { prefix = 'f', flag = '0', link = '' } = options
  const width = String(count - 1).length
  const template = header({ name: `${prefix}${'0'.repeat(width)}`, flag, link })
  const base = [...template.subarray(0, 148), ...template.subarray(156)].reduce((sum, byte) => sum + byte, 8 * 32)
  const each = 8192
  for (let first = 0; first < count; first += each) {
    const last = Math.min(count, first + each)
    const chunk = Buffer.alloc((last - first) * 512)
    for (let number = first; number < last; number++) {
      const at = (number - first) * 512
      template.copy(chunk, at)
      const digits = String(number).padStart(width, '0')
      chunk.write(digits, at + prefix.length, 'latin1')
      let sum = base
      for (let digit = 0; digit < width; digit++) sum += digits.charCodeAt(digit) - 48
      chunk.write(sum.toString(8).padStart(6, '0'), at + 148, 'latin1')
    }
    yield chunk
  }
}
