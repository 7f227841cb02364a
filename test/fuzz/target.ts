/** A reader of bytes that nobody vouches for. */
export interface Target {
  /** Of its folder in fixtures/fuzz. */
  readonly name: string
  /** True files, which mutations begin with. */
  seeds(): Promise<readonly Buffer[]> | readonly Buffer[]
  /** What the format is made of. */
  readonly pieces?: readonly string[]
  /** Seeds are JSON, and values in them are changed as such too. */
  readonly json?: true
  /** Makes right what no reader looks behind while it is wrong: checksums, digests. */
  mend?(bytes: Buffer): Buffer
  /** Reads by the entry point that the program has. Settles, or throws an ImgauditError; all else is a bug. */
  read(bytes: Buffer): unknown
  /** Cases of `npm test`; 100 unless told. */
  readonly runs?: number
  /** Bytes of an input; 128 KiB unless told. */
  readonly most?: number
}

/** Bytes of an input, where its target says nothing else. */
export const usualMost = 128 * 1024
