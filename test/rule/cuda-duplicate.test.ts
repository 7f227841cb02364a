import { describe, expect, it } from 'vitest'
import fixture from '../../fixtures/rule/cuda-duplicate.ts'
import rule from '../../src/rule/cuda-duplicate.ts'
import { symlink } from '../fixture.ts'
import { debianRecords, wheel } from '../package.ts'
import {
  judged,
  nvidiaWheels,
  plainWheel,
  site,
  systemCuda,
  toolkit,
  torchWheel,
  triplet,
  usual,
} from './cuda-image.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  { layer: 1, verdict: 'keep', because: /every variant of nvidia\/cuda has it/ },
  {
    layer: 2,
    verdict: 'check',
    fix: 'smaller-base',
    message:
      /^3 CUDA libraries of layer 2 \(the toolkit in \/usr\/local\/cuda-12\.4, \/usr\/lib\/x86_64-linux-gnu\) that are also in NVIDIA's wheels in \S+ \(layer 4\)$/,
    because:
      /^torch loads its own\nit is no ELF file that could be read: [\s\S]*LD_LIBRARY_PATH has \/usr\/local\/cuda\/lib64[\s\S]*000_cuda\.conf has [\s\S]*^libcufft\.so\.11: 11\.2\.1\.3 of dpkg:libcufft-12-4, layer 2, 20,000 bytes; 11\.2\.1\.3 of pip:nvidia-cufft-cu12, layer 4, 20,000 bytes; 11\.2\.1\.3 of no package, in \/opt\/app\/lib, layer 5/m,
    after:
      /^FROM nvidia\/cuda:12\.4\.1-base-ubuntu22\.04\nRUN apt-get update && apt-get install -y --no-install-recommends libcublas-12-4 libcudnn9-cuda-12$/,
  },
  { layer: 2, verdict: 'keep', because: /^ctranslate2 opens .*\nlibcublas\.so\.12, libcublasLt\.so\.12: / },
  { layer: 3, verdict: 'keep', because: /9\.1\.0\.70 of dpkg:libcudnn9-cuda-12/ },
  {
    layer: 5,
    verdict: 'check',
    fix: 'no-system-cuda',
    because: /^torch loads its own\nsomebody put it into \/opt\/app\/lib/,
    after: /leave what it puts into \/opt\/app\/lib out/,
  },
])

const cublas = `${toolkit}/libcublas.so.12.4.5.8`
const cufft = `${toolkit}/libcufft.so.11.2.1.3`
const npp = `${toolkit}/libnppc.so.12.2.5.30`
const cudnn = `${triplet}/libcudnn.so.9.1.0`
const nccl = `${triplet}/libnccl.so.2.21.5`
const torchImage = { ...torchWheel(), ...nvidiaWheels() }

