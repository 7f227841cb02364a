import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ImgauditError } from '../error.ts'
import type { Image } from '../image/image.ts'
import { parseReference, type Scheme } from '../image/reference.ts'
import { openFromAnyEngine } from './any-engine.ts'
import { archiveFile } from './archive-file.ts'
import { docker } from './docker.ts'
import { isEngineName } from './engine.ts'
import { oci } from './oci.ts'
import { podman } from './podman.ts'
import type { ImageSource, OpenOptions } from './source.ts'
import { standardInput } from './standard-input.ts'

export type { ImageSource, OpenOptions, Progress } from './source.ts'

/** Every source by the scheme that forces it. What is in an archive is told by looking, so one opens both kinds. */
export const sources: Readonly<Record<Scheme, ImageSource>> = {
  '-': standardInput,
  'docker-archive': archiveFile,
  'oci-archive': archiveFile,
  oci,
  docker,
  podman,
}

/**
 * Opens the image that a reference names. A scheme in front forces the source; without one it is told by looking: a file,
 * a folder, else an engine's image. Throws REFERENCE_UNKNOWN, saying all that was looked for, and the errors of the
 * source.
 */
export async function openImage(text: string, options: OpenOptions): Promise<Image> {
  const { scheme, rest } = parseReference(text)
  const image = scheme === undefined ? await openByLooking(text, options) : await sources[scheme].open(rest, options)
  return { ...image, reference: text }
}

async function openByLooking(text: string, options: OpenOptions): Promise<Image> {
  for (const source of [archiveFile, oci]) {
    if (await source.recognizes(text, options)) return source.open(text, options)
  }
  const looked = whatIsThere(text, options.cwd)
  if (isEngineName(text)) return openFromAnyEngine(text, options, looked)
  throw new ImgauditError(
    'REFERENCE_UNKNOWN',
    `nothing is called ${JSON.stringify(text)}: ${looked}, and no engine gives an image such a name`,
    'name a file, an OCI layout folder, or an image as in the list of: docker images',
  )
}

function whatIsThere(text: string, cwd: string): string {
  const path = resolve(cwd, text)
  if (!existsSync(path)) return `there is no file or folder ${path}`
  return statSync(path).isDirectory()
    ? `the folder ${path} is no OCI layout (it has no index.json)`
    : `${path} is no file`
}
