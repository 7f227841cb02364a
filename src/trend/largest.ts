import type { Trend } from './schema.ts'

type Cause = Trend['causes'][number]

/** Causes that a list has room for, in the order of the trend, and what the others come to in each image. */
interface Largest {
  readonly shown: readonly Cause[]
  readonly others: { readonly count: number; readonly bytes: readonly number[] }
}

/** Those that were the largest in any image: a cause that is gone tells as much as one that came. */
export function largest({ causes, images }: Trend, count: number): Largest {
  const most = ({ bytes }: Cause) => Math.max(...bytes)
  const chosen = new Set([...causes].sort((a, b) => most(b) - most(a)).slice(0, count))
  const left = causes.filter(cause => !chosen.has(cause))
  return {
    shown: causes.filter(cause => chosen.has(cause)),
    others: {
      count: left.length,
      bytes: images.map((_, at) => left.reduce((sum, { bytes }) => sum + (bytes[at] ?? 0), 0)),
    },
  }
}

/** Files of each image: what causes sum to. */
export function filesOf({ images }: Trend): number[] {
  return images.map(({ size }) => size.files)
}

/** Last less first. */
export function growth(bytes: readonly number[]): number {
  return (bytes.at(-1) ?? 0) - (bytes[0] ?? 0)
}
