import { ImgauditError } from '../error.ts'
import type { Image } from '../image/image.ts'
import { ContainerdBlobs } from './containerd/blobs.ts'
import type { ContainerdClient } from './containerd/client.ts'
import { answering, broken } from './containerd/connect.ts'
import { contentFolderOf } from './containerd/folder.ts'
import { locateImage, type NamedImage } from './containerd/image.ts'
import type { ContentStore } from './content-store/blobs.ts'
import { openContentStore, planStored, type StoreImage } from './content-store/content-store.ts'
import { FolderStore, hasReadable } from './content-store/folder.ts'
import type { ImageSource, OpenOptions } from './source.ts'

/** Images of containerd itself, without Docker: those of ctr, nerdctl, k3s and Kubernetes. */
export const containerd: ImageSource = {
  scheme: 'containerd',
  // Every name that it gives to images is one that Docker gives too.
  async recognizes() {
    return false
  },
  async open(reference, options) {
    const { client, store, image, named } = await find(reference, options)
    try {
      const opened: Image = await openContentStore(store, image, options)
      return {
        ...opened,
        async [Symbol.asyncDispose]() {
          await opened[Symbol.asyncDispose]()
          client.close()
        },
      }
    } catch (error) {
      client.close()
      throw broken(notKept(error, named), client)
    }
  },
  async diffIds(reference, options) {
    const { client, store, image } = await find(reference, options)
    try {
      return (await store.lend(blobs => planStored(blobs, image, options))).config.diffIds
    } catch (error) {
      throw broken(error, client)
    } finally {
      store.close()
      client.close()
    }
  },
}

/** An image and the way to its blobs; whoever gets them closes the client. */
async function find(
  reference: string,
  options: OpenOptions,
): Promise<{
  readonly client: ContainerdClient
  readonly store: ContentStore
  readonly image: StoreImage
  readonly named: NamedImage
}> {
  const { client, namespaces } = await answering(options)
  try {
    const named = await locateImage(client, namespaces, reference, options)
    const { digest, namespace } = named
    const image = { reference, source: 'containerd', digest }
    const folder = await contentFolderOf(client)
    const readable = folder !== undefined && hasReadable(folder, digest)
    const store = readable ? new FolderStore(folder) : new ContainerdBlobs(client, namespace)
    return { client, store, image, named }
  } catch (error) {
    client.close()
    throw broken(error, client)
  }
}

function notKept(error: unknown, { name, namespace }: NamedImage): unknown {
  if (!(error instanceof ImgauditError) || error.code !== 'BLOB_MISSING') return error
  return new ImgauditError(
    error.code,
    `${error.message}: containerd fetches no blob whose layer it has unpacked, and Kubernetes has it drop others`,
    `fetch all of them: ctr --namespace ${namespace} content fetch ${name}`,
    { cause: error },
  )
}
