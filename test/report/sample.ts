import type { Report } from '../../src/report/schema.ts'

type Finding = Report['findings'][number]
type GpuCode = Report['gpuCode'][number]
type Layer = Report['layers'][number]

function layer(index: number, createdBy: string | null, files: number, hidden = 0): Layer {
  return {
    index,
    diffId: `sha256:${String(index).repeat(64)}`,
    createdBy,
    base: index < 2,
    entries: 10 * (index + 1),
    route: 'seek',
    verified: index === 0,
    size: { files, unpacked: files + 10_240, stored: Math.floor(files / 2), hidden },
    dockerfile: null,
  }
}

/** As if every content compressed to two fifths. */
function stored(bytes: number): number {
  return Math.floor((bytes * 2) / 5)
}

interface FindingParts extends Omit<Finding, 'count' | 'layers' | 'paths' | 'stored' | 'ignored'> {
  readonly paths: Omit<Finding['paths'][number], 'stored'>[]
}

function finding(part: FindingParts): Finding {
  return {
    ...part,
    ignored: null,
    stored: { bytes: stored(part.bytes), saves: stored(part.saves) },
    paths: part.paths.map(path => ({ ...path, stored: stored(path.bytes) })),
    count: part.paths.reduce((sum, path) => sum + path.count, 0),
    layers: [...new Set(part.paths.map(path => path.layer))].sort((a, b) => a - b),
  }
}

function gpuCode(arch: string, kind: GpuCode['kind'], bytes: number, gpus: string[], unused: number): GpuCode {
  return { arch, kind, bytes, unpacked: 3 * bytes, count: 12, gpus, unused }
}

const install = 'RUN pip install torch==2.14.1 torchvision==0.29.1 --index-url https://download.pytorch.org/whl/cu130'

const layers: Layer[] = [
  layer(0, 'ADD rootfs.tar.xz /', 77_900_000),
  layer(1, 'RUN apt-get update && apt-get install -y --no-install-recommends cuda-cudart-13-0', 210_000_000, 4_200_000),
  layer(2, 'ENV PATH=/opt/venv/bin:$PATH', 0),
  layer(3, install, 4_600_000_000, 1_300_000_000),
  layer(4, 'COPY \u202emodel\u001b[2J weights/模型.safetensors /opt/app/weights/', 750_000_000, 750_000_000),
  layer(5, 'RUN chown -R 1000:1000 /opt/app', 750_000_000),
  layer(6, null, 1_234_567),
]

const causes = (
  [
    { cause: 'pip:torch', kind: 'kept', bytes: 1_900_000_000 },
    { cause: 'pip-cache', kind: 'waste', bytes: 1_300_000_000 },
    { cause: 'pip:nvidia-cudnn-cu13', kind: 'kept', bytes: 900_000_000 },
    { cause: 'rewritten', kind: 'waste', bytes: 750_000_000 },
    { cause: '/opt/app', kind: 'kept', bytes: 750_000_000 },
    { cause: 'pip:nvidia-cublas-cu13', kind: 'kept', bytes: 340_000_000 },
    { cause: 'dpkg:libc6', kind: 'kept', bytes: 246_434_567 },
    { cause: 'python-extras', kind: 'waste', bytes: 110_000_000 },
    { cause: '/usr/\u202elocal', kind: 'kept', bytes: 50_000_000 },
    { cause: 'apt-lists', kind: 'waste', bytes: 38_000_000 },
    { cause: 'apt-cache', kind: 'waste', bytes: 4_200_000 },
    { cause: 'duplicate-files', kind: 'waste', bytes: 500_000 },
  ] as const
).map(cause => ({ ...cause, stored: stored(cause.bytes) }))

const contents = causes.reduce((sum, cause) => sum + cause.stored, 0)

