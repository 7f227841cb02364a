import { describe, expect, it } from 'vitest'
import { usersIn } from '../../src/evidence/users.ts'
import { groups } from '../../src/rule/index.ts'
import type { Finding } from '../../src/rule/rule.ts'
import { type ConfigData, examine, type Fixture, image } from '../fixture.ts'
import { wheel } from '../package.ts'
import { conda, debs } from '../toolkit.ts'

const root = '/usr/local/cuda-12.4'
const target = `${root}/targets/x86_64-linux`
const site = '/usr/local/lib/python3.11/site-packages'

/** One file of each part of a toolkit, laid out as NVIDIA's packages do. */
const parts = {
  nsight: '/opt/nvidia/nsight-compute/2024.1.1/ncu',
  cupti: `${target}/lib/libcupti.so.2024.1.1`,
  gdb: `${root}/bin/cuda-gdb`,
  headers: `${target}/include/cuda_fp16.h`,
  cublas_static: `${target}/lib/libcublas_static.a`,
  cudart_static: `${target}/lib/libcudart_static.a`,
  cudadevrt: `${target}/lib/libcudadevrt.a`,
  nvptxcompiler: `${target}/lib/libnvptxcompiler_static.a`,
  nvcc: `${root}/bin/nvcc`,
  ptxas: `${root}/bin/ptxas`,
  libdevice: `${root}/nvvm/libdevice/libdevice.10.bc`,
  libnvvm: `${root}/nvvm/lib64/libnvvm.so.4.0.0`,
  nvdisasm: `${root}/bin/nvdisasm`,
  builder: '/usr/lib/x86_64-linux-gnu/libnvinfer_builder_resource.so.10.3.0',
} as const
type PartName = keyof typeof parts
const names = Object.keys(parts) as PartName[]

const owners: Readonly<Record<string, readonly PartName[]>> = {
  'nsight-compute-2024.1.1': ['nsight'],
  'cuda-cupti-12-4': ['cupti'],
  'cuda-gdb-12-4': ['gdb'],
  'cuda-cudart-dev-12-4': ['headers', 'cudart_static', 'cudadevrt'],
  'libcublas-dev-12-4': ['cublas_static'],
  'cuda-nvcc-12-4': ['nvcc', 'ptxas', 'nvptxcompiler'],
  'cuda-nvvm-12-4': ['libdevice', 'libnvvm'],
  'cuda-nvdisasm-12-4': ['nvdisasm'],
  libnvinfer10: ['builder'],
}

/** The toolkit in one layer, packages from PyPI (`name` or `name==version`) in the next. */
function having(packages: readonly string[], config: ConfigData = {}, more: Record<string, number> = {}): Fixture {
  const toolkit = Object.entries(owners).map(([name, own]) => [
    name,
    { files: Object.fromEntries(own.map(part => [parts[part], 100])) },
  ])
  const wheels = packages.map(spec => {
    const [name = '', version = '1.0'] = spec.split('==')
    return wheel(site, name, version, { [`${name.replaceAll('-', '_')}/__init__.py`]: 10 })
  })
  return image(
    { config, base: 0 },
    { run: 'apt-get install -y cuda-toolkit-12-4 libnvinfer10', add: debs(Object.fromEntries(toolkit)) },
    { run: 'pip install …', add: Object.assign(more, ...wheels) },
  )
}

/** By part: what the rules of group 3 say of it. */
async function verdicts(fixture: Fixture): Promise<Record<string, Finding>> {
  const evidence = await examine(fixture)
  const found: Record<string, Finding> = {}
  for (const rule of groups[2] ?? []) {
    for (const finding of rule.check(evidence)) {
      for (const { entry } of finding.claims) {
        const part = names.find(name => parts[name] === evidence.filesystem.path(entry))
        if (part !== undefined) found[part] = finding
      }
    }
  }
  return found
}

const compiles: readonly PartName[] = ['nvcc', 'ptxas', 'libdevice', 'libnvvm', 'headers', 'cudart_static', 'cudadevrt']

