import { ImgauditError } from '../../error.ts'
import { parseConfig } from '../../image/config.ts'
import type { Contents } from '../../image/contents.ts'
import { checkDigest, text } from '../../image/document.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { EngineRefusal } from '../engine/client.ts'
import { withEarlier } from '../engine/earlier-failures.ts'
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
import { withTwinDigests } from './twin-digests.ts'

/** What the store has of what was requested. */
interface StoreAnswer {
  readonly indexes: readonly LayerIndex[]
  readonly contents: Contents
  readonly config?: Buffer
}

/** Docker's own records: read where they lie with the right to read the engine's root folder, else through the API alone,
 *  by containers that are never started. */
export const dockerStore: EngineRoute = async (image, options) => {
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
  const answer = await read({ image, root, chain, missing, wantsConfig: kept === undefined }, options)
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
  const opened = assemble(plan, reads, { reference: image.name, source: kind.scheme }, options.readLimits)
  return digest === undefined ? opened : { ...opened, digest }
}

async function read(request: StoreRequest, options: OpenOptions): Promise<StoreAnswer | undefined> {
  const { root, chain } = request
  if (!root.isReadable(chain.at(-1) ?? '')) return readByContainer(request, options)
  try {
    return await readByFolder(request, options)
  } catch (failure) {
    // A record that is damaged is that in a container too.
    if (!(failure instanceof ImgauditError) || failure.code !== 'STORE_UNREADABLE') throw failure
    const answer = await readByContainer(request, options).catch((error: unknown) => {
      throw withEarlier(error, [failure])
    })
    if (answer === undefined) throw failure
    return answer
  }
}

async function readByFolder(request: StoreRequest, options: OpenOptions): Promise<StoreAnswer> {
  const { image, root, chain, missing, wantsConfig } = request
  const folders = new FolderContents(root.folders(chain, image.found.diffIds))
  const layers = missing.map(({ chainId, diffId }) => root.layer(chainId, diffId))
  const indexes = await readRecords(image.name, layers, folders, options)
  const contents: Contents = {
    async read(wanted, signal) {
      const absent = folders.readPresent(wanted, signal)
      if (absent === undefined) return
      await dockerContainer(request, options)
        .contents.read(absent.wanted, signal)
        .catch((error: unknown) => {
          throw withEarlier(error, [absent.failure])
        })
    },
  }
  return { indexes, contents, ...(wantsConfig ? { config: root.config(image.found.id) } : {}) }
}

async function readByContainer(request: StoreRequest, options: OpenOptions): Promise<StoreAnswer | undefined> {
  const { found, name } = request.image
  if (found.folders?.length !== found.diffIds.length) return undefined
  const container = dockerContainer(request, options)
  const { layers, config } = await container.records()
  const indexes = await readRecords(name, layers, withTwinDigests(container.contents), options)
  return { indexes, contents: container.contents, ...(config === undefined ? {} : { config }) }
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
