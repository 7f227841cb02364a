import type { Reader } from '../bytes/reader.ts'
import { ImgauditError } from '../error.ts'
import { TarSplitReader } from '../tar/tar-split.ts'
import { Checksums } from './checksums.ts'
import { Gathering } from './gathering.ts'
import type { LayerIndex } from './layer-index.ts'
import { Meter } from './meter.ts'

/** A layer's index out of an engine's record, and the readers of those files that probes want to see, by ordinal. The
 *  index is complete when each of them has had its content and has ended, and `settled` has resolved after that. */
export interface RecordedLayer {
  readonly index: LayerIndex
  readonly wanted: ReadonlyMap<number, Reader<void>>
  settled(): Promise<void>
}

/**
 * Indexes a layer from the tar-split record that its engine keeps, inflated: everything that its tar said, and a CRC-64 of
 * each content, without a look at any. Throws ARCHIVE_INVALID and what TarReader throws where the record is damaged, or
 * its headers and its contents do not belong together.
 */
export async function indexRecord(
  lines: AsyncIterable<Buffer>,
  diffId: string,
  meter = new Meter(),
): Promise<RecordedLayer> {
  const wanted = new Map<number, Reader<void>>()
  const checksums = new Checksums()
  let last = { ordinal: -1, start: 0, size: 0 }
  const gathering = new Gathering(({ ordinal, member, probe }) => {
    // tar-split was never made to keep these: what it says of their contents is about another archive.
    if (member.sparse !== undefined) throw mismatch(`the sparse file ${member.name}`)
    if (last.size > 0) throw mismatch(`a file of ${last.size} bytes without content`)
    if (probe !== undefined) wanted.set(ordinal, probe)
    last = { ordinal, start: member.start, size: member.stored }
    return undefined
  }, meter)
  const reader = new TarSplitReader(gathering.tar, (start, size, checksum) => {
    if (start !== last.start || size !== last.size) throw mismatch(`a content of ${size} bytes at offset ${start}`)
    checksums.set(last.ordinal, checksum)
    last = { ordinal: -1, start: 0, size: 0 }
  })
  for await (const chunk of lines) reader.push(chunk)
  const { size } = reader.end()
  if (last.size > 0) throw mismatch(`a file of ${last.size} bytes without content`)
  const index = gathering.index({ diffId, unpacked: size, route: 'layer-store', verified: false })
  return { index: { ...index, facts: { ...index.facts, checksums } }, wanted, settled: () => gathering.settled() }
}

function mismatch(what: string): ImgauditError {
  const message = `the engine's record of the layer does not fit itself: it has ${what}`
  return new ImgauditError('ARCHIVE_INVALID', message, 'read it another way: --no-layer-store')
}
