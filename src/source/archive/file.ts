import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SeekableBytes } from '../../bytes/bytes.ts'
import { openFile } from '../../bytes/file.ts'
import { type Format, headSize, sniff } from '../../bytes/sniff.ts'
import type { Image } from '../../image/image.ts'
import { openArchive, planArchive } from '../archive.ts'
import type { ImageSource, OpenOptions } from '../source.ts'
import { notAnArchive } from './not-an-archive.ts'
import { openArchiveStream } from './stream.ts'

/** An image archive in a file, whoever wrote it: what is in it is told by looking. */
export const archiveFile: ImageSource = {
  scheme: 'docker-archive',
  async recognizes(reference, { cwd }) {
    const found = await stat(resolve(cwd, reference)).catch(() => undefined)
    return found !== undefined && !found.isDirectory()
  },
  open: openArchiveFile,
  async diffIds(reference, options) {
    const known = await plannedDiffIds(reference, options)
    if (known.length > 0) return known
    await using image = await openArchiveFile(reference, options)
    return image.config.diffIds
  },
}

/** As the configuration has them, where the archive lies uncompressed on disk; before Docker 1.10 it has none. */
async function plannedDiffIds(reference: string, options: OpenOptions): Promise<readonly string[]> {
  const path = resolve(options.cwd, reference)
  if (await isPipe(path)) return []
  const file = openFile(path)
  try {
    if (sniffFile(file) !== 'tar') return []
    const { plan } = await planArchive(file, reference, options)
    return plan.config.diffIds
  } finally {
    file.close()
  }
}

/** A shell's <(docker save app) is a pipe with a name. */
async function isPipe(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFIFO() === true
}

function sniffFile(file: SeekableBytes): Format {
  const head = Buffer.alloc(Math.min(headSize, file.size))
  file.read(0, head)
  return sniff(head)
}

async function openArchiveFile(reference: string, options: OpenOptions): Promise<Image> {
  const path = resolve(options.cwd, reference)
  if (await isPipe(path)) return openArchiveStream(createReadStream(path), { reference }, options)
  const file = openFile(path)
  try {
    const format = sniffFile(file)
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
