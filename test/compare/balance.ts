import { expect } from 'vitest'
import { type Comparison, comparisonSchema } from '../../src/compare/schema.ts'

/** The sums that every comparison keeps, whatever images it speaks of: rows add up to the difference. */
export function expectComparisonBalanced(comparison: Comparison): void {
  const { before, after, difference, causes, packages, unowned, paths } = comparison
  expect(comparisonSchema.parse(comparison)).toEqual(comparison)
  for (const kind of ['files', 'unpacked', 'hidden'] as const) {
    expect(difference[kind], `difference of ${kind}`).toBe(after.size[kind] - before.size[kind])
  }
  const known = before.size.stored !== null && after.size.stored !== null
  expect(difference.stored).toBe(known ? (after.size.stored ?? 0) - (before.size.stored ?? 0) : null)
  const live = difference.files - difference.hidden
  expect(total(causes), 'Σ causes').toBe(difference.files)
  expect(sum(causes.map(row => row.before)), 'Σ causes before').toBe(before.size.files)
  expect(sum(causes.map(row => row.after)), 'Σ causes after').toBe(after.size.files)
  expect(total(packages) + total(unowned), 'Σ packages and unowned').toBe(live)
  expect(total(paths), 'Σ paths').toBe(live)
  expectRows(comparison)
  expectLayers(comparison)
  expectPull(comparison)
  const { findings } = comparison
  expect([...findings.new, ...findings.settled].map(({ verdict }) => verdict)).not.toContain('keep')
  expect(findings.new.map(({ ignored }) => ignored?.whole)).not.toContain(true)
}

/** Each row's own subtraction, and the order of the rows. */
function expectRows({ causes, packages, unowned, folders, paths }: Comparison): void {
  for (const row of [...causes, ...unowned]) expect(row.difference, JSON.stringify(row)).toBe(row.after - row.before)
  for (const row of packages) expect(row.difference, row.name).toBe(row.bytes.after - row.bytes.before)
  for (const row of [...folders, ...paths.filter(({ exact }) => exact)]) {
    if (row.before !== null && row.after !== null) expect(row.difference, row.path).toBe(row.after - row.before)
  }
  for (const rows of [causes, packages, unowned]) {
    const amounts = rows.map(row => Math.abs(row.difference))
    expect(amounts).toEqual(amounts.toSorted((a, b) => b - a))
  }
}

/** Each layer of the two once, and none but those that both have counted twice. */
function expectLayers({ before, after, difference, layers }: Comparison): void {
  expect(total(layers), 'Σ layers').toBe(difference.files)
  const afterRows = layers.filter(row => row.after !== null)
  expect(afterRows.map(row => row.after)).toEqual(afterRows.map((_, at) => at))
  expect(sum(afterRows.map(row => row.size.files))).toBe(after.size.files)
  expect(sum(layers.map(row => row.size.files - row.difference))).toBe(before.size.files + goneBytes(layers))
  const positions = layers.flatMap(row => row.before ?? []).sort((a, b) => a - b)
  expect(positions).toEqual(positions.map((_, at) => at))
  const kept = layers.filter(row => row.change === 'kept').map(row => row.before ?? -1)
  expect(kept, 'kept ones stand in the same order').toEqual(kept.toSorted((a, b) => a - b))
  for (const row of layers) {
    expect(row.change === 'new', row.diffId).toBe(row.before === null)
    expect(row.change === 'gone', row.diffId).toBe(row.after === null)
  }
}

/** A row of a layer that is gone has its size, and takes it away. */
function goneBytes(layers: Comparison['layers']): number {
  return sum(layers.filter(row => row.change === 'gone').map(row => row.size.files))
}

/** What a host fetches is layers of after, each once, and all of it is of one kind. */
function expectPull({ after, layers, pull, invalidated }: Comparison): void {
  const own = new Map(layers.filter(row => row.after !== null).map(row => [row.diffId, row]))
  expect(pull.layers + pull.again.layers).toBeLessThanOrEqual(own.size)
  const most = sum([...own.values()].map(({ size }) => size[pull.kind] ?? 0))
  expect(pull.bytes + pull.again.bytes).toBeLessThanOrEqual(most)
  if (pull.kind === 'stored' && after.size.stored !== null) expect(pull.bytes).toBeLessThanOrEqual(after.size.stored)
  if (invalidated === null) return
  const rebuilt = layers.filter(row => row.after !== null && invalidated.layers.includes(row.after))
  expect(rebuilt.length).toBeGreaterThan(0)
  expect(rebuilt.length).toBe(invalidated.layers.length)
  for (const row of rebuilt) {
    expect(row.change).toBe('changed')
    expect(row.after).toBeGreaterThan(invalidated.layer)
  }
  expect(invalidated.bytes).toBe(sum(rebuilt.map(({ size }) => size[pull.kind] ?? 0)))
}

function total(rows: readonly { readonly difference: number }[]): number {
  return sum(rows.map(row => row.difference))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
