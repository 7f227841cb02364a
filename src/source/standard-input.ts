import { openArchiveStream } from './archive-stream.ts'
import type { ImageSource } from './source.ts'

/** An image archive on standard input: one pass, nothing is written to disk. */
export const standardInput: ImageSource = {
  scheme: '-',
  async recognizes(reference) {
    return reference === '-'
  },
  open: (_, options) => openArchiveStream(options.stdin, { reference: 'standard input', source: '-' }, options),
}
