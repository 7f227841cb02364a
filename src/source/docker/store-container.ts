import type { Contents } from '../../image/contents.ts'
import { withReaderContainer } from '../engine/reader-container.ts'
import { collectFiles } from '../engine/tar-files.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import type { StoredLayer } from '../layer/stored-layers.ts'
import type { OpenOptions } from '../source.ts'
import { ContainerContents } from './container-contents.ts'
import { recordName, storedLayer } from './root.ts'
import type { StoreRequest } from './store-request.ts'

/** Bytes of all records together: 75 for each file of an image. */
const recordsLimit = 1024 * 1024 * 1024

/** A graph driver's store as seen through the API, by containers that are never started. */
export function dockerContainer(request: StoreRequest, { signal }: Pick<OpenOptions, 'signal'>) {
  const { image, root, missing, wantsConfig } = request
  const { client, found } = image
  const folders = new Map(found.diffIds.map((diffId, position) => [diffId, found.folders?.[position] ?? '']))
  const subject = { id: found.id, volumes: found.volumes }
  const contents: Contents = new ContainerContents(client, subject, folders)

  /** Records of the layers that are missing, and the configuration where it is wanted. */
  const records = async (): Promise<{ readonly layers: readonly StoredLayer[]; readonly config?: Buffer }> => {
    const binds = missing.map(({ chainId, position }) => ({
      source: root.recordFolder(chainId),
      name: String(position),
    }))
    if (wantsConfig) binds.push({ source: root.configPath(found.id), name: 'config' })
    if (binds.length === 0) return { layers: [] }
    const files = await withReaderContainer(client, subject, binds, async container =>
      collectFiles(await container.fetch(), container.prefix, recordsLimit, signal),
    )
    const layers = missing.map(({ position, diffId }) => {
      const note = (name: string) => {
        const bytes = files.get(`${position}/${name}`)
        if (bytes === undefined) throw storeUnreadable(`the engine keeps no ${name} of layer ${diffId}`)
        return bytes
      }
      const record = note(recordName)
      return storedLayer(diffId, note('diff').toString('latin1'), note('size').toString('latin1'), () => once(record))
    })
    const config = files.get('config')
    return { layers, ...(config === undefined ? {} : { config }) }
  }
  return { records, contents }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
