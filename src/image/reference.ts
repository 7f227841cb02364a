/** Schemes that a reference can be forced with. `-` is standard input. */
export type Scheme =
  | 'docker'
  | 'podman'
  | 'containerd'
  | 'containers-storage'
  | 'docker-archive'
  | 'oci-archive'
  | 'oci'
  | '-'

export interface Reference {
  /** As the user named it. */
  readonly text: string
  /** undefined: what it is must be told by looking. */
  readonly scheme?: Scheme
  /** What follows the scheme's colon. */
  readonly rest: string
}

const prefixes: readonly Scheme[] = [
  'docker-archive',
  'oci-archive',
  'containers-storage',
  'containerd',
  'docker',
  'podman',
  'oci',
]

/** Splits `docker-archive:./app.tar`; `-` is standard input; all else has no scheme. */
export function parseReference(text: string): Reference {
  if (text === '-') return { text, scheme: '-', rest: '' }
  const scheme = prefixes.find(prefix => text.startsWith(`${prefix}:`))
  return scheme === undefined ? { text, rest: text } : { text, scheme, rest: text.slice(scheme.length + 1) }
}

/**
 * An engine's own name for an image, split as engines do: `host:5000/a/b:tag@sha256:…`. A colon before the last slash
 * belongs to the host.
 */
export function splitName(name: string): {
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
} {
  const at = name.indexOf('@')
  const digest = at < 0 ? undefined : name.slice(at + 1)
  const named = at < 0 ? name : name.slice(0, at)
  const colon = named.lastIndexOf(':')
  const tagged = colon > named.lastIndexOf('/')
  return {
    repository: tagged ? named.slice(0, colon) : named,
    ...(tagged ? { tag: named.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** Names of one image in any of the forms that writers use: `app`, `app:latest`, `docker.io/library/app:latest`. */
export function sameName(left: string, right: string): boolean {
  return fullName(left) === fullName(right)
}

/** `app` as `docker.io/library/app:latest`: what Docker makes of it. */
export function fullName(name: string): string {
  const { repository, tag, digest } = splitName(name)
  const slash = repository.indexOf('/')
  const first = slash < 0 ? '' : repository.slice(0, slash)
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost'
  let full = repository
  if (!hasHost) full = slash < 0 ? `docker.io/library/${repository}` : `docker.io/${repository}`
  if (full.startsWith('index.docker.io/')) full = full.slice('index.'.length)
  if (digest !== undefined) return `${full}@${digest}`
  return `${full}:${tag ?? 'latest'}`
}
