import { showName } from '../../bytes/name.ts'
import type { Reader } from '../../bytes/reader.ts'
import { type Contents, storedSize, type Wanted } from '../../image/contents.ts'
import type { EngineClient } from '../engine/client.ts'
import { withReaderContainer } from '../engine/reader-container.ts'
import { passFiles } from '../engine/tar-files.ts'
import { checkedReader, checkedSize } from '../layer/checked-reader.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import { layerBinds } from './folder-binds.ts'

/** Binds of one container: the engine mounts each of them for each request. */
const mostBinds = 500

/** A wanted file on its way. */
interface Delivery {
  readonly path: string
  /** Where it lies on the engine's machine. */
  readonly source: string
  readonly size: number
  readonly checksum: string | undefined
  readonly reader: Reader<unknown>
}

/** What is bound under one name: where it lies on the engine's machine, and what is wanted of it by name below. */
interface Request {
  readonly source: string
  readonly files: ReadonlyMap<string, Delivery>
}

/**
 * Contents of layers that an engine keeps unpacked in folders of its own machine, by diff ID, through the API alone. One
 * request takes 50 to 150 ms, however many files it is for, so all are bound into one container and come as one tar.
 */
export class ContainerContents implements Contents {
  readonly #client: EngineClient
  readonly #image: { readonly id: string; readonly volumes: readonly string[] }
  readonly #folders: ReadonlyMap<string, string>

  constructor(
    client: EngineClient,
    image: { readonly id: string; readonly volumes: readonly string[] },
    folders: ReadonlyMap<string, string>,
  ) {
    this.#client = client
    this.#image = image
    this.#folders = folders
  }

  async read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void> {
    const requests = wanted.flatMap(one => this.#requests(one))
    for (let from = 0; from < requests.length; from += mostBinds)
      await this.#fetch(requests.slice(from, from + mostBinds), signal)
  }

  #requests(wanted: Wanted): readonly Request[] {
    const { index, readers } = wanted
    const folder = this.#folders.get(index.diffId)
    if (!folder) throw storeUnreadable(`layer ${index.diffId} has no folder`)
    return layerBinds(wanted).map(({ path, ordinals }) => ({
      source: `${folder}${path}`,
      files: new Map(
        [...ordinals].flatMap(([name, ordinal]) => {
          const reader = readers.get(ordinal)
          const [path, size] = [index.entries.path(ordinal), storedSize(index, ordinal)]
          const checksum = index.facts.checksums?.get(ordinal)
          return reader === undefined ? [] : [[name, { path, source: `${folder}${path}`, size, checksum, reader }]]
        }),
      ),
    }))
  }

  async #fetch(requests: readonly Request[], signal: AbortSignal | undefined): Promise<void> {
    const binds = requests.map(({ source }, number) => ({ source, name: String(number) }))
    const missing = new Set(requests.flatMap(({ files }) => [...files.values()]))
    await withReaderContainer(this.#client, this.#image, binds, async container => {
      const onFile = (name: string, { stored }: { readonly stored: number }) => {
        const slash = name.indexOf('/')
        const [number, below] = slash === -1 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)]
        const delivery = requests[Number(number)]?.files.get(below)
        if (delivery === undefined || !missing.delete(delivery)) return undefined
        return checked(delivery, stored)
      }
      await passFiles(await container.fetch(), container.prefix, onFile, signal)
    })
    if (missing.size > 0) await this.#fetchAlone([...missing], signal)
  }

  /** A tar holds what has several names under the first of them alone, which can be one that nobody asked for: what did
   *  not come is asked for again, each file in a tar of its own. */
  async #fetchAlone(missing: readonly Delivery[], signal: AbortSignal | undefined): Promise<void> {
    const binds = missing.map(({ source }, number) => ({ source, name: String(number) }))
    await withReaderContainer(this.#client, this.#image, binds, async container => {
      for (const [number, delivery] of missing.entries()) {
        let came = false
        const onFile = (_: string, { stored }: { readonly stored: number }) => {
          came = true
          return checked(delivery, stored)
        }
        await passFiles(await container.fetch(String(number)), container.prefix, onFile, signal)
        if (!came) throw storeUnreadable(`the engine does not have ${showName(delivery.path)}`)
      }
    })
  }
}

/** A reader of what the engine sends, which must be what its record describes. */
function checked({ path, size, checksum, reader }: Delivery, stored: number): Reader<unknown> {
  if (stored !== size) throw storeUnreadable(`${showName(path)} has ${stored} bytes, the engine's record ${size}`)
  return checksum === undefined || size > checkedSize ? reader : checkedReader(reader, { path, checksum })
}
