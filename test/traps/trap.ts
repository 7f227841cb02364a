/** What a container tool gets wrong, and where it is held that this one does not. */
export interface Trap {
  /** Of archives N1 to N6, of images 1 to 36, of the safety of advice S1 and on, of a guide to such advice G1 and on. */
  readonly id: string
  /** What goes wrong, in one sentence. */
  readonly trap: string
  /** What is right instead, in one sentence. */
  readonly right: string
  readonly held: readonly Held[]
}

/** A test by its file, below `test/`, and its full title. */
export interface Held {
  readonly file: string
  readonly test: string
}

/** Tests of one file. */
export function by(file: string, ...tests: readonly string[]): readonly Held[] {
  return tests.map(test => ({ file, test }))
}
