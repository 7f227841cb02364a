import type { GpuLabel } from '../probe/binary/gpu-code.ts'

/** Whether a GPU loads a piece of code. possible: nobody promises it, and nobody rules it out. */
export type Fit = 'certain' | 'possible' | 'never'

/**
 * Whether a GPU of an architecture can load code with a label (CUDA C++ Programming Guide, "Binary Compatibility", "PTX
 * Compatibility", "Feature Availability"; LLVM, "User Guide for AMDGPU Backend"). What has no known form is `possible`.
 */
export function fitOf({ arch, kind }: GpuLabel, target: string): Fit {
  if (kind === 'overhead') return 'possible'
  const amd = /^gfx\w/.test(target)
  if (arch.startsWith('gfx')) return amd ? amdFit(arch, target) : 'never'
  const code = /^(?:sm|compute|lto)_(\d+)([af]?)$/.exec(arch)
  // A kind that nobody has described is one of NVIDIA's containers, which AMD's driver does not read either.
  if (code === null) return amd && arch.startsWith('kind_') ? 'never' : 'possible'
  if (amd) return 'never'
  const has = capability(target.slice('sm_'.length))
  const wants = capability(code[1] ?? '')
  if (kind === 'machine') return machineFit(wants, code[2] ?? '', has)
  // Linked for whatever GPU is there when it is loaded.
  if (kind !== 'ptx') return 'possible'
  if (code[2] === '') return wants.major < has.major || isBelow(wants, has) ? 'certain' : 'never'
  if (wasThor(wants, has)) return 'possible'
  return same(wants, has) || (code[2] === 'f' && isBelow(wants, has)) ? 'certain' : 'never'
}

interface Capability {
  readonly major: number
  readonly minor: number
}

/** 9.0 of `90`, 12.1 of `121`. */
function capability(number: string): Capability {
  return { major: Number(number.slice(0, -1)), minor: Number(number.slice(-1)) }
}

function same(a: Capability, b: Capability): boolean {
  return a.major === b.major && a.minor === b.minor
}

/** Whether it is of the same family, and not above. */
function isBelow(a: Capability, b: Capability): boolean {
  return a.major === b.major && a.minor <= b.minor
}

function machineFit(wants: Capability, suffix: string, has: Capability): Fit {
  if (same(wants, has)) return 'certain'
  if (wasThor(wants, has)) return 'possible'
  if (suffix === 'a' || !isBelow(wants, has)) return 'never'
  // Between desktop and Tegra, and among Tegras, compatibility is "not supported"; much of it works.
  return isTegra(wants) || isTegra(has) ? 'possible' : 'certain'
}

/** Thor is 11.0 since CUDA 13, and was 10.1 before: nobody says whether old code loads under the new number. */
function wasThor(wants: Capability, has: Capability): boolean {
  return same(wants, { major: 10, minor: 1 }) && same(has, { major: 11, minor: 0 })
}

function isTegra({ major, minor }: Capability): boolean {
  return tegra.has(major * 10 + minor)
}

const tegra: ReadonlySet<number> = new Set([53, 62, 72, 87, 88, 101, 110])

/** Features (`:xnack-`) are settings of one GPU. A generic target (`gfx11-generic`) is for those of its generation. */
function amdFit(arch: string, target: string): Fit {
  const [processor = ''] = arch.split(':')
  if (processor === target) return 'certain'
  const generation = /^gfx(\d+)(?:-\d+)?-generic$/.exec(processor)?.[1]
  // The last two digits of a processor are its minor version and its stepping.
  return generation !== undefined && target.slice('gfx'.length, -2) === generation ? 'possible' : 'never'
}
