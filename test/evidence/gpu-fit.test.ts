import { expect, it } from 'vitest'
import { type Fit, fitOf } from '../../src/evidence/gpu-fit.ts'
import type { GpuKind } from '../../src/probe/binary/gpu-code.ts'

// NVIDIA's compatibility guides of Ampere to Blackwell, and the tables of CUDA's programming guide.
const cases: readonly (readonly [arch: string, target: string, fit: Fit])[] = [
  ['sm_80', 'sm_80', 'certain'],
  ['sm_80', 'sm_86', 'certain'],
  ['sm_80', 'sm_89', 'certain'],
  ['sm_86', 'sm_80', 'never'],
  ['sm_86', 'sm_89', 'certain'],
  ['sm_89', 'sm_90', 'never'],
  ['sm_75', 'sm_80', 'never'],
  ['sm_70', 'sm_75', 'certain'],
  ['sm_50', 'sm_52', 'certain'],
  ['sm_90', 'sm_90', 'certain'],
  ['sm_90a', 'sm_90', 'certain'],
  ['sm_90', 'sm_100', 'never'],
  ['sm_90a', 'sm_100', 'never'],
  ['sm_100', 'sm_103', 'certain'],
  ['sm_100a', 'sm_100', 'certain'],
  ['sm_100a', 'sm_103', 'never'],
  ['sm_100f', 'sm_100', 'certain'],
  ['sm_100f', 'sm_103', 'certain'],
  ['sm_103', 'sm_100', 'never'],
  ['sm_103f', 'sm_100', 'never'],
  ['sm_103a', 'sm_103', 'certain'],
  ['sm_100f', 'sm_120', 'never'],
  ['sm_100', 'sm_110', 'never'],
  ['sm_120', 'sm_121', 'certain'],
  ['sm_120f', 'sm_121', 'certain'],
  ['sm_121', 'sm_120', 'never'],
  // Tegras are promised nothing of the desktop's, nor the desktop of theirs.
  ['sm_80', 'sm_87', 'possible'],
  ['sm_87', 'sm_87', 'certain'],
  ['sm_87', 'sm_89', 'possible'],
  ['sm_87', 'sm_86', 'never'],
  ['sm_72', 'sm_75', 'possible'],
  ['sm_101', 'sm_110', 'possible'],
  ['sm_101a', 'sm_110', 'possible'],
  ['sm_100', 'sm_101', 'possible'],

  ['compute_80', 'sm_80', 'certain'],
  ['compute_80', 'sm_75', 'never'],
  ['compute_80', 'sm_121', 'certain'],
  ['compute_90', 'sm_100', 'certain'],
  ['compute_90a', 'sm_90', 'certain'],
  ['compute_90a', 'sm_100', 'never'],
  ['compute_100f', 'sm_103', 'certain'],
  ['compute_100f', 'sm_110', 'never'],
  ['compute_103f', 'sm_100', 'never'],
  ['compute_101', 'sm_103', 'certain'],
  ['compute_101a', 'sm_110', 'possible'],
  ['compute_101', 'sm_110', 'certain'],
  ['compute_120', 'sm_103', 'never'],

  ['lto_75', 'sm_120', 'possible'],
  ['lto_120', 'sm_75', 'possible'],
  ['kind_0x10_90', 'sm_75', 'possible'],

  ['gfx90a', 'gfx90a', 'certain'],
  ['gfx90a:sramecc+:xnack-', 'gfx90a', 'certain'],
  ['gfx90a', 'gfx942', 'never'],
  ['gfx1100', 'gfx1101', 'never'],
  ['gfx11-generic', 'gfx1101', 'possible'],
  ['gfx10-3-generic', 'gfx1030', 'possible'],
  ['gfx9-4-generic', 'gfx942', 'possible'],
  ['gfx11-generic', 'gfx942', 'never'],
  ['gfx90a', 'sm_90', 'never'],
  ['sm_90', 'gfx90a', 'never'],
  ['compute_50', 'gfx90a', 'never'],
  ['lto_90', 'gfx90a', 'never'],
  ['kind_0x10_90', 'gfx90a', 'never'],
]

it.each(cases)('%s on %s: %s', (arch, target, fit) => {
  expect(fitOf({ arch, kind: kindOf(arch) }, target)).toBe(fit)
})

it('holds what it cannot name to be possible', () => {
  for (const target of ['sm_90', 'gfx942']) {
    expect(fitOf({ arch: 'amdgcnspirv', kind: 'machine' }, target)).toBe('possible')
    expect(fitOf({ arch: '', kind: 'overhead' }, target)).toBe('possible')
  }
})

function kindOf(arch: string): GpuKind {
  if (arch.startsWith('kind')) return 'other'
  if (arch.startsWith('lto')) return 'lto'
  return arch.startsWith('compute') ? 'ptx' : 'machine'
}
