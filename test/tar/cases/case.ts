/** An archive made by hand, what we say of it, and what the others say where that is not the same. */
export interface Case {
  readonly name: string
  readonly bytes: Buffer
  /** A line for each member; last `error CODE at OFFSET`, where there is one. */
  readonly ours: readonly string[]
  readonly Go?: Other
  readonly 'GNU tar'?: Other
  readonly libarchive?: Other
  readonly Python?: Other
  readonly 'tar-stream'?: Other
}

/** Another answer, which ends with `error` where there is one, and why that is so and who is right. */
export interface Other {
  readonly says: readonly string[]
  /** What it says too, in another version. */
  readonly or?: readonly string[]
  readonly because: string
}
