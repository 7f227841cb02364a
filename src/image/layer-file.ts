import type { SparseRun } from '../tar/member.ts'
import { binariesFromColumns, binaryColumns } from './binary-columns.ts'
import { Checksums } from './checksums.ts'
import { packColumns, unpackColumns } from './column-file.ts'
import { type Columns, named, ofPart } from './columns.ts'
import { Digests } from './digests.ts'
import { isObject, type JsonObject, list } from './document.ts'
import { Entries } from './entries.ts'
import type { LayerIndex } from './layer-index.ts'
import type { Notice } from './notice.ts'
import { recordColumns, recordsFromColumns } from './record-columns.ts'

/** A layer's index as the bytes of one file, in parts. */
export function packLayer({
  diffId,
  files,
  unpacked,
  entries,
  sparse,
  facts,
  verified,
  notices,
}: LayerIndex): Buffer[] {
  const { records, binaries, digests, checksums } = facts
  return packColumns(
    { diffId, files, unpacked, verified, notices },
    {
      ...named('entries', entries.columns()),
      ...named('sparse', sparseColumns(sparse)),
      ...named('records', recordColumns(records)),
      ...named('binaries', binaryColumns(binaries)),
      ...named('digests', digests.columns()),
      ...(checksums === undefined ? {} : named('checksums', checksums.columns())),
    },
  )
}

/** The index of the layer with this diff ID out of a file's bytes, which it keeps. Throws an error of some kind for
 *  anything but the whole file of that layer. */
export function unpackLayer(file: Buffer<ArrayBuffer>, diffId: string): LayerIndex {
  const { head, columns } = unpackColumns(file)
  const { files, unpacked, verified } = head
  if (head.diffId !== diffId) throw new RangeError(`another layer than ${diffId}`)
  if (!isSize(files) || !isSize(unpacked) || typeof verified !== 'boolean') throw new RangeError('no size')
  const entries = Entries.fromColumns(ofPart('entries', columns))
  const checksums = ofPart('checksums', columns)
  return {
    diffId,
    files,
    unpacked,
    entries,
    sparse: sparseFromColumns(ofPart('sparse', columns), entries.length),
    facts: {
      records: recordsFromColumns(ofPart('records', columns), entries.length),
      binaries: binariesFromColumns(ofPart('binaries', columns), entries.length),
      digests: Digests.fromColumns(ofPart('digests', columns)),
      ...('known' in checksums ? { checksums: Checksums.fromColumns(checksums) } : {}),
    },
    route: 'cache',
    verified,
    notices: noticesOf(head),
  }
}

function sparseColumns(sparse: LayerIndex['sparse']): Columns {
  const runs = [...sparse.values()].flat()
  return {
    ordinal: Uint32Array.from(sparse.keys()),
    count: Uint32Array.from(sparse.values(), ({ length }) => length),
    offset: Float64Array.from(runs, ({ offset }) => offset),
    length: Float64Array.from(runs, ({ length }) => length),
  }
}

function sparseFromColumns({ ordinal, count, offset, length }: Columns, entries: number): LayerIndex['sparse'] {
  if (!ordinal || !count || !offset || !length) throw new RangeError('no columns of sparse files')
  const sparse = new Map<number, readonly SparseRun[]>()
  const runs = Array.from(offset, (from, at): SparseRun => ({ offset: from, length: length[at] ?? 0 }))
  let next = 0
  ordinal.forEach((file, at) => {
    const from = next
    next += count[at] ?? 0
    if (file >= entries) throw new RangeError(`no entry ${file}`)
    sparse.set(file, runs.slice(from, next))
  })
  if (next !== runs.length || length.length !== runs.length || !runs.every(isRun)) throw new RangeError('no runs')
  return sparse
}

function isRun({ offset, length }: SparseRun): boolean {
  return isSize(offset) && isSize(length)
}

function noticesOf(head: JsonObject): Notice[] {
  return list(head, 'notices').map(notice => {
    if (!isObject(notice)) throw new RangeError('no notice')
    const { code, message } = notice
    if (typeof code !== 'string' || typeof message !== 'string') throw new RangeError('a notice without words')
    return { code, message }
  })
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
