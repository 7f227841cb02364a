import type { SeekableBytes } from '../../src/bytes/bytes.ts'
import { ImgauditError } from '../../src/error.ts'
import type { Image } from '../../src/image/image.ts'
import { everythingOf } from '../image/cached-index.ts'

/** What happens to bytes: one changes, or all from there on are gone. */
export interface Damage {
  readonly kind: 'flip' | 'cut'
  readonly at: number
}

/** One of each kind in every block of 512 bytes; where in the block a flip lies goes round. */
export function everyBlock(size: number): readonly Damage[] {
  return Array.from({ length: Math.ceil(size / 512) }, (_, block): readonly Damage[] => [
    { kind: 'cut', at: block * 512 },
    { kind: 'flip', at: Math.min(size - 1, block * 512 + ((block * 197) % 512)) },
  ]).flat()
}

/** Places that are spread over the size, half of them in the first and last 64 KiB, where most headers stand. */
export function sampled(size: number, count: number): readonly Damage[] {
  const edge = 64 * 1024
  return Array.from({ length: count }, (_, number): Damage => {
    const spread = (number * 0.618_033_988_75) % 1
    const within = number % 4 === 0 ? spread * edge : number % 4 === 1 ? size - 1 - spread * edge : spread * (size - 1)
    return { kind: number % 8 < 4 ? 'flip' : 'cut', at: Math.floor(within) }
  })
}

export function damaged(bytes: Buffer, { kind, at }: Damage): Buffer {
  if (kind === 'cut') return bytes.subarray(0, at)
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8))
  return copy
}

/** The same without a copy of them. */
export function damagedView(bytes: SeekableBytes, { kind, at }: Damage): SeekableBytes {
  const size = kind === 'cut' ? at : bytes.size
  const flip = (chunk: Buffer, from: number) => {
    const place = at - from
    if (kind === 'flip' && place >= 0 && place < chunk.length) chunk[place] = (chunk[place] ?? 0) ^ (1 << (at % 8))
  }
  return {
    size,
    read(from, into) {
      const part = into.subarray(0, Math.max(0, Math.min(into.length, size - from)))
      const count = part.length === 0 ? 0 : bytes.read(from, part)
      flip(part.subarray(0, count), from)
      return count
    },
    async *stream(start = 0, end = size) {
      let from = start
      for await (const chunk of bytes.stream(start, Math.min(end, size))) {
        flip(chunk, from)
        yield chunk
        from += chunk.length
      }
    },
  }
}

/** All that an image says, but for how it came here; the code of an error in its place. */
export async function toldBy(opening: Promise<Image>): Promise<string> {
  try {
    await using image = await opening
    const { id, digest, platform, config, layers } = image
    const { env, labels, ...rest } = config
    const told = layers.map(({ index, stored, history }) => [everythingOf(index), stored, history])
    return JSON.stringify([id, digest, platform, [...env], [...labels], rest, told])
  } catch (error) {
    if (error instanceof ImgauditError) return error.code
    throw error
  }
}
