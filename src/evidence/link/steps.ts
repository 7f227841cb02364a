import type { Evidence } from '../evidence.ts'

/**
 * What following the loaders of one image may take, over all that is asked of it: looks into folders, names asked for. A
 * hostile image has 60,000 folders in one RPATH and 60,000 names to look for in them, and ld.so itself would be at it for an
 * hour. Images with CUDA and NumPy take 30,000; this many take 4 s and 200 MB.
 */
export const mostSteps = 3_000_000

/** Steps that a name takes which is remembered with what it gets, by the memory of it: a look into a folder is 1. */
export const stepsOf = { ask: 2, edge: 10 } as const

/** Thrown where they are spent: what was found until then holds, and is not all. */
export class StepsSpent extends Error {}

/** Counts them. */
export class Steps {
  #left: number

  private constructor(most: number) {
    this.#left = most
  }

  /** Those of an image, which all walks through it share. */
  static of(evidence: Evidence): Steps {
    const steps = known.get(evidence) ?? new Steps(mostSteps)
    known.set(evidence, steps)
    return steps
  }

  take(count = 1): void {
    this.#left -= count
    if (this.#left < 0) throw new StepsSpent()
  }
}

const known = new WeakMap<Evidence, Steps>()
