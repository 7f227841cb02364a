/** Hears, while something is inflated, how much of its input that took. */
export interface Intake {
  /** `length` more bytes of output come next, at whose end `consumed` bytes of input have been taken in all. Near enough: a
   *  decoder takes up to a block of input before it gives what is in it. */
  add(length: number, consumed: number): void
}

/** Takes a chunk of output, which is valid during the call only, with the bytes of input that were consumed until its end. */
export type Emit = (chunk: Buffer, consumed: number) => void
