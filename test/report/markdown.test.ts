import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FormatOptions } from '../../src/report/format.ts'
import { cellCode, code } from '../../src/report/markdown/code.ts'
import { fitted, limit } from '../../src/report/markdown/fitted.ts'
import { markerOf } from '../../src/report/markdown/marker.ts'
import { prose } from '../../src/report/markdown/prose.ts'
import markdown from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/schema.ts'
import { expectGolden } from './golden.ts'
import { hostileName, poisoned, token } from './hostile.ts'
import { expectHarmless, render, skeleton, textOf } from './rendered.ts'
import { sample } from './sample.ts'

const plain: FormatOptions = { width: 80, colour: false, top: 10, all: false }

describe('markdown', () => {
  it('is as a reader of a pull request wants it', () => {
    const text = markdown(sample, plain)
    expectGolden('markdown.md', text)
    expectHarmless(render(text))
  })

  it('says first what failed, in words', () => {
    const [marker, , heading, , failed] = markdown(sample, plain).split('\n')
    expect(marker).toBe('<!-- imgaudit:nvidia-ml -->')
    expect(heading).toBe('### ❌ Over budget: `nvidia-ml:latest`')
    expect(failed).toBe('- ❌ over: waste is 2.20 GB, the limit is 500 MB: 1.70 GB too much')
    const met = { ...sample, budgets: sample.budgets.filter(({ ok }) => ok) }
    expect(markdown(met, plain)).toContain('### ✅ Within budget: `nvidia-ml:latest`\n\n- ✅ ok: size is 6.39 GB')
    expect(markdown({ ...sample, budgets: [] }, plain)).toContain('### `nvidia-ml:latest`\n')
  })

  it('marks what is known of blobs to a block or two', () => {
    const text = markdown(sample, plain)
    expect(text).toContain('| 1.30 GB | ~520 MB | safe |')
    expect(text).toContain('A pull has ~820 MB less')
  })

  it('has no advice about what is ignored, and says how much that is', () => {
    const findings = sample.findings.map(finding =>
      finding.rule === 'pip-cache'
        ? { ...finding, ignored: { saves: finding.saves, whole: true, reasons: ['kept on purpose'] } }
        : finding,
    )
    const text = markdown({ ...sample, findings }, plain)
    expect(text).not.toContain('pip-no-cache')
    expect(text).toContain('Ignored: 1.30 GB of the waste, in 1 finding.')
  })

  it('says where the Dockerfile has the instruction', () => {
    const layers = sample.layers.map(layer =>
      layer.index === 3 ? { ...layer, dockerfile: { path: 'docker/Dockerfile', start: 4, end: 6 } } : layer,
    )
    expect(markdown({ ...sample, layers }, plain)).toContain('`docker/Dockerfile`, lines 4 to 6:\n\n```diff\n- RUN pip')
  })

  it('takes no instruction out where nothing else is to be written in its place', () => {
    const findings = sample.findings.slice(0, 1).map(finding => ({
      ...finding,
      fix: { ...finding.fix, before: 'COPY . /app', after: 'name .git in .dockerignore' },
    }))
    const text = markdown({ ...sample, findings }, plain)
    expect(text).toContain('```diff\n  COPY . /app\n```\n\n→ name `.git` in `.dockerignore`')
  })

  it('says so where there is no waste', () => {
    expect(markdown({ ...sample, findings: [] }, plain)).toContain('No waste was found: there is nothing to change.')
  })

  it('shows the rows that are asked for, and sums up the others', () => {
    const text = markdown(sample, { ...plain, top: 2 })
    expect(text).toContain('3 more changes')
    expect(text).toContain('| 3.19 GB |')
    expect(markdown(sample, { ...plain, all: true })).not.toMatch(/\d others? \|/)
  })

  it('renders to the same elements whatever an image names its files, and to no link', () => {
    const harmless = skeleton(render(markdown(poisoned(sample, 'x1'), plain)))
    fc.assert(
      fc.property(hostileName, name => {
        const html = render(markdown(poisoned(sample, name), plain))
        expectHarmless(html)
        expect(textOf(html)).not.toContain(token)
        expect(skeleton(html).replace(/^<!--.*?-->/, '')).toBe(harmless.replace(/^<!--.*?-->/, ''))
      }),
      { numRuns: 30 },
    )
  })
})

