import type { EngineClient } from '../engine/client.ts'
import { type Bind, type ReaderContainer, withReaderContainer } from '../engine/reader-container.ts'

/** The image that a container is made of. */
export type HeldImage = Parameters<typeof withReaderContainer>[1]

/** A container that is there until it is let go of. */
export interface HeldContainer {
  readonly container: ReaderContainer
  /** Resolves when it is removed. */
  release(): Promise<void>
}

/** A container that shows one folder, for as long as its holder likes. Throws STORE_UNREADABLE. */
export function holdReaderContainer(client: EngineClient, image: HeldImage, bind: Bind): Promise<HeldContainer> {
  return new Promise((resolve, reject) => {
    const removed = withReaderContainer(client, image, [bind], container => {
      return new Promise<void>(done => {
        const release = () => {
          done()
          return removed
        }
        resolve({ container, release })
      })
    })
    removed.catch(reject)
  })
}
