import { fault } from './fault.ts'
import { checkSize, type Header, hasData, memberType } from './header.ts'
import type { MemberType } from './member.ts'
import { decimal, type Pax, type PaxSparse } from './pax.ts'
import { Decimals } from './sparse.ts'

/** The extension headers that came before a member's own header. */
export interface Extensions {
  pax?: Pax
  longName?: string | undefined
  longLink?: string | undefined
}

/** What PAX says of a sparse file. */
interface Sparse {
  readonly name: string | undefined
  readonly size: number | undefined
  /** Offsets and lengths in turn; undefined where they stand in front of the data (format 1.0). */
  readonly map: readonly number[] | undefined
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
  readonly sparse: Sparse | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
}

/**
 * Puts a header and the extensions before it together. Where readers disagree, Go's archive/tar decides, since every
 * engine unpacks layers with it: a GNU long name goes before a PAX path (GNU tar: after), a sparse file's own name before
 * both, an empty PAX value or long name leaves the header's field (GNU tar: empties it), and a logical size without a map
 * of runs is no size (libarchive: stretches the file to it). `offset` is the header's, for errors.
 */
export function describe(header: Header, extensions: Extensions, offset: number): Description {
  const { pax = {}, longName, longLink } = extensions
  const name = longName ?? pax.path ?? header.name
  const target = longLink ?? pax.linkpath ?? header.link
  // A sparse file's own name comes too late to make it a directory.
  const type = memberType(header.flag, name)
  // Of the old format, and star's, the header has all.
  const sparse = type === 'file' && header.flag !== 'S' ? knownSparse(pax.sparse, offset) : undefined
  const data = hasData(type, header.flag) ? dataSize(header, pax, offset) : 0
  return {
    name: sparse?.name ?? name,
    type,
    target: type === 'symlink' || type === 'hardlink' ? target : undefined,
    content: type === 'file' ? (sparse?.size ?? data) : 0,
    data,
    sparse,
    mode: header.mode,
    uid: owner(pax.uid) ?? header.uid,
    gid: owner(pax.gid) ?? header.gid,
    mtime: time(pax.mtime) ?? header.mtime,
  }
}

function dataSize(header: Header, pax: Pax, offset: number): number {
  return pax.size === undefined ? checkSize(header.size, offset) : bytes('size', pax.size, offset)
}

/** A file is sparse for Go when it is of format 0.0, 0.1 or 1.0, or, without a version, has a map that is not empty
 *  (libarchive: a file all hole). Of any other version it is none, and its stored content is what engines unpack. */
function knownSparse(sparse: PaxSparse | undefined, offset: number): Sparse | undefined {
  if (sparse === undefined) return undefined
  const { major, minor, name } = sparse
  const written = sparse.numbers?.join(',') ?? sparse.map
  const first = major === '1' && minor === '0'
  const zeroth = major === '0' && (minor === '0' || minor === '1')
  const unsaid = major === undefined && minor === undefined && written !== undefined
  if (!first && !zeroth && !unsaid) return undefined
  const real = sparse.size ?? sparse.realsize
  return {
    name,
    size: real === undefined ? undefined : bytes('logical size', real, offset),
    map: first ? undefined : new Decimals(44, offset).read(Buffer.from(written ?? '', 'latin1')),
  }
}

function bytes(what: string, written: string, offset: number): number {
  const number = decimal(written)
  if (number >= 0 && Number.isSafeInteger(number)) return number
  const shown = JSON.stringify(written.slice(0, 40))
  throw fault('ARCHIVE_INVALID', `the PAX ${what} of the member at offset ${offset} is no number of bytes: ${shown}`)
}

/** Junk counts as not said: nothing rests on it. */
function owner(written: string | undefined): number | undefined {
  const number = written === undefined ? Number.NaN : decimal(written)
  return Number.isSafeInteger(number) ? number : undefined
}

/** Times may be negative and have fractions. Junk counts as not said. */
function time(written: string | undefined): number | undefined {
  return written !== undefined && /^[+-]?\d+(\.\d*)?$/.test(written) ? Number(written) : undefined
}
