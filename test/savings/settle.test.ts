import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/evidence/evidence.ts'
import type { Finding, Rule, Verdict } from '../../src/rule/rule.ts'
import { settle } from '../../src/savings/settle.ts'
import { examine, type Fixture, hardlink, image, same } from '../fixture.ts'

interface Wanted {
  readonly rule: string
  readonly group: number
  readonly verdict: Verdict
  /** `layer path`, newest layer of the path where no layer is given. */
  readonly claims: readonly string[]
  readonly restsOn?: string
}

/** Settles hand-made findings over a fixture: the settling knows claims only, never who made them. */
async function settled(fixture: Fixture, ...wanted: readonly Wanted[]) {
  const evidence = await examine(fixture)
  const candidates = wanted.map(({ rule, group, verdict, claims, restsOn }) => {
    const finding: Finding = {
      message: rule,
      verdict,
      because: [],
      fix: { id: rule, layer: 0 },
      claims: claims.map(claim => ({
        entry: entry(evidence, claim),
        ...(restsOn === undefined ? {} : { restsOn: entry(evidence, restsOn) }),
      })),
    }
    const made: Rule = { id: rule, title: rule, help: '', check: () => [finding] }
    return { rule: made, group, finding }
  })
  const { findings, taken } = settle(evidence, candidates)
  const rows = findings.map(({ rule, bytes, saves }) => [rule.id, bytes, saves])
  return { rows: rows, taken: taken.reduce((sum, bytes) => sum + bytes, 0) }
}

function entry({ filesystem }: Evidence, claim: string): number {
  const [path = '', layer] = claim.split(' ').reverse()
  const found = filesystem.copies(path).find(id => layer === undefined || filesystem.layerOf(id) === Number(layer))
  if (found === undefined) throw new Error(`no ${claim}`)
  return found
}

const two = image({ add: { '/a': 100, '/b': 10 } })

describe('settling', () => {
  it('gives every byte to the first claim, in rule order', async () => {
    const { rows } = await settled(
      two,
      { rule: 'first', group: 0, verdict: 'safe', claims: ['/a'] },
      { rule: 'second', group: 0, verdict: 'safe', claims: ['/a', '/b'] },
    )
    expect(rows).toEqual([
      ['first', 100, 100],
      ['second', 110, 10],
    ])
  })

  it('settles safe claims before check claims, whatever the rule order', async () => {
    const { rows } = await settled(
      two,
      { rule: 'first', group: 0, verdict: 'check', claims: ['/a'] },
      { rule: 'second', group: 3, verdict: 'safe', claims: ['/a'] },
    )
    expect(rows).toEqual([
      ['first', 100, 0],
      ['second', 100, 100],
    ])
  })

  it('lets a keep hold its bytes against later groups, but not against hidden copies or its own group', async () => {
    const keep: Wanted = { rule: 'keeper', group: 0, verdict: 'keep', claims: ['/a'] }
    const later = await settled(two, keep, { rule: 'later', group: 3, verdict: 'safe', claims: ['/a', '/b'] })
    expect(later.rows).toEqual([
      ['keeper', 100, 0],
      ['later', 10, 10],
    ])
    const hidden = await settled(two, keep, { rule: 'hidden', group: 1, verdict: 'safe', claims: ['/a'] })
    expect(hidden.rows).toEqual([
      ['keeper', 100, 0],
      ['hidden', 100, 100],
    ])
    const same = await settled(two, keep, { rule: 'same', group: 0, verdict: 'safe', claims: ['/a'] })
    expect(same.rows).toEqual([
      ['keeper', 100, 0],
      ['same', 100, 100],
    ])
  })

  it('drops a claim whose other copy an earlier claim took', async () => {
    const copies = image({ add: { '/a': same('x', 100), '/b': same('x', 100) } })
    const twin: Wanted = { rule: 'twin', group: 3, verdict: 'check', claims: ['/b'], restsOn: '/a' }
    expect((await settled(copies, twin)).rows).toEqual([['twin', 100, 100]])
    const { rows, taken } = await settled(copies, { rule: 'cache', group: 0, verdict: 'safe', claims: ['/a'] }, twin)
    expect(rows).toEqual([['cache', 100, 100]])
    expect(taken).toBe(100)
  })

  it('lets a claim rest on a copy whose rewritten top alone was taken', async () => {
    const copies = image(
      { add: { '/a': same('x', 100), '/b': same('x', 100) } },
      { run: 'RUN chown app /a', add: { '/a': same('x', 100) } },
    )
    const { rows } = await settled(
      copies,
      { rule: 'rewritten', group: 1, verdict: 'safe', claims: ['1 /a'] },
      { rule: 'twin', group: 3, verdict: 'check', claims: ['/b'], restsOn: '1 /a' },
    )
    expect(rows).toEqual([
      ['rewritten', 100, 100],
      ['twin', 100, 100],
    ])
  })
})

describe('a content with several names', () => {
  const linked = image({ add: { '/cache/x': 100, '/site/x': hardlink('/cache/x') } })

  it('is not freed by deleting one of them', async () => {
    const { rows } = await settled(linked, { rule: 'cache', group: 0, verdict: 'safe', claims: ['/cache/x'] })
    expect(rows).toEqual([])
  })

  it('counts in the claim that takes the last name', async () => {
    const { rows } = await settled(
      linked,
      { rule: 'cache', group: 0, verdict: 'safe', claims: ['/cache/x'] },
      { rule: 'tests', group: 3, verdict: 'check', claims: ['/site/x'] },
    )
    expect(rows).toEqual([['tests', 100, 100]])
  })

  it('counts once when one claim takes all names', async () => {
    const { rows, taken } = await settled(
      linked,
      { rule: 'all', group: 0, verdict: 'safe', claims: ['/cache/x', '/site/x'] },
      { rule: 'part', group: 3, verdict: 'safe', claims: ['/site/x'] },
    )
    expect(rows).toEqual([['all', 100, 100]])
    expect(taken).toBe(100)
  })

  it('asks for its visible names only', async () => {
    const gone = image({ config: {} }, ...linked.layers, { run: 'RUN rm /site/x', remove: ['/site/x'] })
    const { rows } = await settled(gone, { rule: 'cache', group: 0, verdict: 'safe', claims: ['/cache/x'] })
    expect(rows).toEqual([['cache', 100, 100]])
  })
})
