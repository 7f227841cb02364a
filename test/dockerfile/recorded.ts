import { instruction } from '../../src/image/instruction.ts'
import type { Report } from '../../src/report/schema.ts'
import { sample } from '../report/sample.ts'

/** A report whose layers were made by what builders recorded: texts of `created_by`, null where nothing is. */
export function recorded(
  history: readonly (string | null)[],
  base: readonly (boolean | null)[] = history.map(() => false),
): Report {
  const [first] = sample.layers
  if (first === undefined) throw new Error('the sample has no layers')
  const layers = history.map((raw, index) => ({
    ...first,
    index,
    createdBy: raw === null ? null : (instruction(raw) ?? null),
    base: base[index] ?? null,
  }))
  return { ...sample, layers, notices: [] }
}

/** Lines of each layer, `3-5`; null where they are not known. */
export function linesOf(report: Report): (string | null)[] {
  return report.layers.map(({ dockerfile }) => (dockerfile === null ? null : `${dockerfile.start}-${dockerfile.end}`))
}
