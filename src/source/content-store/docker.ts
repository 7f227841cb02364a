import { join } from 'node:path'
import { isDigest, part, text } from '../../image/document.ts'
import type { Image } from '../../image/image.ts'
import { formatPlatform, type Platform, satisfies } from '../../image/platform.ts'
import { contentFolder } from '../containerd/folder.ts'
import { type EngineClient, EngineRefusal } from '../engine/client.ts'
import type { EngineImage, EngineRoute } from '../engine/kind.ts'
import { registryDigest } from '../engine/registry-digest.ts'
import type { OpenOptions } from '../source.ts'
import type { ContentStore } from './blobs.ts'
import { ContainerStore } from './container.ts'
import { openContentStore, type StoreImage } from './content-store.ts'
import { contentFolderName, FolderStore, hasReadable } from './folder.ts'

/** Blobs of Docker's containerd, read where they lie: with the right to read containerd's root folder. */
export const contentStoreByFolder: EngineRoute = async (image, options) => {
  const subject = subjectOf(image)
  if (!image.found.containerd || !isDigest(subject.digest)) return undefined
  const readable = (folder: string) => hasReadable(folder, subject.digest)
  const { usual, told } = await whereaboutsOf(image.client, options)
  const folder = usual.find(readable) ?? (await told()).find(readable)
  return folder === undefined ? undefined : open(new FolderStore(folder), subject, image, options)
}

/** The same through the API alone, by a container that is never started. */
export const contentStoreByContainer: EngineRoute = async (image, options) => {
  const { client, found } = image
  const subject = subjectOf(image)
  // Making a container of an image that is not unpacked would unpack it, which takes longer than the export.
  if (!found.containerd || !isDigest(subject.digest) || !chosen(image)?.unpacked) return undefined
  // What another platform's image declares as volumes is unknown, and the engine would copy it.
  if (!isSame(image.platform, found.platform)) return undefined
  const platform = found.platforms.length > 1 ? { platform: formatPlatform(image.platform) } : {}
  const container = { id: found.id, volumes: found.volumes, ...platform }
  const folders = async () => {
    const { usual, told } = await whereaboutsOf(client, options)
    return [...(await told()), ...usual]
  }
  return open(new ContainerStore(client, container, subject, folders, options.readLimits), subject, image, options)
}

async function open(
  store: ContentStore,
  subject: StoreImage,
  image: EngineImage,
  options: OpenOptions,
): Promise<Image> {
  // A manifest is one platform's, however its index calls that.
  const { platform: _, ...rest } = options
  const several = chosen(image)?.digest === undefined
  const wanted = several ? { ...rest, platform: formatPlatform(image.platform) } : rest
  const opened = await openContentStore(store, subject, wanted)
  const digest = registryDigest(image.found, image.name)
  return digest === undefined ? opened : { ...opened, digest }
}

function subjectOf(image: EngineImage): StoreImage {
  const { name, kind, found } = image
  return { reference: name, source: kind.scheme, digest: chosen(image)?.digest ?? found.id }
}

function chosen({ found, platform }: EngineImage) {
  const wanted = formatPlatform(platform)
  return found.platforms.find(choice => formatPlatform(choice.platform) === wanted)
}

/** An engine leaves `v8` of arm64 out in one place and not in another. */
function isSame(one: Platform, other: Platform): boolean {
  return satisfies(one, other) && satisfies(other, one)
}

/** What may be the folder of the content store on the engine's machine. */
interface Whereabouts {
  /** The usual ones: of a containerd that dockerd runs, and of one of its own. */
  readonly usual: readonly string[]
  /** What a containerd that this user may ask tells. */
  told(): Promise<readonly string[]>
}

/** Both ways ask for them. */
const asked = new WeakMap<EngineClient, Promise<Whereabouts>>()

function whereaboutsOf(client: EngineClient, options: Pick<OpenOptions, 'signal'>): Promise<Whereabouts> {
  const answer = asked.get(client) ?? ask(client, options)
  asked.set(client, answer)
  return answer
}

async function ask(client: EngineClient, { signal }: Pick<OpenOptions, 'signal'>): Promise<Whereabouts> {
  // A proxy before the socket can forbid it.
  const info = await client.json('/info').catch((error: unknown) => {
    if (error instanceof EngineRefusal) return {}
    throw error
  })
  const root = text(info, 'DockerRootDir')
  // A socket of the engine's machine, which is this one where the engine's own socket is.
  const local = client.address.socketPath !== undefined
  const told = local ? text(part(info, 'Containerd'), 'Address') : undefined
  // Whatever the engine calls it, nothing but a socket of this machine is asked.
  const address = told?.startsWith('/') ? told : undefined
  const roots = [...(root?.startsWith('/') ? [join(root, 'containerd/daemon')] : []), '/var/lib/containerd']
  const tell = async () => {
    const folder = address === undefined ? undefined : await contentFolder(address, signal)
    return folder === undefined ? [] : [folder]
  }
  let telling: Promise<readonly string[]> | undefined
  return {
    usual: roots.map(above => join(above, contentFolderName)),
    told: () => {
      telling ??= tell()
      return telling
    },
  }
}
