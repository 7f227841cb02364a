import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitOf } from '../../src/evidence/gpu-fit.ts'
import { gpuNames } from '../../src/evidence/gpu-names.ts'
import { GpuSelection, gpuSettings } from '../../src/evidence/gpu-selection.ts'
import type { GpuContainer, GpuKind, GpuLabel } from '../../src/probe/binary/gpu-code.ts'
import { examine, image } from '../fixture.ts'

function label(arch: string): GpuLabel {
  const kind: GpuKind =
    arch === '' ? 'overhead' : arch.startsWith('compute') ? 'ptx' : arch.startsWith('lto') ? 'lto' : 'machine'
  return { arch, kind }
}

function container(archs: readonly string[]): GpuContainer {
  const pieces = archs.map(arch => ({ label: label(arch), bytes: 8, unpacked: 8 }))
  return { form: 'fatbin', start: 0, bytes: 8 * pieces.length, pieces }
}

function kept(archs: string, targets: string, forcesPtx?: string): string {
  const all = archs.split(' ')
  const settings = forcesPtx === undefined ? {} : { forcesPtx }
  const needed = new GpuSelection(targets.split(' '), settings).needed(container(all))
  return all.filter((_, at) => needed[at]).join(' ')
}

describe('within one container', () => {
  const torch = 'sm_75 sm_80 sm_86 sm_90 sm_100 sm_120 compute_120'
  it.each([
    [torch, 'sm_90', 'sm_90'],
    [torch, 'sm_75', 'sm_75'],
    // Which of the two the driver takes is not ours to say.
    [torch, 'sm_89', 'sm_80 sm_86'],
    [torch, 'sm_80', 'sm_80'],
    [torch, 'sm_103', 'sm_100'],
    [torch, 'sm_121', 'sm_120'],
    [torch, 'sm_110', ''],
    [torch, 'sm_90 sm_75', 'sm_75 sm_90'],
    // PTX is compiled where no machine code fits, and the newest that may be.
    ['sm_70 compute_70 compute_80 compute_90', 'sm_89', 'compute_80'],
    ['sm_70 compute_70 compute_80 compute_90', 'sm_70 sm_89', 'sm_70 compute_80'],
    ['sm_80 compute_80', 'sm_90', 'compute_80'],
    ['sm_80 compute_80', 'sm_80', 'sm_80'],
    ['sm_90a compute_90a', 'sm_100', ''],
    ['sm_90a compute_90a', 'sm_90', 'sm_90a'],
    ['compute_90 compute_90a', 'sm_90', 'compute_90 compute_90a'],
    ['sm_100a sm_100f sm_103a compute_100f', 'sm_103', 'sm_100f sm_103a'],
    // A Tegra may load the desktop's code, or have PTX compiled: neither can go.
    ['sm_80 compute_80', 'sm_87', 'sm_80 compute_80'],
    ['sm_87 compute_80', 'sm_87', 'sm_87'],
    ['lto_75 sm_80', 'sm_90', 'lto_75'],
    ['gfx90a gfx942 gfx1100', 'gfx942', 'gfx942'],
    ['gfx90a:xnack+ gfx90a:xnack- gfx942', 'gfx90a', 'gfx90a:xnack+ gfx90a:xnack-'],
  ])('of %s the GPUs %s keep: %s', (archs, targets, expected) => {
    expect(kept(archs, targets)).toBe(expected)
  })

  it('keeps PTX beside code that fits where the driver is told to compile it', () => {
    expect(kept('sm_80 compute_70 compute_80', 'sm_80', 'CUDA_FORCE_PTX_JIT')).toBe('sm_80 compute_80')
  })

  it('keeps what AMD GPUs are taken for', () => {
    const needed = new GpuSelection(['gfx1031'], { overrides: 'gfx1030' }).needed(
      container(['gfx1030', 'gfx1031', 'gfx942']),
    )
    expect(needed).toEqual([true, true, false])
    const nvidia = new GpuSelection(['sm_90'], { overrides: 'gfx1030' }).needed(container(['gfx1030', 'sm_90']))
    expect(nvidia).toEqual([false, true])
  })
})

const targets = fc.uniqueArray(fc.constantFrom(...Object.keys(gpuNames)), { minLength: 1 })
const numbers = [50, 70, 75, 80, 86, 87, 89, 90, 100, 101, 103, 110, 120, 121].map(String)
const arch = fc.oneof(
  fc.constantFrom('', 'gfx90a', 'gfx90a:xnack-', 'gfx942', 'gfx11-generic', 'lto_75'),
  fc
    .tuple(fc.constantFrom('sm_', 'compute_'), fc.constantFrom(...numbers), fc.constantFrom('', 'a', 'f'))
    .map(parts => parts.join('')),
)

it('never finds more to leave out for more GPUs, and leaves headers alone', () => {
  fc.assert(
    fc.property(fc.array(arch), targets, targets, fc.boolean(), (archs, some, more, forced) => {
      const settings = forced ? { forcesPtx: 'CUDA_FORCE_PTX_JIT' } : {}
      const one = new GpuSelection(some, settings).needed(container(archs))
      const both = new GpuSelection([...some, ...more], settings).needed(container(archs))
      expect(one.length).toBe(archs.length)
      one.forEach((needed, at) => {
        if (needed) expect(both[at]).toBe(true)
        if (archs[at] === '') expect(needed).toBe(true)
      })
    }),
  )
})

it('leaves some code to every GPU that could load any', () => {
  fc.assert(
    fc.property(fc.array(arch), fc.constantFrom(...Object.keys(gpuNames)), (archs, target) => {
      const selection = new GpuSelection([target])
      const needed = selection.needed(container(archs))
      const loads = archs.some(arch => arch !== '' && fitOf(label(arch), target) !== 'never')
      expect(needed.some((is, at) => is && archs[at] !== '')).toBe(loads)
    }),
  )
})

it('reads what the environment of an image says of loading code', async () => {
  const settings = async (env: Record<string, string>) =>
    gpuSettings(await examine(image({ config: { env } }, { add: {} })))
  expect(await settings({})).toEqual({})
  expect(await settings({ CUDA_FORCE_PTX_JIT: '1' })).toEqual({ forcesPtx: 'CUDA_FORCE_PTX_JIT' })
  expect(await settings({ CUDA_FORCE_JIT: '1' })).toEqual({ forcesPtx: 'CUDA_FORCE_JIT' })
  expect(await settings({ CUDA_FORCE_PTX_JIT: '0' })).toEqual({})
  expect(await settings({ HSA_OVERRIDE_GFX_VERSION: '10.3.0' })).toEqual({ overrides: 'gfx1030' })
  expect(await settings({ HSA_OVERRIDE_GFX_VERSION: '9.0.10' })).toEqual({ overrides: 'gfx90a' })
})
