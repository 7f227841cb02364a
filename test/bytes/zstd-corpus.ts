import { content, flip, noZstd, parts, zstd } from './outcome.ts'

/** Zstd streams, sound and not, each with what inflating it comes to: `right`, or the code of the error. */
export const corpus: readonly { readonly name: string; readonly bytes: Buffer; readonly outcome: string }[] = noZstd
  ? []
  : [...sound(), ...cut(), ...damaged(), ...junk()]

function sound() {
  const [first, second] = parts(half => zstd(half))
  const empty = zstd(Buffer.alloc(0))
  const frames = [skippable(), empty, first, skippable(), skippable(), second, skippable()]
  return [
    { name: 'one frame', bytes: zstd(content), outcome: 'right' },
    { name: 'one frame without a checksum', bytes: zstd(content, '-19', '--no-check'), outcome: 'right' },
    { name: 'several frames, empty and skippable ones among them', bytes: join(frames), outcome: 'right' },
  ]
}

function cut() {
  const [first, second] = parts(half => zstd(half))
  const two = join([first, second])
  const middle = first?.length ?? 0
  const after = [1, 3, 9].map(more => middle + more)
  const ends = [0, 1, 4, 5, 9, 500, middle - 1, ...after, two.length - 4, two.length - 1]
  const short = ends.map(end => ({
    name: `cut at ${end} of ${two.length}`,
    bytes: two.subarray(0, end),
    outcome: 'ARCHIVE_TRUNCATED',
  }))
  const bytes = join([zstd(content), skippable().subarray(0, 10)])
  return [...short, { name: 'cut in a skippable frame', bytes, outcome: 'ARCHIVE_TRUNCATED' }]
}

function damaged() {
  const whole = zstd(content)
  // The last is the checksum; the others lie in random content, which nothing but the checksum vouches for.
  return [5000, 20_000, whole.length - 2].map(at => ({
    name: `a bit flipped at ${at} of ${whole.length}`,
    bytes: flip(whole, at),
    outcome: 'CHECKSUM_WRONG',
  }))
}

function junk() {
  return [Buffer.from('junk, and more of it'), Buffer.alloc(100)].map(tail => ({
    name: `${tail.length} bytes behind the end`,
    bytes: join([zstd(content), tail]),
    outcome: 'ARCHIVE_INVALID',
  }))
}

function skippable(): Buffer {
  return Buffer.concat([Buffer.from('5a2a4d18', 'hex'), Buffer.from([7, 0, 0, 0]), Buffer.alloc(7, 1)])
}

function join(frames: readonly (Buffer | undefined)[]): Buffer {
  return Buffer.concat(frames.filter(frame => frame !== undefined))
}
