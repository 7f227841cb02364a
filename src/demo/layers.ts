import { noise, safetensors, sha256 } from './content.ts'
import { developmentPackages, runtimeEnvironment, runtimePackages } from './cuda.ts'
import type { DemoFile, DemoLayer } from './layer.ts'
import { library } from './library.ts'
import { type DebianPackage, dpkgFiles, dpkgStatus, pipPackage, site } from './package.ts'

const base: readonly DebianPackage[] = [
  {
    name: 'base-files',
    version: '12.4+deb12u5',
    section: 'admin',
    contents: {
      '/usr/lib/os-release': 'PRETTY_NAME="imgaudit demo"\nNAME="imgaudit demo"\nID=debian\nVERSION_ID="12"\n',
      '/usr/share/doc/base-files/copyright': 'Made up for a demo.\n',
    },
  },
  {
    name: 'libc6',
    version: '2.36-9+deb12u4',
    section: 'libs',
    contents: {
      '/usr/lib/x86_64-linux-gnu/libc.so.6': noise('libc', 900_000),
      '/usr/share/doc/libc6/changelog.Debian.gz': noise('changelog', 60_000),
      '/usr/share/locale/de/LC_MESSAGES/libc.mo': noise('locale de', 70_000),
    },
  },
]

const tools: readonly DebianPackage[] = [
  {
    name: 'python3.11-minimal',
    version: '3.11.2-6',
    section: 'python',
    depends: 'libc6 (>= 2.36)',
    contents: {
      '/usr/bin/python3.11': noise('python', 800_000),
      '/usr/share/man/man1/python3.11.1.gz': noise('manual', 30_000),
    },
  },
  {
    name: 'gdb',
    version: '13.1-3',
    section: 'devel',
    depends: 'libc6 (>= 2.36)',
    contents: { '/usr/bin/gdb': noise('gdb', 700_000) },
  },
  {
    name: 'vim-tiny',
    version: '2:9.0.1378-2',
    section: 'editors',
    depends: 'libc6 (>= 2.36)',
    contents: { '/usr/bin/vim.tiny': noise('vim', 300_000) },
  },
]

const lists = '/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm'
const pip = '/root/.cache/pip/http-v2'
const hub = '/root/.cache/huggingface/hub/models--demo--encoder'
const weights = safetensors('weights', 1_200_000)
const blob = sha256(weights)

const wheels = {
  '/wheels/torchdemo-2.1.0-cp311-cp311-linux_x86_64.whl': noise('torchdemo wheel', 1_100_000),
  '/wheels/demotools-0.4.0-py3-none-any.whl': noise('demotools wheel', 200_000),
}

// A key is of no use when its place says that it is none, and scanners of repositories know this form by heart.
const notASecret = 'not-a-real-secret-0123456789'

const photo = noise('photo', 250_000)

const application: Readonly<Record<string, DemoFile>> = {
  '/app/main.py': { bytes: 'from torchdemo import core\n\nprint(core)\n' },
  '/app/static/photo.bin': { bytes: photo },
  '/app/vocabulary.bin': { bytes: noise('vocabulary', 650_000) },
}

const torchdemo = library({
  soname: 'libtorchdemo.so',
  code: 500_000,
  kernels: [
    { sm_75: 90_000, sm_80: 100_000, sm_86: 100_000, sm_90: 120_000, sm_100: 140_000, sm_120: 130_000 },
    { sm_80: 40_000, sm_90: 50_000, compute_120: 20_000 },
  ],
  debug: 130_000,
  symbols: 48_000,
})

