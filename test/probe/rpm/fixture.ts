import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import sqlite from '@sqlite.org/sqlite-wasm'

/** rpm's database after a step of test/real/rpm.sh. */
export function rpmdb(step: 'installed' | 'upgraded' | 'erased'): Buffer {
  return gunzipSync(readFileSync(new URL(`../../../fixtures/rpm/${step}.sqlite.gz`, import.meta.url)))
}

/** A database that these statements make. */
export async function database(statements: string, ...blobs: readonly Uint8Array[]): Promise<Buffer> {
  const { oo1, capi } = await sqlite()
  const db = new oo1.DB(':memory:')
  db.exec(statements)
  for (const blob of blobs) db.exec({ sql: 'INSERT INTO Packages (blob) VALUES (?)', bind: [blob] })
  const bytes = Buffer.from(capi.sqlite3_js_db_export(db))
  db.close()
  return bytes
}

type Value = string | readonly string[] | readonly number[]

/** A header with these tags: strings, lists of strings, and numbers of 32 bits. */
export function headerOf(tags: Readonly<Record<number, Value>>): Buffer {
  const index: Buffer[] = []
  const data: Buffer[] = []
  let offset = 0
  for (const [tag, value] of Object.entries(tags)) {
    const [type, count, bytes] = encoded(value)
    const entry = Buffer.alloc(16)
    for (const [at, number] of [Number(tag), type, offset, count].entries()) entry.writeUInt32BE(number, at * 4)
    index.push(entry)
    data.push(bytes)
    offset += bytes.length
  }
  const intro = Buffer.alloc(8)
  intro.writeUInt32BE(index.length, 0)
  intro.writeUInt32BE(offset, 4)
  return Buffer.concat([intro, ...index, ...data])
}

function encoded(value: Value): readonly [type: number, count: number, bytes: Buffer] {
  if (typeof value === 'string') return [6, 1, Buffer.from(`${value}\0`)]
  const numbers = value.filter(one => typeof one === 'number')
  if (numbers.length === 0) return [8, value.length, Buffer.from(value.map(one => `${one}\0`).join(''))]
  const bytes = Buffer.alloc(4 * numbers.length)
  numbers.forEach((number, at) => {
    bytes.writeUInt32BE(number, at * 4)
  })
  return [4, numbers.length, bytes]
}
