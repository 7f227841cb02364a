import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Limits } from '../../src/report/limits.ts'
import type { Report } from '../../src/report/schema.ts'
import { trendSchema } from '../../src/trend/schema.ts'
import { trendOf } from '../../src/trend/trend.ts'
import { reportOf } from './reports.ts'

const now = new Date('2026-06-15T12:00:00Z')

function trend(reports: readonly Report[], limits: Limits = {}) {
  return trendOf(reports, { limits, ignore: [] }, now, '0.1.0')
}

const first = reportOf('app:1', '2026-01-02T03:04:05Z', [
  ['pip:torch', 'kept', 700],
  ['pip-cache', 'waste', 300],
  ['apt-lists', 'waste', 40],
])
const second = reportOf('app:2', '2026-02-02T03:04:05.123456789+02:00', [
  ['pip:torch', 'kept', 900],
  ['/opt/app', 'kept', 60],
  ['pip-cache', 'waste', 300],
])
const third = reportOf('app:3', '2026-03-02T03:04:05Z', [
  ['pip:torch', 'kept', 800],
  ['/opt/app', 'kept', 60],
  ['removed-later', 'waste', 60],
])

function waste({ causes }: Report): number {
  return causes.filter(({ kind }) => kind === 'waste').reduce((sum, { bytes }) => sum + bytes, 0)
}

describe('a trend', () => {
  it('has one number for each image in each cause, by what they are in the last', () => {
    expect(trend([first, second, third])).toEqual({
      schemaVersion: 1,
      tool: { name: 'imgaudit', version: '0.1.0' },
      order: 'created',
      images: [first, second, third].map(report => ({ image: report.image, size: report.size, waste: waste(report) })),
      causes: [
        { cause: 'pip:torch', kind: 'kept', bytes: [700, 900, 800], difference: 100 },
        { cause: '/opt/app', kind: 'kept', bytes: [0, 60, 60], difference: 60 },
        { cause: 'removed-later', kind: 'waste', bytes: [0, 0, 60], difference: 60 },
        { cause: 'apt-lists', kind: 'waste', bytes: [40, 0, 0], difference: -40 },
        { cause: 'pip-cache', kind: 'waste', bytes: [300, 300, 0], difference: -300 },
      ],
      budgets: [],
      notices: [],
    })
  })

  it('adds up for each image, whatever its causes', () => {
    const cause = fc.tuple(
      fc.constantFrom('pip:torch', '/opt/app', 'pip-cache', 'a\u202e', '__proto__'),
      fc.constantFrom('waste' as const, 'kept' as const),
      fc.nat(2 ** 40),
    )
    const causes = fc.uniqueArray(cause, { selector: ([name, kind]) => `${kind}${name}` })
    fc.assert(
      fc.property(fc.array(causes, { minLength: 1, maxLength: 6 }), images => {
        const found = trend(images.map((own, at) => reportOf(`app:${at}`, null, own)))
        expect(() => trendSchema.parse(found)).not.toThrow()
        for (const [at, { size, waste }] of found.images.entries()) {
          const sum = (kinds: readonly string[]) =>
            found.causes.reduce(
              (total, { kind, bytes }) => total + (kinds.includes(kind) ? (bytes[at] ?? Number.NaN) : 0),
              0,
            )
          expect(sum(['waste', 'kept'])).toBe(size.files)
          expect(sum(['waste'])).toBe(waste)
        }
        const [from, to] = [found.images[0], found.images.at(-1)]
        const grown = found.causes.reduce((total, { difference }) => total + difference, 0)
        expect(grown).toBe((to?.size.files ?? 0) - (from?.size.files ?? 0))
      }),
      { numRuns: 50 },
    )
  })
})

describe('its order', () => {
  it('is that of the images, however they are named', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([first, second, third], { minLength: 3 }), reports => {
        expect(trend(reports)).toEqual(trend([first, second, third]))
      }),
    )
  })

  it.each([
    ['says nothing', null],
    ['says what is no time', 'yesterday'],
    ['says year 1', '0001-01-01T00:00:00Z'],
    ['says 1970', '1970-01-01T00:00:00Z'],
    ['says 1980, as buildpacks do', '1980-01-01T00:00:01Z'],
    ['says the same as another', '2026-03-02T04:04:05+01:00'],
  ])('is that of the names where one %s', (_, created) => {
    const other = { ...first, image: { ...first.image, created } }
    const found = trend([third, other, second])
    expect(found.order).toBe('given')
    expect(found.images.map(({ image }) => image.reference)).toEqual(['app:3', 'app:1', 'app:2'])
  })
})

describe('the last image', () => {
  it('is judged, with growth against the one before it', () => {
    const limits: Limits = { size: { bytes: 900 }, waste: { bytes: 60 }, growth: { share: 0 } }
    expect(trend([third, first, second], limits).budgets).toEqual([
      { budget: 'size', limit: 900, value: 920, unit: 'bytes', share: null, layers: [], ok: false },
      { budget: 'waste', limit: 60, value: 60, unit: 'bytes', share: null, layers: [], ok: true },
      { budget: 'growth', limit: 0, value: -340, unit: 'bytes', share: 0, layers: [], ok: true },
    ])
  })
})

describe('its notices', () => {
  const codes = (reports: readonly Report[]) => trend(reports).notices.map(({ code }) => code)

  it('tell of what makes images hard to compare', () => {
    const arm = { ...second, image: { ...second.image, platform: 'linux/arm64' } }
    const older: Report = { ...second, tool: { name: 'imgaudit', version: '0.0.9' } }
    expect(codes([first, second])).toEqual([])
    expect(codes([first, arm])).toEqual(['platform-differs'])
    expect(codes([first, older])).toEqual(['version-differs'])
    expect(trend([first, second, first]).notices).toEqual([
      { code: 'same-image', message: 'the same image sha256:6170703a31 stands here 2 times: app:1, app:1' },
    ])
  })

  it('tell of other repositories, where names say so', () => {
    const named = (reference: string, source = 'docker') => ({
      ...second,
      image: { ...second.image, reference, source },
    })
    expect(codes([first, named('docker:app@sha256:1234')])).toEqual([])
    expect(codes([first, named('app')])).toEqual([])
    expect(codes([first, named('host:5000/app:1')])).toEqual(['repository-differs'])
    expect(codes([first, named('other:1', 'podman')])).toEqual(['repository-differs'])
    expect(codes([first, named('ab12ab12ab12')])).toEqual([])
    expect(codes([first, named('other.tar', 'docker-archive')])).toEqual([])
  })

  it('name a few of many', () => {
    const many = Array.from({ length: 9 }, (_, at) => reportOf(`app-${at}:1`, null, []))
    expect(trend(many).notices).toEqual([
      { code: 'repository-differs', message: 'images are of other repositories: app-0, app-1, app-2 and 6 more' },
    ])
  })
})
