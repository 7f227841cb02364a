import type { Report } from '../report/schema.ts'
import { grouped } from '../rule/grouped.ts'
import { overlapsOf } from './overlap.ts'
import type { Comparison } from './schema.ts'

type Finding = Report['findings'][number]

/**
 * Findings of after that before had not, less those that are ignored whole, and findings of before that are no more. Two are
 * the same where rule and fix are and the same instruction made them; else where they overlap; else where they say the same,
 * whatever the fix, which the instruction decides. What is kept is no problem, so it is in neither.
 */
export function findingsOf(before: Report, after: Report): Comparison['findings'] {
  const known = new Set<Finding>()
  const there = new Set<Finding>()
  const old = problemsOf(before)
  const young = problemsOf(after)
  for (const group of [byFix, byWords]) {
    const left = grouped(
      old.filter(({ finding }) => !there.has(finding)),
      group,
    )
    const open = young.filter(({ finding }) => !known.has(finding))
    for (const [name, findings] of grouped(open, group)) {
      for (const [was, is] of pairsOf(left.get(name) ?? [], findings)) {
        there.add(was.finding)
        if (!isReworded(was, is)) known.add(is.finding)
      }
    }
  }
  const isNew = (finding: Finding) => finding.verdict !== 'keep' && finding.ignored?.whole !== true
  return {
    new: after.findings.filter(finding => isNew(finding) && !known.has(finding)),
    settled: before.findings.filter(finding => finding.verdict !== 'keep' && !there.has(finding)),
  }
}

interface Problem {
  readonly finding: Finding
  readonly instruction: string | null
  /** Its message, without the numbers of layers: a layer put in below moves them. */
  readonly says: string
}

function problemsOf({ findings, layers }: Report): Problem[] {
  const instructions = new Map(layers.map(({ index, createdBy }) => [index, createdBy]))
  return findings
    .filter(({ verdict }) => verdict !== 'keep')
    .map(finding => ({
      finding,
      instruction: (finding.fix.layer === null ? null : instructions.get(finding.fix.layer)) ?? null,
      says: finding.message.replace(/\blayers? \d+(?:(?:, | and )\d+)*/g, 'layer'),
    }))
}

function byFix({ finding }: Problem): string {
  return `${finding.rule} ${finding.fix.id}`
}

function byWords({ finding, says }: Problem): string {
  return `${finding.rule} ${says}`
}

/** Which problem of one rule and fix is which, one to one, the likest first. */
function pairsOf(before: readonly Problem[], after: readonly Problem[]): (readonly [was: Problem, is: Problem])[] {
  const overlaps = overlapsOf(
    before.map(({ finding }) => finding),
    after.map(({ finding }) => finding),
  )
  const likeness = (was: Problem, is: Problem, overlap: boolean): readonly number[] | undefined => {
    const instruction = was.instruction !== null && was.instruction === is.instruction
    const says = was.says === is.says
    const nowhere =
      was.finding.paths.length === 0 && is.finding.paths.length === 0 && was.instruction === is.instruction
    if (!instruction && !overlap && !says && !nowhere) return undefined
    const verdict = was.finding.verdict === is.finding.verdict
    const marks = isSecret(is) ? [says, instruction, overlap, verdict] : [instruction, overlap, says, verdict]
    return marks.map(Number)
  }
  const candidates = before.flatMap((was, old) =>
    after.flatMap((is, young) => {
      const marks = likeness(was, is, overlaps(old, young))
      return marks === undefined ? [] : [{ was, is, marks }]
    }),
  )
  const pairs = new Map<Problem, Problem>()
  const taken = new Set<Problem>()
  for (const { was, is } of candidates.sort((a, b) => compareMarks(b.marks, a.marks))) {
    if (pairs.has(is) || taken.has(was)) continue
    pairs.set(is, was)
    taken.add(was)
  }
  return [...pairs].map(([is, was]) => [was, is])
}

function compareMarks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((mark, at) => mark !== b[at])
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

/** A list of secrets that reads otherwise may name one more, and has no paths that would tell: better told twice. */
function isReworded(was: Problem, is: Problem): boolean {
  return isSecret(is) && was.says !== is.says
}

function isSecret({ finding }: Problem): boolean {
  return finding.rule === 'secrets'
}