/** An image as people build them when they are in a hurry: one of every waste. Base first. */
export const layers: readonly DemoLayer[] = [
  {
    instruction: 'ADD rootfs.tar.xz /',
    files: {
      ...dpkgFiles(base),
      ...dpkgStatus(base),
      '/etc/os-release': { link: '../usr/lib/os-release' },
      '/etc/passwd': { bytes: 'root:x:0:0:root:/root:/bin/sh\n' },
      '/etc/group': { bytes: 'root:x:0:\n' },
    },
  },
  {
    instruction: `RUN /bin/sh -c apt-get update && apt-get install -y cuda-libraries-12-4=\${NV_CUDA_LIB_VERSION} && rm -rf /var/lib/apt/lists/*`,
    files: { ...dpkgFiles(runtimePackages), ...dpkgStatus([...base, ...runtimePackages]) },
  },
  {
    instruction: 'RUN /bin/sh -c apt-get update && apt-get install -y python3.11-minimal gdb vim-tiny',
    files: {
      ...dpkgFiles(tools),
      ...dpkgStatus([...base, ...runtimePackages, ...tools]),
      [`${lists}_InRelease`]: { bytes: noise('release', 150_000) },
      [`${lists}_main_binary-amd64_Packages`]: { bytes: noise('packages', 900_000) },
      '/var/cache/apt/pkgcache.bin': { bytes: noise('pkgcache', 300_000) },
      '/var/cache/apt/srcpkgcache.bin': { bytes: noise('srcpkgcache', 280_000) },
      '/var/cache/apt/archives/gdb_13.1-3_amd64.deb': { bytes: noise('gdb deb', 400_000) },
      '/var/log/dpkg.log': { bytes: '2026-01-02 03:04:05 status installed gdb:amd64 13.1-3\n' },
    },
  },
  {
    instruction:
      'RUN /bin/sh -c apt-get install -y cuda-nvcc-12-4 libcublas-dev-12-4 cuda-cupti-12-4 cuda-gdb-12-4 nsight-compute-2024.1.1 libnvinfer10 gcc-12',
    files: {
      ...dpkgFiles(developmentPackages),
      ...dpkgStatus([...base, ...runtimePackages, ...tools, ...developmentPackages]),
    },
  },
  {
    instruction: 'COPY wheels /wheels',
    files: Object.fromEntries(Object.entries(wheels).map(([path, bytes]) => [path, { bytes }])),
  },
  {
    instruction: 'RUN /bin/sh -c pip install /wheels/*.whl nvidia-cublas-cu12 requests==2.31.0 pytest==8.3.4',
    files: {
      ...pipPackage('torchdemo', '2.1.0', {
        'torchdemo/__init__.py': 'from . import core\n',
        'torchdemo/core.py': '# the core of it\n',
        'torchdemo/lib/libtorchdemo.so': torchdemo,
        'torchdemo/tests/test_core.py': `# ${'a test of the core\n# '.repeat(2000)}\n`,
        'torchdemo/__pycache__/core.cpython-311.pyc': noise('bytecode', 90_000),
      }),
      ...pipPackage('nvidia-cublas-cu12', '12.4.5.8', {
        'nvidia/cublas/lib/libcublas.so.12': noise('libcublas of the wheel', 520_000),
      }),
      ...pipPackage('demotools', '0.4.0', { 'demotools/__init__.py': noise('demotools', 80_000) }),
      ...pipPackage('requests', '2.31.0', { 'requests/models.py': noise('requests 2.31', 140_000) }),
      ...pipPackage('pytest', '8.3.4', { '_pytest/config.py': noise('pytest', 160_000) }),
      [`${pip}/0/1/2/3/4/0123456789abcdef`]: { bytes: noise('cache head', 1800) },
      [`${pip}/0/1/2/3/4/0123456789abcdef.body`]: { bytes: noise('cache body', 1_300_000) },
      [`${pip}/f/e/d/c/b/fedcba9876543210`]: { bytes: noise('cache head 2', 1700) },
      [`${pip}/f/e/d/c/b/fedcba9876543210.body`]: { bytes: noise('cache body 2', 250_000) },
      '/root/.cache/pip/selfcheck/0f1e2d3c': { bytes: '{"key":"/usr","pypi_version":"25.0.1"}' },
    },
  },
  { instruction: 'RUN /bin/sh -c rm -rf /wheels', files: {}, deletes: ['/wheels'] },
  {
    instruction: 'RUN /bin/sh -c pip install --no-cache-dir --upgrade requests==2.32.3',
    files: pipPackage('requests', '2.32.3', { 'requests/models.py': noise('requests 2.32', 145_000) }),
    deletes: [`${site}/requests-2.31.0.dist-info`],
  },
  {
    instruction: 'COPY . /app',
    files: {
      ...application,
      '/app/.env': { bytes: `API_TOKEN=${notASecret}\n`, mode: 0o600 },
      '/app/.git/HEAD': { bytes: 'ref: refs/heads/main\n' },
      '/app/.git/config': { bytes: '[core]\n\trepositoryformatversion = 0\n\tbare = false\n' },
      '/app/.git/refs/heads/main': { bytes: `${'4b'.repeat(20)}\n` },
      [`/app/.git/objects/pack/pack-${'4b'.repeat(20)}.idx`]: { bytes: noise('idx', 20_000) },
      [`/app/.git/objects/pack/pack-${'4b'.repeat(20)}.pack`]: { bytes: noise('pack', 500_000) },
    },
  },
  {
    instruction: 'RUN /bin/sh -c chown -R 1000:1000 /app',
    files: Object.fromEntries(Object.entries(application).map(([path, file]) => [path, { ...file, owner: 1000 }])),
  },
  {
    instruction: 'RUN /bin/sh -c npm ci --prefix /app/web && python3.11 /app/download.py',
    files: {
      '/root/.npm/_cacache/index-v5/0a/1b/2c': { bytes: noise('npm index', 4000) },
      '/root/.npm/_cacache/content-v2/sha512/0a/1b/2c3d4e5f': { bytes: noise('npm content', 350_000) },
      '/data/raw/corpus.parquet': { bytes: noise('corpus', 800_000) },
      '/data/settings.bin': { bytes: noise('settings', 120_000) },
      [`${hub}/blobs/${blob}`]: { bytes: weights },
      [`${hub}/refs/main`]: { bytes: '5c'.repeat(20) },
      [`${hub}/snapshots/${'5c'.repeat(20)}/model.safetensors`]: { link: `../../blobs/${blob}` },
    },
  },
  {
    instruction: 'RUN /bin/sh -c rm -r /data/raw && python3.11 /app/configure.py',
    files: {
      '/data/settings.bin': { bytes: noise('settings, other ones', 110_000) },
      '/models/encoder/model.safetensors': { bytes: weights },
    },
    deletes: ['/data/raw'],
  },
  {
    instruction: 'COPY static /srv/www',
    files: { '/srv/www/photo.bin': { bytes: photo } },
  },
]

/** What the configuration says: a token in the environment, no user, no health check. */
export const config = {
  Env: [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...runtimeEnvironment,
    `DEMO_API_TOKEN=${notASecret}`,
  ],
  Cmd: ['python3.11', '/app/main.py'],
  WorkingDir: '/app',
}

/** Instructions that leave no layer, as they stand after the last one. */
export const emptyInstructions: readonly string[] = [
  `ENV DEMO_API_TOKEN=${notASecret}`,
  'WORKDIR /app',
  'CMD ["python3.11" "/app/main.py"]',
]
