import type { Image } from '../image/image.ts'
import { openArchiveStream } from './archive/stream.ts'
import type { ImageSource, OpenOptions } from './source.ts'

/** An image archive on standard input: one pass, nothing is written to disk. */
export const standardInput: ImageSource = {
  scheme: '-',
  async recognizes(reference) {
    return reference === '-'
  },
  open: (_, options) => openStandardInput(options),
  async diffIds(_, options) {
    await using image = await openStandardInput(options)
    return image.config.diffIds
  },
}

function openStandardInput(options: OpenOptions): Promise<Image> {
  return openArchiveStream(options.stdin, { reference: 'standard input', source: '-' }, options)
}
