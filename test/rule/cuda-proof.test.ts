import { describe, expect, it } from 'vitest'
import baseImageRule from '../../src/rule/base-image.ts'
import cudaDuplicate from '../../src/rule/cuda-duplicate.ts'
import cudaToolchain from '../../src/rule/cuda-toolchain.ts'
import cupti from '../../src/rule/cupti.ts'
import { type ElfParts, elf } from '../elf.ts'
import { type Content, evidenceOf, file, image, type Node, openFixture, symlink } from '../fixture.ts'
import { debianRecords, wheel } from '../package.ts'
import { conda } from '../toolkit.ts'
import { judged, judgedFixture, site, toolkit, triplet } from './cuda-image.ts'

type Added = Record<string, Content | Node>

const interpreter = '/lib64/ld-linux-x86-64.so.2'
const library = (soname: string, more: ElfParts = {}) => elf({ soname, ...more })

/** What every program starts with. */
const system: Added = {
  '/lib64': symlink('usr/lib64'),
  '/lib': symlink('usr/lib'),
  [`/usr${interpreter}`]: library('ld-linux-x86-64.so.2'),
  [`${triplet}/libc.so.6`]: library('libc.so.6'),
  '/usr/bin/python3': program({ needed: ['libc.so.6'] }),
}

function program(parts: ElfParts): Node {
  return file(elf({ type: 'executable', interpreter, ...parts }), { mode: 0o755 })
}

/** The toolkit's runtime libraries by dpkg, as /usr/local/cuda/lib64. */
const runtime: Added = {
  ...debianRecords({
    'libcublas-12-4': {
      version: '12.4.5.8-1',
      files: [`${toolkit}/libcublas.so.12.4.5.8`, `${toolkit}/libcublasLt.so.12.4.5.8`],
    },
    'libcusparse-12-4': { version: '12.3.1.170-1', files: [`${toolkit}/libcusparse.so.12.3.1.170`] },
    'libnvjitlink-12-4': { version: '12.4.127-1', files: [`${toolkit}/libnvJitLink.so.12.4.127`] },
    'cuda-cupti-12-4': { version: '12.4.127-1', files: [`${toolkit}/libcupti.so.2024.1.1`] },
    'cuda-compat-12-4': { version: '550.54-1', files: ['/usr/local/cuda-12.4/compat/libcuda.so.550.54'] },
  }),
  '/usr/local/cuda': symlink('cuda-12.4'),
  '/usr/local/cuda-12.4/lib64': symlink('targets/x86_64-linux/lib'),
  '/usr/local/cuda-12.4/compat/libcuda.so.550.54': library('libcuda.so.1'),
  [`${toolkit}/libcublas.so.12.4.5.8`]: library('libcublas.so.12', {
    needed: ['libcublasLt.so.12', 'libc.so.6'],
    buildId: 'aa00',
  }),
  [`${toolkit}/libcublas.so.12`]: symlink('libcublas.so.12.4.5.8'),
  [`${toolkit}/libcublasLt.so.12.4.5.8`]: library('libcublasLt.so.12', { needed: ['libc.so.6'], buildId: 'aa01' }),
  [`${toolkit}/libcublasLt.so.12`]: symlink('libcublasLt.so.12.4.5.8'),
  [`${toolkit}/libcusparse.so.12.3.1.170`]: library('libcusparse.so.12', {
    buildId: 'bb00',
    needed: ['libnvJitLink.so.12'],
  }),
  [`${toolkit}/libcusparse.so.12`]: symlink('libcusparse.so.12.3.1.170'),
  [`${toolkit}/libnvJitLink.so.12.4.127`]: library('libnvJitLink.so.12'),
  [`${toolkit}/libnvJitLink.so.12`]: symlink('libnvJitLink.so.12.4.127'),
  [`${toolkit}/libcupti.so.2024.1.1`]: library('libcupti.so.12'),
  [`${toolkit}/libcupti.so.12`]: symlink('libcupti.so.2024.1.1'),
}
const copies = [
  'libcublas.so.12.4.5.8',
  'libcublasLt.so.12.4.5.8',
  'libcusparse.so.12.3.1.170',
  'libnvJitLink.so.12.4.127',
]

