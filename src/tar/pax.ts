import { decodeName } from '../bytes/name.ts'
import { fault } from './fault.ts'
import { Decimals } from './sparse.ts'

/** What the records of a PAX extended header say that matters here; sizes in bytes. Absent: not said, or said to be
 *  nothing (an empty value), and the header's own field holds. */
export interface Pax {
  path?: string | undefined
  linkpath?: string | undefined
  size?: number | undefined
  mtime?: number | undefined
  uid?: number | undefined
  gid?: number | undefined
  /** SCHILY.realsize of star: logical size of a sparse file. */
  realsize?: number | undefined
  /** GNU.sparse.*, of any version. */
  sparse?: PaxSparse
}

/** GNU tar's three ways to say that a file is sparse (its manual, "Storing Sparse Files"). */
export interface PaxSparse {
  major?: string
  minor?: string
  name?: string
  /** Logical size: GNU.sparse.size in 0.x, GNU.sparse.realsize in 1.0. */
  size?: number
  /** Offsets and lengths in turn: one record each in 0.0, one record of all in 0.1; 1.0 has them in front of the data. */
  map?: number[]
}

/**
 * Reads the records of a PAX extended header: `length key=value\n`, the length in bytes and of the whole record. The rest
 * after a NUL is padding, as GNU tar has it; anything else that is no record is ARCHIVE_INVALID, since a size may have
 * been lost. `offset` is where they stand in the archive.
 */
export function readPax(data: Buffer, offset: number): Pax {
  const pax: Pax = {}
  for (let at = 0; at < data.length && data[at] !== 0; ) {
    const space = data.indexOf(32, at)
    const end = at + decimal(data.subarray(at, space))
    const equals = data.indexOf(61, space)
    // Not so when the length is NaN.
    const sound = space > at && equals > space && equals < end && end <= data.length && data[end - 1] === 10
    if (!sound) throw fault('ARCHIVE_INVALID', `the PAX header at offset ${offset} has no record at byte ${at} of it`)
    take(pax, data.toString('latin1', space + 1, equals), data.subarray(equals + 1, end - 1), offset)
    at = end
  }
  return pax
}

function take(pax: Pax, key: string, value: Buffer, offset: number): void {
  switch (key) {
    case 'path':
    case 'linkpath':
      pax[key] = name(value)
      break
    case 'size':
      pax.size = value.length === 0 ? undefined : size(key, value, offset)
      break
    case 'SCHILY.realsize':
      pax.realsize = value.length === 0 ? undefined : size(key, value, offset)
      break
    case 'mtime':
    case 'uid':
    case 'gid':
      pax[key] = number(value)
      break
    default:
      if (!key.startsWith('GNU.sparse.')) return
      pax.sparse ??= {}
      takeSparse(pax.sparse, key, value, offset)
  }
}

function takeSparse(sparse: PaxSparse, key: string, value: Buffer, offset: number): void {
  switch (key.slice('GNU.sparse.'.length)) {
    case 'major':
      sparse.major = value.toString('latin1')
      break
    case 'minor':
      sparse.minor = value.toString('latin1')
      break
    case 'name': {
      const given = name(value)
      if (given !== undefined) sparse.name = given
      break
    }
    case 'size':
    case 'realsize':
      sparse.size = size(key, value, offset)
      break
    case 'map':
      sparse.map = new Decimals(44, offset).read(value)
      break
    case 'offset':
    case 'numbytes':
      sparse.map ??= []
      sparse.map.push(size(key, value, offset))
  }
}

/** Cut at a NUL, as GNU tar and libarchive have it (Go refuses such an archive). */
function name(value: Buffer): string | undefined {
  const nul = value.indexOf(0)
  if (value.length === 0 || nul === 0) return undefined
  return decodeName(nul < 0 ? value : value.subarray(0, nul))
}

function size(key: string, value: Buffer, offset: number): number {
  const bytes = decimal(value)
  if (Number.isSafeInteger(bytes)) return bytes
  const shown = JSON.stringify(value.toString('latin1', 0, 40))
  throw fault('ARCHIVE_INVALID', `the PAX header at offset ${offset} has a ${key} that is no number of bytes: ${shown}`)
}

function decimal(value: Buffer): number {
  const text = value.toString('latin1', 0, 32)
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}

/** Times may be negative and have fractions. Junk counts as not said: nothing rests on it. */
function number(value: Buffer): number | undefined {
  const text = value.toString('latin1', 0, 64)
  return /^-?\d+(\.\d*)?$/.test(text) ? Number(text) : undefined
}
