import { parseConfig } from '../../image/config.ts'
import type { Contents } from '../../image/contents.ts'
import { checkDigest, text } from '../../image/document.ts'
import type { Image } from '../../image/image.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { EngineRefusal } from '../engine/client.ts'
import type { EngineImage, EngineRoute } from '../engine/kind.ts'
import { registryDigest } from '../engine/registry-digest.ts'
import { assemble } from '../layer/assemble.ts'
import { FolderContents } from '../layer/folder-contents.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import { knownLayers, readRecords, storedReads } from '../layer/stored-layers.ts'
import { checkLayers, type ImagePlan } from '../plan/plan.ts'
import type { OpenOptions } from '../source.ts'
import { chainIds, DockerRoot, isKnownDriver } from './root.ts'
import { dockerContainer } from './store-container.ts'
import type { StoreRequest } from './store-request.ts'

/** What a way into the store gives of what was requested. */
export interface StoreAnswer {
  readonly indexes: readonly LayerIndex[]
  readonly contents: Contents
  readonly config?: Buffer
}

/** Docker's own records, read where they lie: with the right to read the engine's root folder. */
export const dockerStoreByFolder: EngineRoute = (image, options) =>
  open(image, options, async request => {
    const { root, missing } = request
    const chain = chainIds(image.found.diffIds)
    if (!root.isReadable(chain.at(-1) ?? '')) return undefined
    const layers = chain.map((chainId, position) => root.layer(chainId, image.found.diffIds[position] ?? ''))
    const folders = new FolderContents(new Map(layers.map(({ stored, folder }) => [stored.diffId, folder])))
    const unknown = missing.flatMap(({ position }) => layers[position]?.stored ?? [])
    const indexes = await readRecords(image.name, unknown, folders, options)
    const contents: Contents = {
      async read(wanted, signal) {
        if (folders.has(wanted)) await folders.read(wanted, signal)
        else await dockerContainer(request, options).contents.read(wanted, signal)
      },
    }
    return { indexes, contents, ...(request.wantsConfig ? { config: root.config(image.found.id) } : {}) }
  })

/** The same through the API alone, by containers that are never started. */
export const dockerStoreByContainer: EngineRoute = (image, options) =>
  open(image, options, async request => {
    if (image.found.folders?.length !== image.found.diffIds.length) return undefined
    const container = dockerContainer(request, options)
    const { layers, config } = await container.records()
    const indexes = await readRecords(image.name, layers, container.contents, options)
    return { indexes, contents: container.contents, ...(config === undefined ? {} : { config }) }
  })

async function open(
  image: EngineImage,
  options: OpenOptions,
  read: (request: StoreRequest) => Promise<StoreAnswer | undefined>,
): Promise<Image | undefined> {
  const { found, kind, client } = image
  const { id, diffIds } = found
  // To verify every byte has to pass: the export. Before Docker 1.10 there are no diff IDs.
  if (found.containerd || options.verify || diffIds.length === 0) return undefined
  const root = await rootOf(image)
  if (root === undefined) return undefined
  const chain = chainIds(diffIds)
  const known = knownLayers(diffIds, options.cache)
  const missing = diffIds.flatMap((diffId, position) =>
    known.has(diffId) || diffIds.indexOf(diffId) < position
      ? []
      : [{ position, diffId, chainId: chain[position] ?? diffId }],
  )
  const kept = options.cache?.document(id)
  const answer = await read({ image, root, missing, wantsConfig: kept === undefined })
  if (answer === undefined) return undefined
  const bytes = kept ?? answer.config
  if (bytes === undefined) throw storeUnreadable(`the engine keeps no configuration ${id}`)
  checkDigest(bytes, id, 'the image configuration')
  options.cache?.putDocument(id, bytes)
  const config = parseConfig(bytes)
  checkLayers(config, diffIds.length)
  if (config.diffIds.some((diffId, position) => diffId !== diffIds[position]))
    throw storeUnreadable(`the engine lists other layers than the configuration ${id}`)
  const layers = config.diffIds.map(diffId => ({ name: diffId, diffId }))
  const plan: ImagePlan = { id, config, layers, keepsBlobs: false, kind: 'docker-archive', notices: [] }
  const local = client.address.socketPath !== undefined
  const reads = storedReads([...known.values(), ...answer.indexes], answer.contents, local)
  const digest = registryDigest(found, image.name)
  const opened = assemble(plan, reads, { reference: image.name, source: kind.scheme })
  return digest === undefined ? opened : { ...opened, digest }
}

/** The engine's root folder: out of where the layers lie, else as the engine says. */
async function rootOf({ client, found }: EngineImage): Promise<DockerRoot | undefined> {
  const { driver, folders } = found
  if (driver === undefined || !isKnownDriver(driver)) return undefined
  const top = folders?.at(-1)
  const above = top === undefined ? undefined : /^(.*)\/[^/]+\/[^/]+\/diff$/.exec(top)?.[1]
  if (above !== undefined) return new DockerRoot(above, driver)
  // A proxy before the socket can forbid it.
  const info = await client.json('/info').catch((error: unknown) => {
    if (error instanceof EngineRefusal) return {}
    throw error
  })
  const root = text(info, 'DockerRootDir')
  return root === undefined ? undefined : new DockerRoot(root, driver)
}
