import { describe, expect, it } from 'vitest'
import { noticesOf } from '../../src/compare/notices.ts'
import type { Report } from '../../src/report/schema.ts'
import { image } from '../fixture.ts'
import { sample } from '../report/sample.ts'
import { sideOf } from './side.ts'

type Budget = Report['budgets'][number]

const other: Report = { ...sample, image: { ...sample.image, id: `sha256:${'9'.repeat(64)}` }, notices: [] }
const quiet: Report = { ...sample, notices: [] }

function said(before: Report, after: Report): string[] {
  return noticesOf(before, after).map(({ code }) => code)
}

function withGpus(...rows: readonly (readonly [arch: string, gpus: string[] | null])[]): Report {
  const [first] = sample.gpuCode
  if (first === undefined) throw new Error('the sample has no GPU code')
  return { ...quiet, gpuCode: rows.map(([arch, gpus]) => ({ ...first, arch, gpus })) }
}

describe('notices of a comparison', () => {
  it('are none where nothing is in the way', () => {
    expect(said(quiet, other)).toEqual([])
  })

  it('come with what matters most first, judgements of after before what was said of each', () => {
    const before = {
      ...other,
      tool: { ...other.tool, version: '0.0.9' },
      image: { ...quiet.image, platform: 'linux/arm64' },
      layers: other.layers.map(layer => ({ ...layer, diffId: layer.index === 1 ? 'sha256:x' : layer.diffId })),
      gpuCode: [],
      notices: [
        { code: 'below-link', message: 'layer 2 …' },
        { code: 'ignore-expired', message: 'of another day' },
      ],
    }
    const after = {
      ...quiet,
      notices: [
        { code: 'below-link', message: 'layer 3 …' },
        { code: 'below-link', message: 'layer 2 …' },
        { code: 'ignore-unused', message: 'the ignore of secrets covers nothing' },
      ],
    }
    expect(noticesOf(before, after).map(({ code, message }) => `${code} ${message}`)).toEqual([
      'platform-differs before is for linux/arm64, after for linux/amd64: that alone changes programs and libraries throughout; choose one for both with --platform',
      'base-differs they stand on different base images: 2 layers of 288 MB before, 2 layers of 288 MB after, the first the same; for what your own instructions changed, build both on one base',
      `same-image both are the image ${sample.image.id}: if one should be a later build, check its name, or fetch it with --pull always`,
      'tool-differs before was audited by imgaudit 0.0.9, after by imgaudit 0.1.0: causes and findings may differ because rules did; audit both with one version',
      'ignore-unused the ignore of secrets covers nothing',
      'below-link after: layer 3 …',
      'below-link both: layer 2 …',
    ])
  })

  it('say of growth only where that has a limit, and once what every comparison says', () => {
    const judged = ['baseline-old', 'baseline-same', 'baseline-platform'].map(code => ({ code, message: code }))
    const after = { ...quiet, notices: judged, budgets: [] }
    expect(said(other, after)).toEqual([])
    const growth: Budget = { budget: 'growth', limit: 0, value: 0, unit: 'bytes', share: null, layers: [], ok: true }
    expect(said(other, { ...after, budgets: [growth] })).toEqual(['baseline-old'])
  })

  it('compare bases as far as both are known', () => {
    const unknown = { ...other, layers: other.layers.map(layer => ({ ...layer, base: null })) }
    expect(said(quiet, unknown)).toEqual([])
    const told = { ...other, layers: other.layers.map(layer => ({ ...layer, base: layer.index < 3 })) }
    expect(said(quiet, told)).toEqual([])
    const longer = { ...told, layers: told.layers.map(one => (one.index === 2 ? { ...one, diffId: 'sha256:x' } : one)) }
    expect(noticesOf(quiet, longer).map(({ message }) => message)).toEqual([
      expect.stringMatching(/ 2 layers of 288 MB before, 3 layers of 288 MB after, the first 2 the same;/),
    ])
  })

  it.each([
    ['the same GPUs, in whatever order', [['sm_90', ['H100', 'H200']]], [['sm_90', ['H200', 'H100']]], false],
    ['code that fits one of them, on one side only', [['sm_90', ['H100']]], [['sm_80', ['A100']]], false],
    ['others', [['sm_90', ['H100']]], [['sm_90', ['H200']]], true],
    ['one more', [['sm_90', ['H100']]], [['sm_90', ['H100', 'H200']]], true],
    ['none before', [['sm_90', null]], [['sm_80', ['A100']]], true],
    ['none after', [['sm_80', []]], [['sm_80', null]], true],
    ['no GPU code', [], [['sm_80', ['A100']]], false],
  ] satisfies [string, [string, string[] | null][], [string, string[] | null][], boolean][])(
    'tell of GPUs: %s',
    (_, before, after, differs) => {
      const to = { ...withGpus(...after), image: other.image }
      expect(said(withGpus(...before), to)).toEqual(differs ? ['gpu-differs'] : [])
    },
  )

  it('name the GPUs', () => {
    const to = { ...withGpus(['sm_90', ['H100', 'H200']]), image: other.image }
    expect(noticesOf(withGpus(['sm_90', null]), to)[0]?.message).toMatch(
      /^before was audited for no GPU by name, after for H100, H200: .*--gpu$/,
    )
  })
})

it('tells bases of true layers apart', async () => {
  const fixture = (version: string) =>
    image(
      { config: {} },
      {
        run: 'ADD rootfs.tar /',
        add: { '/etc/os-release': `ID=debian\nVERSION_ID=${version}\n`, '/lib/libc.so.6': 5000 },
      },
      { run: 'COPY . /opt', add: { '/opt/a': 10 } },
    )
  const [{ report: before }, { report: after }] = [await sideOf(fixture('12')), await sideOf(fixture('13'))]
  expect(said(before, after)).toEqual(['base-differs'])
  expect(noticesOf(before, after)[0]?.message).toContain(
    '1 layer of 5.02 kB before, 1 layer of 5.02 kB after, none of them the same',
  )
})
