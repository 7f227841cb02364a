import { invalid, isDigest, isObject, type JsonObject, list, parseObject, part, text, texts } from './document.ts'
import type { HistoryLine } from './history.ts'
import { historyLine } from './history.ts'
import { isOciConfig } from './media-type.ts'

/** What imgaudit needs of an image configuration (OCI image-spec config.md, and Docker's additions). */
export interface ImageConfig {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  /** RFC 3339. */
  readonly created?: string
  readonly env: ReadonlyMap<string, string>
  readonly labels: ReadonlyMap<string, string>
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly workingDir: string
  /** undefined: none is set. `null`: this kind of configuration cannot carry one (OCI; Docker's can). */
  readonly healthcheck: readonly string[] | undefined | null
  readonly history: readonly HistoryLine[]
  /** `sha256:…`, base first. */
  readonly diffIds: readonly string[]
}

/** Reads a configuration. Fields that are missing or null, as writers leave them, get what an engine makes of that.
 *  Throws MANIFEST_INVALID. */
export function parseConfig(bytes: Buffer, mediaType?: string): ImageConfig {
  const document = parseObject(bytes, 'the image configuration')
  return { ...describe(document, mediaType), history: historyOf(document), diffIds: diffIdsOf(document) }
}

/** All of a configuration but its history and diff IDs, which an image of before Docker 1.10 does not have. */
export function describe(document: JsonObject, mediaType?: string): Omit<ImageConfig, 'history' | 'diffIds'> {
  const config = part(document, 'config')
  const variant = text(document, 'variant')
  const created = text(document, 'created')
  return {
    os: text(document, 'os') || 'linux',
    architecture: text(document, 'architecture') || 'unknown',
    ...(variant ? { variant } : {}),
    ...(created === undefined ? {} : { created }),
    env: environment(texts(config, 'Env')),
    labels: labelsOf(part(config, 'Labels')),
    user: text(config, 'User') ?? '',
    entrypoint: texts(config, 'Entrypoint'),
    command: texts(config, 'Cmd'),
    workingDir: text(config, 'WorkingDir') ?? '',
    healthcheck: healthcheckOf(part(config, 'Healthcheck'), mediaType),
  }
}

// BuildKit writes Docker's field under the OCI type too, and engines honour it there.
function healthcheckOf(healthcheck: JsonObject | undefined, mediaType?: string): ImageConfig['healthcheck'] {
  const test = texts(healthcheck, 'Test')
  if (test.length > 0) return test
  return isOciConfig(mediaType) ? null : undefined
}

// As in a process's environment the last of two equal names counts.
function environment(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map(line => {
      const equals = line.indexOf('=')
      return equals < 0 ? [line, ''] : [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}

function labelsOf(labels: JsonObject | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(labels ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : '']))
}

function historyOf(document: JsonObject): readonly HistoryLine[] {
  return list(document, 'history').map(line => historyLine(isObject(line) ? line : {}))
}

function diffIdsOf(document: JsonObject): readonly string[] {
  return list(part(document, 'rootfs'), 'diff_ids').map((diffId, position) => {
    if (typeof diffId === 'string' && isDigest(diffId)) return diffId
    throw invalid(`the image configuration has a diff ID for layer ${position} that is none: ${JSON.stringify(diffId)}`)
  })
}
