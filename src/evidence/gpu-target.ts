import { nearest } from '../bytes/nearest.ts'
import { ImgauditError } from '../error.ts'
import { gpuNames } from './gpu-names.ts'

/** A GPU that code is judged for. */
export interface GpuTarget {
  /** `sm_90`, `gfx90a`: what it is, not what it can load besides (`sm_90a`). */
  readonly arch: string
  /** `H100`; the architecture where that was given. */
  readonly name: string
}

// Who makes it, in what form, with how much memory: nvidia-smi prints `NVIDIA A100-SXM4-80GB`.
const beside =
  /^(?:nvidia|tesla|geforce|jetson|amd|instinct|gpu|blackwell|server|edition|ti|super|xtx?|sxm\d*|pcie\d*|nvl|hbm\w*|\d+gb)$/

const byName = new Map(
  Object.entries(gpuNames).flatMap(([arch, names]) => names.map(name => [plain(name), { name, arch }] as const)),
)

/**
 * The GPU of a name or an architecture, however it is written: `H100`, `NVIDIA H100 80GB HBM3`, `rtx4090`, `sm_90`,
 * `sm_90a`, `90`, `9.0`, `gfx90a`. Throws USAGE for one that is not known, with names that are near.
 */
export function gpuTarget(text: string): GpuTarget {
  const arch = architecture(text.trim().toLowerCase())
  const found = arch === undefined ? byName.get(plain(text)) : { name: arch, arch }
  if (found !== undefined) return found
  // The newest first: of names that are equally near it is the one that is still sold.
  const names = [...byName.values()].map(({ name }) => name).reverse()
  const typed = plain(text)
  const near = (typed === '' ? [] : nearest(typed, names.map(plain))).map(name => byName.get(name)?.name ?? name)
  const list = '--gpu list prints what is known'
  const fix = near.length === 0 ? list : `did you mean ${near.join(' or ')}? ${list}`
  throw new ImgauditError('USAGE', `there is no GPU '${text}'`, fix)
}

/** GPUs of names with commas between them, each once. Throws USAGE. */
export function gpuTargets(texts: readonly string[]): GpuTarget[] {
  const targets = texts.flatMap(text => text.split(',')).map(gpuTarget)
  return targets.filter(({ name }, at) => targets.findIndex(target => target.name === name) === at)
}

/** `H100 (sm_90)`, `sm_90`. */
export function gpuText({ name, arch }: GpuTarget): string {
  return name === arch ? arch : `${name} (${arch})`
}

function architecture(text: string): string | undefined {
  const [, major, minor] = /^(?:sm_?|compute_?)?(\d{1,2})\.?(\d)[af]?$/.exec(text) ?? []
  const number = `${major}${minor}`
  // Thor had this number until CUDA 13.
  const arch = number === '101' ? 'sm_110' : major === undefined ? text.replace(/:.*$/, '') : `sm_${number}`
  return Object.hasOwn(gpuNames, arch) ? arch : undefined
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter(word => !beside.test(word))
    .join('')
}