/** Packages in the image, what is kept for them, and what a person has to decide; all else can go. */
const table: readonly {
  readonly has: readonly string[]
  readonly keep?: readonly PartName[]
  readonly check?: readonly PartName[]
}[] = [
  { has: [] },
  { has: ['numpy', 'requests'] },
  // What torch and Triton run on is a wheel; they want a C compiler, no nvcc.
  { has: ['torch', 'triton', 'nvidia-cuda-cupti-cu12'] },
  { has: ['torch==2.12.0+cu130', 'triton', 'nvidia-cuda-cupti'] },
  { has: ['torch==2.4.0+cpu'] },
  { has: ['torch==2.4.0a0+nv24.5'], keep: ['cupti'] },
  { has: ['torch==2.4.0'], check: ['cupti'] },
  { has: ['torch', 'nvidia-cuda-cupti-cu12', 'ninja'], check: [...compiles, 'nvptxcompiler'] },
  { has: ['deepspeed'], keep: compiles, check: ['nvptxcompiler'] },
  { has: ['flashinfer-python'], keep: compiles, check: ['nvptxcompiler'] },
  { has: ['flashinfer-python', 'flashinfer-cubin'], keep: compiles, check: ['nvptxcompiler'] },
  { has: ['flashinfer-python', 'flashinfer-cubin', 'flashinfer-jit-cache'] },
  { has: ['deep_gemm'], keep: compiles, check: ['nvptxcompiler', 'nvdisasm'] },
  { has: ['pycuda'], keep: compiles, check: ['nvptxcompiler'] },
  { has: ['vllm'], check: [...compiles, 'nvptxcompiler'] },
  { has: ['cupy-cuda12x'], keep: ['headers'] },
  { has: ['cupy-cuda12x', 'nvidia-cuda-runtime-cu12'] },
  { has: ['numba'], check: ['libdevice', 'libnvvm', 'cudadevrt'] },
  { has: ['numba-cuda'], keep: ['libdevice', 'libnvvm'], check: ['cudadevrt', 'nvdisasm'] },
  { has: ['numba-cuda', 'nvidia-nvvm', 'nvidia-cuda-runtime'], check: ['nvdisasm'] },
  { has: ['tensorflow'], check: ['ptxas', 'libdevice', 'cupti'] },
  { has: ['tensorflow', 'nvidia-cuda-nvcc-cu12', 'nvidia-cuda-cupti-cu12'] },
  { has: ['tensorflow-cpu'] },
  { has: ['jax', 'jaxlib', 'jax-cuda12-plugin'], keep: ['ptxas', 'libdevice', 'cupti'] },
  { has: ['jax', 'jaxlib', 'jax-cuda12-plugin', 'nvidia-cuda-nvcc-cu12', 'nvidia-cuda-cupti-cu12'] },
  { has: ['jax', 'jaxlib'] },
  { has: ['transformer-engine'], check: ['headers'] },
  { has: ['transformer-engine', 'nvidia-cuda-runtime-cu12'] },
  { has: ['bitsandbytes', 'xformers', 'apex'] },
  { has: ['tensorrt-llm'], keep: ['builder'], check: [...compiles, 'nvptxcompiler'] },
  { has: ['onnxruntime-gpu'], keep: ['builder'] },
  { has: ['torch-tensorrt'], keep: ['builder'] },
  { has: ['tensorrt', 'onnxruntime'] },
]

describe('with', () => {
  it.each(table.map(row => [row.has.join(' ') || 'no package', row] as const))('%s', async (_, row) => {
    const found = await verdicts(having(row.has))
    const expected = names.map(part => {
      if (row.keep?.includes(part)) return [part, 'keep']
      // TensorRT cannot tell whether engines are built.
      return [part, row.check?.includes(part) || part === 'builder' ? 'check' : 'safe']
    })
    expect(names.map(part => [part, found[part]?.verdict])).toEqual(expected)
    for (const part of [...(row.keep ?? []), ...(row.check ?? [])]) {
      const named = row.has.some(name => found[part]?.because.join(' ').includes(name.split(/[=_-]/)[0] ?? '?'))
      expect(named, `${part} names its user`).toBe(true)
    }
  })
})

