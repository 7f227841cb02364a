import { ImgauditError } from '../../error.ts'
import { ContainerdClient } from './client.ts'
import { silenceOf } from './socket.ts'

/** Milliseconds. There are other ways to the image, which one that hangs must not hold up. */
const timeout = 2_000

/**
 * The root of the content store of the containerd that listens at a socket, as it says itself: a folder of the machine
 * that it runs on. undefined where there is none, this user may not ask it, or it does not answer soon. Throws INTERRUPTED
 * alone.
 */
export async function contentFolder(address: string, signal?: AbortSignal): Promise<string | undefined> {
  if ((await silenceOf(address)) !== undefined) return undefined
  try {
    const client = await ContainerdClient.connect(address, { timeout, ...(signal && { signal }) })
    try {
      return await contentFolderOf(client)
    } finally {
      client.close()
    }
  } catch (error) {
    if (error instanceof ImgauditError && error.code === 'INTERRUPTED') throw error
    return undefined
  }
}

/** The same of one that answers. Throws ContainerdRefusal. */
export async function contentFolderOf(client: ContainerdClient): Promise<string | undefined> {
  const { plugins } = await client.call('plugins', { filters: ['type==io.containerd.content.v1'] })
  return plugins.map(({ exports }) => exports.root).find(root => root?.startsWith('/'))
}