/** torch with NVIDIA's wheels: RPATH in torch's libraries, RUNPATH in NVIDIA's. */
const torch: Added = {
  ...wheel(site, 'torch', '2.5.0', {
    'torch/_C.cpython-310-x86_64-linux-gnu.so': elf({ needed: ['libtorch_cuda.so'], rpath: '$ORIGIN/lib' }),
    'torch/lib/libtorch_cuda.so': library('libtorch_cuda.so', {
      needed: ['libcublas.so.12', 'libcusparse.so.12', 'libcupti.so.12'],
      rpath:
        '$ORIGIN/../../nvidia/cublas/lib:$ORIGIN/../../nvidia/cusparse/lib:$ORIGIN/../../nvidia/cuda_cupti/lib:$ORIGIN',
    }),
  }),
  ...wheel(site, 'nvidia_cublas_cu12', '12.4.5.8', {
    'nvidia/cublas/lib/libcublas.so.12': library('libcublas.so.12', {
      buildId: 'aa00',
      needed: ['libcublasLt.so.12'],
      rpath: '$ORIGIN',
    }),
    'nvidia/cublas/lib/libcublasLt.so.12': library('libcublasLt.so.12', { buildId: 'aa01' }),
  }),
  ...wheel(site, 'nvidia_cusparse_cu12', '12.3.1.170', {
    'nvidia/cusparse/lib/libcusparse.so.12': library('libcusparse.so.12', {
      buildId: 'bb01',
      needed: ['libnvJitLink.so.12'],
      runpath: '$ORIGIN/../../nvjitlink/lib',
    }),
  }),
  ...wheel(site, 'nvidia_nvjitlink_cu12', '12.4.127', {
    'nvidia/nvjitlink/lib/libnvJitLink.so.12': library('libnvJitLink.so.12'),
  }),
  ...wheel(site, 'nvidia_cuda_cupti_cu12', '12.4.127', {
    'nvidia/cuda_cupti/lib/libcupti.so.12': library('libcupti.so.12'),
  }),
}

/** By file name: the toolkit's copies alone. */
async function verdicts(env: Record<string, string>, ...layers: readonly Added[]) {
  const said = await judged(cudaDuplicate, { env }, system, runtime, torch, ...layers)
  const entries = Object.entries(said.verdicts).filter(([path]) => !/\.so\.\d+$/.test(path) || path.startsWith(site))
  const by = Object.fromEntries(entries.map(([path, verdict]) => [path.replace(`${toolkit}/`, ''), verdict]))
  return { ...said, by }
}

const all = (verdict: string) => Object.fromEntries(copies.map(name => [name, verdict]))

