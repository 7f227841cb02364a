import type { Range } from './range.ts'

/** What a part of GPU code is. machine: for the architecture itself. ptx: compiled by the driver when it is loaded. lto:
 *  intermediate code that is linked first. overhead: headers and padding. other: of a kind that nobody has described. */
export type GpuKind = 'machine' | 'ptx' | 'lto' | 'other' | 'overhead'

export interface GpuLabel {
  /** `sm_90a`, `compute_120`, `lto_90`, `gfx90a`, `gfx90a:sramecc+:xnack-`, `kind_0x10_90`; empty for overhead. */
  readonly arch: string
  readonly kind: GpuKind
}

/** How GPU code is packed. fatbin: NVIDIA's container (magic BA55ED50). frame: a bare zstd frame that is a cubin. cubin: a
 *  whole file that is one, or that is AMD's like. bundle: Clang's offload bundle, plain or compressed. offload: LLVM's offload binary. */
export type GpuForm = 'fatbin' | 'frame' | 'cubin' | 'bundle' | 'offload'

export interface GpuContainer {
  readonly form: GpuForm
  /** Offset in the file. Bytes. */
  readonly start: number
  /** Σ bytes of its pieces; they lie end to end from `start`. */
  readonly bytes: number
  readonly pieces: readonly GpuPiece[]
}

/** One piece of a container: an image for one architecture with its own header, or overhead. */
export interface GpuPiece {
  readonly label: GpuLabel
  /** As stored, the entry's own header and its padding to 8 included. */
  readonly bytes: number
  /** What it unfolds to: equal to the stored payload where it is not compressed. */
  readonly unpacked: number
}

/** All GPU code of one file, in columns: libcufft has 24,000 containers. Never built by hand: `GpuCode.of`, or
 *  `GpuPacking` where they come piece by piece. */
export class GpuCode {
  /** Whether every byte that the containers claim is accounted for by what was read; else why not. */
  readonly inexact: string | undefined
  readonly labels: readonly GpuLabel[]
  /** form, start, number of pieces; three numbers a container, in file order. */
  readonly #containers: ArrayLike<number>
  /** label, bytes, unpacked; three numbers a piece. */
  readonly #pieces: ArrayLike<number>

  private constructor({ inexact, labels, containers, pieces }: PackedGpuCode) {
    this.inexact = inexact
    this.labels = labels
    this.#containers = containers
    this.#pieces = pieces
  }

  static of(containers: Iterable<GpuContainer>, inexact?: string): GpuCode {
    const packing = new GpuPacking()
    for (const { form, start, pieces } of containers) {
      packing.begin(form, start)
      for (const { label, bytes, unpacked } of pieces) packing.add(label, bytes, unpacked)
    }
    return GpuCode.unpacked(packing.packed(inexact))
  }

  /** Takes what `packed` gave, checked by the caller to have that shape. Throws a RangeError when it does not fit itself. */
  static unpacked(packed: PackedGpuCode): GpuCode {
    let pieces = 0
    for (let at = 0; at < packed.containers.length; at += 3) {
      if (forms[packed.containers[at] ?? -1] === undefined) throw new RangeError('no such form')
      pieces += packed.containers[at + 2] ?? 0
    }
    if (packed.containers.length % 3 !== 0 || packed.pieces.length !== pieces * 3) throw new RangeError('no pieces')
    for (let at = 0; at < packed.pieces.length; at += 3)
      if (packed.labels[packed.pieces[at] ?? -1] === undefined) throw new RangeError('no such label')
    return new GpuCode(packed)
  }

  get packed(): PackedGpuCode {
    const { inexact, labels } = this
    return {
      ...(inexact === undefined ? {} : { inexact }),
      labels,
      containers: this.#containers,
      pieces: this.#pieces,
    }
  }

  *containers(): Iterable<GpuContainer> {
    let piece = 0
    for (let at = 0; at < this.#containers.length; at += 3) {
      const form = forms[this.#containers[at] ?? 0] ?? 'fatbin'
      const pieces: GpuPiece[] = []
      let bytes = 0
      for (const end = piece + (this.#containers[at + 2] ?? 0) * 3; piece < end; piece += 3) {
        const label = this.labels[this.#pieces[piece] ?? 0]
        if (label === undefined) throw new Error('a piece without label')
        pieces.push({ label, bytes: this.#pieces[piece + 1] ?? 0, unpacked: this.#pieces[piece + 2] ?? 0 })
        bytes += this.#pieces[piece + 1] ?? 0
      }
      yield { form, start: this.#containers[at + 1] ?? 0, bytes, pieces }
    }
  }

  /** Where the containers lie, in file order. */
  ranges(): Range[] {
    const ranges: Range[] = []
    let piece = 1
    for (let at = 0; at < this.#containers.length; at += 3) {
      const start = this.#containers[at + 1] ?? 0
      let end = start
      for (const last = piece + (this.#containers[at + 2] ?? 0) * 3; piece < last; piece += 3)
        end += this.#pieces[piece] ?? 0
      ranges.push({ start, end })
    }
    return ranges
  }

  /** Σ bytes of all containers. */
  get bytes(): number {
    let sum = 0
    for (let at = 1; at < this.#pieces.length; at += 3) sum += this.#pieces[at] ?? 0
    return sum
  }
}

/** Plain data, for a file. */
export interface PackedGpuCode {
  readonly inexact?: string
  readonly labels: readonly GpuLabel[]
  readonly containers: ArrayLike<number>
  readonly pieces: ArrayLike<number>
}

/** Puts containers into columns as they are found, in file order. */
export class GpuPacking {
  readonly #labels: GpuLabel[] = []
  readonly #numbers = new Map<string, number>()
  readonly #containers: number[] = []
  readonly #pieces: number[] = []
  #form: GpuForm = 'fatbin'
  #start = 0
  #fresh = false
  /** Where the last piece ends. Bytes. */
  end = 0

  /** The pieces that follow lie end to end from `start`. */
  begin(form: GpuForm, start: number): void {
    this.#form = form
    this.#start = start
    this.#fresh = true
    this.end = start
  }

  /** Overhead behind overhead is one piece. */
  add(label: GpuLabel, bytes: number, unpacked: number): void {
    const number = this.#number(label)
    const { length } = this.#pieces
    if (this.#fresh) this.#containers.push(forms.indexOf(this.#form), this.#start, 0)
    this.end += bytes
    if (!this.#fresh && label.kind === 'overhead' && this.#pieces[length - 3] === number) {
      this.#pieces[length - 2] = (this.#pieces[length - 2] ?? 0) + bytes
      this.#pieces[length - 1] = (this.#pieces[length - 1] ?? 0) + unpacked
      return
    }
    this.#fresh = false
    this.#pieces.push(number, bytes, unpacked)
    this.#containers[this.#containers.length - 1] = (this.#containers.at(-1) ?? 0) + 1
  }

  get pieces(): number {
    return this.#pieces.length / 3
  }

  packed(inexact?: string): PackedGpuCode {
    return {
      ...(inexact === undefined ? {} : { inexact }),
      labels: this.#labels,
      containers: this.#containers,
      pieces: this.#pieces,
    }
  }

  #number(label: GpuLabel): number {
    const key = `${label.kind} ${label.arch}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#labels.push(label) - 1
    this.#numbers.set(key, number)
    return number
  }
}

const forms: readonly GpuForm[] = ['fatbin', 'frame', 'cubin', 'bundle', 'offload']
