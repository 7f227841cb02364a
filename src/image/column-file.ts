import { crc32 } from 'node:zlib'
import type { Columns } from './columns.ts'
import { isObject, type JsonObject, list } from './document.ts'

const magic = Buffer.from('imgaudit')
/** Of this form; read on a machine with the other byte order it is another number. */
const form = 1
/** Bytes before the head: size and checksum are among them, so that they tell one file from another. */
export const beginning = 24

const types = { u8: Uint8Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array, f64: Float64Array } as const

/**
 * Columns as the bytes of one file, in parts, since they are many; to be had back without a look at each number. `head`
 * says what else there is to say.
 *
 *      0   8  `imgaudit`
 *      8   4  1, in the byte order of this machine, as every number is
 *     12   4  CRC-32 of all that follows
 *     16   4  bytes of the file
 *     20   4  bytes of the head
 *     24      the head, JSON: { head, columns: [[name, type, length], …] }
 *             the columns, each at the next multiple of 8
 */
export function packColumns(head: JsonObject, columns: Columns): Buffer[] {
  const all = Object.entries(columns)
  const described = all.map(([name, column]) => [name, typeOf(column), column.length])
  const text = Buffer.from(JSON.stringify({ head, columns: described }))
  const first = Buffer.concat([Buffer.alloc(beginning), text])
  const parts: Buffer[] = [first]
  let end = first.length
  for (const [, { buffer, byteOffset, byteLength }] of all) {
    parts.push(Buffer.alloc(aligned(end) - end), Buffer.from(buffer, byteOffset, byteLength))
    end = aligned(end) + byteLength
  }
  first.set(magic)
  first.set(new Uint8Array(Uint32Array.of(end, text.length).buffer), 16)
  // Of no bytes, zlib says 0 whatever came before.
  const full = parts.filter(({ length }) => length > 0)
  const checksum = full.reduce((sum, part) => crc32(part === first ? part.subarray(16) : part, sum), 0)
  first.set(new Uint8Array(Uint32Array.of(form, checksum).buffer), 8)
  return full
}

/**
 * The head and the columns of a file: views of its bytes, which begin at a multiple of 8 in their memory. Throws a
 * RangeError or a SyntaxError for bytes that are not, to the last one, what `packColumns` made.
 */
export function unpackColumns(file: Buffer<ArrayBuffer>): { readonly head: JsonObject; readonly columns: Columns } {
  if (file.length < beginning || !file.subarray(0, magic.length).equals(magic))
    throw new RangeError('no file of columns')
  const [kept, checksum, size, headSize = 0] = new Uint32Array(file.buffer, file.byteOffset + magic.length, 4)
  if (kept !== form || size !== file.length || checksum !== crc32(file.subarray(16))) throw new RangeError('damaged')
  const said: unknown = JSON.parse(file.toString('utf8', beginning, beginning + headSize))
  if (!isObject(said) || !isObject(said.head)) throw new RangeError('a file of columns without a head')
  let end = beginning + headSize
  const columns = list(said, 'columns').map(described => {
    const [name, type, length]: readonly unknown[] = Array.isArray(described) ? described : []
    if (typeof name !== 'string' || !isType(type) || typeof length !== 'number') throw new RangeError('no column')
    // Refuses a length that is none, and one that leads behind the end.
    const column = new types[type](file.buffer, file.byteOffset + aligned(end), length)
    end = aligned(end) + column.byteLength
    if (end > file.length) throw new RangeError(`column ${name} ends behind the file`)
    return [name, column] as const
  })
  return { head: said.head, columns: Object.fromEntries(columns) }
}

function typeOf(column: Columns[string]): keyof typeof types {
  if (column instanceof Uint8Array) return 'u8'
  if (column instanceof Uint16Array) return 'u16'
  if (column instanceof Int32Array) return 'i32'
  return column instanceof Uint32Array ? 'u32' : 'f64'
}

function isType(type: unknown): type is keyof typeof types {
  return typeof type === 'string' && Object.hasOwn(types, type)
}

function aligned(end: number): number {
  return Math.ceil(end / 8) * 8
}
