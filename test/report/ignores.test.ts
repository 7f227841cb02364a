import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ignoring } from '../../src/report/ignores.ts'
import type { Ignore } from '../../src/report/limits.ts'
import type { Report } from '../../src/report/schema.ts'
import { sample } from './sample.ts'

type Finding = Report['findings'][number]
type Row = Finding['paths'][number]

const now = new Date('2026-06-15T12:00:00Z')

function ignored(ignores: readonly Omit<Ignore, 'reason'>[], report: Report = sample, day = now) {
  const { findings, notices } = ignoring(
    report,
    ignores.map(ignore => ({ reason: 'wanted', ...ignore })),
    day,
  )
  const taken = findings.flatMap(({ rule, ignored }) =>
    ignored === null ? [] : [[rule, ignored.saves, ignored.whole]],
  )
  return { taken, notices }
}

const whole = [['pip-cache', 1_300_000_000, true]]
const none: readonly unknown[] = []

describe('an ignore', () => {
  it.each([
    [undefined, whole],
    ['/root/.cache/**', whole],
    ['/root/.cache', whole],
    ['/root/.cache/', whole],
    ['/root', whole],
    ['/', whole],
    ['/**', whole],
    ['**/.cache', whole],
    ['/*/.cache/*', whole],
    ['{/root,/home}/**', whole],
    // The row of /root/.cache/pip is covered; the other one has 1 MB.
    ['/root/.cache/pip', [['pip-cache', 1_299_000_000, false]]],
    ['/root/.cache/pip/**', [['pip-cache', 1_299_000_000, false]]],
    ['/root/.cache/p*', [['pip-cache', 1_299_000_000, false]]],
    // The row of 1,299 MB is not covered: nothing says how much of what is saved is in the other.
    ['/root/.cache/\udcff*', [['pip-cache', 1_000_000, false]]],
    ['/root/.cache/pip/http', none],
    ['/ROOT/**', none],
    ['/root/.cach', none],
    ['/*', whole],
  ])('at %s', (path, taken) => {
    expect(ignored([{ rule: 'pip-cache', ...(path === undefined ? {} : { path }) }]).taken).toEqual(taken)
  })

  it('covers with others what none covers alone', () => {
    const two = [
      { rule: 'pip-cache', path: '/root/.cache/pip' },
      { rule: 'pip-cache', path: '/root/.cache/\udcff*' },
    ]
    expect(ignored(two)).toEqual({ taken: whole, notices: [] })
  })

  it('gives its reason once, with those of the others that cover the finding', () => {
    const reasons = (ignores: readonly Ignore[]) =>
      ignoring(sample, ignores, now).findings.find(({ rule }) => rule === 'pip-cache')?.ignored?.reasons
    expect(
      reasons([
        { rule: 'pip-cache', reason: 'b' },
        { rule: 'pip-cache', reason: 'a' },
        { rule: 'pip-cache', path: '/root', reason: 'b' },
        { rule: 'pip-cache', path: '/srv', reason: 'c' },
        { rule: 'nsight', reason: 'd' },
      ]),
    ).toEqual(['b', 'a'])
  })

  it('without a path covers findings that have none; with a path it does not', () => {
    expect(ignored([{ rule: 'root-user' }])).toEqual({ taken: [['root-user', 0, true]], notices: [] })
    expect(ignored([{ rule: 'root-user', path: '/**' }])).toEqual({
      taken: [],
      notices: [
        {
          code: 'ignore-unused',
          message: 'the ignore of root-user at /** covers nothing: what root-user found has no path',
        },
      ],
    })
  })

  it('takes nothing of what is kept', () => {
    expect(ignored([{ rule: 'replaced-later' }])).toEqual({
      taken: [],
      notices: [
        {
          code: 'ignore-unused',
          message: 'the ignore of replaced-later covers nothing: replaced-later found nothing here',
        },
      ],
    })
  })

  it('that covers nothing is told, with what was found instead', () => {
    expect(ignored([{ rule: 'pip-cache', path: '/root/.cache/pip/http' }]).notices).toEqual([
      {
        code: 'ignore-unused',
        message:
          'the ignore of pip-cache at /root/.cache/pip/http covers nothing: pip-cache found /root/.cache/pip as a whole',
      },
    ])
  })

  it.each([
    ['nvidia-ml:latest', 'nvidia-ml:latest', true],
    ['nvidia-ml:latest', 'nvidia-ml:*', true],
    ['nvidia-ml', 'nvidia-ml:*', true],
    ['nvidia-ml', 'nvidia-ml', true],
    ['docker:nvidia-ml:latest', 'nvidia-ml:*', true],
    ['docker:nvidia-ml:latest', 'docker:*', true],
    ['docker:nvidia-ml:latest', 'docker:nvidia-ml:*', true],
    ['oci:./build/app', 'build/*', true],
    ['./app.tar', './*.tar', true],
    ['./app.tar', '*.tar', true],
    ['ghcr.io/team/app:1', 'ghcr.io/team/*', true],
    ['ghcr.io/team/app:1', '**/app:*', true],
    ['ghcr.io/team/app:1', 'ghcr.io/team/app', true],
    ['localhost:5000/app:1@sha256:ab', 'localhost:5000/app', true],
    ['ghcr.io/team/app:1', 'ghcr.io/team/ap', false],
    ['ghcr.io/team/app:1', '*', false],
    ['ghcr.io/team/app:1', 'app:*', false],
    ['nvidia-ml:1', 'nvidia-ml:2', false],
    ['app@sha256:ab', 'app:latest', false],
  ])('in %s for %s: %s', (reference, image, holds) => {
    const report = { ...sample, image: { ...sample.image, reference } }
    // It is for another image: there is nothing to tell.
    expect(ignored([{ rule: 'pip-cache', image }], report)).toEqual({ taken: holds ? whole : [], notices: [] })
  })

  it('holds up to and on its last day, in UTC', () => {
    const on = (time: string) => ignored([{ rule: 'pip-cache', until: '2026-06-15' }], sample, new Date(time))
    expect(on('2026-06-14T00:00:00Z')).toEqual({ taken: whole, notices: [] })
    expect(on('2026-06-15T23:59:59.999Z')).toEqual({ taken: whole, notices: [] })
    expect(on('2026-06-15T23:30:00-01:00')).toEqual({
      taken: [],
      notices: [
        {
          code: 'ignore-expired',
          message: 'the ignore of pip-cache held until 2026-06-15 and holds no longer; its reason was: wanted',
        },
      ],
    })
  })

  it('that has expired for another image is not told', () => {
    expect(ignored([{ rule: 'pip-cache', image: 'no:*', until: '2020-01-01' }])).toEqual({ taken: [], notices: [] })
  })
})