describe('who loads a copy decides', () => {
  it('nobody: torch has an RPATH to its own', async () => {
    const { by, because } = await verdicts({})
    expect(by).toEqual(all('safe'))
    expect(because).toContain('nothing in this image gets this copy')
    expect(because).toMatch(
      /libtorch_cuda\.so .*loads the other libcublas\.so\.12: RPATH \$ORIGIN\/\.\.\/\.\.\/nvidia\/cublas\/lib/,
    )
    expect(because).toMatch(/^libcublas\.so\.12, libcublasLt\.so\.12: .* bytes \(the same build\)$/m)
    expect(because).toMatch(/^libcusparse\.so\.12: .* bytes \(other builds\)$/m)
  })

  it('a program of the image links to it, and to what that needs', async () => {
    const app = program({ needed: ['libcusparse.so.12'], runpath: '/usr/local/cuda/lib64' })
    const { by, because } = await verdicts({}, { '/opt/app/solve': app })
    expect(by).toEqual({
      ...all('safe'),
      'libcusparse.so.12.3.1.170': 'keep',
      // It has no path to it: as the image is configured, that program does not start.
      'libnvJitLink.so.12.4.127': 'check',
    })
    expect(because).toContain('/opt/app/solve loads it: RUNPATH /usr/local/cuda/lib64 of /opt/app/solve')
  })

  it('a copy that stays keeps what it needs', async () => {
    const app = program({ needed: ['libcublas.so.12'], rpath: '/usr/local/cuda/lib64' })
    const { by } = await verdicts({}, { '/opt/app/solve': app })
    expect(by).toEqual({ ...all('safe'), 'libcublas.so.12.4.5.8': 'keep', 'libcublasLt.so.12.4.5.8': 'keep' })
  })

  it('an extension of Python that has no path of its own, where LD_LIBRARY_PATH leads there', async () => {
    const ext = wheel(site, 'fast', '1.0', {
      'fast/_ext.cpython-310-x86_64-linux-gnu.so': elf({ needed: ['libcublas.so.12'] }),
    })
    const { by } = await verdicts({ LD_LIBRARY_PATH: '/usr/local/cuda/lib64' }, ext)
    expect(by).toMatchObject({ 'libcublas.so.12.4.5.8': 'keep', 'libcublasLt.so.12.4.5.8': 'keep' })
  })

  it('LD_LIBRARY_PATH comes before the RUNPATH of NVIDIA’s wheels: they would find their own', async () => {
    const { by, because, evidence } = await verdicts({ LD_LIBRARY_PATH: '/usr/local/cuda/lib64' })
    expect(by).toEqual({ ...all('safe'), 'libnvJitLink.so.12.4.127': 'check' })
    expect(because).toMatch(/nvidia\/cusparse\/lib\/libcusparse\.so\.12 .*and would find another: LD_LIBRARY_PATH has/)
    expect(evidence.image.config.env.get('LD_LIBRARY_PATH')).toBe('/usr/local/cuda/lib64')
  })

  it('what finds it in one process alone loses it there', async () => {
    const shared = { '/opt/app/libsolve.so': library('libsolve.so', { needed: ['libcusparse.so.12'] }) }
    const own = program({ needed: ['libsolve.so'], rpath: `/opt/app:${site}/nvidia/cusparse/lib` })
    const other = program({ needed: ['libsolve.so'], rpath: `/opt/app:${toolkit}` })
    const { by } = await verdicts({}, shared, { '/opt/app/own': own, '/opt/app/other': other })
    expect(by).toMatchObject({ 'libcusparse.so.12.3.1.170': 'keep' })
  })

  it('what needs it and finds none may get it by a script that sets LD_LIBRARY_PATH', async () => {
    const { by, because } = await verdicts({}, { '/opt/app/solve': program({ needed: ['libcublas.so.12'] }) })
    expect(by).toMatchObject({ 'libcublas.so.12.4.5.8': 'check', 'libcublasLt.so.12.4.5.8': 'check' })
    expect(by).toMatchObject({ 'libcusparse.so.12.3.1.170': 'safe' })
    expect(because).toContain('/opt/app/solve needs libcublas.so.12, and finds none as the image is configured')
  })

  it('so may what only names it, linked statically too', async () => {
    const sections = { '.rodata': Buffer.from('cannot open\0libcublas.so.12\0') }
    const fixed = file(elf({ type: 'executable', sections }), { mode: 0o755 })
    const { by, because } = await verdicts({}, { '/opt/app/solve': fixed })
    expect(by).toMatchObject({ 'libcublas.so.12.4.5.8': 'check', 'libcusparse.so.12.3.1.170': 'safe' })
    expect(because).toContain('/opt/app/solve names libcublas.so.12 in its data, and finds none')
  })

  it('a name without a version opens the file of that name alone', async () => {
    const triton = wheel(site, 'triton', '3.8.0', {
      'triton/_C/libtriton.so': library('libtriton.so', { sections: { '.rodata': Buffer.from('libcublas.so\0') } }),
    })
    const env = { LD_LIBRARY_PATH: '/usr/local/cuda/lib64' }
    const without = await verdicts(env, triton)
    expect(without.by).toMatchObject({ 'libcublas.so.12.4.5.8': 'safe', 'libcublasLt.so.12.4.5.8': 'safe' })
    const withLink = await verdicts(env, triton, { [`${toolkit}/libcublas.so`]: symlink('libcublas.so.12') })
    expect(withLink.by).toMatchObject({ 'libcublas.so.12.4.5.8': 'check', 'libcublasLt.so.12.4.5.8': 'check' })
  })

  it('what only names it may open it', async () => {
    const app = program({
      needed: ['libc.so.6'],
      runpath: '/usr/local/cuda/lib64',
      sections: { '.rodata': Buffer.from('cannot open\0libcublas.so.12\0') },
    })
    const { by, because } = await verdicts({}, { '/opt/app/solve': app })
    expect(by).toMatchObject({ 'libcublas.so.12.4.5.8': 'check', 'libcusparse.so.12.3.1.170': 'safe' })
    expect(because).toContain('/opt/app/solve may open it')
  })

  it('what a copy opens that may stay is not safe either', async () => {
    const nvrtc = {
      [`${toolkit}/libnvrtc.so.12.4.127`]: library('libnvrtc.so.12'),
      [`${toolkit}/libnvrtc.so.12`]: symlink('libnvrtc.so.12.4.127'),
      [`${toolkit}/libnvrtc-builtins.so.12.4.127`]: library('libnvrtc-builtins.so.12.4'),
      ...wheel(site, 'nvidia_cuda_nvrtc_cu12', '12.4.127', {
        'nvidia/cuda_nvrtc/lib/libnvrtc.so.12': library('libnvrtc.so.12'),
        'nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.4': library('libnvrtc-builtins.so.12.4'),
      }),
    }
    const alone = await verdicts({}, nvrtc)
    expect(alone.by).toMatchObject({ 'libnvrtc.so.12.4.127': 'safe', 'libnvrtc-builtins.so.12.4.127': 'safe' })
    const opener = program({
      runpath: toolkit,
      needed: ['libc.so.6'],
      sections: { '.rodata': Buffer.from('libnvrtc.so.12\0') },
    })
    const opened = await verdicts({}, nvrtc, { '/opt/app/compile': opener })
    expect(opened.by).toMatchObject({ 'libnvrtc.so.12.4.127': 'check', 'libnvrtc-builtins.so.12.4.127': 'check' })
    expect(opened.because).toContain(`${toolkit}/libnvrtc.so.12.4.127 opens it when it runs`)
  })

  it('a library of a wheel that nothing loads, and that has no path to its own', async () => {
    const mg = wheel(site, 'nvidia_cusolver_cu12', '11.6', {
      'nvidia/cusolver/lib/libcusolverMg.so.11': library('libcusolverMg.so.11', { needed: ['libcublas.so.12'] }),
    })
    expect((await verdicts({}, mg)).by).toEqual(all('safe'))
    const { by, because } = await verdicts({ LD_LIBRARY_PATH: '/usr/local/cuda/lib64' }, mg)
    expect(by).toMatchObject({ 'libcublas.so.12.4.5.8': 'check', 'libcublasLt.so.12.4.5.8': 'check' })
    expect(because).toMatch(/libcusolverMg\.so\.11 .*would load it, if something loads that: LD_LIBRARY_PATH has/)
  })

  it('a file that cannot be read leaves all in doubt', async () => {
    const damaged = elf({ soname: 'libodd.so', needed: ['libcublas.so.12'] }).subarray(0, 100)
    const { by } = await verdicts({}, { '/opt/app/libodd.so': damaged })
    expect(by).toEqual(all('check'))
  })

  it('so does one that nobody looks into', async () => {
    const app = '/opt/app/solve'
    const added = [system, runtime, torch, { [app]: program({ needed: [] }) }]
    const opened = await openFixture(image({ config: {}, base: 0 }, ...added.map(add => ({ run: 'step', add }))))
    const layers = opened.layers.map(layer => {
      const { entries, facts } = layer.index
      const at = Array.from({ length: entries.length }, (_, ordinal) => ordinal).find(one => entries.path(one) === app)
      if (at === undefined) return layer
      const binaries = new Map([...facts.binaries].filter(([ordinal]) => ordinal !== at))
      const sparse = new Map([[at, [{ offset: 0, length: 64 }]]])
      return { ...layer, index: { ...layer.index, sparse, facts: { ...facts, binaries } } }
    })
    const findings = [...cudaDuplicate.check(await evidenceOf({ ...opened, layers }))]
    expect(findings.map(({ verdict }) => verdict)).toEqual(['check'])
    expect(findings[0]?.because).toContain(
      `${app} is a sparse file, which nobody looks into: what it loads is not known`,
    )
  })

  it('a package that is known to look there keeps it, whatever is linked', async () => {
    const { by } = await verdicts({}, wheel(site, 'ctranslate2', '4.4', { 'ctranslate2/x.py': 10 }))
    expect(by).toMatchObject({ 'libcublas.so.12.4.5.8': 'keep', 'libcusparse.so.12.3.1.170': 'safe' })
    // ctypes, out of Python's own text.
    const ctypes = await verdicts({}, wheel(site, 'scikit-cuda', '0.5.3', { 'skcuda/cublas.py': 10 }))
    expect(ctypes.by).toEqual(all('keep'))
  })

  it('the driver for older hosts is nobody’s duplicate', async () => {
    const { verdicts: said } = await judged(cudaDuplicate, {}, system, runtime, torch)
    expect(Object.keys(said).filter(path => path.includes('/compat/'))).toEqual([])
  })

  it('what came with FROM is never safe', async () => {
    const fixture = image({ config: {}, base: 2 }, ...[system, runtime, torch].map(add => ({ add })))
    const { findings } = await judgedFixture(cudaDuplicate, fixture)
    expect(findings.map(({ verdict, fix }) => [verdict, fix.layer])).toEqual([['check', 1]])
  })

  it('of two environments somebody has to say which runs', async () => {
    const own = conda('/opt/conda', 'libcublas', '12.4.5.8', {
      'lib/libcublas.so.12.4.5.8': library('libcublas.so.12'),
    })
    const { verdicts: said } = await verdicts({}, own)
    const environments = Object.entries(said).filter(([path]) => path.startsWith(site) || path.startsWith('/opt/conda'))
    expect(environments).toEqual([[`${site}/nvidia/cublas/lib/libcublas.so.12`, 'check']])
  })
})

