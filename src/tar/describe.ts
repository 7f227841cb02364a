import { fault } from './fault.ts'
import { type Header, hasData, memberType } from './header.ts'
import type { MemberType } from './member.ts'
import type { Pax, PaxSparse } from './pax.ts'

/** The extension headers that came before a member's own header. */
export interface Extensions {
  pax?: Pax
  longName?: string
  longLink?: string
}

/** A member, before it is known where its stored content starts; undefined type: a volume label, no member. */
export interface Description {
  readonly name: string
  readonly type: MemberType | undefined
  readonly target: string | undefined
  /** Logical size as far as the headers of one block and PAX say it. */
  readonly content: number
  /** Bytes of data that follow the header, a sparse map among them, padding not. */
  readonly data: number
  readonly sparse: (PaxSparse & { readonly version: '0' | '1' }) | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
}

/**
 * Puts a header and the extensions before it together. Where readers disagree, Go's archive/tar decides, since every
 * engine unpacks layers with it: a GNU long name goes before a PAX path (GNU tar: after), a sparse file's own name before
 * both, an empty PAX value leaves the header's field (GNU tar: empties it), and a logical size without a map of runs is
 * no size (libarchive: stretches the file to it).
 */
export function describe(header: Header, extensions: Extensions, offset: number): Description {
  const { pax = {}, longName, longLink } = extensions
  const sparse = knownSparse(pax.sparse, offset)
  const name = sparse?.name ?? longName ?? pax.path ?? header.name
  const target = longLink ?? pax.linkpath ?? header.link
  const type = memberType(header.flag, name)
  const data = hasData(type, header.flag) ? (pax.size ?? header.size) : 0
  return {
    name,
    type,
    target: type === 'symlink' || type === 'hardlink' ? target : undefined,
    content: type === 'file' ? (sparse?.size ?? data) : 0,
    data,
    sparse: type === 'file' ? sparse : undefined,
    mode: header.mode,
    uid: pax.uid ?? header.uid,
    gid: pax.gid ?? header.gid,
    mtime: pax.mtime ?? header.mtime,
  }
}

/** 0.0 and 0.1 need not say their version, but without it an empty map is none (libarchive: a file all hole). */
function knownSparse(sparse: PaxSparse | undefined, offset: number): Description['sparse'] {
  if (!sparse) return undefined
  const { major, minor, map } = sparse
  if (major === '1' && minor === '0') return { ...sparse, version: '1' }
  if (major === '0') return { ...sparse, version: '0' }
  if (major === undefined) return map !== undefined && map.length > 0 ? { ...sparse, version: '0' } : undefined
  throw fault('ARCHIVE_INVALID', `the sparse file at offset ${offset} is of GNU format ${major}.${minor}, unknown here`)
}
