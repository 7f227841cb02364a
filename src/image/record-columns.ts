import type { PackageRecord } from '../probe/package-record.ts'
import type { Columns } from './columns.ts'
import { isObject, parseJson } from './document.ts'
import { bytesOfTexts, type PathText, pathsOf, pathText } from './path-list.ts'
import { isPackageRecord } from './record-shape.ts'

type Database = { readonly kind: 'apk-installed' | 'rpm-database' }

/** Package records as columns: JSON, but for their lists of paths, which are most of it. */
export function recordColumns(records: ReadonlyMap<number, PackageRecord>): Columns {
  const lists: PathText[] = []
  const put = (paths: readonly string[]) => lists.push(pathText(paths)) - 1
  const said = [...records.values()].map(record => withoutPaths(record, put))
  return {
    ordinal: Uint32Array.from(records.keys()),
    json: Buffer.from(JSON.stringify(said)),
    form: Uint8Array.from(lists, ({ form }) => form),
    size: Uint32Array.from(lists, ({ size }) => size),
    paths: bytesOfTexts(lists),
  }
}

/** The records again, of a layer with so many entries. Throws an error for what `recordColumns` never made. */
export function recordsFromColumns(
  { ordinal, json, form, size, paths }: Columns,
  entries: number,
): Map<number, PackageRecord> {
  if (!(json instanceof Uint8Array && paths instanceof Uint8Array && form instanceof Uint8Array && size && ordinal))
    throw new RangeError('no columns of records')
  let end = 0
  const lists = Array.from(size, (length, at) => {
    end += length
    return { form: form[at] ?? 0, bytes: bytesOf(paths, end - length, end) }
  })
  if (end !== paths.length || form.length !== lists.length) throw new RangeError(`lists of ${end} bytes`)
  const take = (number: unknown) => {
    const list = typeof number === 'number' ? lists[number] : undefined
    if (list === undefined) throw new RangeError(`no list ${number} of ${lists.length}`)
    return pathsOf(list.form, list.bytes)
  }
  const said = parseJson(bytesOf(json), 'the list of records')
  if (!Array.isArray(said) || said.length !== ordinal.length) throw new RangeError('records without ordinals')
  return new Map(
    said.map((value: unknown, at) => {
      const record = withPaths(value, take)
      const of = ordinal[at] ?? entries
      if (!isPackageRecord(record) || of >= entries) throw new RangeError(`no record of entry ${of}`)
      return [of, record]
    }),
  )
}

function withoutPaths(record: PackageRecord, put: (paths: readonly string[]) => number): object {
  if ('paths' in record) return { ...record, paths: put(record.paths) }
  if (!isDatabase(record)) return record
  return { ...record, packages: record.packages.map(one => ({ ...one, paths: put(one.paths) })) }
}

function withPaths(value: unknown, take: (number: unknown) => readonly string[]): unknown {
  if (!isObject(value)) return value
  if ('paths' in value) return { ...value, paths: take(value.paths) }
  if (!isDatabase(value) || !Array.isArray(value.packages)) return value
  return { ...value, packages: value.packages.map(one => withPaths(one, take)) }
}

function bytesOf(column: Uint8Array, from = 0, to = column.length): Buffer {
  return Buffer.from(column.buffer, column.byteOffset + from, to - from)
}

/** Whether its packages have a list of paths each. */
function isDatabase<Thing extends { readonly kind?: unknown }>(record: Thing): record is Thing & Database {
  return record.kind === 'apk-installed' || record.kind === 'rpm-database'
}
