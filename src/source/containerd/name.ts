import { fullName } from '../../image/reference.ts'
import type { ImageRecord } from './protocol.ts'

/** The image that a name stands for: as containerd has it, as Docker would complete it, or by the digest of its manifest
 *  or index or at least 12 digits of it, where they are those of one image. */
export function findImage(images: readonly ImageRecord[], name: string): ImageRecord | undefined {
  const named = (wanted: string) => images.find(image => image.name === wanted)
  return named(name) ?? named(fullName(name)) ?? byDigest(images, name)
}

function byDigest(images: readonly ImageRecord[], name: string): ImageRecord | undefined {
  const hex = name.replace(/^sha256:/, '')
  if (!/^[0-9a-f]{12,64}$/.test(hex)) return undefined
  const fitting = images.filter(({ target }) => target?.digest.startsWith(`sha256:${hex}`))
  const digests = new Set(fitting.map(({ target }) => target?.digest))
  return digests.size === 1 ? fitting[0] : undefined
}
