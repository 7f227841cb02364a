import { auditImage } from '../../src/audit.ts'
import type { Report } from '../../src/report/schema.ts'
import { rules } from '../../src/rule/index.ts'
import type { Finding } from '../../src/rule/rule.ts'
import { expectBalanced } from '../balance.ts'
import { examine, type Fixture, openFixture } from '../fixture.ts'

/** What an image is told. */
export interface Advised {
  readonly report: Report
  /** Of all rules. */
  readonly findings: readonly Finding[]
  /** `verdict rule` of every finding that claims a file, by its path. */
  readonly told: Readonly<Record<string, readonly string[]>>
}

/** Audits an image as data, by every rule: its layers are true tars. */
export async function advised(fixture: Fixture): Promise<Advised> {
  const evidence = await examine(fixture)
  const findings = rules.flatMap(rule => [...rule.check(evidence)].map(finding => ({ id: rule.id, finding })))
  const told: Record<string, string[]> = {}
  for (const { id, finding } of findings) {
    for (const { entry } of finding.claims) {
      const path = evidence.filesystem.path(entry)
      told[path] = [...(told[path] ?? []), `${finding.verdict} ${id}`]
    }
  }
  const { base, gpus = [] } = fixture
  const report = await auditImage(await openFixture(fixture), {
    gpu: gpus,
    ...(base === undefined ? {} : { baseLayers: base }),
  })
  expectBalanced(report)
  return { report, findings: findings.map(({ finding }) => finding), told }
}
