import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import { rules } from '../../src/rule/index.ts'
import { candidatesOf } from '../../src/savings/candidates.ts'
import { type Settlement, settle } from '../../src/savings/settle.ts'
import { examine, type Fixture, nodesOf } from '../fixture.ts'

const folder = new URL('../../fixtures/rule/', import.meta.url)
const names = (await readdir(folder)).filter(name => name.endsWith('.ts')).sort()

describe.each(names)('all rules over the fixture %s', name => {
  it('leave each marked entry to the rule that marks it', async () => {
    const { default: fixture }: { default: Fixture } = await import(new URL(name, folder).href)
    const evidence = await examine(fixture)
    const settlement = settle(evidence, candidatesOf(evidence))
    const takers = takersOf(evidence, settlement)
    expect(marks(evidence, fixture, id => takers.get(id))).toEqual(marks(evidence, fixture, (_, rule) => rule))
    expectBalanced(evidence, settlement)
  })

  it('give the same findings by both routes', async () => {
    const { default: fixture }: { default: Fixture } = await import(new URL(name, folder).href)
    const passing = await examine(fixture, 'stream')
    const sought = await examine(fixture, 'seek')
    for (const rule of rules) expect([...rule.check(sought)]).toEqual([...rule.check(passing)])
  })
})

/** By entry: the rule whose claim on it settled first; `keep` findings take what nobody else took. */
function takersOf({ filesystem }: Evidence, { findings }: Settlement): ReadonlyMap<number, string> {
  const takers = new Map<number, string>()
  for (const verdict of ['safe', 'check', 'keep'] as const) {
    for (const { rule, finding, claims } of findings) {
      if (finding.verdict !== verdict) continue
      for (const { entry } of claims) {
        if (filesystem.content(filesystem.inode(entry)) > 0 && !takers.has(entry)) takers.set(entry, rule.id)
      }
    }
  }
  return takers
}

/** `layer path` of each marked entry, with what is said of it: the rule that marks it, or the one that took it. */
function marks({ filesystem }: Evidence, fixture: Fixture, say: (id: number, rule: string) => string | undefined) {
  return fixture.layers.flatMap((layer, position) => {
    const nodes = nodesOf(layer)
    const { from, to } = filesystem.range(position)
    // Markers stand before all else in the tar of a fixture.
    const first = to - from - nodes.length
    return nodes.flatMap(([path, node], at) => {
      const rule = node.rules?.[0]
      return rule === undefined ? [] : [`${position} ${path}: ${say(from + first + at, rule)}`]
    })
  })
}

function expectBalanced({ filesystem }: Evidence, { findings, taken }: Settlement): void {
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0)
  expect(sum(findings.map(({ saves }) => saves))).toBe(sum(taken))
  for (const { rule, bytes, saves } of findings) expect(saves, rule.id).toBeLessThanOrEqual(bytes)
  for (let id = 0; id < filesystem.count; id++) expect(taken[id]).toBeLessThanOrEqual(filesystem.content(id))
}
