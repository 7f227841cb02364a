import {
  base256,
  blocks,
  gnuMagic,
  type HeaderFields,
  header,
  octal,
  pax,
  ustarMagic,
} from '../../fixtures/tar/build.ts'

/** Offset and length of a stored run of a sparse file. */
export type Run = readonly [number, number]

/** Before POSIX: no magic, names of 100 bytes. */
export function v7(fields: HeaderFields = {}): Buffer {
  return header({ ...fields, magic: '' })
}

/** GNU tar's own format, old or not: they differ only in how seldom the old one is base-256. */
export function gnu(fields: HeaderFields = {}): Buffer {
  return header({ ...fields, magic: gnuMagic })
}

export interface StarTimes {
  readonly atime?: string
  readonly ctime?: string
  /** star writes it; xustar, which it writes too, is without. */
  readonly trailer?: boolean
}

/** star's and xstar's: as ustar, but the prefix has 131 bytes, and times and a trailer follow it. */
export function star(fields: HeaderFields = {}, times: StarTimes = {}): Buffer {
  const { atime = '00000000001 ', ctime = '00000000002 ', trailer = true } = times
  const over = { 476: atime, 488: ctime, ...(trailer && { 508: 'tar\0' }), ...fields.over }
  return header({ ...fields, magic: ustarMagic, over })
}

/** A number as its field holds it: octal where that is large enough and `binary` is not wanted, else base-256. */
export function numeric(value: number, length: number, binary = false): Buffer {
  return !binary && value >= 0 && value < 8 ** (length - 1) ? octal(value, length) : base256(BigInt(value), length)
}

function runFields(runs: readonly Run[]): Buffer {
  return Buffer.concat(runs.flatMap(run => run.map(number => numeric(number, 12))))
}

function stored(runs: readonly Run[]): number {
  return runs.reduce((sum, [, length]) => sum + length, 0)
}

/** The header of a sparse file ('S') and those that continue it, 21 runs each; `data` is the stored content. */
export function oldSparse(real: number, runs: readonly Run[], data: Buffer, fields: HeaderFields = {}): Buffer {
  const more = runs.length > 4
  const over = {
    386: runFields(runs.slice(0, 4)),
    482: Buffer.of(Number(more)),
    483: numeric(real, 12),
    ...fields.over,
  }
  const first = gnu({ flag: 'S', size: stored(runs), ...fields, over })
  return Buffer.concat([first, ...continuations(runs.slice(4)), blocks(data)])
}

/** The same of star, with its fields in other places. */
export function starSparse(real: number, runs: readonly Run[], data: Buffer, fields: HeaderFields = {}): Buffer {
  const more = runs.length > 4
  const over = {
    355: Buffer.of(Number(more)),
    356: runFields(runs.slice(0, 4)),
    452: numeric(real, 12),
    ...fields.over,
  }
  const first = star({ flag: 'S', size: stored(runs), ...fields, over })
  return Buffer.concat([first, ...continuations(runs.slice(4)), blocks(data)])
}

function continuations(runs: readonly Run[]): Buffer[] {
  const all: Buffer[] = []
  for (let at = 0; at < runs.length; at += 21) {
    const block = Buffer.alloc(512)
    runFields(runs.slice(at, at + 21)).copy(block)
    block[504] = Number(at + 21 < runs.length)
    all.push(block)
  }
  return all
}

/** Records of GNU's PAX formats 0.0 and 0.1, which have the map among them; of 1.0 without. */
export function sparseRecords(version: '0.0' | '0.1' | '1.0', real: number, runs: readonly Run[]): [string, string][] {
  if (version === '1.0')
    return [
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', String(real)],
    ]
  const counted: [string, string][] = [
    ['GNU.sparse.size', String(real)],
    ['GNU.sparse.numblocks', String(runs.length)],
  ]
  if (version === '0.1') return [...counted, ['GNU.sparse.map', runs.flat().join(',')]]
  const pairs = runs.flatMap(([offset, length]): [string, string][] => [
    ['GNU.sparse.offset', String(offset)],
    ['GNU.sparse.numbytes', String(length)],
  ])
  return [...counted, ...pairs]
}

/** The map that stands in front of the data in format 1.0, in whole blocks. */
export function sparseMap(runs: readonly Run[]): Buffer {
  return blocks([runs.length, ...runs.flat()].map(number => `${number}\n`).join(''))
}

/** A sparse file of GNU's PAX formats, with more records where wanted. */
export function paxSparse(
  version: '0.0' | '0.1' | '1.0',
  real: number,
  runs: readonly Run[],
  data: Buffer,
  fields: HeaderFields = {},
  more: [string, string | Buffer][] = [],
): Buffer {
  const map = version === '1.0' ? sparseMap(runs) : Buffer.alloc(0)
  const size = map.length + stored(runs)
  return Buffer.concat([
    pax([...sparseRecords(version, real, runs), ...more]),
    header({ size, ...fields, ...(version === '1.0' && { size }) }),
    map,
    blocks(data),
  ])
}

/** The rest of a file that began in another volume: `offset` in it, and its whole length. */
export function multiVolume(content: string, offset: number, real: number, fields: HeaderFields = {}): Buffer {
  const over = { 369: octal(offset, 12), 483: octal(real, 12) }
  return Buffer.concat([gnu({ flag: 'M', size: content.length, ...fields, over }), blocks(content)])
}
