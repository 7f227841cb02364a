import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ImgauditError } from '../error.ts'
import type { Image } from '../image/image.ts'
import { parseReference, type Scheme } from '../image/reference.ts'
import { archiveFile } from './archive/file.ts'
import { containerd } from './containerd.ts'
import { containersStorage } from './containers-storage.ts'
import { docker } from './docker.ts'
import { diffIdsFromAnyEngine, openFromAnyEngine } from './engine/any.ts'
import { isEngineName } from './engine/engine.ts'
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
  containerd,
  'containers-storage': containersStorage,
}

/**
 * Opens the image that a reference names. A scheme in front forces the source; without one it is told by looking: a file,
 * a folder, else an engine's image. Throws REFERENCE_UNKNOWN, saying all that was looked for, and the errors of the
 * source.
 */
export async function openImage(text: string, options: OpenOptions): Promise<Image> {
  const { source, rest } = await locate(text, options)
  return { ...(await source.open(rest, options)), reference: text }
}

/** The diff IDs of the image that a reference names, base first. Throws as `openImage` does. */
export async function readDiffIds(text: string, options: OpenOptions): Promise<readonly string[]> {
  const { source, rest } = await locate(text, options)
  return source.diffIds(rest, options)
}

interface Located {
  readonly source: Pick<ImageSource, 'open' | 'diffIds'>
  readonly rest: string
}

async function locate(text: string, options: OpenOptions): Promise<Located> {
  const { scheme, rest } = parseReference(text)
  if (scheme !== '-' && rest.trim() === '') throw nothingNamed(text)
  if (scheme !== undefined) return { source: sources[scheme], rest }
  for (const source of [archiveFile, oci]) {
    if (await source.recognizes(text, options)) return { source, rest }
  }
  const looked = whatIsThere(text, options.cwd)
  if (isEngineName(text)) {
    const source: Located['source'] = {
      open: name => openFromAnyEngine(name, options, looked),
      diffIds: name => diffIdsFromAnyEngine(name, options, looked),
    }
    return { source, rest }
  }
  throw new ImgauditError(
    'REFERENCE_UNKNOWN',
    `nothing is called ${JSON.stringify(text)}: ${looked}, and no engine gives an image such a name`,
    'name a file, an OCI layout folder, or an image as in the list of: docker images',
  )
}

// Mostly a variable of a script that is not set.
function nothingNamed(text: string): ImgauditError {
  const what = text.trim() === '' ? 'the name of the image is empty' : `${text} names no image`
  return new ImgauditError('USAGE', what, 'name one, like app:1, app.tar or oci:folder')
}

function whatIsThere(text: string, cwd: string): string {
  const path = resolve(cwd, text)
  if (!existsSync(path)) return `there is no file or folder ${path}`
  return statSync(path).isDirectory()
    ? `the folder ${path} is no OCI layout (it has no index.json)`
    : `${path} is no file`
}
