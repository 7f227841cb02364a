import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wholeFile } from '../../bytes/file.ts'
import { ImgauditError } from '../../error.ts'
import { isObject, type JsonObject, part, text } from '../../image/document.ts'
import { parseAddress, socketAddress, type TlsMaterial, type Whereabouts } from '../engine/address.ts'
import type { OpenOptions } from '../source.ts'

type Surroundings = Pick<OpenOptions, 'env' | 'homedir'>

/** The docker CLI's own folder. */
export function dockerFolder({ env, homedir }: Surroundings): string {
  return env.DOCKER_CONFIG || join(homedir, '.docker')
}

/** The docker CLI's config.json; empty where there is none or it is no JSON object. */
export function dockerConfig(around: Surroundings): JsonObject {
  return readJson(join(dockerFolder(around), 'config.json')) ?? {}
}

/** Where the docker CLI would look for the engine: DOCKER_HOST, the current context, the usual sockets. */
export function dockerWhereabouts(around: Surroundings): Whereabouts {
  const { env, homedir } = around
  const host = env.DOCKER_HOST
  if (host) {
    const tls = env.DOCKER_TLS_VERIFY ? tlsMaterial(env.DOCKER_CERT_PATH || dockerFolder(around)) : undefined
    return { addresses: [parseAddress(host, 'DOCKER_HOST', tls)], because: 'DOCKER_HOST' }
  }
  const context = env.DOCKER_CONTEXT || text(dockerConfig(around), 'currentContext')
  if (context && context !== 'default') return contextWhereabouts(context, around)
  const runtime = env.XDG_RUNTIME_DIR
  const paths = [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(homedir, '.docker/run/docker.sock'),
  ]
  return { addresses: paths.map(socketAddress), because: 'the usual sockets' }
}

// github.com/docker/cli, cli/context/store: metadata and TLS files lie in folders named by the SHA-256 of the name.
function contextWhereabouts(name: string, around: Surroundings): Whereabouts {
  const folder = join(dockerFolder(around), 'contexts')
  const key = createHash('sha256').update(name).digest('hex')
  const endpoint = part(part(readJson(join(folder, 'meta', key, 'meta.json')), 'Endpoints'), 'docker')
  const host = text(endpoint, 'Host')
  const because = `the Docker context ${name}`
  if (!host) {
    throw new ImgauditError(
      'ENGINE_UNREACHABLE',
      `${because} is not there`,
      'list what there is with: docker context ls, and choose one with: docker context use <name>',
    )
  }
  const tlsFolder = join(folder, 'tls', key, 'docker')
  const tls = existsSync(tlsFolder) ? tlsMaterial(tlsFolder) : undefined
  return { addresses: [parseAddress(host, because, tls)], because }
}

function tlsMaterial(folder: string): TlsMaterial {
  const file = (name: string) => (existsSync(join(folder, name)) ? wholeFile(join(folder, name)) : undefined)
  const [ca, cert, key] = [file('ca.pem'), file('cert.pem'), file('key.pem')]
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }
}

function readJson(path: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isObject(value) ? value : undefined
  } catch {
    // Not there, not readable or broken: as good as none, as the docker CLI too goes on with a warning.
    return undefined
  }
}
