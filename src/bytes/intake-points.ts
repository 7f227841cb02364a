import type { Intake } from './intake.ts'

/** In bytes of output: points that lie closer are one. A deflater's memory is 32 KiB. */
const apart = 32 * 1024

/**
 * Where output came from: pairs of an offset in the output and the offset in the input that was reached with it. What lies
 * between two of them is taken to cost the same byte for byte. 16 bytes for each 32 KiB of output at most.
 */
export class IntakePoints implements Intake {
  #output = new Float64Array(256)
  #input = new Float64Array(256)
  #count = 0
  #length = 0

  add(length: number, consumed: number): void {
    this.#length += length
    const before = this.#output[this.#count - 2] ?? 0
    if (this.#count === 0 || this.#length - before > apart) this.#count++
    if (this.#count > this.#output.length) {
      this.#output = doubled(this.#output)
      this.#input = doubled(this.#input)
    }
    this.#output[this.#count - 1] = this.#length
    this.#input[this.#count - 1] = consumed
  }

  /** Answers with the offset in the input for one in the output; each call asks for no smaller one than the one before. */
  position(): (offset: number) => number {
    let at = 0
    return offset => {
      while (at < this.#count && (this.#output[at] ?? 0) < offset) at++
      const fromOutput = this.#output[at - 1] ?? 0
      const fromInput = this.#input[at - 1] ?? 0
      if (at === this.#count || offset <= fromOutput) return fromInput
      const output = (this.#output[at] ?? 0) - fromOutput
      const input = (this.#input[at] ?? 0) - fromInput
      return fromInput + (input * (offset - fromOutput)) / output
    }
  }
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(column.length * 2)
  longer.set(column)
  return longer
}
