import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { type ConfigData, type Content, image, type Node } from '../fixture.ts'
import { wheel } from '../package.ts'
import { conda, debs } from '../toolkit.ts'
import { advised } from './advised.ts'

type Added = Record<string, Content | Node>

const site = '/usr/local/lib/python3.11/site-packages'
const root = '/usr/local/cuda-12.4'
const target = `${root}/targets/x86_64-linux`
const system = '/usr/lib/x86_64-linux-gnu'

const plain = (name: string, version = '1.0') =>
  wheel(site, name, version, { [`${name.replaceAll('-', '_')}/__init__.py`]: 10 })

const torch: Added = {
  ...wheel(site, 'torch', '2.5.0', { 'torch/lib/libtorch_cuda.so': 2_000 }),
  ...wheel(site, 'triton', '3.1.0', { 'triton/backends/nvidia/bin/ptxas': 300, 'triton/__init__.py': 10 }),
  ...wheel(site, 'nvidia_cublas_cu12', '12.4.5.8', { 'nvidia/cublas/lib/libcublas.so.12': 1_000 }),
  ...wheel(site, 'nvidia_cudnn_cu12', '9.1.0.70', { 'nvidia/cudnn/lib/libcudnn.so.9': 1_000 }),
  ...wheel(site, 'nvidia_cuda_cupti_cu12', '12.4.127', { 'nvidia/cuda_cupti/lib/libcupti.so.12': 1_000 }),
}

const toolkit = debs({
  'cuda-nvcc-12-4': {
    files: {
      [`${root}/bin/nvcc`]: 100,
      [`${root}/bin/ptxas`]: 100,
      [`${target}/lib/libnvptxcompiler_static.a`]: 100,
    },
  },
  'cuda-cudart-dev-12-4': {
    files: {
      [`${target}/include/cuda_runtime.h`]: 100,
      [`${target}/lib/libcudart_static.a`]: 100,
      [`${target}/lib/libcudadevrt.a`]: 100,
    },
  },
  'cuda-nvml-dev-12-4': { files: { [`${target}/lib/stubs/libnvidia-ml.a`]: 100 } },
  'libcublas-dev-12-4': {
    files: Object.fromEntries(
      ['cublas', 'cublasLt', 'nvblas', 'cublas_device', 'cublas_more'].map(name => [
        `${target}/lib/lib${name}_static.a`,
        100,
      ]),
    ),
  },
  'cuda-cupti-12-4': { files: { [`${root}/extras/CUPTI/lib64/libcupti.so.12`]: 100 } },
  'libc6-dev': {
    files: { [`${system}/libc_nonshared.a`]: 100, [`${system}/libm.a`]: 100, '/usr/include/stdio.h': 100 },
  },
  'libstdc++-11-dev': { files: { '/usr/lib/gcc/x86_64-linux-gnu/11/libstdc++.a': 100 } },
  gcc: { depends: 'libc6-dev', files: { '/usr/bin/gcc': 100 } },
  'python3-dev': { files: { '/usr/include/python3.11/Python.h': 100 } },
})

function having(added: Added, config: ConfigData = {}) {
  return image(
    { config, base: 0 },
    { run: 'apt-get install -y cuda-toolkit-12-4 gcc python3-dev', add: toolkit },
    { run: 'pip install …', add: added },
  )
}

describe('static libraries', () => {
  it('that are no CUDA’s are never told to go with them: a C compiler cannot link without libc_nonshared.a', async () => {
    const { told } = await advised(having(torch))
    const others = [`${system}/libc_nonshared.a`, `${system}/libm.a`, '/usr/lib/gcc/x86_64-linux-gnu/11/libstdc++.a']
    for (const path of others) {
      // With the whole package, where nobody compiles: that is another question, and a person's to answer.
      expect((told[path] ?? []).filter(what => what.includes('static') || what.startsWith('safe'))).toEqual([])
    }
    expect(told[`${target}/lib/libcublas_static.a`]).toEqual(['safe cuda-static-libs'])
  })

  it('that builds in the image link to are left to a person, those that nvcc links to are kept', async () => {
    const { told } = await advised(having(plain('deepspeed')))
    expect(told[`${target}/lib/libnvptxcompiler_static.a`]).toEqual(['check cuda-static-libs'])
    expect(told[`${target}/lib/stubs/libnvidia-ml.a`]).toEqual(['check cuda-static-libs'])
    expect(told[`${target}/lib/libcudart_static.a`]).toEqual(['keep cuda-static-libs'])
    expect(told[`${target}/lib/libcudadevrt.a`]).toEqual(['keep cuda-static-libs'])
  })

  it('are deleted by a command that spares what somebody links to', async () => {
    const { findings } = await advised(having(plain('deepspeed')))
    const commands = findings.flatMap(({ fix }) => (fix.id === 'rm-in-run' ? [fix.after ?? ''] : []))
    // By name, or by a package's list and a filter; never by an ending alone.
    for (const command of commands) expect(command).not.toMatch(/\*\.a\b|-name '\*\.a'/)
    const filters = commands.flatMap(command => /grep '\\\.a\$' \| grep -v [^|]*/.exec(command) ?? [])
    expect(filters).toHaveLength(1)
    const spared = ['cudart_static', 'cudadevrt', 'culibos', 'nvptxcompiler_static', 'nvidia-ml'].map(
      name => `lib${name}.a`,
    )
    const input = ['libcublas_static.a', ...spared, 'libcublas.so', ''].join('\n')
    const { stdout } = spawnSync('sh', ['-c', filters.join()], { input, encoding: 'utf8' })
    expect(stdout).toBe('libcublas_static.a\n')
  })
})

