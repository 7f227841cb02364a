import { join } from 'node:path'
import { parseAddress, socketAddress, type Whereabouts } from '../engine/address.ts'
import type { EngineKind } from '../engine/kind.ts'
import type { OpenOptions } from '../source.ts'
import { podmanStore } from './store.ts'

/** Podman's service, which speaks Docker's API. */
export const podmanEngine: EngineKind = {
  scheme: 'podman',
  title: 'Podman',
  whereabouts: podmanWhereabouts,
  routes: [podmanStore],
  start: 'start it: systemctl --user start podman.socket, set CONTAINER_HOST to where it is',
  allow: 'run it with sudo, or start a socket of your own: systemctl --user start podman.socket',
}

function podmanWhereabouts({ env }: Pick<OpenOptions, 'env'>): Whereabouts {
  const host = env.CONTAINER_HOST
  if (host) return { addresses: [parseAddress(host, 'CONTAINER_HOST')], because: 'CONTAINER_HOST' }
  const runtime = env.XDG_RUNTIME_DIR
  const paths = [...(runtime ? [join(runtime, 'podman/podman.sock')] : []), '/run/podman/podman.sock']
  return { addresses: paths.map(socketAddress), because: 'the usual sockets' }
}
