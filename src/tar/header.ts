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
  /** Of the data that follows, in bytes, as written, so NaN or negative too: nothing follows a link, directory or device. */
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
}

/**
 * Reads the header at `at` of `buffer`, whose checksum is right. Fields as in POSIX ustar, tar(5) of libarchive and GNU
 * tar's tar.h.
 */
export function readHeader(buffer: Buffer, at: number): Header {
  const dialect = readDialect(buffer, at)
  return {
    flag: String.fromCharCode(buffer[at + 156] ?? 0), // 156, 1: type flag
    dialect,
    name: readName(buffer, at, dialect),
    link: text(buffer, at + 157, 100), // 157, 100: link name
    size: readNumber(buffer, at + 124, 12), // 124, 12: size
    mode: permissions(buffer, at + 100), // 100, 8: mode
    uid: lenient(buffer, at + 108, 8), // 108, 8: user
    gid: lenient(buffer, at + 116, 8), // 116, 8: group
    mtime: lenient(buffer, at + 136, 12), // 136, 12: modification time
  }
}

/** A size of 0 to 2^53 bytes; anything else cannot be stepped over and is ARCHIVE_INVALID. */
export function checkSize(size: number, offset: number): number {
  if (size >= 0 && Number.isSafeInteger(size)) return size
  throw fault('ARCHIVE_INVALID', `the tar header at offset ${offset} has a size that is no number of bytes`)
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

/** 257, 8: `ustar\0` and a version (POSIX, star), or `ustar  \0` (GNU); anything else is v7, which has no prefix, for Go
 *  (libarchive: the first five letters make it ustar). */
function readDialect(buffer: Buffer, at: number): Dialect {
  if (buffer[at + 257] !== 117) return 'v7' // u
  const magic = buffer.toString('latin1', at + 258, at + 265)
  if (magic === 'star  \0') return 'gnu'
  if (!magic.startsWith('star\0')) return 'v7'
  return isStar(buffer, at) ? 'star' : 'ustar'
}

/** Star cuts the prefix at 131 bytes to have times behind it; told apart by its trailer as Go does, or the way GNU tar does
 *  (list.c, decode_header), for xustar, which has none. */
function isStar(buffer: Buffer, at: number): boolean {
  if (buffer[at + 508] === 116 && buffer.toString('latin1', at + 509, at + 512) === 'ar\0') return true // t
  if (buffer[at + 475] !== 0) return false
  return isOctal(buffer[at + 476]) && buffer[at + 487] === 32 && isOctal(buffer[at + 488]) && buffer[at + 499] === 32
}

function isOctal(byte = 0): boolean {
  return byte >= 48 && byte <= 55
}

/** 0, 100: name; 345, 155: prefix, of 131 bytes before star's times, and whose room GNU uses for other things. */
function readName(buffer: Buffer, at: number, dialect: Dialect): string {
  const name = text(buffer, at, 100)
  if (buffer[at + 345] === 0 || dialect === 'v7') return name
  if (dialect === 'gnu' && !hasGoPrefix(buffer, at)) return name
  return `${text(buffer, at + 345, dialect === 'star' ? 131 : 155)}/${name}`
}

/** Go before 1.8 wrote a prefix into GNU's headers too, and still reads one where GNU tar has two times (345, 12; 357, 12),
 *  when these are none and it is ASCII: the engines unpack the file there. */
function hasGoPrefix(buffer: Buffer, at: number): boolean {
  const changed = buffer[at + 357] === 0 ? 0 : readNumber(buffer, at + 357, 12)
  if (!Number.isNaN(changed + readNumber(buffer, at + 345, 12))) return false
  for (let i = at + 345; i < at + 500 && buffer[i] !== 0; i++) if ((buffer[i] ?? 0) >= 0x80) return false
  return true
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

/** Of a base-256 mode, which may be beyond 2^53, the last bits. */
function permissions(buffer: Buffer, at: number): number {
  const mode = (buffer[at] ?? 0) >= 0x80 ? buffer.readUInt16BE(at + 6) : lenient(buffer, at, 8)
  return mode & 0o7777
}

/** Nothing rests on these fields, so junk in them is 0 rather than the end of the audit. */
function lenient(buffer: Buffer, at: number, length: number): number {
  const number = readNumber(buffer, at, length)
  return Number.isSafeInteger(number) ? number : 0
}
