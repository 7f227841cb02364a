import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import type { Finding, Rule, Verdict } from '../../src/rule/rule.ts'
import { examine, type Fixture, nodesOf } from '../fixture.ts'

/** What one finding must be; what is left out is not looked at. */
export interface Expected {
  readonly verdict?: Verdict
  /** `fix.id`. */
  readonly fix?: string
  /** `fix.layer`. */
  readonly layer?: number | null
  readonly message?: RegExp
  readonly because?: RegExp
  readonly after?: RegExp
}

/**
 * Tests that a rule claims exactly the entries that its fixture marks for it, by every route. `expected`, where given,
 * lists all its findings in their order.
 */
export function testRule(rule: Rule, fixture: Fixture, expected?: readonly Expected[]): void {
  describe.each(['stream', 'seek'] as const)(`${rule.id}, by %s`, route => {
    it('claims the marked entries and nothing else', async () => {
      const evidence = await examine(fixture, route)
      const findings = [...rule.check(evidence)]
      expect(claimed(evidence, findings, false)).toEqual(marked(fixture, rule.id, false))
      expect(claimed(evidence, findings, true)).toEqual(marked(fixture, rule.id, true))
    })

    it('says what to change', async () => {
      const findings = [...rule.check(await examine(fixture, route))]
      for (const finding of findings) {
        expect(finding.message).not.toBe('')
        expect(finding.because.length).toBeGreaterThan(0)
        if (finding.verdict !== 'keep') expect(finding.fix.after).toBeTruthy()
      }
      if (expected !== undefined) expect(findings.map((finding, at) => seen(finding, expected[at]))).toEqual(expected)
    })
  })

  it(`${rule.id} has a near miss in its fixture`, () => {
    const unmarked = fixture.layers
      .flatMap(nodesOf)
      .filter(([, node]) => node.kind === 'file' && !node.rules?.includes(rule.id))
    expect(unmarked.length).toBeGreaterThan(0)
  })
}

/** The parts of a finding that its expectation names. */
function seen({ verdict, fix, message, because }: Finding, expected: Expected = {}): Expected {
  return {
    ...('verdict' in expected ? { verdict } : {}),
    ...('fix' in expected ? { fix: fix.id } : {}),
    ...('layer' in expected ? { layer: fix.layer } : {}),
    ...matching('message', message, expected.message),
    ...matching('because', because.join('\n'), expected.because),
    ...matching('after', fix.after ?? '', expected.after),
  }
}

function matching(name: string, text: string, expected: RegExp | undefined): Record<string, RegExp | string> {
  return expected === undefined ? {} : { [name]: expected.test(text) ? expected : text }
}

/** `layer path` of each claimed entry that names content. An entry that is claimed twice stands in it twice. */
function claimed({ filesystem }: Evidence, findings: readonly Finding[], keep: boolean): string[] {
  return findings
    .filter(finding => (finding.verdict === 'keep') === keep)
    .flatMap(finding => finding.claims)
    .filter(({ entry }) => filesystem.content(filesystem.inode(entry)) > 0)
    .map(({ entry }) => `${filesystem.layerOf(entry)} ${filesystem.path(entry)}`)
    .sort()
}

function marked(fixture: Fixture, rule: string, keep: boolean): string[] {
  return fixture.layers
    .flatMap((layer, position) =>
      nodesOf(layer)
        .filter(([, node]) => node.rules?.includes(rule) === true && (node.kept === true) === keep)
        .map(([path]) => `${position} ${path}`),
    )
    .sort()
}
