import { type ErrorCode, ImgauditError } from '../../error.ts'
import type { Image } from '../../image/image.ts'
import type { Notice } from '../../image/notice.ts'
import type { Platform } from '../../image/platform.ts'
import { openArchiveStream } from '../archive/stream.ts'
import type { OpenOptions } from '../source.ts'
import { type EngineClient, EngineRefusal } from './client.ts'
import type { Inspection } from './inspect.ts'
import type { EngineKind } from './kind.ts'
import { registryDigest } from './registry-digest.ts'

/** What a stream that breaks off, or has an error's text behind it, looks like from inside. */
const brokenOff: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ARCHIVE_TRUNCATED',
  'ARCHIVE_INVALID',
  'CHECKSUM_WRONG',
  'NOT_AN_IMAGE',
  'BARE_LAYER',
  'ROOT_FILESYSTEM',
  'BLOB_MISSING',
])

/** Opens an image by the engine's own export, as it comes. */
export async function exportImage(
  kind: EngineKind,
  client: EngineClient,
  name: string,
  found: Inspection,
  platform: Platform,
  options: OpenOptions,
  notices: readonly Notice[],
): Promise<Image> {
  const choice = {
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.progress ? { progress: options.progress } : {}),
  }
  // By ID: the name may come to mean another image while this one is read.
  const path = `/images/${found.id}/get`
  const several = found.containerd && client.atLeast('1.48')
  const parameters: Readonly<Record<string, string>> = several ? { platform: JSON.stringify(platform) } : {}
  try {
    // An engine with a graph driver writes the whole archive to its disk before it sends the first byte.
    options.progress?.begin(`waiting for ${kind.title} to export ${name}`)
    const body = await client.stream('GET', path, parameters).finally(() => options.progress?.end())
    const total = found.containerd ? undefined : found.size
    const origin = { reference: name, source: kind.scheme, notices }
    const image = await openArchiveStream(body, origin, choice, total)
    const digest = registryDigest(found, name) ?? (found.containerd ? image.digest : undefined)
    const { digest: _, ...rest } = image
    return digest === undefined ? rest : { ...rest, digest }
  } catch (error) {
    if (error instanceof EngineRefusal) throw refused(kind, name, error)
    if (error instanceof ImgauditError && brokenOff.has(error.code)) throw stopped(kind, name, error)
    throw error
  }
}

function refused(kind: EngineKind, name: string, error: EngineRefusal): ImgauditError {
  return new ImgauditError(
    'ENGINE_FAILED',
    `${kind.title} cannot export ${name}: ${error.message}`,
    `see whether this works: ${kind.scheme} save ${name} -o image.tar`,
    { cause: error },
  )
}

function stopped(kind: EngineKind, name: string, error: ImgauditError): ImgauditError {
  return new ImgauditError(
    'ENGINE_FAILED',
    `${kind.title} stopped in the middle of exporting ${name}: ${error.message}`,
    `see whether its disk is full, and whether this works: ${kind.scheme} save ${name} -o image.tar`,
    { cause: error },
  )
}
