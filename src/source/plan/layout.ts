import { ImgauditError } from '../../error.ts'
import { parseConfig } from '../../image/config.ts'
import { checkDigest, invalid } from '../../image/document.ts'
import {
  checkImage,
  type Descriptor,
  isAttestation,
  type Manifest,
  parseIndex,
  parseManifest,
} from '../../image/manifest.ts'
import { formatPlatform, type Platform } from '../../image/platform.ts'
import { type Candidate, chooseImage } from './choose-image.ts'
import { choosePlatform } from './choose-platform.ts'
import { type ImagePlan, planManifest, type Writer } from './plan.ts'
import { blobMissing, blobName, type Shelf } from './shelf.ts'

/** An image that a layout's index.json names: one manifest, or one for each platform. */
export interface LayoutImage extends Candidate {
  readonly descriptors: readonly Descriptor[]
}

/** One manifest and where it leads. `manifest` is undefined where its blob is not on the shelf. */
interface Leaf {
  readonly descriptor: Descriptor
  readonly manifest?: Manifest
  readonly platform: Platform
  readonly complete: boolean
}

/** Indexes hold indexes two or three deep; a hostile one holds itself. */
const deepest = 8

/** The images of a layout's index.json; empty where it names none, as Docker's does for an image saved by ID. */
export async function layoutImages(shelf: Shelf): Promise<readonly LayoutImage[]> {
  const bytes = await shelf.document('index.json')
  if (bytes === undefined) return []
  const descriptors = parseIndex(bytes, 'index.json').manifests.filter(descriptor => !descriptor.attestation)
  return grouped(descriptors)
}

/** What to read for the image that is wanted of those in the layout. */
export async function planLayout(
  shelf: Shelf,
  images: readonly LayoutImage[],
  wanted: { readonly image?: string; readonly platform?: string },
  writer: Writer,
): Promise<ImagePlan> {
  const { descriptors } = chooseImage(images, wanted.image, shelf.reference)
  const leaves = await leavesOf({ shelf, seen: new Set(), platforms: new Map() }, descriptors)
  if (leaves.length === 0) {
    const first = descriptors[0]?.digest ?? ''
    throw new ImgauditError(
      'NOT_AN_IMAGE',
      `${shelf.reference} names no image (${first}), only what is known about one`,
      'name the image itself, or save or copy it again',
    )
  }
  const { descriptor, manifest, platform } = choosePlatform(leaves, wanted.platform, shelf.reference)
  if (manifest === undefined) {
    const what = platform.os === 'unknown' ? 'the manifest' : `the manifest for ${formatPlatform(platform)}`
    throw blobMissing(what, descriptor.digest, shelf.reference)
  }
  checkImage(manifest)
  return planManifest(shelf, manifest, descriptor.digest, writer)
}

/**
 * Descriptors that are one image: those of one name, and those of one digest, whatever they are called. Without names
 * they are one image when each is for another platform, as in a flat multi-platform export.
 */
function grouped(descriptors: readonly Descriptor[]): readonly LayoutImage[] {
  const groups = new Map<string, { names: Set<string>; descriptors: Map<string, Descriptor> }>()
  const homeOf = new Map<string, string>()
  const platforms = descriptors.map(({ platform }) => platform && formatPlatform(platform))
  const onePlatformEach = new Set(platforms).size === descriptors.length && !platforms.includes(undefined)
  for (const descriptor of descriptors) {
    const name = nameOf(descriptor)
    const key = homeOf.get(descriptor.digest) ?? name ?? (onePlatformEach ? '' : descriptor.digest)
    homeOf.set(descriptor.digest, key)
    const group = groups.get(key) ?? { names: new Set(), descriptors: new Map() }
    groups.set(key, group)
    if (name !== undefined) group.names.add(name)
    group.descriptors.set(descriptor.digest, descriptor)
  }
  return [...groups.values()].map(group => ({
    names: [...group.names],
    digests: [...group.descriptors.keys()],
    descriptors: [...group.descriptors.values()],
  }))
}

// containerd's annotation has the whole name; the standard one only the tag, or what the writer liked.
function nameOf({ annotations }: Descriptor): string | undefined {
  return annotations.get('io.containerd.image.name') ?? annotations.get('org.opencontainers.image.ref.name')
}

/** What is known while an index is followed: manifests and indexes by digest, and the platforms that configurations say. */
interface Walk {
  readonly shelf: Shelf
  readonly seen: Set<string>
  readonly platforms: Map<string, Platform>
}

async function leavesOf(walk: Walk, descriptors: readonly Descriptor[], depth = 0): Promise<readonly Leaf[]> {
  const { shelf, seen } = walk
  if (depth > deepest) throw invalid(`the index in ${shelf.reference} holds indexes more than ${deepest} deep`)
  const leaves: Leaf[] = []
  for (const descriptor of descriptors) {
    if (descriptor.attestation || seen.has(descriptor.digest)) continue
    seen.add(descriptor.digest)
    const bytes = await shelf.document(blobName(descriptor.digest))
    if (bytes === undefined) {
      const platform = descriptor.platform ?? { os: 'unknown', architecture: 'unknown' }
      leaves.push({ descriptor, platform, complete: false })
      continue
    }
    const what = `manifest ${descriptor.digest}`
    checkDigest(bytes, descriptor.digest, what)
    const document = parseManifest(bytes, what)
    if (document.kind === 'index') {
      // One by one: indexes can name more of them than a call takes arguments.
      for (const leaf of await leavesOf(walk, document.manifests, depth + 1)) leaves.push(leaf)
    } else if (!isAttestation(document)) leaves.push(await leafOf(walk, descriptor, document))
  }
  return leaves
}

async function leafOf(walk: Walk, descriptor: Descriptor, manifest: Manifest): Promise<Leaf> {
  const blobs = [manifest.config, ...manifest.layers]
  const complete = blobs.every(({ digest }) => walk.shelf.has(blobName(digest)))
  const platform = descriptor.platform ?? (await configuredPlatform(walk, manifest))
  return { descriptor, manifest, platform, complete }
}

// A single-platform index.json leaves the platform out: the configuration has it.
async function configuredPlatform({ shelf, platforms }: Walk, manifest: Manifest): Promise<Platform> {
  const { digest } = manifest.config
  // Thousands of manifests can name one large configuration.
  const known = platforms.get(digest)
  if (known !== undefined) return known
  const bytes = await shelf.document(blobName(digest))
  if (bytes === undefined) return { os: 'unknown', architecture: 'unknown' }
  checkImage(manifest)
  checkDigest(bytes, digest, 'the image configuration')
  const { os, architecture, variant } = parseConfig(bytes)
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) }
  platforms.set(digest, platform)
  return platform
}
