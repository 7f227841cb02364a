/** Something a reader should know that is no finding: how the image was read, what two engines would do differently. */
export interface Notice {
  readonly code: string
  readonly message: string
}