describe('what is installed decides', () => {
  it.each<[string, Record<string, string>, Record<string, string | undefined>]>([
    ['torch alone', {}, { [cublas]: 'check', [cufft]: 'check', [cudnn]: 'check', [nccl]: 'check', [npp]: undefined }],
    [
      'onnxruntime-gpu',
      { 'onnxruntime-gpu': '1.20' },
      { [cublas]: 'keep', [cufft]: 'keep', [cudnn]: 'keep', [nccl]: 'check' },
    ],
    ['DALI', { 'nvidia-dali-cuda120': '1.43' }, { [cublas]: 'check', [cufft]: 'keep', [cudnn]: 'check' }],
    ['DALI for CUDA 11', { 'nvidia-dali-cuda110': '1.43' }, { [cufft]: 'check' }],
    ['plain TensorFlow', { tensorflow: '2.18' }, { [cublas]: 'keep', [cudnn]: 'keep', [nccl]: 'keep' }],
    [
      'TensorFlow with its wheels',
      { tensorflow: '2.18', 'nvidia-cuda-nvcc-cu12': '12.5' },
      { [cublas]: 'check', [cudnn]: 'check' },
    ],
    ['CTranslate2', { ctranslate2: '4.4' }, { [cublas]: 'keep', [cudnn]: 'keep', [cufft]: 'check' }],
    ['CuPy', { 'cupy-cuda12x': '13.3' }, { [cublas]: 'keep', [cufft]: 'keep', [nccl]: 'keep' }],
    ['an old bitsandbytes', { bitsandbytes: '0.41.1' }, { [cublas]: 'keep', [cudnn]: 'check' }],
    ['bitsandbytes', { bitsandbytes: '0.44.1' }, { [cublas]: 'check' }],
  ])('%s', async (_, packages, expected) => {
    const more = Object.entries(packages).map(([name, version]) => plainWheel(name, version))
    const { verdicts } = await judged(rule, {}, usual, Object.assign({}, torchImage, ...more))
    expect(verdicts).toMatchObject(Object.fromEntries(Object.entries(expected).filter(([, verdict]) => verdict)))
    for (const [path, verdict] of Object.entries(expected))
      if (verdict === undefined) expect(verdicts).not.toHaveProperty([path])
    expect(Object.keys(verdicts).filter(path => path.startsWith(site))).toEqual([])
  })

  it('a package of the system that links to them keeps them', async () => {
    const add = systemCuda(
      { libcublas12: [`${triplet}/libcublas.so.12.4.5.8`] },
      { 'libmagma-gpu': { depends: 'libcublas12' } },
    )
    const { verdicts, because } = await judged(rule, {}, add, torchImage)
    expect(verdicts).toEqual({ [`${triplet}/libcublas.so.12.4.5.8`]: 'keep' })
    expect(because).toContain('libmagma-gpu, a package of the system, depends on libcublas12')
  })

  it('says where versions differ and the loader is sent to the other copy', async () => {
    const add = {
      ...systemCuda({ 'libcublas-12-4': [`${toolkit}/libcublas.so.12.1.0.26`] }),
      '/usr/local/cuda': symlink('cuda-12.4'),
      '/usr/local/cuda-12.4/lib64': symlink('targets/x86_64-linux/lib'),
    }
    const { because } = await judged(rule, { env: { LD_LIBRARY_PATH: '/usr/local/cuda/lib64/' } }, add, torchImage)
    expect(because).toMatch(
      /LD_LIBRARY_PATH has \/usr\/local\/cuda\/lib64\/, .*versions differ \(libcublas\.so\.12: 12\.1\.0\.26 here, 12\.4\.5\.8 there\)/,
    )
  })
})

