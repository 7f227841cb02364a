/** Bytes of the largest window that is kept of bytes that pass. */
const largest = 20 * 1024 * 1024
/** Below, fresh memory costs nothing. */
const least = 64 * 1024
/** As many as one file takes at a time. */
const mostSpare = 2

const spare: Buffer[] = []

/**
 * Memory for large windows, used again by the next file: to have 20 MiB of fresh memory for each of a thousand libraries
 * took longer than to copy their bytes there.
 */
export class WindowMemory {
  readonly #taken: Buffer[] = []

  /** Bytes of any content. */
  take(length: number): Buffer {
    if (length < least || length > largest) return Buffer.allocUnsafe(length)
    const memory = spare.pop() ?? Buffer.allocUnsafeSlow(largest)
    this.#taken.push(memory)
    return memory.subarray(0, length)
  }

  /** Nothing reads what was taken any more. */
  release(): void {
    for (const memory of this.#taken.splice(0)) if (spare.length < mostSpare) spare.push(memory)
  }
}
