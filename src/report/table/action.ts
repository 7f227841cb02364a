import type { Report } from '../schema.ts'

export type Finding = Report['findings'][number]

/** One change of one instruction, with everything that it settles. */
export interface Action {
  readonly fix: Finding['fix']
  /** `check` while one finding asks for it. */
  readonly verdict: Finding['verdict']
  readonly saves: number
  /** What that is of a pull; null where it is not known. */
  readonly stored: number | null
  readonly findings: readonly Finding[]
  /** Another base image is the only way: whatever layer of it the findings are about. */
  readonly base: boolean
}

/** What to change, by what it saves: findings with the same fix and layer are one action, all about FROM are one too. */
export function actionsOf(report: Pick<Report, 'findings'>): Action[] {
  const actions = new Map<string, Finding[]>()
  for (const finding of report.findings) {
    if (finding.verdict === 'keep' || isRemark(finding) || isIgnored(finding)) continue
    const key = isBase(finding) ? '' : `${finding.fix.layer} ${finding.fix.id}`
    const known = actions.get(key)
    if (known === undefined) actions.set(key, [finding])
    else known.push(finding)
  }
  return [...actions.values()]
    .flatMap(findings => {
      const [first] = findings
      if (first === undefined) return []
      const saves = findings.reduce((sum, finding) => sum + finding.saves, 0)
      const stored = findings.map(finding => finding.stored)
      const known = stored.filter(part => part !== null)
      const pull = known.length < stored.length ? null : known.reduce((sum, part) => sum + part.saves, 0)
      const verdict = findings.some(finding => finding.verdict === 'check') ? 'check' : 'safe'
      return [{ fix: first.fix, verdict, saves, stored: pull, findings, base: isBase(first) } satisfies Action]
    })
    .sort((a, b) => b.saves - a.saves)
}

function isBase({ fix }: Finding): boolean {
  return fix.id === 'other-base' || fix.id === 'smaller-base'
}

/** Somebody has judged all of it, and wants it. */
export function isIgnored({ ignored }: Finding): boolean {
  return ignored?.whole === true
}

/** Whether something that weighs was found and is ignored whole. */
export function hasIgnoredWaste(findings: readonly Finding[]): boolean {
  return findings.some(finding => isIgnored(finding) && !isRemark(finding))
}

/** Findings about configuration and secrets weigh nothing. */
export function isRemark(finding: Finding): boolean {
  return finding.bytes === 0
}
