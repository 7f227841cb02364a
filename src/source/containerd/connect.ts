import { ImgauditError } from '../../error.ts'
import type { OpenOptions } from '../source.ts'
import { ContainerdClient, ContainerdRefusal, status } from './client.ts'
import { silenceOf } from './socket.ts'

/** Where it listens: its own default, and k3s's. */
const usual = ['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock']

const inWords: Readonly<Record<string, string>> = { ENOENT: 'not there', ECONNREFUSED: 'nobody listens' }

/** The first containerd that answers, and its namespaces. Throws ENGINE_DENIED and ENGINE_UNREACHABLE, saying where it
 *  looked, and ENGINE_SILENT of one that takes the question and says nothing. */
export async function answering({ env, ...options }: Pick<OpenOptions, 'env' | 'signal' | 'timeout'>): Promise<{
  readonly client: ContainerdClient
  readonly namespaces: readonly string[]
}> {
  const told = env.CONTAINERD_ADDRESS?.replace(/^unix:\/\//, '')
  const silent: string[] = []
  let denied: string | undefined
  for (const address of told ? [told] : usual) {
    const why = await silenceOf(address)
    if (why === 'EACCES' || why === 'EPERM') denied ??= address
    if (why !== undefined) {
      silent.push(`${address} (${inWords[why] ?? why})`)
      continue
    }
    const client = await ContainerdClient.connect(address, options)
    try {
      const { namespaces } = await client.call('listNamespaces', {})
      return { client, namespaces: namespaces.map(({ name }) => name) }
    } catch (error) {
      client.close()
      throw broken(error, client)
    }
  }
  if (denied !== undefined) throw accessDenied(denied)
  throw new ImgauditError(
    'ENGINE_UNREACHABLE',
    `containerd does not answer. By ${told ? 'CONTAINERD_ADDRESS' : 'the usual sockets'}: ${silent.join(', ')}`,
    'start it (sudo systemctl start containerd), or set CONTAINERD_ADDRESS to where its socket is',
  )
}

/** What a refusal in the middle of work means; every other error as it is. */
export function broken(error: unknown, { address }: Pick<ContainerdClient, 'address'>): unknown {
  if (!(error instanceof ContainerdRefusal)) return error
  if (error.status === status.permissionDenied) return accessDenied(address)
  return new ImgauditError(
    'ENGINE_FAILED',
    `the containerd at ${address} broke off: ${error.message}`,
    'see whether it still runs, and run the same command again',
    { cause: error },
  )
}

function accessDenied(address: string): ImgauditError {
  return new ImgauditError(
    'ENGINE_DENIED',
    `this user may not use containerd's socket ${address}`,
    'run it with sudo: only root may use containerd',
  )
}
