import { compareNames } from '../bytes/name.ts'
import { sum } from '../bytes/sum.ts'
import type { Limit, Limits } from './limits.ts'
import type { Report } from './schema.ts'

type Budget = Report['budgets'][number]

/** What limits are held against: a report whose findings say what of them is ignored. */
export type Weighed = Pick<Report, 'size' | 'layers' | 'findings' | 'causes' | 'against'>

/** Every limit with what the image comes to: size, waste, layer, growth, then causes and rules by name. Growth is left out
 *  where there is nothing to measure it against. */
export function budgetsOf(report: Weighed, limits: Limits): Budget[] {
  const { size, against } = report
  const causes = Object.entries(limits.causes ?? {}).sort(([a], [b]) => compareNames(a, b))
  const rules = [...new Set(limits.failOn ?? [])].sort(compareNames)
  return [
    ...inBytes('size', limits.size, size.files, size.files),
    ...inBytes('waste', limits.waste, wasteOf(report), size.files),
    ...layerBudget(report, limits.layer),
    ...(against === null ? [] : inBytes('growth', limits.growth, size.files - against.size.files, against.size.files)),
    ...causes.flatMap(([cause, limit]) => inBytes(`causes.${cause}`, limit, bytesOfCause(report, cause), size.files)),
    ...rules.map(rule => findingBudget(report, rule)),
  ]
}

/** All that is waste, less what is ignored. */
export function wasteOf({ causes, findings }: Pick<Report, 'causes' | 'findings'>): number {
  const waste = sum(causes.filter(({ kind }) => kind === 'waste').map(({ bytes }) => bytes))
  return waste - ignoredBytes(findings)
}

/** What ignores take from findings. */
export function ignoredBytes(findings: Report['findings']): number {
  return sum(findings.map(({ ignored }) => ignored?.saves ?? 0))
}

function inBytes(budget: string, allowed: Limit | undefined, value: number, whole: number): Budget[] {
  if (allowed === undefined) return []
  const limit = 'bytes' in allowed ? allowed.bytes : Math.floor(allowed.share * whole)
  const share = 'share' in allowed ? allowed.share : null
  return [{ budget, limit, value, unit: 'bytes', share, layers: [], ok: value <= limit }]
}

function layerBudget({ size, layers }: Weighed, allowed: Limit | undefined): Budget[] {
  const largest = [...layers].sort((a, b) => b.size.files - a.size.files || a.index - b.index)
  return inBytes('layer', allowed, largest[0]?.size.files ?? 0, size.files).map(budget => {
    const over = largest.filter(layer => layer.size.files > budget.limit)
    return { ...budget, layers: (over.length === 0 ? largest.slice(0, 1) : over).map(({ index }) => index) }
  })
}

function bytesOfCause({ causes, findings }: Weighed, name: string): number {
  const bytes = sum(causes.filter(({ cause }) => cause === name).map(({ bytes }) => bytes))
  return bytes - ignoredBytes(findings.filter(({ rule }) => rule === name))
}

function findingBudget({ findings }: Weighed, name: string): Budget {
  const counted = findings.filter(
    ({ rule, verdict, ignored }) => rule === name && verdict !== 'keep' && !ignored?.whole,
  )
  const value = counted.length
  return { budget: `failOn.${name}`, limit: 0, value, unit: 'findings', share: null, layers: [], ok: value === 0 }
}