describe('what the image starts', () => {
  it.each([
    ['nsight', ['ncu', '--set', 'full', 'python3']],
    ['gdb', ['/bin/sh', '-c', 'exec cuda-gdb --args app']],
    ['nvcc', ['nvcc', '--version']],
    ['builder', ['trtexec', '--onnx=model.onnx']],
  ] as const)('%s is kept', async (part, command) => {
    const found = await verdicts(having([], { command }))
    expect(found[part]?.verdict).toBe('keep')
    expect(found[part]?.because).toEqual([expect.stringContaining('the image starts')])
  })
})

it('asks about CUPTI where the search path names it', async () => {
  const config = { env: { LD_LIBRARY_PATH: '/usr/local/cuda/extras/CUPTI/lib64' } }
  expect((await verdicts(having([], config))).cupti?.verdict).toBe('check')
  expect((await verdicts(having(['torch==2.4.0a0+nv24.5'], config))).cupti?.verdict).toBe('keep')
})

it('knows the CUPTI that a wheel of torch has linked in', async () => {
  const bundled = { [`${site}/torch/lib/libcudart-d0da41ae.so.11.0`]: 600 }
  expect((await verdicts(having(['torch==2.1.0+cu118'], {}, bundled))).cupti?.verdict).toBe('safe')
})

it('asks about CUPTI for a torch that is no package', async () => {
  const torch = '/opt/tritonserver/backends/pytorch/libtorch_cuda.so'
  const alone = (await verdicts(having([], {}, { [torch]: 900 }))).cupti
  expect([alone?.verdict, alone?.because]).toEqual(['check', [expect.stringContaining(torch)]])
  const beside = having([], {}, { '/opt/libtorch/lib/libtorch_cuda.so': 900, '/opt/libtorch/lib/libcupti-1.so.12': 90 })
  expect((await verdicts(beside)).cupti?.verdict).toBe('safe')
})

it("leaves a package's user its own environment's copy", async () => {
  const env = '/opt/conda'
  const header = `${env}/targets/x86_64-linux/include/cuda_fp16.h`
  const fixture = image(
    { config: {}, base: 0 },
    {
      run: 'conda install cupy cuda-cudart-dev',
      add: {
        ...conda(env, 'cupy', '13.0', { 'lib/python3.11/site-packages/cupy/__init__.py': 10 }),
        ...conda(env, 'cuda-cudart-dev', '12.4', { 'targets/x86_64-linux/include/cuda_fp16.h': 100 }),
        [parts.headers]: 101,
      },
    },
  )
  const evidence = await examine(fixture)
  const rule = (groups[2] ?? []).find(({ id }) => id === 'cuda-headers')
  const found = [...(rule?.check(evidence) ?? [])].map(({ verdict, claims }) => [
    verdict,
    ...claims.map(({ entry }) => evidence.filesystem.path(entry)),
  ])
  expect(found).toEqual([
    ['keep', header],
    ['safe', parts.headers],
  ])
})

it("keeps what a distribution's package depends on", async () => {
  const fixture = image(
    { config: {}, base: 0 },
    {
      run: 'apt-get install -y python3-torch-cuda libcupti-dev',
      add: debs({
        'libcupti11.8': { files: { [parts.cupti]: 100 } },
        'libcupti-dev': { depends: 'libcupti11.8 (= 1.0)', files: { '/usr/include/cupti.h': 10 } },
        'libtorch-cuda-2.0': { depends: 'libc6, libcupti11.8 (>= 1.0)', files: { '/usr/lib/libtorch.so': 10 } },
      }),
    },
  )
  const evidence = await examine(fixture)
  const rule = (groups[2] ?? []).find(({ id }) => id === 'cupti')
  expect([...(rule?.check(evidence) ?? [])].map(({ verdict, because }) => [verdict, because])).toEqual([
    ['keep', ['libtorch-cuda-2.0 depends on libcupti11.8']],
    ['safe', [expect.stringContaining('bring their own')]],
  ])
})

