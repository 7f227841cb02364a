import { ImgauditError } from '../../error.ts'
import { type ImageConfig, parseConfig } from '../../image/config.ts'
import { checkDigest } from '../../image/document.ts'
import type { Manifest } from '../../image/manifest.ts'
import type { Notice } from '../../image/notice.ts'
import { blobMissing, blobName, type Shelf } from './shelf.ts'

/** One layer that must be read. */
export interface LayerPlan {
  /** Its name on the shelf. */
  readonly name: string
  /** undefined before Docker 1.10, which recorded none: reading tells. */
  readonly diffId?: string
  /** Of the blob as it is on the shelf, where something says so. */
  readonly digest?: string
  /** Bytes of the blob, as the manifest says. */
  readonly size?: number
}

/** What must be read of a shelf to have an image. */
export interface ImagePlan {
  /** Digest of the configuration. */
  readonly id: string
  readonly digest?: string
  readonly config: ImageConfig
  readonly layers: readonly LayerPlan[]
  /** Whether a plain blob is one as kept or pulled; an engine that keeps none makes them up while it saves. */
  readonly keepsBlobs: boolean
  /** What kind of archive it is in, where it is in one. */
  readonly kind: 'docker-archive' | 'oci-archive'
  readonly notices: readonly Notice[]
}

/** What is known of who wrote a layout. */
export interface Writer {
  readonly kind: ImagePlan['kind']
  /** A Docker engine made it out of its graph driver's layers: the blobs are none that were ever pulled, the media types
   *  are OCI's and the configuration is Docker's. */
  readonly madeUp: boolean
}

/** The plan of an OCI image whose manifest is known. */
export async function planManifest(
  shelf: Shelf,
  manifest: Manifest,
  digest: string,
  writer: Writer,
): Promise<ImagePlan> {
  const name = blobName(manifest.config.digest)
  const bytes = await shelf.document(name)
  if (bytes === undefined) throw blobMissing('the image configuration', manifest.config.digest, shelf.reference)
  checkDigest(bytes, manifest.config.digest, 'the image configuration')
  const config = parseConfig(bytes, writer.madeUp ? undefined : manifest.config.mediaType)
  checkLayers(config, manifest.layers.length)
  const layers = manifest.layers.map((layer, position): LayerPlan => {
    const diffId = config.diffIds[position]
    return {
      name: blobName(layer.digest),
      digest: layer.digest,
      ...(layer.size === undefined ? {} : { size: layer.size }),
      ...(diffId === undefined ? {} : { diffId }),
    }
  })
  const { kind, madeUp } = writer
  return { id: manifest.config.digest, digest, config, layers, keepsBlobs: !madeUp, kind, notices: [] }
}

/** Throws WINDOWS_IMAGE, and LAYER_COUNT where the configuration describes another number of layers than there are. */
export function checkLayers(config: ImageConfig, layerCount: number): void {
  if (config.os === 'windows') throw windowsImage(config.architecture)
  const { length } = config.diffIds
  if (length === layerCount) return
  throw new ImgauditError(
    'LAYER_COUNT',
    `the manifest lists ${layerCount} layers, the configuration ${length} diff IDs`,
    'build, save or copy the image again: no engine loads it as it is',
  )
}

export function windowsImage(architecture: string): ImgauditError {
  return new ImgauditError(
    'WINDOWS_IMAGE',
    `this is a Windows image (windows/${architecture}), which imgaudit does not read`,
    'name a Linux image, or choose one with --platform linux/amd64 where it has several platforms',
  )
}