/** A finding whose rows claimed `net` of their bytes: what no report tells, and what ignoring must not get wrong. */
const rows = fc.array(
  fc.record({ folder: fc.constantFrom('/a', '/b', '/c/d'), bytes: fc.nat(1000), share: fc.nat(100) }),
  { minLength: 1, maxLength: 6 },
)

function reportOf(parts: readonly { folder: string; bytes: number; share: number }[]) {
  const [found] = sample.findings
  const [row] = found?.paths ?? []
  if (found === undefined || row === undefined) throw new Error('the sample has no finding')
  const paths = parts.map(({ folder, bytes }, at) => ({ ...row, path: `${folder}/${at}`, bytes }) satisfies Row)
  const net = parts.map(({ bytes, share }) => Math.floor((bytes * share) / 100))
  const saves = net.reduce((sum, bytes) => sum + bytes, 0)
  return { report: { ...sample, findings: [{ ...found, paths, saves }] }, net, saves }
}

describe('what is ignored', () => {
  it('is never more than what is covered, and all of it where all is covered', () => {
    fc.assert(
      fc.property(rows, fc.subarray(['/a', '/b/**', '/c', '/c/d']), (parts, patterns) => {
        const { report, net, saves } = reportOf(parts)
        const covered = parts.map(({ folder }) =>
          patterns.some(pattern => `${folder}/`.startsWith(pattern.replace(/\/?(\*\*)?$/, '/'))),
        )
        const [finding] = ignoring(
          report,
          patterns.map(path => ({ rule: 'pip-cache', path, reason: 'x' })),
          now,
        ).findings
        const most = net.reduce((sum, bytes, at) => sum + (covered[at] ? bytes : 0), 0)
        const all = covered.every(Boolean)
        if (!covered.some(Boolean)) expect(finding?.ignored).toBeNull()
        else {
          expect(finding?.ignored?.whole).toBe(all)
          expect(finding?.ignored?.saves).toBeLessThanOrEqual(most)
          expect(finding?.ignored?.saves).toBeGreaterThanOrEqual(0)
          if (all) expect(finding?.ignored?.saves).toBe(saves)
        }
      }),
    )
  })

  it('is exact where no other finding claims the same bytes', () => {
    fc.assert(
      fc.property(rows, parts => {
        const { report } = reportOf(parts.map(part => ({ ...part, share: 100 })))
        const own = parts.filter(({ folder }) => folder === '/a')
        fc.pre(own.length > 0)
        const [finding] = ignoring(report, [{ rule: 'pip-cache', path: '/a', reason: 'x' }], now).findings
        expect(finding?.ignored?.saves).toBe(own.reduce((sum, { bytes }) => sum + bytes, 0))
      }),
    )
  })
})
