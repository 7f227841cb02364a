import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import markdown from '../../src/compare/markdown.ts'
import type { FormatOptions } from '../../src/report/format.ts'
import { limit } from '../../src/report/markdown/fitted.ts'
import { expectGolden } from '../report/golden.ts'
import { hostileName, poisoned, token } from '../report/hostile.ts'
import { expectHarmless, render, skeleton, textOf } from '../report/rendered.ts'
import { expectComparisonBalanced } from './balance.ts'
import { sample } from './sample.ts'

const plain: FormatOptions = { width: 80, colour: false, top: 10, all: false }

describe('markdown of a comparison', () => {
  it('is drawn from one that is balanced', () => {
    expectComparisonBalanced(sample)
  })

  it('is as a reader of a pull request wants it', () => {
    const text = markdown(sample, plain)
    expectGolden('comparison.md', text)
    expectHarmless(render(text))
  })

  it('is found by the marker of the later image, and begins with what failed', () => {
    const [marker, , heading, , failed] = markdown(sample, plain).split('\n')
    expect(marker).toBe('<!-- imgaudit:nvidia-ml -->')
    expect(heading).toBe('### ❌ Over budget: `nvidia-ml:2` is 1.94 GB (44 %) larger than `nvidia-ml:1`')
    expect(failed).toContain('- ❌ over: growth is 1.94 GB')
  })

  it.each([
    [-1_000_000_000, 'nvidia-ml:2', '`nvidia-ml:1` is 1.00 GB (22 %) smaller than `nvidia-ml:2`'],
    [0, 'nvidia-ml:2', '`nvidia-ml:1` is as large as `nvidia-ml:2`'],
    [1, 'nvidia-ml:1', '`nvidia-ml:1` is 1 B (<0.1 %) larger than before'],
  ])('has the growth in its head: %i bytes after %s', (files, reference, head) => {
    const before = { ...sample.before, image: { ...sample.before.image, reference } }
    const after = { ...sample.after, image: { ...sample.after.image, reference: 'nvidia-ml:1' } }
    const changed = { ...sample, before, after, budgets: [], difference: { ...sample.difference, files } }
    expect(markdown(changed, plain).split('\n')[2]).toBe(`### ${head}`)
  })

  it('says before all figures what makes them hard to compare, and other notices last', () => {
    const text = markdown(sample, plain)
    const at = (part: string) => {
      expect(text).toContain(part)
      return text.indexOf(part)
    }
    expect(at('was read from docker')).toBeLessThan(at('| **files** |'))
    expect(at('headers of 6 layers')).toBeGreaterThan(at('#### Settled findings'))
  })

  it('says how much, what to pull, and why', () => {
    const text = markdown(sample, plain)
    expect(text).toContain('| **files** | 4.45 GB | 6.39 GB | **+1.94 GB** (+44 %) |')
    expect(text).toContain('pulls **3.05 GB** in 4 layers.')
    expect(text).toContain(
      'Behind it, 2 layers whose instruction did not change came out anew: 376 MB of what is pulled.',
    )
    expect(text).toContain('| +310 MB | `pip:torch` `2.13.0` → `2.14.1` |')
    expect(text).toContain('| ~-2.00 MB | the rest of `/opt/app` | shrunk |')
    expect(text).toContain('- `removed-later`, 20.0 MB: `/src` (1,024 files)')
    for (const { image } of [sample.before, sample.after]) expect(text).toContain(`configuration \`${image.id}\``)
  })

  it('says so where blobs are not known, and where Docker fetches layers again', () => {
    const pull = { bytes: 5_000_000, kind: 'unpacked', layers: 1, again: { bytes: 7_000_000, layers: 2 } } as const
    const text = markdown({ ...sample, pull, difference: { ...sample.difference, stored: null } }, plain)
    expect(text).toContain('pulls **5.00 MB** in 1 layer, unpacked: how far that compresses is not known.')
    expect(text).toContain('Docker with a graph driver fetches 2 layers again, 7.00 MB')
    expect(text).not.toContain('on the wire')
  })

  it('sums up the rows that are not shown: columns add up all the same', () => {
    const text = markdown(sample, { ...plain, top: 3 })
    expect(text).toContain('| +480 MB | 7 others |')
    expect(text).toContain('| **+1.94 GB** | **all of it** |')
  })

  it('renders to the same elements whatever an image names its files, and to no link', () => {
    const shape = (html: string) => skeleton(html).replace(/^<!--.*?-->/, '')
    const harmless = shape(render(markdown(poisoned(sample, 'x1'), plain)))
    fc.assert(
      fc.property(hostileName, name => {
        const html = render(markdown(poisoned(sample, name), plain))
        expectHarmless(html)
        expect(textOf(html)).not.toContain(token)
        expect(shape(html)).toBe(harmless)
      }),
      { numRuns: 25 },
    )
  })

  it('keeps the limit of a comment', () => {
    const many = <Row>(rows: readonly Row[]) => Array.from({ length: 100 }, () => rows).flat()
    const long = poisoned(sample, '模|`\u202e'.repeat(500))
    const huge = {
      ...long,
      causes: many(long.causes),
      packages: many(long.packages),
      paths: many(long.paths),
      layers: many(long.layers),
      budgets: many(long.budgets),
      findings: { new: many(long.findings.new), settled: many(long.findings.settled) },
    }
    for (const all of [false, true]) {
      const text = markdown(huge, { ...plain, all })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
      expectHarmless(render(text))
      expect(text).toContain('#### Settled findings')
    }
  })
})
