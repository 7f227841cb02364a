import { describe, expect, it } from 'vitest'
import { cudaLibraries } from '../../src/evidence/cuda-libraries.ts'
import { evidenceNotices } from '../../src/evidence/notices.ts'
import { type Content, examine, hardlink, image, type Node, symlink } from '../fixture.ts'
import { wheel } from '../package.ts'

const site = '/usr/lib/python3.11/site-packages'

async function found(add: Record<string, Content | Node>) {
  return cudaLibraries(await examine(image({ add })))
}

describe('names without their minor version', () => {
  it.each([
    ['libcublas.so.12.4.5.8', 'libcublas.so.12'],
    ['libcublasLt.so.13.0.0.19', 'libcublasLt.so.13'],
    ['libcudart.so.12.4.127', 'libcudart.so.12'],
    ['libcudart.so.11.8.89', 'libcudart.so.11.0'],
    ['libcudart.so.10.2.89', 'libcudart.so.10.2'],
    ['libnvrtc.so.11.8.89', 'libnvrtc.so.11.2'],
    ['libnvrtc.so.11.1.105', 'libnvrtc.so.11.1'],
    ['libnvrtc.so.12.4.127', 'libnvrtc.so.12'],
    ['libnvrtc-builtins.so.12.4', 'libnvrtc-builtins.so.12'],
    ['libcufft.so.11.2.1.3', 'libcufft.so.11'],
    ['libcurand.so.10.3.5.147', 'libcurand.so.10'],
    ['libnvJitLink.so.12.4.127', 'libnvJitLink.so.12'],
    ['libcudnn_engines_precompiled.so.9.1.0', 'libcudnn_engines_precompiled.so.9'],
    ['libnccl.so.2', 'libnccl.so.2'],
    ['libcufile.so.1.9.1.3', 'libcufile.so.0'],
    ['libnvToolsExt.so.1.0.0', 'libnvToolsExt.so.1'],
    ['libcusparseLt.so.0.6.2.3', 'libcusparseLt.so.0'],
    ['libnvinfer_plugin.so.10.3.0', 'libnvinfer_plugin.so.10'],
    ['libnppial.so.12.2.5.30', 'libnppial.so.12'],
  ])('%s is %s', async (file, name) => {
    const { copies } = await found({ [`/opt/lib/${file}`]: 100 })
    expect(copies.map(copy => copy.name)).toEqual([name])
  })

  it.each(['libcublas.so', 'libcublas_static.a', 'libcuda.so.550.54', 'libmycublas.so.12', 'libcublas.so.12.bak'])(
    'none for %s',
    async file => expect((await found({ [`/opt/lib/${file}`]: 100 })).copies).toEqual([]),
  )

  it('CUPTI by the link beside it', async () => {
    const { copies } = await found({
      '/opt/lib/libcupti.so.2024.1.1': 100,
      '/opt/lib/libcupti.so.12': symlink('libcupti.so.2024.1.1'),
      '/opt/lib/libcupti.so': symlink('libcupti.so.12'),
    })
    expect(copies.map(({ name, version }) => [name, version])).toEqual([['libcupti.so.12', '2024.1.1']])
  })
})

describe('who brings it', () => {
  it.each([
    ['/usr/local/cuda-12.4/targets/sbsa-linux/lib/libcublas.so.12.4.5.8', 'toolkit', '/usr/local/cuda-12.4'],
    ['/usr/lib/aarch64-linux-gnu/libcublas.so.12.4.5.8', 'system', '/usr/lib/aarch64-linux-gnu'],
    ['/usr/lib64/libcudnn.so.9.1.0', 'system', '/usr/lib64'],
    ['/opt/app/lib/libcublas.so.12', 'folder', '/opt/app/lib'],
    [`${site}/nvidia/cublas/lib/libcublas.so.12`, 'wheels', site],
    [`${site}/nvidia/cu13/lib/libcublas.so.13`, 'wheels', site],
    [`${site}/torch/lib/libcublas.so.11`, 'bundled', site],
    [`${site}/tensorrt_libs/libnvinfer.so.10`, 'bundled', site],
    ['/opt/conda/lib/libcublas.so.12.4.5.8', 'conda', '/opt/conda'],
    ['/opt/conda/envs/a/lib/libcublas.so.12.4.5.8', 'conda', '/opt/conda/envs/a'],
    [
      '/opt/conda/lib/python3.11/site-packages/nvidia/cublas/lib/libcublas.so.12',
      'wheels',
      '/opt/conda/lib/python3.11/site-packages',
    ],
  ])('%s: %s', async (path, kind, place) => {
    const { copies } = await found({
      [path]: 100,
      '/opt/conda/conda-meta/history': 10,
      '/opt/conda/envs/a/conda-meta/history': 10,
    })
    expect(copies.map(({ provider }) => provider)).toMatchObject([{ kind, place }])
  })

  it('has the prefix of an environment', async () => {
    const environment = async (path: string) =>
      (await found({ [path]: 100, '/opt/conda/conda-meta/history': 10 })).copies[0]?.provider.environment
    expect(await environment(`${site}/nvidia/cublas/lib/libcublas.so.12`)).toBe('/usr')
    expect(await environment('/opt/conda/lib/python3.11/site-packages/torch/lib/libcublas.so.11')).toBe('/opt/conda')
    expect(await environment('/usr/lib64/libcublas.so.12')).toBeUndefined()
  })
})

it('counts a content once, by the name that a package owns, and takes the version from its record', async () => {
  const { copies } = await found({
    '/cache/libcudnn.so.9': 100,
    ...wheel(site, 'nvidia_cudnn_cu12', '9.1.0.70', {
      'nvidia/cudnn/lib/libcudnn.so.9': hardlink('/cache/libcudnn.so.9'),
    }),
  })
  expect(copies).toMatchObject([
    {
      path: `${site}/nvidia/cudnn/lib/libcudnn.so.9`,
      version: '9.1.0.70',
      bytes: 100,
      owner: { key: 'pip:nvidia-cudnn-cu12' },
    },
  ])
})

it('leaves stubs, the driver and unpacked packages alone', async () => {
  const { copies } = await found({
    '/usr/local/cuda-12.4/lib64/stubs/libcublas.so.12': 100,
    '/usr/local/cuda-12.4/compat/libnvvm.so.4': 100,
    '/opt/conda/pkgs/libcublas-12.4.5.8-0/lib/libcublas.so.12.4.5.8': 100,
    '/root/.cache/uv/archive-v0/x/nvidia/cublas/lib/libcublas.so.12': 100,
  })
  expect(copies).toEqual([])
})

it('says that names which a wheel made unique are left out', async () => {
  const evidence = await examine(image({ add: { [`${site}/torch/lib/libcudart-9d6f1a0e.so.11.0`]: 100 } }))
  expect(evidenceNotices(evidence).map(({ code, message }) => [code, message.split(' ', 1)[0]])).toEqual([
    ['CUDA_LIBRARY_HASHED', 'libcudart-9d6f1a0e.so.11.0'],
  ])
  expect(evidenceNotices(await examine(image({ add: { '/app/x': 1 } })))).toEqual([])
})
