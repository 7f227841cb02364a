import { execFile } from 'node:child_process'
import { isObject, part, text } from '../../image/document.ts'
import { fullName } from '../../image/reference.ts'
import { dockerConfig } from '../docker/config.ts'
import type { OpenOptions } from '../source.ts'

/** What the engine is given to log in to a registry with (X-Registry-Auth of the Docker API). */
export type RegistryAuth =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string }

// Docker Hub's key in config.json is still the address of its first registry.
const hub = 'https://index.docker.io/v1/'

/** The credentials that `docker login` stored for the registry of an image; undefined where there are none. */
export async function registryAuth(
  name: string,
  around: Pick<OpenOptions, 'env' | 'homedir'>,
): Promise<RegistryAuth | undefined> {
  const config = dockerConfig(around)
  const registry = fullName(name).split('/')[0] ?? ''
  const server = registry === 'docker.io' ? hub : registry
  const helper = text(part(config, 'credHelpers'), server) ?? text(part(config, 'credHelpers'), registry)
  const store = helper ?? text(config, 'credsStore')
  const stored = store === undefined ? undefined : await ask(store, server, around.env)
  if (stored !== undefined) return stored
  const entry = part(part(config, 'auths'), server) ?? part(part(config, 'auths'), `https://${registry}`)
  const identitytoken = text(entry, 'identitytoken')
  if (identitytoken) return { identitytoken, serveraddress: server }
  const [username, ...password] = Buffer.from(text(entry, 'auth') ?? '', 'base64')
    .toString('utf8')
    .split(':')
  if (!username || password.length === 0) return undefined
  return { username, password: password.join(':'), serveraddress: server }
}

/** Asks a credential helper (github.com/docker/docker-credential-helpers): the server's name in, JSON out. It says with
 *  its exit status that it has none. */
function ask(store: string, server: string, env: OpenOptions['env']): Promise<RegistryAuth | undefined> {
  if (!/^[\w.-]+$/.test(store)) return Promise.resolve(undefined)
  return new Promise(resolve => {
    const child = execFile(`docker-credential-${store}`, ['get'], { env: { ...env } }, (error, stdout) => {
      resolve(error === null ? answerOf(stdout, server) : undefined)
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(server)
  })
}

function answerOf(stdout: string, serveraddress: string): RegistryAuth | undefined {
  const answer: unknown = JSON.parse(stdout)
  if (!isObject(answer)) return undefined
  const [username, secret] = [text(answer, 'Username'), text(answer, 'Secret')]
  if (!username || !secret) return undefined
  if (username === '<token>') return { identitytoken: secret, serveraddress }
  return { username, password: secret, serveraddress }
}
