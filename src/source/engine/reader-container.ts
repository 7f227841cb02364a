import { ImgauditError } from '../../error.ts'
import { part, text, texts } from '../../image/document.ts'
import { storeUnreadable } from '../layer/store-unreadable.ts'
import { type EngineClient, EngineRefusal } from './client.ts'
import { isLeftOver, isReader, labelOf, readerLabel, readerName } from './reader-label.ts'
import { volumeCovers } from './volume-covers.ts'

/** What a container shows of the engine's machine: an absolute path there, and the name that it is to have here. */
export interface Bind {
  readonly source: string
  /** One part of a path. */
  readonly name: string
}

/** A container that is never started: the archive endpoint hands over what is bound into it. */
export interface ReaderContainer {
  /** A tar of what was bound under a name, or of something below it; of everything without one. The tar's names begin
   *  with the last part of what was asked for, `prefix` for everything. Throws EngineRefusal. */
  fetch(path?: string): Promise<AsyncIterable<Buffer>>
  /** What the names in a tar of everything begin with. */
  readonly prefix: string
}

/**
 * Lends a container of an image that is created, never started and removed whatever happens, so that nothing in the image
 * runs. What is bound is bound read-only, and a source that is not there is refused, never made (as `Binds` would). Those
 * that killed runs left behind are removed first. Throws STORE_UNREADABLE where the engine will not have it, and
 * INTERRUPTED before anything is made.
 *
 * `volumes`: the paths that the image declares as such, as it spells them.
 */
export async function withReaderContainer<Result>(
  client: EngineClient,
  image: { readonly id: string; readonly platform?: string; readonly volumes: readonly string[] },
  binds: readonly Bind[],
  use: (container: ReaderContainer) => Promise<Result>,
): Promise<Result> {
  const covers = volumeCovers(image.volumes)
  await removeReaders(client, isLeftOver, true).catch(unlessSilent)
  client.checkInterrupted()
  const name = readerName()
  const label = labelOf(name)
  // A name that no image can have made a link of.
  const prefix = `.${name}`
  const mounts = binds.map(bind => {
    return { Type: 'bind', Source: bind.source, Target: `/${prefix}/${bind.name}`, ReadOnly: true }
  })
  const body = {
    Image: image.id,
    Entrypoint: ['imgaudit'],
    Cmd: ['never started'],
    Labels: { [readerLabel]: label },
    NetworkDisabled: true,
    HostConfig: { NetworkMode: 'none', Mounts: [...mounts, ...covers] },
  }
  const query = { name, ...(image.platform === undefined ? {} : { platform: image.platform }) }
  let id: string | undefined
  try {
    id = text(await client.post('/containers/create', query, body), 'Id')
    if (id === undefined) throw storeUnreadable('the engine made a container without an Id')
    const path = `/containers/${id}/archive`
    return await use({
      prefix,
      fetch: below => client.stream('GET', path, { path: below === undefined ? `/${prefix}` : `/${prefix}/${below}` }),
    })
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error
    // It is elsewhere, or lets nobody bind its own folders.
    throw storeUnreadable(`the engine does not show what it keeps: ${error.message}`, error)
  } finally {
    // A connection that breaks may have made it all the same: then its label finds it.
    if (id !== undefined) await remove(client, id)
    else await removeReaders(client, found => found === label, false).catch(() => undefined)
  }
}

async function removeReaders(
  client: EngineClient,
  isWanted: (label: string, created: number) => boolean,
  interruptible: boolean,
): Promise<void> {
  const filters = JSON.stringify({ label: [readerLabel], status: ['created'] })
  for (const container of await client.list('/containers/json', { all: '1', filters }, interruptible)) {
    const id = text(container, 'Id')
    const label = text(part(container, 'Labels'), readerLabel) ?? ''
    if (id === undefined || !isReader(label, texts(container, 'Names'))) continue
    if (isWanted(label, Number(container.Created))) await remove(client, id)
  }
}

/** What an engine will not remove the next run tries again. */
function unlessSilent(error: unknown): void {
  if (error instanceof ImgauditError && error.code === 'ENGINE_SILENT') throw error
}

async function remove(client: EngineClient, id: string): Promise<void> {
  // Where even that fails the engine is gone, and the next run finds the label.
  await client.remove(`/containers/${id}`, { force: '1', v: '1' }).catch(() => undefined)
}
