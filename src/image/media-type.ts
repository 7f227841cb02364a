import { ImgauditError } from '../error.ts'

/** Media types of the OCI image-spec (media-types.md) and of Docker's registry that came before it. */
const indexTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
])
const manifestTypes: ReadonlySet<string> = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
])
const layerType =
  /^application\/vnd\.(oci\.image\.layer\.(nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(foreign\.)?diff\.tar)([.+](gzip|zstd))?$/
const anotherTool = 'open it with the tool that made it; imgaudit reads container images'

/** What a document is, as far as its media type says. */
export function documentKind(mediaType: string | undefined): 'index' | 'manifest' | undefined {
  if (mediaType === undefined) return undefined
  if (indexTypes.has(mediaType)) return 'index'
  if (manifestTypes.has(mediaType)) return 'manifest'
  if (mediaType.startsWith('application/vnd.docker.distribution.manifest.v1+')) throw schema1()
  return undefined
}

export function schema1(): ImgauditError {
  return new ImgauditError(
    'MEDIA_TYPE_UNSUPPORTED',
    'the image has a manifest of schema 1, which Docker gave up in 2017',
    'pull and push it with a current engine, or copy it with: skopeo copy --format v2s2',
  )
}

/** Whether an OCI configuration: the kind that cannot carry a HEALTHCHECK. */
export function isOciConfig(mediaType: string | undefined): boolean {
  return mediaType === 'application/vnd.oci.image.config.v1+json'
}

/** Whether a layer may be left out of an archive because its licence forbids to hand it on (Windows bases, mostly). */
export function isForeign(mediaType: string): boolean {
  return mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.')
}

/** Throws MEDIA_TYPE_UNSUPPORTED unless the type is one of a root file system's layer. What compresses the blob is told
 *  by its first bytes, never by this type, which lies (gzip under a plain type, Docker's types in OCI layouts). */
export function checkLayerType(mediaType: string, position: number): void {
  if (mediaType === '' || layerType.test(mediaType)) return
  if (mediaType.endsWith('+encrypted')) {
    throw new ImgauditError(
      'MEDIA_TYPE_UNSUPPORTED',
      `layer ${position + 1} is encrypted (${mediaType})`,
      'decrypt it first: skopeo copy --decryption-key <key> <image> oci:<folder>',
    )
  }
  throw new ImgauditError('MEDIA_TYPE_UNSUPPORTED', artifact(mediaType, position), anotherTool)
}

/** Throws MEDIA_TYPE_UNSUPPORTED where the configuration's type says that this is no image but something stored as one:
 *  a Helm chart, a model, a signature. */
export function checkConfigType(mediaType: string): void {
  const ofImage =
    mediaType === '' || isOciConfig(mediaType) || mediaType === 'application/vnd.docker.container.image.v1+json'
  // Old registries say octet-stream, and some builders plain JSON.
  if (ofImage || mediaType === 'application/octet-stream' || mediaType === 'application/json') return
  throw new ImgauditError(
    'MEDIA_TYPE_UNSUPPORTED',
    `this is an artifact, not a container image: its configuration is of the type ${mediaType}`,
    anotherTool,
  )
}

function artifact(mediaType: string, position: number): string {
  return `layer ${position + 1} is of the type ${mediaType || 'unknown'}: an artifact, not a root file system`
}