describe("the toolkit's CUPTI", () => {
  const path = `${toolkit}/libcupti.so.2024.1.1`

  it('goes while torch has a wheel’s, which is never claimed', async () => {
    const { verdicts: said } = await judged(cupti, {}, system, runtime, torch)
    expect(said[path]).toBe('safe')
    expect(Object.keys(said).filter(claimed => claimed.startsWith(site))).toEqual([])
  })

  it.each([
    [
      'a plug-in that nothing is known to load',
      { '/opt/app/plugin.so': library('plugin.so', { needed: ['libcupti.so.12'], runpath: toolkit }) },
      '/opt/app/plugin.so would load it, if something loads that',
    ],
    [
      'a program that finds none',
      { '/opt/app/profile': program({ needed: ['libcupti.so.12'] }) },
      '/opt/app/profile needs libcupti.so.12, and finds none as the image is configured',
    ],
  ])('is to be checked for %s', async (_, added, why) => {
    const { verdicts: said, because } = await judged(cupti, {}, system, runtime, torch, added)
    expect(said[path]).toBe('check')
    expect(because).toContain(why)
  })

  it('stays while something loads it', async () => {
    const app = program({ needed: ['libcupti.so.12'], runpath: '/usr/local/cuda/lib64' })
    const { verdicts: said, because } = await judged(cupti, {}, system, runtime, torch, { '/opt/app/profile': app })
    expect(said[path]).toBe('keep')
    expect(because).toContain('/opt/app/profile loads it')
  })
})

