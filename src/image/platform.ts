import { arch } from 'node:os'
import { ImgauditError } from '../error.ts'

/** What an image runs on, in the words of the OCI image-spec (GOOS, GOARCH). */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

const architectures: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['x64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armhf', 'arm'],
  ['armel', 'arm'],
  ['i386', '386'],
  ['ia32', '386'],
  ['ppc64el', 'ppc64le'],
])
const systems: ReadonlySet<string> = new Set(['linux', 'windows', 'darwin', 'freebsd'])
// An arm64 without a variant is v8, an amd64 is v1 (containerd, platforms/database.go).
const defaultVariants: ReadonlyMap<string, string> = new Map([
  ['arm64', 'v8'],
  ['amd64', 'v1'],
])

/** Reads `linux/arm64`, `linux/arm/v7`, or an architecture alone. Throws USAGE. */
export function parsePlatform(text: string): Platform {
  const words = text.trim().toLowerCase().split('/')
  const [first = '', second, variant] = words
  const wellFormed = words.length <= 3 && words.every(word => /^[a-z0-9_.-]+$/.test(word))
  if (!wellFormed || (second === undefined && systems.has(first))) {
    throw new ImgauditError(
      'USAGE',
      `expected --platform to be like linux/amd64, got ${JSON.stringify(text)}`,
      'give it as os/architecture or os/architecture/variant, for example --platform linux/arm64',
    )
  }
  if (second === undefined) return { os: 'linux', architecture: architectureOf(first) }
  return { os: first, architecture: architectureOf(second), ...(variant === undefined ? {} : { variant }) }
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`
}

/** Whether `platform` is what `wanted` asks for: a variant counts only where `wanted` has one. */
export function satisfies(platform: Platform, wanted: Platform): boolean {
  if (platform.os !== wanted.os || architectureOf(platform.architecture) !== wanted.architecture) return false
  if (wanted.variant === undefined) return true
  return (platform.variant ?? defaultVariants.get(wanted.architecture)) === wanted.variant
}

/** The platform that this machine's engine runs: Linux containers, wherever the machine is. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: architectureOf(arch()) }
}

function architectureOf(word: string): string {
  return architectures.get(word) ?? word
}
