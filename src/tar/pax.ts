import { decodeName } from '../bytes/name.ts'
import { fault } from './fault.ts'

/**
 * What the records of a PAX extended header say that matters here. Absent: not said, or said to be nothing (an empty
 * value), and the header's own field holds. Numbers are as written, since they matter only where a member comes that they
 * describe: Go looks at them no sooner.
 */
export interface Pax {
  path?: string | undefined
  linkpath?: string | undefined
  size?: string | undefined
  mtime?: string | undefined
  uid?: string | undefined
  gid?: string | undefined
  /** SCHILY.realsize of star: logical size of a sparse file. */
  realsize?: string | undefined
  /** GNU.sparse.*, of any version. */
  sparse?: PaxSparse
}

/** GNU tar's three ways to say that a file is sparse (its manual, "Storing Sparse Files"). */
export interface PaxSparse {
  major?: string | undefined
  minor?: string | undefined
  name?: string | undefined
  /** Logical size in 0.x, and in 1.0. */
  size?: string | undefined
  realsize?: string | undefined
  /** Offsets and lengths in turn, with commas between: 0.1 has them in one record; 1.0 in front of the data. */
  map?: string | undefined
  /** The same of 0.0, which has one record each, and for Go goes before a map. */
  numbers?: string[]
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
    const end = at + decimal(data.toString('latin1', at, Math.max(space, at)))
    const equals = data.indexOf(61, space)
    // Not so when the length is NaN.
    const sound = equals > space && equals < end && end <= data.length && data[end - 1] === 10
    if (!sound) throw fault('ARCHIVE_INVALID', `the PAX header at offset ${offset} has no record at byte ${at} of it`)
    take(pax, data.toString('latin1', space + 1, equals), data.subarray(equals + 1, end - 1))
    at = end
  }
  return pax
}

/** A number as Go's strconv.ParseInt reads it, of base 10 and with any sign; NaN for what is none. */
export function decimal(text: string): number {
  return /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
}

function take(pax: Pax, key: string, value: Buffer): void {
  switch (key) {
    case 'path':
    case 'linkpath':
      pax[key] = name(value)
      break
    case 'size':
    case 'mtime':
    case 'uid':
    case 'gid':
      pax[key] = text(value)
      break
    case 'SCHILY.realsize':
      pax.realsize = text(value)
      break
    default:
      if (!key.startsWith('GNU.sparse.')) return
      pax.sparse ??= {}
      takeSparse(pax.sparse, key.slice('GNU.sparse.'.length), value)
  }
}

function takeSparse(sparse: PaxSparse, key: string, value: Buffer): void {
  switch (key) {
    case 'name':
      sparse.name = name(value)
      break
    case 'major':
    case 'minor':
    case 'size':
    case 'realsize':
    case 'map':
      sparse[key] = text(value)
      break
    case 'offset':
    case 'numbytes':
      sparse.numbers ??= []
      sparse.numbers.push(value.toString('latin1'))
  }
}

function text(value: Buffer): string | undefined {
  return value.length === 0 ? undefined : value.toString('latin1')
}

/** Cut at a NUL, as GNU tar and libarchive have it (Go refuses such an archive). */
function name(value: Buffer): string | undefined {
  const nul = value.indexOf(0)
  if (value.length === 0 || nul === 0) return undefined
  return decodeName(nul < 0 ? value : value.subarray(0, nul))
}
