import { expect } from 'vitest'
import type { Report } from '../src/report/schema.ts'

/** The sums that every report keeps, whatever image it speaks of (design of the ledger: rows add up to the image). */
export function expectBalanced(report: Report): void {
  const { size, layers, findings, causes, savings, blobs } = report
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
    if (finding.stored !== null) {
      expect(finding.stored.saves, `stored saves of ${name}`).toBeLessThanOrEqual(finding.stored.bytes)
      const paths = sum(finding.paths.map(path => path.stored ?? Number.NaN))
      expect(paths, `Σ stored paths of ${name}`).toBe(finding.stored.bytes)
    }
    const rows = finding.paths.map(({ path, layer, hiddenBy }) => `${path} ${layer} ${hiddenBy}`)
    expect(new Set(rows).size, `rows of ${name} are distinct`).toBe(rows.length)
  }
  expect(size.hidden).toBeLessThanOrEqual(size.files)
  if (blobs !== null) expectBlobsBalanced(report, blobs)
  const owned = sum([...report.packages, ...report.unowned].map(row => row.bytes))
  expect(owned, 'Σ packages and unowned').toBe(size.files - size.hidden)
  expect(sum(report.packages.map(row => row.hidden)), 'Σ hidden of packages').toBeLessThanOrEqual(size.hidden)
}

/** What is stored has the same ledger, where it is known of every layer. */
function expectBlobsBalanced({ size, findings, causes, savings }: Report, blobs: NonNullable<Report['blobs']>): void {
  expect(blobs.contents + blobs.empty + blobs.rest, 'Σ blobs').toBe(size.stored)
  expect(sum(causes.map(cause => cause.stored ?? Number.NaN)), 'Σ stored causes').toBe(blobs.contents)
  const savesOf = (own: Report['findings']) => sum(own.map(finding => finding.stored?.saves ?? Number.NaN))
  for (const { cause, kind, stored } of causes) {
    if (kind === 'waste') expect(savesOf(findings.filter(({ rule }) => rule === cause)), cause).toBe(stored)
  }
  for (const wanted of ['safe', 'check'] as const) {
    const saves = savesOf(findings.filter(({ verdict }) => verdict === wanted))
    expect(savings.stored?.[wanted], `savings.stored.${wanted}`).toBe(saves)
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