describe('other layouts', () => {
  const both = async (system: string, own: Record<string, number>, name: string) => {
    const { verdicts } = await judged(rule, {}, { [system]: 1_000 }, wheel(site, name, '1.0', own))
    return verdicts
  }

  it.each([
    [
      'CUDA 13 wheels',
      '/usr/local/cuda-13.0/targets/sbsa-linux/lib/libcublas.so.13.0.0.19',
      'nvidia/cu13/lib/libcublas.so.13',
      'nvidia_cublas',
    ],
    [
      'CUDA 11: torch/lib',
      '/usr/local/cuda-11.8/targets/x86_64-linux/lib/libcublas.so.11.11.3.6',
      'torch/lib/libcublas.so.11',
      'torch',
    ],
    [
      'CUDA 11: the exceptions',
      '/usr/local/cuda-11.8/lib64/libcudart.so.11.8.89',
      'nvidia/cuda_runtime/lib/libcudart.so.11.0',
      'nvidia_cuda_runtime_cu11',
    ],
    [
      'NVRTC of CUDA 11',
      '/usr/local/cuda-11.8/lib64/libnvrtc.so.11.8.89',
      'nvidia/cuda_nvrtc/lib/libnvrtc.so.11.2',
      'nvidia_cuda_nvrtc_cu11',
    ],
    [
      'cuFile',
      '/usr/local/cuda-12.4/lib64/libcufile.so.1.9.1.3',
      'nvidia/cufile/lib/libcufile.so.0',
      'nvidia_cufile_cu12',
    ],
    ['TensorRT', `${triplet}/libnvinfer.so.10.3.0`, 'tensorrt_libs/libnvinfer.so.10', 'tensorrt_cu12_libs'],
    [
      'a runfile in /opt',
      '/opt/cuda-12.4/targets/x86_64-linux/lib/libcublas.so.12.4.5.8',
      'nvidia/cublas/lib/libcublas.so.12',
      'nvidia_cublas_cu12',
    ],
  ])('%s', async (_, system, own, name) => {
    expect(await both(system, { [own]: 1_000 }, name)).toEqual({ [system]: 'check' })
  })

  it.each([
    [
      'another major version',
      `${toolkit}/libcublas.so.11.11.3.6`,
      'nvidia/cublas/lib/libcublas.so.12',
      'nvidia_cublas_cu12',
    ],
    ['stubs', `${toolkit}/stubs/libcublas.so.12`, 'nvidia/cublas/lib/libcublas.so.12', 'nvidia_cublas_cu12'],
    ['the driver', '/usr/local/cuda-12.4/compat/libcuda.so.550.54.15', 'x/libcuda.so.550.54.15', 'x'],
    [
      'CUPTI, which another rule has',
      `${toolkit}/libcupti.so.12`,
      'nvidia/cuda_cupti/lib/libcupti.so.12',
      'nvidia_cuda_cupti_cu12',
    ],
    ['hashed names', `${toolkit}/libcudart.so.12.4.127`, 'x.libs/libcudart-0a1b2c3d.so.12.4.127', 'x'],
  ])('not %s', async (_, system, own, name) => {
    expect(await both(system, { [own]: 1_000 }, name)).toEqual({})
  })

  it('conda in one prefix and pip in another: all that conda has of them, and its torch', async () => {
    const prefix = '/opt/conda'
    const meta = (name: string, files: readonly string[], depends: readonly string[] = []) => ({
      [`${prefix}/conda-meta/${name}-1-0.json`]: JSON.stringify({ name, version: '12.4.5.8', files, depends }),
    })
    const conda = {
      ...meta('libcublas', ['lib/libcublas.so.12.4.5.8']),
      ...meta('pytorch', ['lib/python3.10/site-packages/torch/lib/libtorch_cuda.so'], ['libcublas >=12']),
      [`${prefix}/lib/libcublas.so.12.4.5.8`]: 1_000,
      [`${prefix}/lib/python3.10/site-packages/torch/lib/libtorch_cuda.so`]: 3_000,
    }
    const env = { PATH: '/usr/local/bin:/usr/bin:/opt/conda/bin' }
    const { verdicts, findings } = await judged(rule, { env }, conda, torchImage)
    expect(verdicts).toEqual({
      [`${prefix}/lib/libcublas.so.12.4.5.8`]: 'check',
      [`${prefix}/lib/python3.10/site-packages/torch/lib/libtorch_cuda.so`]: 'check',
    })
    expect(findings.map(({ fix }) => fix.id)).toEqual(['one-environment', 'one-environment'])

    // In the prefix of conda itself both serve somebody.
    const inside = `${prefix}/lib/python3.10/site-packages`
    const wheels = nvidiaWheels(inside)
    const { verdicts: beside, because } = await judged(rule, {}, conda, wheels)
    expect(beside).toEqual({ [`${prefix}/lib/libcublas.so.12.4.5.8`]: 'keep' })
    expect(because).toContain("conda's pytorch needs conda's libcublas")
  })

  it('a venv beside the system: the environment that runs stays', async () => {
    const venv = '/opt/venv/lib/python3.10/site-packages'
    const env = { VIRTUAL_ENV: '/opt/venv' }
    const { verdicts } = await judged(rule, { env }, torchImage, { ...torchWheel(venv), ...nvidiaWheels(venv) })
    expect(Object.keys(verdicts).every(path => path.startsWith(`${site}/`))).toBe(true)
    expect(verdicts).toMatchObject({
      [`${site}/nvidia/cublas/lib/libcublas.so.12`]: 'check',
      [`${site}/torch/lib/libtorch_cuda.so`]: 'check',
    })
    expect(verdicts).not.toHaveProperty([`${site}/nvidia/cuda_cupti/lib/libcupti.so.12`])
  })

  it('two toolkits: the one where /usr/local/cuda leads stays', async () => {
    const { verdicts, because } = await judged(
      rule,
      {},
      {
        '/usr/local/cuda': symlink('/etc/alternatives/cuda'),
        '/etc/alternatives/cuda': symlink('/usr/local/cuda-12.4'),
        ...systemCuda({
          'libcublas-12-4': [cublas],
          'libcublas-12-6': ['/usr/local/cuda-12.6/targets/x86_64-linux/lib/libcublas.so.12.6.4.1'],
        }),
      },
    )
    expect(verdicts).toEqual({ '/usr/local/cuda-12.6/targets/x86_64-linux/lib/libcublas.so.12.6.4.1': 'check' })
    expect(because).toContain('/usr/local/cuda leads there')
  })
})

it('takes the packages out of an instruction that installs them', async () => {
  const { findings } = await judged(rule, {}, torchImage)
  expect(findings).toEqual([])
  const add = { ...debianRecords({ 'libcudnn9-cuda-12': { files: [cudnn] } }), [cudnn]: 1_000 }
  const { evidence } = await judged(rule, {}, add, torchImage)
  expect([...rule.check(evidence)][0]?.fix.after).toBe(
    '# the environment brings them: leave libcudnn9-cuda-12 out of this instruction',
  )
})
