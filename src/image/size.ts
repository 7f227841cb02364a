/** Honest sizes, never one unnamed "size". Integers, in bytes. */
export interface Size {
  /** Σ content. What the Docker engine calls Size with a graph driver. */
  readonly files: number
  /** The layer's uncompressed blob, whole: headers, padding, end, and whatever follows it. */
  readonly unpacked: number
  /** The blob as kept or pulled; undefined where the source holds none. */
  readonly stored?: number
  /** Those of `files` that the final image does not show. */
  readonly hidden: number
}
