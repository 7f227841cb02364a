import { describe, expect, it } from 'vitest'
import { baseOf } from '../rule/cuda-image.ts'

const base = { NV_CUDA_CUDART_VERSION: '12.4.127-1', CUDA_VERSION: '12.4.1' }
const runtime = { ...base, NV_CUDA_LIB_VERSION: '12.4.1-1' }
const devel = { ...runtime, NV_CUDA_CUDART_DEV_VERSION: '12.4.127-1', NV_NVML_DEV_VERSION: '12.4.127-1' }
const ubuntu = 'ID=ubuntu\nVERSION_ID="22.04"\n'

describe('nvidia/cuda by its variables', () => {
  it.each<[string, Record<string, string>, string]>([
    ['base', base, 'nvidia/cuda:12.4.1-base-ubuntu22.04'],
    ['runtime', runtime, 'nvidia/cuda:12.4.1-runtime-ubuntu22.04'],
    ['devel', devel, 'nvidia/cuda:12.4.1-devel-ubuntu22.04'],
    ['cudnn', { ...devel, NV_CUDNN_VERSION: '9.1.0.70-1' }, 'nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04'],
    [
      'cudnn of CUDA 11',
      { ...runtime, NV_CUDA_LIB_VERSION: '11.8.0-1', NV_CUDNN_VERSION: '8.9.6.50' },
      'nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04',
    ],
    [
      'cudnn of 12.3',
      { ...runtime, NV_CUDA_LIB_VERSION: '12.3.2-1', NV_CUDNN_VERSION: '9.0.0.312' },
      'nvidia/cuda:12.3.2-cudnn9-runtime-ubuntu22.04',
    ],
    // A user set it; the package's version tells the release.
    ['an overwritten CUDA_VERSION', { ...runtime, CUDA_VERSION: '11.7' }, 'nvidia/cuda:12.4.1-runtime-ubuntu22.04'],
    ['one that contradicts cudart', { ...base, CUDA_VERSION: '11.7' }, 'nvidia/cuda:…-base-ubuntu22.04'],
  ])('%s', async (_, env, name) => {
    expect(await baseOf({ env })).toMatchObject({ family: 'nvidia/cuda', name })
  })

  it.each([
    ['ID="rhel"\nVERSION_ID="9.3"\n', 'ubi9'],
    ['ID="rocky"\nVERSION_ID="8.9"\n', 'rockylinux8'],
    ['ID=debian\nVERSION_ID="12"\n', 'debian12'],
  ])('%j is %s', async (release, distribution) => {
    expect((await baseOf({ env: base }, release)).cuda).toMatchObject({ distribution, variant: 'base' })
  })
})

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: history has variables as they were written
it('nvidia/cuda by its history alone, with the layer of each part', async () => {
  const found = await baseOf(
    {},
    ubuntu,
    'apt-get install -y cuda-cudart-12-1=${NV_CUDA_CUDART_VERSION} ${NV_CUDA_COMPAT_PACKAGE}',
    'yum install -y cuda-libraries-12-1-${NV_CUDA_LIB_VERSION} libnpp-12-1-${NV_LIBNPP_VERSION}',
    'apt-mark hold ${NV_LIBCUBLAS_PACKAGE_NAME}',
    'yum install -y cuda-libraries-devel-12-1-${NV_CUDA_LIB_VERSION} cuda-minimal-build-12-1-${NV_CUDA_LIB_VERSION}',
    'apt-get install -y ${NV_CUDNN_PACKAGE}',
    'pip install torch',
  )
  expect(found).toMatchObject({ family: 'nvidia/cuda', cuda: { variant: 'devel', release: undefined, cudnn: 'cudnn' } })
  expect([...(found.cuda?.parts ?? [])]).toEqual([
    [1, 'cudart'],
    [2, 'runtime'],
    [4, 'devel'],
    [5, 'cudnn'],
  ])
})
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: to here

it.each<[string, Parameters<typeof baseOf>[0], object]>([
  ['ngc', { env: { NVIDIA_BUILD_ID: '87', CUDA_VERSION: '12.4.1.003' } }, { family: 'ngc', name: undefined }],
  [
    'pytorch/pytorch',
    { env: { PYTORCH_VERSION: '2.4.0' }, labels: { 'com.nvidia.volumes.needed': 'nvidia_driver' } },
    { family: 'pytorch/pytorch' },
  ],
  // Anybody sets these.
  [
    'plain',
    { env: { NVIDIA_VISIBLE_DEVICES: 'all', CUDA_VERSION: '12.4.1', PYTORCH_VERSION: '2.4.0' } },
    { family: 'plain', name: 'ubuntu:22.04' },
  ],
])('%s', async (_, config, expected) => {
  const found = await baseOf(config)
  expect(found).toMatchObject(expected)
  expect(found.because.length).toBe(1)
  expect(found).not.toHaveProperty('cuda')
})
