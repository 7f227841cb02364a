import type { GpuContainer, GpuLabel, GpuPiece } from '../probe/binary/gpu-code.ts'
import type { Evidence } from './evidence.ts'
import { archNumber } from './gpu-archs.ts'
import { type Fit, fitOf } from './gpu-fit.ts'

/** What the environment of an image changes about the choice. */
export interface GpuSettings {
  /** The variable that makes the driver compile PTX although machine code fits, where it is set. */
  readonly forcesPtx?: string
  /** The processor that HSA_OVERRIDE_GFX_VERSION has AMD's GPUs taken for. */
  readonly overrides?: string
}

/**
 * Which code the GPUs that an image is for can ever load. The driver chooses within one container: machine code that fits,
 * and where there is none, PTX that it compiles. Of several that fit it takes one, and which one is not ours to say: all of
 * them are held to be needed, and what is left over is what no named GPU can load.
 */
export class GpuSelection {
  readonly #targets: readonly string[]
  readonly #forcesPtx: boolean
  /** By label: the labels of a file's code are one object each. */
  readonly #fits = new Map<GpuLabel, readonly Fit[]>()

  constructor(targets: readonly string[], { forcesPtx, overrides }: GpuSettings = {}) {
    const amd = overrides !== undefined && targets.some(target => target.startsWith('gfx'))
    this.#targets = [...new Set([...targets, ...(amd ? [overrides] : [])])]
    this.#forcesPtx = forcesPtx !== undefined
  }

  /** By piece of a container: whether some of the GPUs can load it. Headers and padding are always needed. */
  needed({ pieces }: GpuContainer): boolean[] {
    const needed = pieces.map(({ label }) => label.kind !== 'ptx' && this.#fit(label).some(fit => fit !== 'never'))
    this.#targets.forEach((_, target) => {
      const has = pieces.some(({ label }) => label.kind === 'machine' && this.#fit(label)[target] === 'certain')
      if (!has || this.#forcesPtx) for (const at of this.#highestPtx(pieces, target)) needed[at] = true
    })
    return needed
  }

  /** The PTX for the newest architecture among what the GPU can have compiled. */
  #highestPtx(pieces: readonly GpuPiece[], target: number): number[] {
    const fitting = pieces.flatMap(({ label }, at) =>
      label.kind === 'ptx' && this.#fit(label)[target] !== 'never' ? [{ at, number: archNumber(label.arch) }] : [],
    )
    if (fitting.length < 2) return fitting.map(({ at }) => at)
    const highest = Math.max(...fitting.map(({ number }) => number))
    return fitting.filter(({ number }) => number === highest).map(({ at }) => at)
  }

  #fit(label: GpuLabel): readonly Fit[] {
    const known = this.#fits.get(label)
    if (known !== undefined) return known
    const fits = this.#targets.map(target => fitOf(label, target))
    this.#fits.set(label, fits)
    return fits
  }
}

/** What the image's own environment says of loading GPU code. */
export function gpuSettings({ image }: Evidence): GpuSettings {
  const { env } = image.config
  // CUDA C++ Programming Guide, "CUDA Environment Variables".
  const forcesPtx = ['CUDA_FORCE_PTX_JIT', 'CUDA_FORCE_JIT'].find(name => (env.get(name) ?? '0') !== '0')
  const version = /^(\d+)\.(\d+)\.(\d+)$/.exec(env.get('HSA_OVERRIDE_GFX_VERSION') ?? '')
  const overrides = version === null ? undefined : `gfx${version[1]}${version[2]}${Number(version[3]).toString(16)}`
  return { ...(forcesPtx === undefined ? {} : { forcesPtx }), ...(overrides === undefined ? {} : { overrides }) }
}
