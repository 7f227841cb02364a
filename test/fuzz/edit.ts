import fc from 'fast-check'

/** One change of bytes. Places are taken modulo their length, negative ones from the end; `unit` multiplies both, so that
 *  whole blocks of a tar are moved. */
export type Edit =
  | { readonly edit: 'flip'; readonly at: number; readonly bit: number }
  | {
      readonly edit: 'number'
      readonly at: number
      readonly value: bigint
      readonly width: number
      readonly big: boolean
    }
  | { readonly edit: 'write' | 'insert'; readonly at: number; readonly text: string }
  | { readonly edit: 'digits'; readonly at: number; readonly text: string }
  | { readonly edit: 'end'; readonly at: number; readonly unit: number }
  | { readonly edit: 'cut'; readonly at: number; readonly length: number; readonly unit: number }
  | { readonly edit: 'copy'; readonly at: number; readonly length: number; readonly to: number; readonly unit: number }
  | {
      readonly edit: 'repeat'
      readonly at: number
      readonly length: number
      readonly times: number
      readonly unit: number
    }

/** What a field can say that nobody means. */
const numbers = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 0x10000n, 0x7fffffffn, 0x80000000n, 0xffffffffn].concat(
  [2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
)
const texts = [
  '0',
  '-1',
  '1',
  '007',
  '255',
  '65536',
  '2147483648',
  '4294967295',
  '77777777777',
  '9007199254740991',
].concat(['9007199254740993', '18446744073709551615', '1e308', 'NaN', ''])

const place = fc.oneof(
  fc.nat(1023),
  fc.nat(4095).map(back => -1 - back),
  fc.nat(),
)
const unit = fc.constantFrom(1, 1, 512)
const length = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 4096 }))

/** `pieces`: what the format is made of. */
export function edits(pieces: readonly string[]): fc.Arbitrary<Edit> {
  const text =
    pieces.length === 0
      ? fc.string({ maxLength: 8 })
      : fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8 }))
  return fc.oneof(
    fc.record({ edit: fc.constant('flip'), at: place, bit: fc.nat(7) }),
    fc.record({
      edit: fc.constant('number'),
      at: place,
      value: fc.oneof(fc.constantFrom(...numbers), fc.bigInt({ min: 0n, max: 70_000n })),
      width: fc.constantFrom(1, 2, 4, 8),
      big: fc.boolean(),
    }),
    fc.record({ edit: fc.constantFrom('write', 'insert'), at: place, text }),
    fc.record({ edit: fc.constant('digits'), at: place, text: fc.constantFrom(...texts) }),
    fc.record({ edit: fc.constant('end'), at: place, unit }),
    fc.record({ edit: fc.constant('cut'), at: place, length, unit }),
    fc.record({ edit: fc.constant('copy'), at: place, length, to: place, unit }),
    fc.record({ edit: fc.constant('repeat'), at: place, length, times: fc.constantFrom(2, 10, 1000, 100_000), unit }),
  )
}

/** The bytes with these changes, one after the other, of no more than `most` bytes. */
export function edited(bytes: Buffer, changes: readonly Edit[], most: number): Buffer {
  return changes.reduce((before, change) => apply(before, change, most), bytes).subarray(0, most)
}

function apply(bytes: Buffer, change: Edit, most: number): Buffer {
  const { length: size } = bytes
  const scale = 'unit' in change ? change.unit : 1
  const at = placed(change.at * scale, size)
  switch (change.edit) {
    case 'flip':
      return written(bytes, at, Buffer.of((bytes[at] ?? 0) ^ (1 << change.bit)))
    case 'number':
      return written(bytes, at, wordOf(change.value, change.width, change.big))
    case 'write':
      return written(bytes, at, Buffer.from(change.text))
    case 'insert':
      return join(bytes.subarray(0, at), Buffer.from(change.text), bytes.subarray(at))
    case 'digits':
      return withDigits(bytes, at, change.text)
    case 'end':
      return bytes.subarray(0, at)
    case 'cut':
      return join(bytes.subarray(0, at), bytes.subarray(at + change.length * scale))
    case 'copy': {
      const to = placed(change.to * scale, size)
      return join(bytes.subarray(0, to), bytes.subarray(at, at + change.length * scale), bytes.subarray(to))
    }
    case 'repeat': {
      const piece = bytes.subarray(at, at + change.length * scale)
      const times = Math.min(change.times, Math.floor(Math.max(0, most - size) / Math.max(1, piece.length)))
      return join(bytes.subarray(0, at), ...Array<Buffer>(times).fill(piece), bytes.subarray(at))
    }
  }
}

function placed(at: number, size: number): number {
  return size === 0 ? 0 : ((at % size) + size) % size
}

function written(bytes: Buffer, at: number, what: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  what.copy(copy, at)
  return copy
}

function wordOf(value: bigint, width: number, big: boolean): Buffer {
  const word = Buffer.alloc(8)
  word.writeBigUInt64LE(BigInt.asUintN(64, value))
  const bytes = word.subarray(0, width)
  return big ? bytes.reverse() : bytes
}

/** Another number in the place of the first one behind `at`. */
function withDigits(bytes: Buffer, at: number, text: string): Buffer {
  const isDigit = (byte = 0) => byte >= 48 && byte <= 57
  let from = at
  while (from < bytes.length && !isDigit(bytes[from])) from++
  let to = from
  while (isDigit(bytes[to])) to++
  return join(bytes.subarray(0, from), Buffer.from(text), bytes.subarray(to))
}

function join(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts)
}