describe('torch.compile', () => {
  it('wants a C compiler, the C library’s headers and Python.h: they are never said to be safe to take', async () => {
    const { told, findings } = await advised(having(torch))
    for (const path of ['/usr/bin/gcc', '/usr/include/stdio.h', '/usr/include/python3.11/Python.h']) {
      expect([path, told[path]]).toEqual([path, ['check build-tools']])
    }
    const named = findings.filter(({ because }) => because.join().includes('torch.compile'))
    expect(named.map(({ fix }) => fix.id)).toContain('no-runtime-compiler')
    // The ptxas that Triton calls is its own.
    expect(told[`${site}/triton/backends/nvidia/bin/ptxas`]).toBeUndefined()
  })

  it('and what compiles CUDA as it runs keep the compiler: nvcc, ptxas and headers', async () => {
    for (const user of ['deepspeed', 'flashinfer-python', 'pycuda']) {
      const { told, report } = await advised(having({ ...torch, ...plain(user) }))
      for (const path of [`${root}/bin/nvcc`, `${root}/bin/ptxas`, `${target}/include/cuda_runtime.h`]) {
        expect([user, path, told[path]?.map(what => what.split(' ')[0])]).toEqual([user, path, ['keep']])
      }
      const kept = report.findings.find(({ rule, verdict }) => rule === 'cuda-toolchain' && verdict === 'keep')
      expect(kept?.because.join()).toContain(user.split('-')[0])
    }
  })

  it('and nothing else take no ptxas with them: without a user the toolkit’s compiler can go', async () => {
    const { told } = await advised(having(plain('numpy')))
    expect(told[`${root}/bin/nvcc`]).toEqual(['safe cuda-toolchain'])
  })
})

describe('CUDA beside torch', () => {
  const libraries = debs({
    'libcublas-12-4': { files: { [`${target}/lib/libcublas.so.12.4.5.8`]: 1_000 } },
    'libcudnn9-cuda-12': { files: { [`${system}/libcudnn.so.9.1.0`]: 1_000 } },
  })
  const beside = (added: Added) =>
    advised(
      image(
        { config: {}, base: 0 },
        { run: 'apt-get install -y libcublas-12-4 libcudnn9-cuda-12', add: libraries },
        { run: 'pip install torch', add: { ...torch, ...added } },
      ),
    )

  it('is a duplicate where torch alone computes, for a person to check', async () => {
    const { told } = await beside({})
    expect(told[`${target}/lib/libcublas.so.12.4.5.8`]).toEqual(['check cuda-duplicate'])
    expect(told[`${system}/libcudnn.so.9.1.0`]).toEqual(['check cuda-duplicate'])
  })

  it.each([
    ['ctranslate2', '4.4'],
    ['onnxruntime-gpu', '1.20'],
    ['tensorflow', '2.18'],
  ])('is kept for %s, which does not look into torch’s', async (name, version) => {
    const { told, findings } = await beside(plain(name, version))
    expect(told[`${target}/lib/libcublas.so.12.4.5.8`]).toEqual(['keep cuda-duplicate'])
    expect(told[`${system}/libcudnn.so.9.1.0`]).toEqual(['keep cuda-duplicate'])
    const because = findings.flatMap(finding => finding.because).join('\n')
    expect(because).toContain(name.replace('-gpu', ''))
  })
})

describe('CUDA’s licence', () => {
  const notice = (report: Awaited<ReturnType<typeof advised>>['report']) =>
    report.notices.find(({ code }) => code === 'cuda-licence')?.message

  it('does not let everything be handed on: the image says of what that is true', async () => {
    const { report } = await advised(having(torch))
    // nvcc, ptxas, cuda_runtime.h, the stub of NVML and three archives that are in no list.
    expect(notice(report)).toBe(
      `CUDA's licence does not list ${root}/bin/nvcc and 6 other files of the development kit (700 bytes) among what you may hand on with a program: read Attachment A of https://docs.nvidia.com/cuda/eula/ before you publish this image`,
    )
  })

  it('lets runtime libraries, most archives and some headers be handed on, and other licences are others’ matter', async () => {
    const free = {
      [`${target}/lib/libcublas_static.a`]: 100,
      [`${target}/lib/libcudart_static.a`]: 100,
      [`${target}/include/cuda_fp16.h`]: 100,
      [`${target}/include/thrust/sort.h`]: 100,
      [`${root}/nvvm/libdevice/libdevice.10.bc`]: 100,
      [`${root}/extras/CUPTI/lib64/libcupti.so.12`]: 100,
      [`${root}/bin/cuda-gdb`]: 100,
      '/usr/include/cudnn_version.h': 100,
    }
    const { report } = await advised(image({ config: {}, base: 0 }, { run: 'COPY cuda /', add: free }))
    expect(notice(report)).toBeUndefined()
  })

  it('is NVIDIA’s to keep in its own images: what came with FROM is not counted', async () => {
    const [first = {}] = having(torch).layers
    const { report } = await advised(image({ config: {}, base: 1 }, first))
    expect(notice(report)).toBeUndefined()
  })

  it.each([
    [['bin/nvcc'], '/opt/conda/bin/nvcc of the development kit (100 bytes) among'],
    [['bin/nvcc', 'bin/ptxas'], '/opt/conda/bin/nvcc and 1 other file of the development kit (200 bytes) among'],
  ])('speaks of one file as of one: %j', async (names, said) => {
    const files = Object.fromEntries(names.map(name => [name, 100]))
    const add = conda('/opt/conda', 'cuda-nvcc', '12.4.131', files)
    const { report } = await advised(image({ config: {}, base: 0 }, { run: 'conda install cuda-nvcc', add }))
    expect(notice(report)).toContain(said)
  })
})
