import { decodeName } from '../bytes/name.ts'
import { fault } from './fault.ts'
import type { MemberType } from './member.ts'
import { readNumber } from './number.ts'

/** Who wrote a header, as far as that changes where its fields are. */
export type Dialect = 'v7' | 'ustar' | 'gnu' | 'star'

/** The fields of one 512-byte header. `link` is the link name, whatever the type. */
export interface Header {
  readonly flag: string
  readonly dialect: Dialect
  readonly name: string
  readonly link: string
  /** Of the data that follows, in bytes, as written: nothing follows a link, directory or device. */
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
}

/**
 * Reads the header at `at` of `buffer`, whose checksum is right; `offset` is where it stands in the archive, for errors.
 * Fields as in POSIX ustar, tar(5) of libarchive and GNU tar's tar.h.
 */
export function readHeader(buffer: Buffer, at: number, offset: number): Header {
  const dialect = readDialect(buffer, at)
  return {
    flag: String.fromCharCode(buffer[at + 156] ?? 0), // 156, 1: type flag
    dialect,
    name: readName(buffer, at, dialect),
    link: text(buffer, at + 157, 100), // 157, 100: link name
    size: readSize(buffer, at + 124, offset), // 124, 12: size
    mode: lenient(buffer, at + 100, 8) & 0o7777, // 100, 8: mode
    uid: lenient(buffer, at + 108, 8), // 108, 8: user
    gid: lenient(buffer, at + 116, 8), // 116, 8: group
    mtime: lenient(buffer, at + 136, 12), // 136, 12: modification time
  }
}

/** A size of 0 to 2^53 bytes; anything else cannot be stepped over and is ARCHIVE_INVALID. */
export function readSize(buffer: Buffer, at: number, offset: number): number {
  const size = readNumber(buffer, at, 12)
  if (size >= 0) return size
  const field = JSON.stringify(buffer.toString('latin1', at, at + 12))
  throw fault('ARCHIVE_INVALID', `the tar header at offset ${offset} has a size that is none: ${field}`)
}

/**
 * What a type flag makes of a member; undefined for the flags that are no member ('V', the label of a volume; those of
 * extensions never come here). Unknown flags are regular files, as POSIX has it. `name` ends with a slash for a
 * directory of a v7 tar, which has no flag for it.
 */
export function memberType(flag: string, name: string): MemberType | undefined {
  switch (flag) {
    case '\0':
      return name.endsWith('/') ? 'directory' : 'file'
    case '1':
      return 'hardlink'
    case '2':
      return 'symlink'
    case '3':
    case '4':
      return 'device'
    case '5':
    case 'D': // GNU's dump of a directory: its listing follows as data
      return 'directory'
    case '6':
      return 'fifo'
    case 'V':
      return undefined
    default:
      return 'file'
  }
}

/** Whether data follows a header. After links, directories, devices and pipes none does, whatever their size field says:
 *  so do Go, Python and libarchive; GNU tar does for hard links and directories, but skips data after the others. */
export function hasData(type: MemberType | undefined, flag: string): boolean {
  return type === undefined || type === 'file' || flag === 'D'
}

/** 257, 8: `ustar\0` and a version (POSIX, star), or `ustar  \0` (GNU); nothing in v7. */
function readDialect(buffer: Buffer, at: number): Dialect {
  // u s t a
  if (buffer[at + 257] !== 117 || buffer.toString('latin1', at + 258, at + 262) !== 'star') return 'v7'
  if (buffer[at + 262] === 32) return 'gnu'
  return isStar(buffer, at) ? 'star' : 'ustar'
}

/** Star cuts the prefix at 131 bytes to have times behind it; told apart the way GNU tar does (list.c, decode_header). */
function isStar(buffer: Buffer, at: number): boolean {
  if (buffer[at + 475] !== 0) return false
  return isOctal(buffer[at + 476]) && buffer[at + 487] === 32 && isOctal(buffer[at + 488]) && buffer[at + 499] === 32
}

function isOctal(byte = 0): boolean {
  return byte >= 48 && byte <= 55
}

/** 0, 100: name; 345, 155: prefix, which is NUL-ended before star's times, and whose room GNU uses for other things. */
function readName(buffer: Buffer, at: number, dialect: Dialect): string {
  const name = text(buffer, at, 100)
  const prefixed = (dialect === 'ustar' || dialect === 'star') && buffer[at + 345] !== 0
  return prefixed ? `${text(buffer, at + 345, 155)}/${name}` : name
}

/** Up to the first NUL, or the whole field: a name of exactly 100 bytes has none. */
function text(buffer: Buffer, at: number, length: number): string {
  let end = at
  let bits = 0
  for (let byte = buffer[at] ?? 0; byte !== 0; byte = end < at + length ? (buffer[end] ?? 0) : 0) {
    bits |= byte
    end++
  }
  if (end === at) return ''
  // ASCII, as nearly every name is, costs a third this way; a million headers have two each.
  return bits < 0x80 ? buffer.toString('latin1', at, end) : decodeName(buffer.subarray(at, end))
}

/** Nothing rests on these fields, so junk in them is 0 rather than the end of the audit. */
function lenient(buffer: Buffer, at: number, length: number): number {
  return readNumber(buffer, at, length) || 0
}
