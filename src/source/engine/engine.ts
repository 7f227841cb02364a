import { type ErrorCode, ImgauditError } from '../../error.ts'
import type { Image } from '../../image/image.ts'
import { formatPlatform } from '../../image/platform.ts'
import { splitName } from '../../image/reference.ts'
import { choosePlatform } from '../plan/choose-platform.ts'
import type { ImageSource, OpenOptions } from '../source.ts'
import type { EngineAddress } from './address.ts'
import { EngineClient, EngineRefusal, NoAnswer } from './client.ts'
import { reasonsOf, withEarlier } from './earlier-failures.ts'
import { exportImage } from './export.ts'
import { type EnginePlatform, type Inspection, inspect } from './inspect.ts'
import type { EngineImage, EngineKind } from './kind.ts'
import { pull } from './pull.ts'

/** The source of an engine's images. Without a scheme each name that engines allow is one of its own. */
export function engineSource(kind: EngineKind): ImageSource {
  return {
    scheme: kind.scheme,
    async recognizes(reference) {
      return isEngineName(reference)
    },
    async open(reference, options) {
      if (!isEngineName(reference)) throw noName(kind, reference)
      return openFrom(kind, await connect(kind, options), reference, options)
    },
    async diffIds(reference, options) {
      if (!isEngineName(reference)) throw noName(kind, reference)
      return diffIdsFrom(kind, await connect(kind, options), reference, options)
    },
  }
}

/** Whether engines allow it as an image's name, ID, short ID or `name@digest` (distribution/reference). */
export function isEngineName(text: string): boolean {
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return true
  const { repository, tag, digest } = splitName(text)
  const slash = repository.indexOf('/')
  const first = slash < 0 ? '' : repository.slice(0, slash)
  const host = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)*)(?::\d+)?$/
  const withHost = /[.:A-Z]|^localhost$/.test(first)
  const path = withHost ? repository.slice(slash + 1) : repository
  return (
    (!withHost || host.test(first)) &&
    /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(path) &&
    (tag === undefined || /^\w[\w.-]{0,127}$/.test(tag)) &&
    (digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest))
  )
}

/** The first address that answers; whoever gets it closes it. Throws ENGINE_DENIED and ENGINE_UNREACHABLE, saying where it
 *  looked, and ENGINE_SILENT of one that takes the question and says nothing: that may well be the engine that is meant. */
export async function connect(kind: EngineKind, options: OpenOptions): Promise<EngineClient> {
  const { addresses, because } = kind.whereabouts(options)
  const silent: NoAnswer[] = []
  for (const address of addresses) {
    try {
      return await EngineClient.connect(kind.scheme, address, options)
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      silent.push(error)
    }
  }
  const denied = silent.find(({ reason }) => reason === 'EACCES' || reason === 'EPERM')
  if (denied !== undefined) throw accessDenied(kind, denied.address)
  throw new ImgauditError(
    'ENGINE_UNREACHABLE',
    `${kind.title} does not answer. By ${because}: ${silent.map(inWords).join(', ')}`,
    `${kind.start}, or name an archive instead: imgaudit image.tar`,
    { cause: silent[0] },
  )
}

/** Opens an image of an engine that answers; pulls it first when that is wanted and allowed. The client is closed with the
 *  image, or when there is none. */
export async function openFrom(
  kind: EngineKind,
  client: EngineClient,
  name: string,
  options: OpenOptions,
  notices: Image['notices'] = [],
): Promise<Image> {
  try {
    const image = await openPresent(kind, client, name, options, notices)
    return {
      ...image,
      async [Symbol.asyncDispose]() {
        try {
          await image[Symbol.asyncDispose]()
        } finally {
          client.close()
        }
      },
    }
  } catch (error) {
    client.close()
    throw error
  }
}

async function openPresent(
  kind: EngineKind,
  client: EngineClient,
  name: string,
  options: OpenOptions,
  notices: Image['notices'],
): Promise<Image> {
  const found = await present(kind, client, name, options)
  const { platform, complete, unpacked } = chosenPlatform(kind, name, found, options)
  if (!complete && !unpacked) throw notFetched(kind, name, formatPlatform(platform))
  const image: EngineImage = { kind, client, name, found, platform }
  return openByCheapestRoute(image, complete, options, notices)
}

/** What no other way to the same image would change. */
const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'INTERRUPTED',
  'ENGINE_SILENT',
  'WINDOWS_IMAGE',
  'LAYER_COUNT',
  'MEDIA_TYPE_UNSUPPORTED',
  'PLATFORM_MISSING',
])

/** By what the engine keeps, else by its export, for which all blobs must be there; why it is that one then is said. */
async function openByCheapestRoute(
  image: EngineImage,
  complete: boolean,
  options: OpenOptions,
  notices: Image['notices'],
): Promise<Image> {
  const failures: ImgauditError[] = []
  for (const route of options.layerStore ? image.kind.routes : []) {
    try {
      const opened = await route(image, options)
      if (opened !== undefined) return { ...opened, notices: [...opened.notices, ...notices] }
    } catch (error) {
      if (!(error instanceof ImgauditError) || final.has(error.code)) throw error
      failures.push(error)
    }
  }
  const { kind, client, name, found, platform } = image
  const message = `${kind.title} had to export the image, which takes longer than to read what it keeps: ${reasonsOf(failures).join('; ')}`
  const said = failures.length === 0 ? notices : [...notices, { code: 'layer-store-unread', message }]
  try {
    if (!complete) throw notKept(kind, name)
    return await exportImage(kind, client, name, found, platform, options, said)
  } catch (error) {
    throw withEarlier(error, failures)
  }
}