describe('the smallest base that would do', () => {
  const nvidia = (app: Added) =>
    judgedFixture(
      baseImageRule,
      image(
        {
          config: {
            env: { NV_CUDA_CUDART_VERSION: '12.4.127-1', NV_CUDA_LIB_VERSION: '12.4.1-1', CUDA_VERSION: '12.4.1' },
          },
          base: 2,
        },
        { run: 'ADD rootfs.tar /', add: { ...system, '/etc/os-release': 'ID=ubuntu\nVERSION_ID="22.04"\n' } },
        { run: 'RUN apt-get install -y cuda-libraries-12-4=$NV_CUDA_LIB_VERSION', add: runtime },
        { add: torch },
        { add: app },
      ),
    )

  it('is base where torch brings the libraries', async () => {
    const { findings } = await nvidia({})
    expect(findings.map(({ fix }) => fix.after)).toEqual(['FROM nvidia/cuda:12.4.1-base-ubuntu22.04'])
  })

  it('is base with what a program of the image is linked to', async () => {
    const app = program({ needed: ['libcusparse.so.12'], runpath: '/usr/local/cuda/lib64' })
    const { findings, verdicts: said } = await nvidia({ '/opt/app/solve': app })
    expect(findings[0]?.fix.after).toMatch(/-base-ubuntu22\.04\nRUN .* libcusparse-12-4$/)
    expect(findings[0]?.because.join('\n')).toContain('/opt/app/solve loads it: RUNPATH /usr/local/cuda/lib64')
    expect(said[`${toolkit}/libcusparse.so.12.3.1.170`]).toBe('keep')
    expect(said[`${toolkit}/libcublas.so.12.4.5.8`]).toBe('check')
  })
})

