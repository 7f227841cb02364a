import { expect, it } from 'vitest'
import { gpuNames } from '../../src/evidence/gpu-names.ts'
import { gpuTarget, gpuTargets } from '../../src/evidence/gpu-target.ts'

it.each([
  ['sm_90', 'sm_90'],
  ['sm_90a', 'sm_90'],
  ['SM90', 'sm_90'],
  ['compute_90', 'sm_90'],
  ['90', 'sm_90'],
  ['9.0', 'sm_90'],
  ['12.1', 'sm_121'],
  ['103', 'sm_103'],
  ['10.0f', 'sm_100'],
  ['H100', 'sm_90'],
  ['h200', 'sm_90'],
  ['A100', 'sm_80'],
  ['L4', 'sm_89'],
  ['L40S', 'sm_89'],
  ['T4', 'sm_75'],
  ['V100', 'sm_70'],
  ['A10', 'sm_86'],
  ['RTX 4090', 'sm_89'],
  ['rtx4090', 'sm_89'],
  ['B200', 'sm_100'],
  ['GB200', 'sm_100'],
  ['B300', 'sm_103'],
  ['Orin', 'sm_87'],
  ['Jetson AGX Orin', 'sm_87'],
  ['Jetson Nano', 'sm_53'],
  ['Thor', 'sm_110'],
  ['sm_101', 'sm_110'],
  ['GB10', 'sm_121'],
  ['DGX Spark', 'sm_121'],
  ['dgx-spark', 'sm_121'],
  ['RTX PRO 6000', 'sm_120'],
  ['RTX 6000 Ada', 'sm_89'],
  // As nvidia-smi prints them.
  ['Tesla T4', 'sm_75'],
  ['NVIDIA A100-SXM4-80GB', 'sm_80'],
  ['NVIDIA H100 80GB HBM3', 'sm_90'],
  ['NVIDIA H100 PCIe', 'sm_90'],
  ['NVIDIA GeForce RTX 4070 Ti SUPER', 'sm_89'],
  ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'sm_120'],
  ['gfx90a', 'gfx90a'],
  ['gfx90a:sramecc+:xnack-', 'gfx90a'],
  ['MI210', 'gfx90a'],
  ['MI250', 'gfx90a'],
  ['AMD Instinct MI300X', 'gfx942'],
  ['RX 7900 XTX', 'gfx1100'],
])('%s is %s', (text, arch) => {
  expect(gpuTarget(text).arch).toBe(arch)
})

it('knows every name of its own table, none of them twice', () => {
  for (const [arch, names] of Object.entries(gpuNames)) {
    expect(gpuTarget(arch)).toEqual({ arch, name: arch })
    for (const name of names) expect(gpuTarget(name)).toEqual({ arch, name })
  }
})

it.each([
  ['H10', /^did you mean .*H100/],
  ['sm_99', /--gpu list/],
  ['', /--gpu list/],
  ['constructor', /--gpu list/],
])('does not know %s', (text, fix) => {
  expect(() => gpuTarget(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: `there is no GPU '${text}'` }),
  )
  expect(() => gpuTarget(text)).toThrow(expect.objectContaining({ fix: expect.stringMatching(fix) }))
})

it('takes names with commas between them, each once', () => {
  expect(gpuTargets(['sm_90,L4', 'h100, L4']).map(({ name }) => name)).toEqual(['sm_90', 'L4', 'H100'])
})
