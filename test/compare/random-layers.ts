import fc from 'fast-check'
import type { Report } from '../../src/report/schema.ts'

type Layer = Report['layers'][number]

/** A layer of a report by hand. */
export function layer(
  index: number,
  diffId: string,
  createdBy: string | null = null,
  stored: number | null = null,
): Layer {
  const files = 100 * (diffId.charCodeAt(0) - 96)
  return {
    index,
    diffId,
    createdBy,
    base: null,
    entries: 1,
    route: 'stream',
    verified: true,
    size: { files, unpacked: files + 1024, stored, hidden: 0 },
    dockerfile: null,
  }
}

/** Few diff IDs and few instructions, so that two such lists have much in common, and one often has a diff ID twice. */
export const layers: fc.Arbitrary<Layer[]> = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('RUN x', 'RUN y', 'COPY z /z', null)), {
    maxLength: 8,
  })
  .map(parts => parts.map(([diffId, createdBy], index) => layer(index, diffId, createdBy)))