/** Diff IDs of an image of an engine that answers, as the engine tells them; pulls it first as `openFrom` does. The client
 *  is closed. */
export async function diffIdsFrom(
  kind: EngineKind,
  client: EngineClient,
  name: string,
  options: OpenOptions,
): Promise<readonly string[]> {
  try {
    const found = await present(kind, client, name, options)
    const { platform } = chosenPlatform(kind, name, found, options)
    // Of an image for several platforms the engine describes one.
    if (formatPlatform(platform) === formatPlatform(found.platform) && found.diffIds.length > 0) return found.diffIds
    await using image = await openPresent(kind, client, name, { ...options, pull: 'never' }, [])
    return image.config.diffIds
  } finally {
    client.close()
  }
}

function chosenPlatform(kind: EngineKind, name: string, found: Inspection, options: OpenOptions): EnginePlatform {
  try {
    return choosePlatform(found.platforms, options.platform, `${kind.title}'s ${name}`)
  } catch (error) {
    const { platform, pull } = options
    const pullable = found.repositoryDigests.length > 0 && !isId(name)
    if (!(error instanceof ImgauditError) || platform === undefined || pull === 'always' || !pullable) throw error
    const fix = `${error.fix}, or have ${kind.title} pull it: --platform ${platform} --pull always`
    throw new ImgauditError(error.code, error.message, fix, { cause: error })
  }
}

async function present(
  kind: EngineKind,
  client: EngineClient,
  name: string,
  options: OpenOptions,
): Promise<Inspection> {
  const before = options.pull === 'always' ? undefined : await inspect(client, name)
  if (before !== undefined) return before
  if (options.pull === 'never' || isId(name) || looksLikeFile(name)) throw imageMissing(kind, name)
  try {
    await pull(kind.title, client, name, options)
  } catch (error) {
    if (error instanceof EngineRefusal) throw imageMissing(kind, name, error.message)
    throw error
  }
  const after = await inspect(client, name)
  if (after === undefined) throw imageMissing(kind, name, 'it is not there although the pull succeeded')
  return after
}

// An ID names nothing that a registry has.
function isId(name: string): boolean {
  return /^sha256:/.test(name) || /^[0-9a-f]{12,64}$/.test(name)
}

// Nobody who mistypes a file's name wants it pulled from Docker Hub, where such names are to be had.
function looksLikeFile(name: string): boolean {
  return /\.(?:tar|tgz|tzst|tar\.\w+|gz|zst|oci)$/.test(name)
}

function imageMissing(kind: EngineKind, name: string, reason?: string): ImgauditError {
  const pulled = reason === undefined ? '' : `, and could not pull it: ${reason}`
  // docker:24 and docker:dind are names of an image that people have, and are taken for a scheme.
  const isTag = kind.scheme === 'docker' && !isId(name) && /^(?:\d[\w.-]*|latest|cli|dind|git)$/.test(name)
  const own = isTag ? `; the image docker itself is docker:docker:${name}` : ''
  const list = `list what there is with: ${kind.scheme} images`
  let fix = `pull or build it first, or let imgaudit pull it with --pull missing${own}`
  if (reason !== undefined) fix = `${list}; log in where the image is private: ${kind.scheme} login${own}`
  else if (isId(name)) fix = `${list} -a`
  else if (looksLikeFile(name)) fix = `name a file that is there, or ${list}`
  return new ImgauditError('IMAGE_MISSING', `${kind.title} has no image ${name}${pulled}`, fix)
}

function notFetched(kind: EngineKind, name: string, platform: string): ImgauditError {
  return new ImgauditError(
    'PLATFORM_MISSING',
    `${kind.title} knows that ${name} exists for ${platform}, but has not pulled it`,
    `pull it: ${kind.scheme} pull --platform ${platform} ${name}`,
  )
}

// containerd does not fetch a blob whose layer another image has unpacked already.
function notKept(kind: EngineKind, name: string): ImgauditError {
  return new ImgauditError(
    'BLOB_MISSING',
    `${kind.title} can run ${name}, but does not keep the blobs of all of its layers, so it cannot export it`,
    `copy it from its registry: skopeo copy docker://${name} oci:copy:1, then imgaudit oci:copy:1`,
  )
}

function noName(kind: EngineKind, reference: string): ImgauditError {
  return new ImgauditError(
    'REFERENCE_UNKNOWN',
    `${JSON.stringify(reference)} is no name that ${kind.title} gives to images`,
    `name it as in the list of: ${kind.scheme} images`,
  )
}

function accessDenied(kind: EngineKind, address: EngineAddress): ImgauditError {
  return new ImgauditError('ENGINE_DENIED', `this user may not use ${kind.title}'s socket ${address.text}`, kind.allow)
}

/** `unix:///var/run/docker.sock (not there)`. */
function inWords({ address, reason }: NoAnswer): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'not there',
    ECONNREFUSED: 'nobody listens',
    ENOTFOUND: 'no such host',
    ETIMEDOUT: 'no answer in time',
    ECONNRESET: 'it hangs up',
  }
  const said = reason.startsWith('HPE_') ? 'what listens there is no engine' : (words[reason] ?? reason)
  return `${address.text} (${said})`
}
