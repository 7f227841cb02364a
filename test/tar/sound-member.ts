import fc from 'fast-check'
import type { Run } from './dialects.ts'

export const dialects = ['v7', 'ustar', 'gnu', 'pax', 'star', 'xustar'] as const
export type Dialect = (typeof dialects)[number]

const flags = {
  file: ['0', '\0', '7'],
  directory: ['5'],
  symlink: ['2'],
  hardlink: ['1'],
  fifo: ['6'],
  device: ['3', '4'],
} as const
type Type = keyof typeof flags

export interface Holes {
  readonly runs: readonly Run[]
  readonly real: number
  /** Of PAX. */
  readonly version: '0.0' | '0.1' | '1.0'
}

/** A member that every reader should understand, as far as its dialect can hold it, and how it is written. */
export interface SoundMember {
  readonly dialect: Dialect
  readonly type: Type
  readonly flag: string
  readonly name: Buffer
  readonly target: Buffer
  /** What is stored, of a sparse file its runs. */
  readonly content: Buffer
  readonly holes: Holes | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  /** PAX says what the header says too, GNU writes numbers in base-256 and names apart that need it not. */
  readonly lavish: boolean
}

const component = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'usr', 'lib', '.', '..', 'x'.repeat(60), 'long'.repeat(40)) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }) },
)
const text = fc.array(component, { minLength: 1, maxLength: 5 }).map(parts => Buffer.from(parts.join('/')))
const bytes = fc.uint8Array({ min: 1, minLength: 1, maxLength: 150 }).map(array => Buffer.from(array))
const name = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: bytes }).map(clean)

/** No NUL, which ends a name, and no slash at its end, which makes a folder of it to some. */
function clean(all: Buffer): Buffer {
  const kept = Buffer.from(all.map(byte => byte || 0x5f))
  if (kept.at(-1) === 0x2f) kept[kept.length - 1] = 0x5f
  return kept
}

const holes = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(0, 1, 512, 5000), fc.constantFrom(1, 7, 511, 512)), { maxLength: 70 }),
    fc.constantFrom(0, 1, 3000),
    fc.boolean(),
    fc.constantFrom('0.0' as const, '0.1' as const, '1.0' as const),
  )
  .map(([pairs, hole, ended, version]): Holes => {
    let end = 0
    const runs = pairs.map(([gap, length]): Run => {
      const run = [end + gap, length] as const
      end = run[0] + length
      return run
    })
    // Writers end a file that ends with a hole with an empty run; readers need none.
    return { runs: ended || runs.length === 0 ? [...runs, [end + hole, 0]] : runs, real: end + hole, version }
  })

export const soundMember: fc.Arbitrary<SoundMember> = fc
  .record({
    dialect: fc.constantFrom(...dialects),
    type: fc.constantFrom<Type[]>('file', 'file', 'file', 'directory', 'symlink', 'hardlink', 'fifo', 'device'),
    choice: fc.nat(5),
    name,
    target: name,
    content: fc
      .tuple(fc.constantFrom(0, 1, 511, 512, 513, 2000), fc.nat(255))
      .map(([length, seed]) => Buffer.alloc(length, `${seed}.`)),
    holes: fc.option(holes, { nil: undefined, freq: 2 }),
    mode: fc.constantFrom(0o644, 0o755, 0o4755, 0o1777, 0),
    uid: fc.constantFrom(0, 1000, 2 ** 21 - 1, 2 ** 21, 4_000_000_000),
    gid: fc.constantFrom(0, 1000, 2 ** 31 - 1),
    mtime: fc.constantFrom(0, 1, 1_700_000_000, 8 ** 11 - 1, 1_600_000_000.25, -86_400),
    lavish: fc.boolean(),
  })
  .map(fitted)

/** What the dialect can hold of it. */
function fitted({ choice, ...all }: Omit<SoundMember, 'flag'> & { readonly choice: number }): SoundMember {
  const large = all.dialect === 'gnu' || all.dialect === 'pax'
  const type = all.dialect === 'v7' && (all.type === 'fifo' || all.type === 'device') ? 'file' : all.type
  const linked = type === 'symlink' || type === 'hardlink'
  const holes = large && type === 'file' ? all.holes : undefined
  const stored = holes
    ? Buffer.alloc(
        holes.runs.reduce((sum, run) => sum + run[1], 0),
        all.content.toString() || 'x',
      )
    : all.content
  const whole = {
    ...all,
    type,
    holes,
    // The old format has a flag of its own.
    flag: flags[type][holes ? 0 : choice % flags[type].length] ?? '0',
    content: type === 'file' ? stored : Buffer.alloc(0),
    target: linked ? all.target : Buffer.alloc(0),
    mtime: all.dialect === 'pax' ? all.mtime : Math.floor(all.mtime),
  }
  if (large) return whole
  const most = 2 ** 21 - 1
  const { target, mtime, uid, gid } = whole
  const shorter = cutName(all.name, all.dialect === 'v7' ? 0 : all.dialect === 'ustar' ? 155 : 130)
  return {
    ...whole,
    name: shorter,
    target: linked ? clean(target.subarray(0, 100)) : target,
    mtime: Math.max(0, mtime),
    uid: uid & most,
    gid: gid & most,
  }
}

/** A name of 100 bytes, or one that can be cut at a slash with `prefix` bytes before it, at most. */
function cutName(all: Buffer, prefix: number): Buffer {
  return all.length <= 100 || slashOf(all, prefix) > 0 ? all : clean(all.subarray(0, 100))
}

/** The slash at which a name of over 100 bytes is cut into prefix and name; 0 or less when there is none. */
export function slashOf(name: Buffer, prefix: number): number {
  const first = name.indexOf(0x2f, name.length - 101)
  return first <= prefix && first < name.length - 1 ? first : 0
}
