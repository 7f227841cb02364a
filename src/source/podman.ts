import { existsSync } from 'node:fs'
import { type ErrorCode, ImgauditError } from '../error.ts'
import { openFromStorage, planFromStorage } from './containers-storage/image.ts'
import { type StoragePlace, usualStorage } from './containers-storage/place.ts'
import type { StoredPlan } from './containers-storage/plan.ts'
import { withEarlier } from './engine/earlier-failures.ts'
import { engineSource, isEngineName } from './engine/engine.ts'
import { podmanEngine } from './podman/engine.ts'
import type { ImageSource, OpenOptions } from './source.ts'

const socket = engineSource(podmanEngine)

/** What no other way to the same image would change. */
const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'INTERRUPTED',
  'USAGE',
  'CONFIG_INVALID',
  'IMAGE_AMBIGUOUS',
  'PLATFORM_MISSING',
  'WINDOWS_IMAGE',
])
/** The socket has nothing to add to what the store said. */
const silence: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ENGINE_UNREACHABLE', 'ENGINE_DENIED', 'IMAGE_MISSING'])

/**
 * Images of Podman, found as the podman command line finds them: in the user's own store, unless CONTAINER_HOST names
 * another Podman. By its socket where the store does not have the image, or cannot be read.
 */
export const podman: ImageSource = {
  scheme: podmanEngine.scheme,
  recognizes: socket.recognizes,
  async open(name, options) {
    const answer = await askStore(name, options, (place, found) =>
      openFromStorage(place, found, { reference: name, source: podmanEngine.scheme }, options),
    )
    if ('result' in answer) return answer.result
    const image = await askSocket(answer, name, options, socket.open)
    if (answer.failure === undefined || answer.failure.code === 'IMAGE_MISSING') return image
    const message = `Podman had to export the image, which takes longer than to read its store: ${answer.failure.message}`
    return { ...image, notices: [...image.notices, { code: 'layer-store-unread', message }] }
  },
  async diffIds(name, options) {
    const answer = await askStore(name, options, async (_, { plan }) => plan.config.diffIds)
    return 'result' in answer ? answer.result : askSocket(answer, name, options, socket.diffIds)
  },
}

/** Whether `podman` finds an image by this name in the user's own store, and why not, where there is such a store. */
export async function lookInPodmanStore(
  name: string,
  options: OpenOptions,
): Promise<{ readonly found: boolean; readonly failure?: ImgauditError }> {
  try {
    const answer = await askStore(name, options, async () => true)
    if ('result' in answer) return { found: true }
    const { roots } = await usualStorage(options)
    const there = answer.failure !== undefined && roots.some(root => existsSync(root))
    return { found: false, ...(there ? { failure: answer.failure } : {}) }
  } catch (error) {
    // It is there, and there is something to be said about it.
    if (error instanceof ImgauditError && error.code !== 'INTERRUPTED') return { found: true }
    throw error
  }
}

/** Why the store did not answer, and the ID of the image where it has one; nothing where it was not asked. */
interface Refusal {
  readonly failure?: ImgauditError
  readonly id?: string
}

async function askStore<Result>(
  name: string,
  options: OpenOptions,
  request: (place: StoragePlace, found: StoredPlan) => Promise<Result>,
): Promise<{ readonly result: Result } | Refusal> {
  const { env, layerStore, pull } = options
  if (!layerStore || pull === 'always' || env.CONTAINER_HOST || !isEngineName(name)) return {}
  const place = await usualStorage(options)
  let id: string | undefined
  try {
    const found = await planFromStorage(place, name, options)
    id = `sha256:${found.image.id}`
    return { result: await request(place, found) }
  } catch (error) {
    if (!(error instanceof ImgauditError) || final.has(error.code)) throw error
    return { failure: error, ...(id === undefined ? {} : { id }) }
  }
}

async function askSocket<Result>(
  { failure, id }: Refusal,
  name: string,
  options: OpenOptions,
  request: (name: string, options: OpenOptions) => Promise<Result>,
): Promise<Result> {
  try {
    // By ID: the socket can be that of another Podman, which gives the name to another image.
    return await (id === undefined
      ? request(name, options)
      : request(id, { ...options, pull: 'never', layerStore: false }))
  } catch (error) {
    if (failure === undefined || !(error instanceof ImgauditError)) throw error
    if (!silence.has(error.code)) throw failure.code === 'IMAGE_MISSING' ? error : withEarlier(error, [failure])
    throw new ImgauditError(failure.code, `${failure.message}; ${error.message}`, failure.fix, { cause: failure })
  }
}
