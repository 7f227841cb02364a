import type { Comparison } from '../../src/compare/schema.ts'
import type { Report } from '../../src/report/schema.ts'
import { sample as after } from '../report/sample.ts'

type Cause = Comparison['causes'][number]
type Package = Comparison['packages'][number]
type Path = Comparison['paths'][number]
type Layer = Comparison['layers'][number]
type Finding = Comparison['findings']['new'][number]

/** A name that is markup, a mention, a command and several lines wherever it is not escaped. */
export const hostile =
  'x`|@everyone #12\n::error::</details> --> <img src=x onerror=alert(1)> [a](http://e.example)\u001b[2J'

function cause(cause: string, kind: Cause['kind'], before: number, after: number): Cause {
  return { cause, kind, before, after, difference: after - before }
}

function pip(name: string, before: string | null, after: string | null, was: number, is: number): Package {
  const bytes = { before: was, after: is }
  return { manager: 'pip', name, root: site, before, after, bytes, difference: is - was }
}

function path(path: string, change: Path['change'], before: number, after: number, more: Partial<Path> = {}): Path {
  return { path, was: null, kind: 'folder', change, before, after, difference: after - before, exact: true, ...more }
}

function layer(
  change: Layer['change'],
  before: number | null,
  index: number | null,
  createdBy: string | null,
  files: number,
  difference: number,
): Layer {
  return {
    change,
    diffId: `sha256:${(index === null ? 'e' : String(index)).repeat(64)}`,
    before,
    after: index,
    createdBy,
    base: (index ?? before ?? 0) < 2,
    size: {
      files,
      unpacked: files + 10_240,
      stored: Math.floor(files / 2),
      hidden: index === null ? 0 : (after.layers[index]?.size.hidden ?? 0),
    },
    difference,
    dockerfile: index === 5 ? { path: 'docker/Dockerfile', start: 14, end: 15 } : null,
  }
}

function found(finding: Finding | undefined): Finding {
  if (finding === undefined) throw new Error('the sample report has no such finding')
  return finding
}

const site = '/usr/local/lib/python3.11/dist-packages'
const instructions = after.layers.map(({ createdBy }) => createdBy)
const rewritten = found(after.findings.find(({ rule }) => rule === 'rewritten'))
const remark = found(after.findings.find(({ rule }) => rule === 'root-user'))

/** One finding whose every text is hostile. */
const duplicate: Finding = {
  ...found(after.findings.find(({ rule }) => rule === 'duplicate-files')),
  message: `/srv/${hostile} is /srv/a.bin again`,
  because: [`nothing tells which instruction made ${hostile}`],
  fix: { id: 'symlink', layer: 3, before: `RUN cp \`\`\`\` ${hostile}`, after: `RUN ln -s ${hostile}\n\`\`\`\nUSER 1` },
  bytes: 40_000_000,
  saves: 40_000_000,
  stored: null,
  paths: [
    {
      path: `/srv/${hostile}`,
      kind: 'file',
      layer: 3,
      hiddenBy: null,
      bytes: 40_000_000,
      stored: null,
      count: 1,
    },
  ],
}

const settled: Finding = {
  ...rewritten,
  rule: 'removed-later',
  title: 'Files that a later layer deletes',
  message: '/src (1,024 files) is written by layer 6',
  because: ['layer 6 deletes it, which frees nothing'],
  fix: { id: 'same-run', layer: 6, before: 'RUN make -C /src install', after: null },
  bytes: 20_000_000,
  saves: 20_000_000,
  stored: { bytes: 8_000_000, saves: 8_000_000 },
  count: 1024,
  layers: [6],
  paths: [
    {
      path: '/src',
      kind: 'folder',
      layer: 6,
      hiddenBy: 6,
      bytes: 20_000_000,
      stored: 8_000_000,
      count: 1024,
    },
  ],
}

const image: Report['image'] = {
  ...after.image,
  reference: 'nvidia-ml:1',
  id: `sha256:${'cd34'.repeat(16)}`,
  digest: `sha256:${'0f'.repeat(32)}`,
  created: '2025-12-02T03:04:05Z',
}

