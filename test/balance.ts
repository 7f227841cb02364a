import { expect } from 'vitest'
import type { Report } from '../src/report/schema.ts'

/** The sums that every report keeps, whatever image it speaks of (design of the ledger: rows add up to the image). */
export function expectBalanced(report: Report): void {
  const { size, layers, findings, causes, savings } = report
  for (const kind of ['files', 'unpacked', 'hidden'] as const) {
    expect(sum(layers.map(layer => layer.size[kind])), `layers' ${kind}`).toBe(size[kind])
  }
  expect(sum(causes.map(cause => cause.bytes)), 'Σ causes').toBe(size.files)
  const rules = new Set(findings.map(finding => finding.rule))
  for (const rule of rules) {
    const saves = sum(findings.filter(finding => finding.rule === rule).map(finding => finding.saves))
    const cause = causes.find(({ cause, kind }) => cause === rule && kind === 'waste')
    expect(saves, `Σ saves of ${rule}`).toBe(cause?.bytes ?? 0)
  }
  for (const verdict of ['safe', 'check'] as const) {
    const saves = sum(findings.filter(finding => finding.verdict === verdict).map(finding => finding.saves))
    expect(savings[verdict], `savings.${verdict}`).toBe(saves)
  }
  expect(savings.after).toBe(size.files - savings.safe)
  for (const finding of findings) {
    const name = `${finding.rule} of layer ${finding.fix.layer}`
    expect(sum(finding.paths.map(path => path.bytes)), `Σ paths of ${name}`).toBe(finding.bytes)
    expect(sum(finding.paths.map(path => path.count)), `count of ${name}`).toBe(finding.count)
    expect(finding.saves, name).toBeLessThanOrEqual(finding.bytes)
    if (finding.verdict === 'keep') expect(finding.saves, name).toBe(0)
    const rows = finding.paths.map(({ path, layer, hiddenBy }) => `${path} ${layer} ${hiddenBy}`)
    expect(new Set(rows).size, `rows of ${name} are distinct`).toBe(rows.length)
  }
  expect(size.hidden).toBeLessThanOrEqual(size.files)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