/** A report by hand, balanced as every report is, with names that would harm a terminal. */
export const sample: Report = {
  schemaVersion: 1,
  tool: { name: 'imgaudit', version: '0.1.0' },
  image: {
    reference: 'nvidia-ml:latest',
    id: `sha256:${'ab12'.repeat(16)}`,
    digest: null,
    platform: 'linux/amd64',
    created: '2026-01-02T03:04:05Z',
    source: 'docker',
  },
  size: { files: 6_389_134_567, unpacked: 6_389_206_247, stored: 3_194_567_283, hidden: 2_054_200_000 },
  layers,
  findings: [
    finding({
      rule: 'pip-cache',
      title: "pip's download cache",
      guide: { section: 2, title: 'pip --no-cache-dir pattern' },
      verdict: 'safe',
      because: ['pip reads it only to install again', 'layer 6 deletes it, which frees nothing'],
      message: '/root/.cache/pip (48 files)',
      fix: {
        id: 'pip-no-cache',
        layer: 3,
        before: install,
        after: install.replace('install', 'install --no-cache-dir'),
      },
      bytes: 1_300_000_000,
      saves: 1_300_000_000,
      paths: [
        { path: '/root/.cache/pip', kind: 'folder', layer: 3, hiddenBy: 6, bytes: 1_299_000_000, count: 47 },
        { path: '/root/.cache/\udcff\u009b31mpip', kind: 'file', layer: 3, hiddenBy: 6, bytes: 1_000_000, count: 1 },
      ],
    }),
    finding({
      rule: 'rewritten',
      title: 'Files stored again whole for a chown, chmod or touch',
      guide: null,
      verdict: 'safe',
      because: ['the bytes are those of the copy below, file by file: layer 4 has them already'],
      message: 'layer 5 stores /opt/app/weights/模型.safetensors again to change the owner to 1000:1000',
      fix: {
        id: 'copy-chown',
        layer: 5,
        before: 'RUN chown -R 1000:1000 /opt/app',
        after: 'COPY --chown=1000:1000 weights/模型.safetensors /opt/app/weights/',
      },
      bytes: 750_000_000,
      saves: 750_000_000,
      paths: [
        {
          path: '/opt/app/weights/模型.safetensors',
          kind: 'file',
          layer: 5,
          hiddenBy: null,
          bytes: 750_000_000,
          count: 1,
        },
      ],
    }),
    finding({
      rule: 'python-extras',
      title: 'Bytecode, tests and documentation',
      guide: null,
      verdict: 'check',
      because: ['Python writes bytecode anew', 'tests are not imported by what runs'],
      message: '/usr/local/lib/python3.11 (5,120 files): bytecode and tests',
      fix: {
        id: 'no-compile',
        layer: 3,
        before: install,
        after: `ENV PYTHONDONTWRITEBYTECODE=1\n${install.replace('install', 'install --no-compile')} && \\\n    find / -name tests -prune -exec rm -r {} +`,
      },
      bytes: 120_000_000,
      saves: 110_000_000,
      paths: [
        {
          path: '/usr/local/lib/python3.11',
          kind: 'folder',
          layer: 3,
          hiddenBy: null,
          bytes: 120_000_000,
          count: 5120,
        },
      ],
    }),
    finding({
      rule: 'apt-lists',
      title: 'Package lists of apt',
      guide: { section: 4, title: 'Layer Optimization Checklist: clean in the same RUN' },
      verdict: 'check',
      because: ['layer 1 came with FROM: only another base image leaves it out'],
      message: '/var/lib/apt/lists (9 files)',
      fix: {
        id: 'other-base',
        layer: 1,
        before: layers[1]?.createdBy ?? null,
        after: 'FROM a base image that does not have it',
      },
      bytes: 38_000_000,
      saves: 38_000_000,
      paths: [{ path: '/var/lib/apt/lists', kind: 'folder', layer: 1, hiddenBy: null, bytes: 38_000_000, count: 9 }],
    }),
    finding({
      rule: 'apt-cache',
      title: 'Package archives of apt',
      guide: { section: 4, title: 'Layer Optimization Checklist: clean in the same RUN' },
      verdict: 'check',
      because: ['layer 1 came with FROM: only another base image leaves it out'],
      message: '/var/cache/apt (2 files)',
      fix: {
        id: 'other-base',
        layer: 1,
        before: layers[1]?.createdBy ?? null,
        after: 'FROM a base image that does not have it',
      },
      bytes: 4_200_000,
      saves: 4_200_000,
      paths: [{ path: '/var/cache/apt', kind: 'folder', layer: 1, hiddenBy: 3, bytes: 4_200_000, count: 2 }],
    }),
    finding({
      rule: 'duplicate-files',
      title: 'The same content at several paths',
      guide: null,
      verdict: 'check',
      because: ['nothing tells which instruction made it'],
      message: '/srv/b.bin is /srv/a.bin again',
      fix: { id: 'symlink', layer: null, before: null, after: 'put a symbolic link in its place' },
      bytes: 500_000,
      saves: 500_000,
      paths: [{ path: '/srv/b.bin', kind: 'file', layer: 6, hiddenBy: null, bytes: 500_000, count: 1 }],
    }),
    finding({
      rule: 'replaced-later',
      title: 'Files that a later layer writes anew',
      guide: { section: 4, title: 'Layer Optimization Checklist: clean in the same RUN' },
      verdict: 'keep',
      because: ['package managers write these files anew each time they run'],
      message: '/var/lib/dpkg (3 files) of layer 0: state that layer 1 brings up to date',
      fix: { id: 'fewer-runs', layer: 0, before: 'ADD rootfs.tar.xz /', after: 'install in fewer RUNs' },
      bytes: 240_000,
      saves: 0,
      paths: [{ path: '/var/lib/dpkg', kind: 'folder', layer: 0, hiddenBy: 1, bytes: 240_000, count: 3 }],
    }),
    finding({
      rule: 'secrets',
      title: 'Credentials',
      guide: { section: 2, title: 'BuildKit secrets for private registries' },
      verdict: 'check',
      because: ['everybody who can pull the image can read it'],
      message: 'ENV sets HF_TOKEN, which looks like a token',
      fix: {
        id: 'secret-mount',
        layer: null,
        before: null,
        after: 'RUN --mount=type=secret,id=hf_token HF_TOKEN=$(cat /run/secrets/hf_token) …',
      },
      bytes: 0,
      saves: 0,
      paths: [],
    }),
    finding({
      rule: 'root-user',
      title: 'Runs as root',
      guide: { section: 4, title: 'Layer Optimization Checklist: 6' },
      verdict: 'check',
      because: ['the configuration names no user'],
      message: 'the image runs as root',
      fix: { id: 'user', layer: null, before: null, after: 'USER 1000:1000' },
      bytes: 0,
      saves: 0,
      paths: [],
    }),
  ],
  causes,
  packages: [
    {
      manager: 'pip',
      name: 'torch',
      version: '2.14.1',
      root: '/usr/local/lib/python3.11/dist-packages',
      bytes: 2_000_000_000,
      layer: 4,
      hidden: 4_000_000,
      history: [
        { layer: 3, version: '2.14.0' },
        { layer: 4, version: '2.14.1' },
      ],
    },
    {
      manager: 'dpkg',
      name: 'libc6',
      version: '2.36-9',
      root: '/',
      bytes: 246_434_567,
      layer: 0,
      hidden: 0,
      history: [{ layer: 0, version: '2.36-9' }],
    },
    {
      manager: 'dpkg',
      name: 'g++\u202e',
      version: '4:12.2.0-3',
      root: '/',
      bytes: 0,
      layer: 1,
      hidden: 50_200_000,
      history: [
        { layer: 1, version: '4:12.2.0-3' },
        { layer: 2, version: null },
      ],
    },
  ],
  unowned: [
    { path: '/opt/app', bytes: 2_038_500_000, count: 4096 },
    { path: '/usr/\u202elocal', bytes: 50_000_000, count: 1 },
  ],
  folders: [{ path: '/', bytes: 4_334_934_567, count: 60_000 }],
  files: [{ path: '/opt/app/weights/模型.safetensors', bytes: 750_000_000 }],
  gpuCode: [
    gpuCode('sm_90', 'machine', 272_000_000, ['H100'], 0),
    gpuCode('sm_100f', 'machine', 150_000_000, [], 150_000_000),
    gpuCode('compute_120', 'ptx', 40_000_000, [], 40_000_000),
    gpuCode('compute_80', 'ptx', 12_000_000, ['H100'], 11_000_000),
    gpuCode('', 'overhead', 300_000, [], 0),
  ],
  savings: {
    safe: 2_050_000_000,
    check: 152_700_000,
    after: 4_339_134_567,
    stored: { safe: stored(2_050_000_000), check: stored(152_700_000) },
  },
  blobs: { contents, empty: 1_000_000, rest: 3_194_567_283 - 1_000_000 - contents },
  against: null,
  budgets: [
    { budget: 'size', limit: 7_000_000_000, value: 6_389_134_567, unit: 'bytes', share: null, layers: [], ok: true },
    { budget: 'waste', limit: 500_000_000, value: 2_202_700_000, unit: 'bytes', share: null, layers: [], ok: false },
  ],
  notices: [
    ...[1, 2, 3, 4].map(at => ({
      code: 'hard-link-across-layers',
      message: `layer 3 links /a/${at} to /b/${at}, which only a lower layer has`,
    })),
    {
      code: 'not-verified',
      message: 'headers of 6 layers were checked, not their contents: --verify reads every byte',
    },
  ],
}
