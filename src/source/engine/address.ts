import { ImgauditError } from '../../error.ts'
import { maskSecrets } from '../../image/secret-text.ts'

/** Where an engine listens. */
export interface EngineAddress {
  /** As shown to the user: `unix:///var/run/docker.sock`. Without its password. */
  readonly text: string
  readonly socketPath?: string
  readonly protocol?: 'http' | 'https' | 'ssh'
  readonly host?: string
  readonly port?: number
  readonly username?: string
  /** Of the engine's socket over there, behind SSH; undefined: its usual one. */
  readonly path?: string
  readonly tls?: TlsMaterial
}

/** PEM. */
export interface TlsMaterial {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** Where to look, in order; the first that answers is the engine. */
export interface Whereabouts {
  readonly addresses: readonly EngineAddress[]
  /** What made it these: `DOCKER_HOST`, `the context prod`, `the usual sockets`. */
  readonly because: string
}

export function socketAddress(path: string): EngineAddress {
  return { text: `unix://${path}`, socketPath: path }
}

/** Reads `unix:///path`, `tcp://host:2376`, `ssh://user@host`, `npipe:////./pipe/docker_engine`; `from` names where it
 *  was found. Throws USAGE. */
export function parseAddress(text: string, from: string, tls?: TlsMaterial): EngineAddress {
  const scheme = /^([a-z]+):\/\//.exec(text)?.[1]
  if (scheme === 'unix' || scheme === 'npipe') return { text, socketPath: text.slice(`${scheme}://`.length) }
  const written = scheme === undefined ? `tcp://${text}` : text
  const url = parseUrl(written)
  const shown = url?.password === '' ? text : maskSecrets(written)
  if (url === undefined || url.hostname === '') throw wrongAddress(shown, from)
  const port = url.port === '' ? undefined : Number(url.port)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  switch (url.protocol) {
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const secure = tls !== undefined || url.protocol === 'https:'
      const usual = secure ? 2376 : 2375
      const protocol = secure ? 'https' : 'http'
      return { text: shown, protocol, host, port: port ?? usual, ...(tls === undefined ? {} : { tls }) }
    }
    case 'ssh:':
      return {
        text: shown,
        protocol: 'ssh',
        host,
        ...(port === undefined ? {} : { port }),
        ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
        ...(url.pathname.length > 1 ? { path: decodeURIComponent(url.pathname) } : {}),
      }
    default:
      throw wrongAddress(shown, from)
  }
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function wrongAddress(text: string, from: string): ImgauditError {
  return new ImgauditError(
    'USAGE',
    `expected ${from} to be an address like unix:///var/run/docker.sock or tcp://host:2376, got ${JSON.stringify(text)}`,
    `correct ${from}, or unset it to use the usual sockets`,
  )
}
