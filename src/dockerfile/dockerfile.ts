/** A Dockerfile that an image may have been built from. */
export interface Dockerfile {
  /** As it was named: what annotations of a pull request refer to. */
  readonly path: string
  readonly text: string
  /** The stage that was built; the last unless told. */
  readonly target?: string
}