describe('names', () => {
  it('are shown as they are in code, in a cell too', () => {
    fc.assert(
      fc.property(hostileName, name => {
        const shown = /^<p><code>([^<]*)<\/code><\/p>$/.exec(render(code(name)))?.[1]
        expect(shown, name).toBeDefined()
        const cell = render(`| a | b |\n| --- | --- |\n| ${cellCode(name)} | z |`)
        expect(cell).toContain('<td>z</td>')
        // Only a pipe behind a backslash is shown otherwise.
        if (!/\\\|/.test(name)) expect(cell).toContain(`<td><code>${shown}</code></td>`)
      }),
    )
  })

  it('are told from words in a sentence', () => {
    expect(prose('layer 3 deletes /a b@c/d, which frees nothing (12 files)')).toBe(
      'layer 3 deletes `/a b@c/d`, which frees nothing (12 files)',
    )
    expect(prose('see GH-12, TICKET-3, a5c3785 and www.x.y')).toBe('see `GH-12`, `TICKET-3`, `a5c3785` and `www.x.y`')
    expect(prose('1. is no list, 34 % is a share')).toBe('`1`. is no list, 34 % is a share')
  })
})

describe('the marker', () => {
  const reference = (text: string) => markerOf({ reference: text })

  it('is that of the image, whatever its tag, digest and scheme', () => {
    expect(reference('docker:ghcr.io:443/a/b-c:1.2')).toBe('<!-- imgaudit:ghcr.io:443/a/b-c -->')
    expect(reference(`ghcr.io:443/a/b-c@sha256:${'0'.repeat(64)}`)).toBe('<!-- imgaudit:ghcr.io:443/a/b-c -->')
    expect(reference('b-c:2')).not.toBe(reference('b:2'))
  })

  it('is one comment, whatever the name', () => {
    fc.assert(
      fc.property(hostileName, name => {
        const [, key = '--'] = /^<!-- imgaudit:(.*) -->$/.exec(reference(name)) ?? []
        expect(key).not.toMatch(/--|>|[^!-~]/)
      }),
    )
  })
})

describe('the limit of a comment', () => {
  const repeated = <Row>(rows: readonly Row[], count: number, change: (row: Row, at: number) => Row) =>
    Array.from({ length: count }, (_, at) => rows[at % rows.length]).flatMap((row, at) =>
      row === undefined ? [] : [change(row, at)],
    )

  function huge(count: number, name: string): Report {
    const report = poisoned(sample, name)
    return {
      ...report,
      image: { ...report.image, reference: 'app:1' },
      findings: repeated(report.findings, count, (finding, at) => ({
        ...finding,
        fix: { ...finding.fix, id: `${at}`, layer: at % 7 },
      })),
      causes: repeated(report.causes, count, cause => cause),
      budgets: repeated(report.budgets, count, budget => budget),
      notices: repeated(report.notices, count, (notice, at) => ({ ...notice, code: `${at}` })),
      layers: repeated(report.layers, count, (layer, index) => ({ ...layer, index })),
    }
  }

  it('is kept, with nothing cut within a table, a block or a fold', () => {
    const long = fc
      .tuple(
        fc.constantFrom('模', '|', '`', '\\|', 'a ', '\n', '\u202e', '<b>', '1 2q'),
        fc.constantFrom(1, 100, 10_000),
      )
      .map(([part, times]) => part.repeat(times))
    fc.assert(
      fc.property(
        long,
        fc.constantFrom(1, 12, 300),
        fc.constantFrom(1, 10, 5000),
        fc.boolean(),
        (name, count, top, all) => {
          const text = markdown(huge(count, name), { ...plain, top, all })
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit)
          const html = render(text)
          expectHarmless(html)
          expect(html.trimEnd()).toMatch(/<p>(?:imgaudit.*|<em>Left out.*)<\/p>$/)
          expect(text).toMatch(/### (?:✅ Within|❌ Over) budget: `app:1`/)
        },
      ),
      { numRuns: 8 },
    )
  })

  it('is met with fewer rows first', () => {
    const text = markdown(huge(200, '模'.repeat(1000)), { ...plain, all: true })
    expect(text).toContain('more changes')
    expect(text).not.toContain('Left out')
  })

  it('is met without whole sections then, the last first, which it names', () => {
    const section = (name: string, bytes: number) => ({ name, draw: () => [name, '模'.repeat(bytes / 3)] })
    const drawn = fitted([section('a', 30_000), section('b', 60_000), section('c', 30_000), section('d', 9000)], plain)
    expect(Buffer.byteLength(drawn)).toBeLessThanOrEqual(limit)
    expect(drawn.match(/^[a-d]$/gm)).toEqual(['a', 'c'])
    expect(drawn).toMatch(/\n\n_Left out, since GitHub takes no longer comment: b, d\. .*_\n$/)
    expect(fitted([section('a', 30_000), section('c', 30_000)], plain)).not.toContain('Left out')
  })
})
