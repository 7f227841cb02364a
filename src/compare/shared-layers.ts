import type { Report } from '../report/schema.ts'

type Layers = readonly Pick<Report['layers'][number], 'diffId'>[]

/** How many layers two images have in common from the base on, without one between them that is another. */
export function sharedLayers(before: Layers, after: Layers): number {
  const changed = after.findIndex(({ diffId }, position) => diffId !== before[position]?.diffId)
  return changed === -1 ? after.length : changed
}
