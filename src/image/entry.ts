export type EntryKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'device' | 'fifo' | 'whiteout' | 'opaque'

/** One entry of one layer's tar. Sizes in bytes. Its ordinal in the layer is its name. */
export interface Entry {
  /** Absolute and clean; symlinks are followed only where the same layer brought them before (LayerLinks). For a whiteout
   *  the path that it hides, for an opaque marker its directory. Bytes that are not UTF-8 are lone surrogates U+DC80–DCFF,
   *  so that two names never become one. */
  readonly path: string
  readonly kind: EntryKind
  /** Logical size of a regular file (sparse expanded), byte length of a symlink's target, 0 for all else. */
  readonly content: number
  /** What the tar spends on it: stored content, padding and every header that describes it. */
  readonly span: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since the epoch. */
  readonly mtime: number
  /** Of a symlink as written; of a hard link absolute and clean. */
  readonly target?: string
}
