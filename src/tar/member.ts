/** What the type flag of a header makes of a member; extension headers (PAX, GNU long names) are no members. */
export type MemberType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'device' | 'fifo'

/** A stored run of a sparse file: `length` bytes that belong at `offset` of the logical content. */
export interface SparseRun {
  readonly offset: number
  readonly length: number
}

/** One member of a tar archive, as all its headers together say. Sizes and offsets in bytes. */
export interface Member {
  /** The name as written, decoded by `decodeName`; neither cleaned nor trusted. */
  readonly name: string
  readonly type: MemberType
  /** Logical size of a regular file, holes included; 0 for all else, whatever the size field says. */
  readonly content: number
  /** Bytes of content that the archive holds for it, padding not included. */
  readonly stored: number
  /** All that the archive spends on it: every header that describes it, stored content, padding. */
  readonly span: number
  /** Offset of the stored content in the archive. */
  readonly start: number
  /** Where the stored content belongs, for a sparse file. */
  readonly sparse: readonly SparseRun[] | undefined
  /** Permission bits (07777). */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since the epoch, fractions kept. */
  readonly mtime: number
  /** Of a symlink or hard link, decoded by `decodeName`. */
  readonly target: string | undefined
}
