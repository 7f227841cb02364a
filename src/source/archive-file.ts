import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { openFile } from '../bytes/file.ts'
import { headSize, sniff } from '../bytes/sniff.ts'
import type { Image } from '../image/image.ts'
import { openArchive } from './archive.ts'
import { openArchiveStream } from './archive-stream.ts'
import { notAnArchive } from './not-an-archive.ts'
import type { ImageSource, OpenOptions } from './source.ts'

/** An image archive in a file, whoever wrote it: what is in it is told by looking. */
export const archiveFile: ImageSource = {
  scheme: 'docker-archive',
  async recognizes(reference, { cwd }) {
    const found = await stat(resolve(cwd, reference)).catch(() => undefined)
    return found !== undefined && !found.isDirectory()
  },
  open: openArchiveFile,
}

async function openArchiveFile(reference: string, options: OpenOptions): Promise<Image> {
  const path = resolve(options.cwd, reference)
  // A shell's <(docker save app) is a pipe with a name.
  const found = await stat(path).catch(() => undefined)
  if (found?.isFIFO()) return openArchiveStream(createReadStream(path), { reference }, options)
  const file = openFile(path)
  try {
    const head = Buffer.alloc(Math.min(headSize, file.size))
    file.read(0, head)
    const format = sniff(head)
    if (format === 'tar') return await openArchive(file, { reference, close: () => file.close() }, options)
    if (format !== 'gzip' && format !== 'zstd') throw notAnArchive(reference, format)
    const image = await openArchiveStream(file.stream(), { reference }, options, file.size)
    file.close()
    return image
  } catch (error) {
    file.close()
    throw error
  }
}