describe('advice', () => {
  async function advised(run: string, packages: readonly string[] = [], later?: string) {
    const fixture = having(packages)
    const [first, second] = fixture.layers
    const layers = [
      { ...first, run },
      { ...second, run: later ?? 'pip install …' },
    ]
    const found = await verdicts({ ...fixture, layers })
    return (part: PartName) => [found[part]?.fix.id, found[part]?.fix.after]
  }

  it('names the libraries in place of the toolkit', async () => {
    const of = await advised(
      'apt-get update && apt-get install -y cuda-toolkit-12-4 python3 && rm -rf /var/lib/apt/lists/*',
    )
    const lean = 'RUN apt-get update && apt-get install -y cuda-libraries-12-4 python3 && rm -rf /var/lib/apt/lists/*'
    for (const part of ['nsight', 'cupti', 'gdb', 'headers', 'nvcc', 'cublas_static'] as const) {
      expect(of(part)).toEqual(['runtime-packages', lean])
    }
  })

  it('leaves the smallest compiler to whoever compiles', async () => {
    const of = await advised('apt-get install -y cuda-toolkit-12-4 python3', ['deepspeed'])
    const lean = 'RUN apt-get install -y cuda-libraries-12-4 cuda-minimal-build-12-4 python3'
    expect(of('nsight')).toEqual(['runtime-packages', lean])
    expect(of('nvcc')).toEqual(['minimal-build', expect.stringMatching(/ cuda-minimal-build-12-4$/m)])
    expect(of('cublas_static')).toEqual(['rm-in-run', expect.stringContaining(`&& rm ${parts.cublas_static}`)])
  })

  it('names runtime packages in place of -dev ones', async () => {
    const of = await advised(
      'apt-get install -y libcublas-dev-12-4=12.4.5.8-1 libcudnn9-dev-cuda-12 cuda-nvcc-12-4 curl',
    )
    expect(of('headers')).toEqual([
      'runtime-packages',
      'RUN apt-get install -y libcublas-12-4=12.4.5.8-1 libcudnn9-cuda-12 curl',
    ])
  })

  it('takes the compiler away in the RUN that needs it', async () => {
    const of = await advised('apt-get install -y cuda-nvcc-12-4 && make -C /src install')
    expect(of('nvcc')).toEqual([
      'purge-in-run',
      'RUN apt-get install -y cuda-nvcc-12-4 && make -C /src install && apt-get purge -y --auto-remove cuda-nvcc-12-4',
    ])
  })

  it('moves to a stage of its own what a later RUN compiles with', async () => {
    const of = await advised('apt-get install -y cuda-toolkit-12-4', [], 'cmake -B /build && make -C /build install')
    expect(of('headers')).toEqual([
      'builder-stage',
      'FROM base AS builder\nRUN apt-get install -y cuda-toolkit-12-4\nFROM base\nCOPY --from=builder <what was compiled> …',
    ])
  })

  it('gives tools alone to people at work', async () => {
    const of = await advised('apt-get update && apt-get install -y nsight-compute-2024.1.1')
    expect(of('nsight')).toEqual([
      'dev-stage',
      'FROM prod AS dev\nRUN apt-get update && apt-get install -y nsight-compute-2024.1.1',
    ])
  })
})

it('tells the rules about compilers who wants one', async () => {
  const users = usersIn(await examine(having(['torch', 'triton', 'vllm'])))
  expect(users.of('c-compiler').map(({ strength, because }) => `${strength}: ${because.split(' ')[0]}`)).toEqual([
    'some-uses: triton',
    'breaks: vllm',
  ])
  expect(users.of('python-headers')).toHaveLength(2)
})