describe('what the image itself tells of compiling', () => {
  const tools = Object.fromEntries(
    ['nvcc', 'ptxas'].map(name => [`/usr/local/cuda-12.4/bin/${name}`, file(1_000, { mode: 0o755 })]),
  )
  const compiler = { '/usr/bin/g++': file(100, { mode: 0o755 }) }
  const said = async (env: Record<string, string>, ...more: readonly Added[]) => {
    const { verdicts: by, because } = await judged(cudaToolchain, { env }, system, runtime, torch, tools, ...more)
    return { nvcc: by['/usr/local/cuda-12.4/bin/nvcc'], ptxas: by['/usr/local/cuda-12.4/bin/ptxas'], because }
  }

  it('nothing', async () => {
    expect(await said({}, compiler)).toMatchObject({ nvcc: 'safe', ptxas: 'safe' })
  })

  it('a variable that leads to a tool, by links too', async () => {
    const found = await said({ PATH: '/usr/local/cuda/bin', TRITON_PTXAS_PATH: '/usr/local/cuda/bin/ptxas' })
    expect(found).toMatchObject({ nvcc: 'safe', ptxas: 'check' })
    expect(found.because).toContain('ENV TRITON_PTXAS_PATH names /usr/local/cuda/bin/ptxas')
  })

  it('sources that no package owns, where a C++ compiler is there', async () => {
    const source = { '/app/csrc/kernel.cu': '__global__ void run() {}\n' }
    expect(await said({}, source)).toMatchObject({ nvcc: 'safe' })
    const found = await said({}, source, compiler)
    expect(found).toMatchObject({ nvcc: 'check', ptxas: 'check' })
    expect(found.because).toContain('no package owns /app/csrc/kernel.cu: a program may compile it as it starts')
    const owned = wheel(site, 'kernels', '1.0', { 'kernels/kernel.cu': 'x' })
    expect(await said({}, owned, compiler)).toMatchObject({ nvcc: 'safe' })
  })
})
