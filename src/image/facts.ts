import type { Binary } from '../probe/binary/binary.ts'
import type { PackageRecord } from '../probe/package-record.ts'
import type { Checksums } from './checksums.ts'
import type { Digests } from './digests.ts'

/** What the probes read out of contents, by ordinal of the entry. */
export interface Facts {
  readonly records: ReadonlyMap<number, PackageRecord>
  /** What is inside of programs, libraries and archives of them; of every file that the probe wants. */
  readonly binaries: ReadonlyMap<number, Binary>
  /** SHA-256 of contents: of every file where all bytes passed, else of those that identity asked for. */
  readonly digests: Digests
  /** CRC-64 of every file's content, where the layer was read out of an engine's record, which has no digests. */
  readonly checksums?: Checksums
}
