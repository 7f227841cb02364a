import { likeness, type Recorded } from './alike.ts'
import type { Step } from './step.ts'

// The 127 layers that Docker allows against 30,000 instructions: a second.
const mostPairs = 4_000_000

/**
 * Finds the step of each layer, undefined where it has none: the longest common subsequence, by likeness. Of several that are
 * as good the last is taken, since a Dockerfile ends where its image ends and begins where its base does.
 */
export function align(layers: readonly Recorded[], steps: readonly Step[]): (Step | undefined)[] {
  const width = steps.length + 1
  // What stands in front is the base's.
  const skipped = Math.max(0, layers.length - Math.floor(mostPairs / width))
  const own = layers.slice(skipped)
  const best = new Uint32Array((own.length + 1) * width)
  const alike = new Uint8Array((own.length + 1) * width)
  for (const [row, layer] of own.entries()) {
    for (const [column, step] of steps.entries()) {
      const at = (row + 1) * width + column + 1
      const like = likeness(step, layer)
      alike[at] = like
      const met = like === 0 ? 0 : (best[at - width - 1] ?? 0) + like
      best[at] = Math.max(met, best[at - 1] ?? 0, best[at - width] ?? 0)
    }
  }
  return [...layers.slice(0, skipped).map(() => undefined), ...trace(own.length, steps, best, alike)]
}

function trace(rows: number, steps: readonly Step[], best: Uint32Array, alike: Uint8Array): (Step | undefined)[] {
  const width = steps.length + 1
  const found = new Array<Step | undefined>(rows).fill(undefined)
  for (let row = rows, column = steps.length; row > 0 && column > 0; ) {
    const at = row * width + column
    const like = alike[at] ?? 0
    if (like > 0 && best[at] === (best[at - width - 1] ?? 0) + like) found[--row] = steps[--column]
    else if (best[at] === best[at - 1]) column--
    else row--
  }
  return found
}
