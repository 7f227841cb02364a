import { expect, it } from 'vitest'
import { gpuNotices } from '../../src/evidence/gpu-notices.ts'
import { GpuCode } from '../../src/probe/binary/gpu-code.ts'
import { examineWith, gpuCode, sharedLibrary } from '../binaries.ts'
import { hardlink, image } from '../fixture.ts'

const fixture = image({
  run: 'pip install torch',
  add: {
    '/torch/libtorch_cuda.so': 5000,
    '/torch/libtorch_cuda_linalg.so': 4000,
    '/torch/again.so': hardlink('/torch/libtorch_cuda_linalg.so'),
    '/torch/kernels.sm_90.cubin': 808,
    '/torch/libhip.so': 3000,
    '/torch/libcufftw.so': 990,
  },
})

// As in torch 2.14.1 for CUDA 13.
const insides = {
  '/torch/libtorch_cuda.so': sharedLibrary({
    gpu: gpuCode(0, { sm_75: 808, sm_80: 808, sm_90: 808, compute_120: 808 }),
  }),
  '/torch/libtorch_cuda_linalg.so': sharedLibrary({
    gpu: gpuCode(0, { sm_80: 808, sm_86: 808, overhead: 8 }, { sm_90: 808 }),
  }),
  '/torch/kernels.sm_90.cubin': sharedLibrary({
    elf: { type: 'executable', machine: 190, osAbi: 0x41 },
    gpu: gpuCode(0, { sm_90: 808 }),
  }),
  '/torch/libhip.so': sharedLibrary({ gpu: gpuCode(0, { 'gfx90a:xnack-': 808 }) }),
  // A stub of the linker's, without a kernel.
  '/torch/libcufftw.so': sharedLibrary({ gpu: gpuCode(0, { sm_75: 656 }) }),
}

it('tells of a library that has code, but none for a GPU', async () => {
  expect(gpuNotices(await examineWith(fixture, insides, 'H100', 'T4'))).toEqual([
    {
      code: 'gpu-code-missing',
      message:
        '/torch/libtorch_cuda_linalg.so has GPU code for sm_80, sm_86, sm_90, and none that T4 (sm_75) can load: what runs from it fails there',
    },
  ])
})

it('asks nothing of other makers, and of those that can load some', async () => {
  expect(gpuNotices(await examineWith(fixture, insides, 'H100', 'L4'))).toEqual([])
  expect(gpuNotices(await examineWith(fixture, insides, 'MI250'))).toEqual([])
  expect(gpuNotices(await examineWith(fixture, insides))).toEqual([])
})

it('tells of AMD GPUs alike', async () => {
  expect(gpuNotices(await examineWith(fixture, insides, 'MI300X')).map(({ message }) => message)).toEqual([
    '/torch/libhip.so has GPU code for gfx90a:xnack-, and none that MI300X (gfx942) can load: what runs from it fails there',
  ])
})

it('tells of settings that choose otherwise, and of code that is not accounted for', async () => {
  const forced = { ...fixture, config: { env: { CUDA_FORCE_PTX_JIT: '1', HSA_OVERRIDE_GFX_VERSION: '10.3.0' } } }
  const vague = { '/torch/libhip.so': sharedLibrary({ gpu: GpuCode.of([], 'an entry ends behind its container') }) }
  const notices = gpuNotices(await examineWith(forced, vague, 'H100'))
  expect(notices.map(({ code }) => code)).toEqual(['ptx-forced', 'gpu-overridden', 'gpu-code-inexact'])
  expect(notices[2]?.message).toContain('libhip.so is not known to the byte: an entry ends behind its container')
})