/** A comparison by hand, balanced as every comparison is, with names that would harm a terminal or a pull request. */
export const sample: Comparison = {
  schemaVersion: 1,
  tool: { name: 'imgaudit', version: '0.1.0' },
  before: {
    image,
    size: { files: 4_449_134_567, unpacked: 4_449_206_247, stored: 2_224_567_283, hidden: 904_200_000 },
  },
  after: { image: { ...after.image, reference: 'nvidia-ml:2' }, size: after.size },
  difference: { files: 1_940_000_000, unpacked: 1_940_000_000, stored: 970_000_000, hidden: 1_150_000_000 },
  pull: { bytes: 3_050_617_283, kind: 'stored', layers: 4, again: { bytes: 0, layers: 0 } },
  invalidated: {
    layer: 3,
    createdBy: instructions[3] ?? null,
    base: false,
    layers: [4, 6],
    bytes: 375_617_283,
  },
  causes: [
    cause('rewritten', 'waste', 0, 750_000_000),
    cause('pip-cache', 'waste', 900_000_000, 1_300_000_000),
    cause('pip:torch', 'kept', 1_590_000_000, 1_900_000_000),
    cause('pip:nvidia-cudnn-cu13', 'kept', 620_000_000, 900_000_000),
    cause('pip:nvidia-cublas-cu13', 'kept', 190_000_000, 340_000_000),
    cause('/usr/\u202elocal', 'kept', 0, 50_000_000),
    cause('python-extras', 'waste', 90_000_000, 110_000_000),
    cause('removed-later', 'waste', 20_000_000, 0),
    cause('/opt/app', 'kept', 740_000_000, 750_000_000),
    cause('duplicate-files', 'waste', 10_500_000, 500_000),
    cause('apt-cache', 'waste', 4_200_000, 4_200_000),
    cause('apt-lists', 'waste', 38_000_000, 38_000_000),
    cause('dpkg:libc6', 'kept', 246_434_567, 246_434_567),
  ],
  packages: [
    pip('torch', '2.13.0', '2.14.1', 1_690_000_000, 2_000_000_000),
    pip('nvidia-cudnn-cu13', '9.10.2.21', '9.12.0.46', 620_000_000, 900_000_000),
    pip('nvidia-cublas-cu13', '13.0.0.19', '13.1.0.3', 190_000_000, 340_000_000),
    {
      manager: 'dpkg',
      name: 'g++\u202e',
      root: '/',
      before: '4:12.2.0-3',
      after: null,
      bytes: { before: 50_200_000, after: 0 },
      difference: -50_200_000,
    },
    pip(`evil ${hostile}`, null, '1.0#12', 0, 200_000),
  ],
  unowned: [
    { path: '/usr/\u202elocal', before: 0, after: 50_000_000, difference: 50_000_000 },
    { path: `/srv/${hostile}`, before: 0, after: 40_000_000, difference: 40_000_000 },
    { path: '/opt/app', before: 2_028_500_000, after: 2_038_500_000, difference: 10_000_000 },
  ],
  folders: [
    { path: '/', before: 3_544_934_567, after: 4_334_934_567, difference: 790_000_000 },
    { path: '/srv', before: null, after: 40_000_000, difference: null },
  ],
  paths: [
    path(`${site}/torch`, 'grown', 1_690_000_000, 1_999_800_000),
    path(`${site}/nvidia/cudnn`, 'grown', 620_000_000, 900_000_000),
    path(`${site}/nvidia/cublas/lib/libcublasLt.so.13`, 'grown', 190_000_000, 340_000_000, {
      kind: 'file',
      was: `${site}/nvidia/cublas/lib/libcublasLt.so.12`,
    }),
    path('/usr/lib/gcc', 'gone', 50_200_000, 0),
    path('/usr/\u202elocal', 'new', 0, 50_000_000),
    path(`/srv/${hostile}`, 'new', 0, 40_000_000, { kind: 'file' }),
    path('/opt/app/weights/模型.safetensors', 'grown', 738_000_000, 750_000_000, { kind: 'file' }),
    {
      path: '/opt/app',
      was: null,
      kind: 'rest',
      change: 'shrunk',
      before: null,
      after: null,
      difference: -2_000_000,
      exact: false,
    },
    path(`${site}/torch-2.14.1.dist-info`, 'grown', 1_000_000, 1_400_000, { was: `${site}/torch-2.13.0.dist-info` }),
  ],
  layers: [
    layer('kept', 0, 0, instructions[0] ?? null, 77_900_000, 0),
    layer('kept', 1, 1, instructions[1] ?? null, 210_000_000, 0),
    layer('kept', 2, 2, instructions[2] ?? null, 0, 0),
    layer('gone', 3, null, 'RUN pip install torch==2.13.0', 3_400_000_000, -3_400_000_000),
    layer('new', null, 3, instructions[3] ?? null, 4_600_000_000, 4_600_000_000),
    layer('changed', 4, 4, instructions[4] ?? null, 750_000_000, 10_000_000),
    layer('new', null, 5, instructions[5] ?? null, 750_000_000, 750_000_000),
    layer('changed', 5, 6, null, 1_234_567, 0),
    layer('gone', 6, null, `RUN make -C /src install # ${hostile}`, 20_000_000, -20_000_000),
  ],
  findings: { new: [rewritten, duplicate, remark], settled: [settled] },
  budgets: [
    { budget: 'size', limit: 7_000_000_000, value: 6_389_134_567, unit: 'bytes', share: null, layers: [], ok: true },
    { budget: 'growth', limit: 222_456_728, value: 1_940_000_000, unit: 'bytes', share: 0.05, layers: [], ok: false },
    { budget: 'failOn.rewritten', limit: 0, value: 1, unit: 'findings', share: null, layers: [], ok: false },
  ],
  notices: [
    { code: 'base-differs', message: `${hostile} was read from docker, nvidia-ml:2 from a report` },
    {
      code: 'not-verified',
      message: 'headers of 6 layers were checked, not their contents: --verify reads every byte',
    },
  ],
}
