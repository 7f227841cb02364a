import { field, invalid, isDigest, isObject, type JsonObject, list, parseObject, part, text } from './document.ts'
import { checkConfigType, checkLayerType, documentKind, schema1 } from './media-type.ts'
import type { Platform } from './platform.ts'

/** A pointer to a blob (OCI image-spec descriptor.md). */
export interface Descriptor {
  /** Empty where the writer left it out. */
  readonly mediaType: string
  /** `sha256:…` */
  readonly digest: string
  /** Bytes of the blob; undefined where the writer left it out. */
  readonly size?: number
  readonly platform?: Platform
  readonly annotations: ReadonlyMap<string, string>
  /** What says that this is no image but something about one: a provenance or a bill of materials. */
  readonly attestation: boolean
}

/** One image for one platform. */
export interface Manifest {
  readonly kind: 'manifest'
  readonly config: Descriptor
  /** Base first. */
  readonly layers: readonly Descriptor[]
}

/** Several manifests, one for each platform, and indexes of further ones. */
export interface Index {
  readonly kind: 'index'
  readonly manifests: readonly Descriptor[]
}

/** Reads an OCI or Docker manifest or index; `what` names it in errors. Throws MANIFEST_INVALID and
 *  MEDIA_TYPE_UNSUPPORTED. */
export function parseManifest(bytes: Buffer, what: string): Manifest | Index {
  const document = parseObject(bytes, what)
  if (field(document, 'schemaVersion') === 1) throw schema1()
  const kind = documentKind(text(document, 'mediaType')) ?? kindByContent(document)
  if (kind === undefined) throw invalid(`${what} is neither an image manifest nor an index`)
  return kind === 'index' ? indexOf(document, what) : manifestOf(document, what)
}

/** Reads an index, such as a layout's index.json. `manifests: null` is what Docker writes for an image saved by ID. */
export function parseIndex(bytes: Buffer, what: string): Index {
  return indexOf(parseObject(bytes, what), what)
}

/** Throws MEDIA_TYPE_UNSUPPORTED where the manifest describes something that has no root file system to audit. */
export function checkImage(manifest: Manifest): void {
  checkConfigType(manifest.config.mediaType)
  for (const [position, layer] of manifest.layers.entries()) checkLayerType(layer.mediaType, position)
}

/** Whether a manifest is an attestation that the index did not mark as one: all its layers are in-toto statements. */
export function isAttestation(manifest: Manifest): boolean {
  return (
    manifest.layers.length > 0 && manifest.layers.every(layer => layer.mediaType === 'application/vnd.in-toto+json')
  )
}

// Old writers leave the media type out: OCI image-spec 1.0 made it optional.
function kindByContent(document: JsonObject): 'index' | 'manifest' | undefined {
  if ('manifests' in document) return 'index'
  if (part(document, 'config') !== undefined || 'layers' in document) return 'manifest'
  return undefined
}

function indexOf(document: JsonObject, what: string): Index {
  const manifests = list(document, 'manifests').map(entry => descriptorOf(entry, what))
  return { kind: 'index', manifests }
}

function manifestOf(document: JsonObject, what: string): Manifest {
  const config = descriptorOf(field(document, 'config'), `the configuration in ${what}`)
  const layers = list(document, 'layers').map((layer, position) =>
    descriptorOf(layer, `layer ${position + 1} in ${what}`),
  )
  return { kind: 'manifest', config, layers }
}

function descriptorOf(value: unknown, what: string): Descriptor {
  if (!isObject(value)) throw invalid(`${what} is no descriptor`)
  const digest = text(value, 'digest') ?? ''
  if (!isDigest(digest)) throw invalid(`${what} has no digest that can be checked: ${JSON.stringify(digest)}`)
  const size = field(value, 'size')
  if (size !== undefined && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(`${what} has the size ${JSON.stringify(size)}`)
  }
  const annotations = textMap(part(value, 'annotations'))
  const platform = platformOf(part(value, 'platform'))
  const unknown = platform?.os === 'unknown' && platform.architecture === 'unknown'
  return {
    mediaType: text(value, 'mediaType') ?? '',
    digest,
    annotations,
    ...(size === undefined ? {} : { size }),
    ...(platform === undefined || unknown ? {} : { platform }),
    attestation: unknown || aboutAnother(annotations, text(value, 'artifactType')),
  }
}

// BuildKit marks its attestations in an index; Docker's export lists what refers to the image beside it, marked otherwise.
function aboutAnother(annotations: ReadonlyMap<string, string>, artifactType: string | undefined): boolean {
  return (
    annotations.has('vnd.docker.reference.type') ||
    annotations.has('io.containerd.manifest.subject') ||
    artifactType === 'application/vnd.docker.attestation.manifest.v1+json'
  )
}

function platformOf(value: JsonObject | undefined): Platform | undefined {
  const os = text(value, 'os')
  const architecture = text(value, 'architecture')
  if (os === undefined || architecture === undefined) return undefined
  const variant = text(value, 'variant')
  return { os, architecture, ...(variant ? { variant } : {}) }
}

function textMap(object: JsonObject | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(object ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}
