import { describe, expect, it } from 'vitest'
import { isToolkitPackage, kindOfPackage, toolkitOf } from '../../src/evidence/toolkit.ts'
import { examine, image, symlink } from '../fixture.ts'
import { wheel } from '../package.ts'
import { debs } from '../toolkit.ts'

describe('packages', () => {
  it.each([
    ['nsight', 'cuda-nsight-compute-12-4 cuda-nsight-systems-12-4 nsight-compute-2024.1.1 nsight-systems-2024.2.3'],
    ['nsight', 'nsight-compute nsight-compute-target nsight-systems nsight-systems-target nsight-systems-cli-2024.2.1'],
    [
      'cupti',
      'cuda-cupti-12-4 cuda-cupti-dev-12-4 cuda-cupti-devel-12-4 libcupti-dev libcupti-doc libcupti11.8 libcupti12',
    ],
    [
      'debuggers',
      'cuda-gdb-12-4 cuda-gdb-src-12-4 cuda-sanitizer-12-4 cuda-memcheck-11-8 cuda-nvprof-12-4 cuda-nvvp-12-4',
    ],
    ['debuggers', 'cuda-nsight-12-4 cuda-documentation-12-4 cuda-demo-suite-12-4 nvidia-cuda-gdb nvidia-profiler'],
    [
      'debuggers',
      'nvidia-visual-profiler nvidia-cuda-samples nvidia-cuda-toolkit-doc libaccinj64-11.8 libcuinj64-11.8',
    ],
    ['mixed', 'cuda-nvcc-12-4 cuda-nvvm-12-4 cuda-crt-12-4 cuda-cccl-12-4 cuda-cudart-dev-12-4 cuda-cudart-devel-12-4'],
    ['mixed', 'libcublas-dev-12-4 libcublas-devel-12-4 libnpp-dev-12-4 libnvjitlink-dev-12-4 libnvptxcompiler-13-0'],
    ['mixed', 'libcudnn8-dev libcudnn9-dev-cuda-12 libcudnn9-headers-cuda-13 libcudnn9-static-cuda-12 libnccl-dev'],
    ['mixed', 'libnvinfer-dev libnvinfer-headers-dev libnvonnxparsers-dev libcusparselt0-dev libcudss0-dev-cuda-12'],
    ['mixed', 'nvidia-cuda-toolkit nvidia-cuda-dev libnvidia-ml-dev libthrust-dev libcub-dev libnvvm4'],
    [undefined, 'libcurl4-openssl-dev libnvme-dev libcupsimage2-dev nvidia-driver-550 libcuda1 libcudf nsightful gdb'],
    [undefined, 'nvidia-smi libc6-dev libnpth0-dev nvidia-container-toolkit'],
  ])('%s: %s', (kind, names) => {
    for (const name of names.split(' ')) expect([name, kindOfPackage('dpkg', name)]).toEqual([name, kind])
  })

  it('of conda have other names, and an own CUPTI', () => {
    const kinds = [
      'nsight-compute',
      'cuda-cupti-dev',
      'cuda-gdb',
      'cuda-nvcc-dev_linux-64',
      'libcublas-static',
      'cuda-cupti',
    ]
    expect(kinds.map(name => kindOfPackage('conda', name))).toEqual([
      'nsight',
      'cupti',
      'debuggers',
      'mixed',
      'mixed',
      undefined,
    ])
    expect(['cudatoolkit', 'pytorch-cuda', 'libcudf'].map(name => kindOfPackage('conda', name))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('without files are of the toolkit too', () => {
    expect(
      ['cuda', 'cuda-12-4', 'cuda-toolkit-12-4', 'cuda-tools-12-4'].every(name => isToolkitPackage('dpkg', name)),
    ).toBe(true)
    expect(isToolkitPackage('pip', 'cuda-python')).toBe(false)
  })
})

/** `component use path` of all that the image shows of the toolkit. */
async function found(add: Parameters<typeof image>[0] & object) {
  const evidence = await examine(image({ config: {}, base: 0 }, ...('add' in add ? [add] : [])))
  return [...toolkitOf(evidence)]
    .flatMap(([, files]) => files)
    .map(({ component, use, entry }) => `${component} ${use} ${evidence.filesystem.path(entry)}`)
    .sort()
}

it('finds several toolkits, for several machines, by path where nobody owns them', async () => {
  const add = {
    '/usr/local/cuda': symlink('/etc/alternatives/cuda'),
    '/usr/local/cuda-11.8/targets/x86_64-linux/lib/libcufft_static.a': 1,
    '/usr/local/cuda-12.4/targets/sbsa-linux/include/cuda.h': 1,
    '/usr/local/cuda-13.0/targets/aarch64-linux/lib/libcupti.so.13': 1,
    '/usr/local/cuda-13.0/targets/aarch64-linux/lib/libcudart.so.13': 1,
    '/usr/local/cuda-13.0/lib64': symlink('targets/aarch64-linux/lib'),
    '/opt/cuda/bin/ptxas': 1,
    '/data/tools/cuda-12.0/targets/x86_64-linux/lib/libcudart.so.12': 1,
    '/data/tools/cuda-12.0/nvvm/bin/cicc': 1,
    // A project.
    '/app/cuda/include/a.h': 1,
    '/app/cuda/targets/all/include/b.h': 1,
    '/app/cuda-12.4.md': 1,
  }
  expect(await found({ run: 'COPY . /', add })).toEqual([
    'cupti library /usr/local/cuda-13.0/targets/aarch64-linux/lib/libcupti.so.13',
    'headers all /usr/local/cuda-12.4/targets/sbsa-linux/include/cuda.h',
    'static-libs all /usr/local/cuda-11.8/targets/x86_64-linux/lib/libcufft_static.a',
    'toolchain assembler /opt/cuda/bin/ptxas',
    'toolchain compiler /data/tools/cuda-12.0/nvvm/bin/cicc',
  ])
})

it('goes by the package before the path', async () => {
  const add = {
    ...debs({
      // Somebody's own package in the toolkit's folder.
      'our-kernels': { files: { '/usr/local/cuda-12.4/targets/x86_64-linux/include/ours.h': 1 } },
      'libcublas-dev-12-4': { files: { '/usr/local/cuda-12.4/targets/x86_64-linux/include/cublas.h': 1 } },
      'libnccl-dev': { files: { '/usr/include/nccl.h': 1 } },
    }),
    ...wheel('/opt/cuda/lib/python3.11/site-packages', 'nvidia-cuda-nvcc', '13.0', { 'nvidia/cu13/bin/nvcc': 1 }),
  }
  expect(await found({ run: 'x', add })).toEqual([
    'headers all /usr/include/nccl.h',
    'headers all /usr/local/cuda-12.4/targets/x86_64-linux/include/cublas.h',
  ])
})
