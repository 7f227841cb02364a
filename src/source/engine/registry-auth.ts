import { execFile } from 'node:child_process'
import { isObject, part, text } from '../../image/document.ts'
import { fullName } from '../../image/reference.ts'
import { dockerConfig } from '../docker/config.ts'
import type { OpenOptions } from '../source.ts'
import { Patience } from './patience.ts'

/** What the engine is given to log in to a registry with (X-Registry-Auth of the Docker API). */
export type RegistryAuth =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string }

// Docker Hub's key in config.json is still the address of its first registry.
const hub = 'https://index.docker.io/v1/'

/** The credentials that `docker login` stored for the registry of an image; undefined where there are none. Throws
 *  ENGINE_SILENT where the helper that has them says nothing. */
export async function registryAuth(
  name: string,
  around: Pick<OpenOptions, 'env' | 'homedir' | 'signal' | 'timeout'>,
): Promise<RegistryAuth | undefined> {
  const config = dockerConfig(around)
  const registry = fullName(name).split('/')[0] ?? ''
  const server = registry === 'docker.io' ? hub : registry
  const helper = text(part(config, 'credHelpers'), server) ?? text(part(config, 'credHelpers'), registry)
  const store = helper ?? text(config, 'credsStore')
  const stored = store === undefined ? undefined : await ask(store, server, around)
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

/** A text that an engine or a registry wrote, without what it was given to log in with, plain or as HTTP has it. */
export function withoutAuth(text: string, auth: RegistryAuth | undefined): string {
  if (auth === undefined) return text
  const secret = 'password' in auth ? auth.password : auth.identitytoken
  const basic = 'password' in auth ? `${auth.username}:${secret}` : secret
  const forms = [secret, ...[secret, basic, JSON.stringify(auth)].map(form => Buffer.from(form).toString('base64'))]
  return forms.reduce((rest, form) => (form === '' ? rest : rest.replaceAll(form, '***')), text)
}

/** Asks a credential helper (github.com/docker/docker-credential-helpers): the server's name in, JSON out. It says with
 *  its exit status that it has none. */
async function ask(
  store: string,
  server: string,
  { env, signal, timeout }: Pick<OpenOptions, 'env' | 'signal' | 'timeout'>,
): Promise<RegistryAuth | undefined> {
  if (!/^[\w.-]+$/.test(store)) return undefined
  const helper = `docker-credential-${store}`
  const stop = new AbortController()
  const signals = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal])
  const answer = new Promise<string>(resolve => {
    const child = execFile(helper, ['get'], { env: { ...env }, signal: signals }, (error, stdout) => {
      resolve(error === null ? stdout : '')
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(server)
  })
  try {
    return answerOf(await new Patience(helper, timeout).hear(answer), server)
  } finally {
    stop.abort()
  }
}

function answerOf(stdout: string, serveraddress: string): RegistryAuth | undefined {
  const answer = parsed(stdout)
  if (!isObject(answer)) return undefined
  const [username, secret] = [text(answer, 'Username'), text(answer, 'Secret')]
  if (!username || !secret) return undefined
  if (username === '<token>') return { identitytoken: secret, serveraddress }
  return { username, password: secret, serveraddress }
}

/** An error of V8's would quote the answer, which is a password. */
function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}
