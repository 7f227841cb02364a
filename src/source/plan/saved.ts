import { sha256 } from '../../bytes/digest.ts'
import { parseConfig } from '../../image/config.ts'
import { checkDigest, invalid, isDigest, isObject, parseJson, part, text, texts } from '../../image/document.ts'
import { type Candidate, chooseImage } from './choose-image.ts'
import { checkPlatform } from './choose-platform.ts'
import { checkLayers, type ImagePlan, type LayerPlan } from './plan.ts'
import { blobMissing, type Shelf } from './shelf.ts'

/** An entry of the manifest.json of `docker save` (moby image/spec/v1.2.md), which podman, skopeo, kaniko and crane
 *  write too. Names are of the archive. */
export interface SavedImage extends Candidate {
  readonly config: string
  readonly layers: readonly string[]
  /** Docker 25 to 28 on a graph driver: it says for each layer what blob it once came from. */
  readonly layerSources: boolean
}

/** The images of an archive's manifest.json; undefined where there is no such file. */
export async function savedImages(shelf: Shelf): Promise<readonly SavedImage[] | undefined> {
  const bytes = await shelf.document('manifest.json')
  if (bytes === undefined) return undefined
  const entries = parseJson(bytes, 'manifest.json')
  if (!Array.isArray(entries)) throw invalid('manifest.json is no list of images')
  return entries.map((entry: unknown) => {
    if (!isObject(entry)) throw invalid('manifest.json has an entry that is no image')
    const config = text(entry, 'Config')
    if (!config) throw invalid('manifest.json has an image without a configuration')
    const named = namedDigest(config)
    return {
      config,
      layers: texts(entry, 'Layers'),
      names: texts(entry, 'RepoTags'),
      digests: named === undefined ? [] : [named],
      layerSources: part(entry, 'LayerSources') !== undefined,
    }
  })
}

/** What to read for the image that is wanted of those in the archive. */
export async function planSaved(
  shelf: Shelf,
  images: readonly SavedImage[],
  wanted: { readonly image?: string; readonly platform?: string },
): Promise<ImagePlan> {
  const chosen = chooseImage(images, wanted.image, shelf.reference)
  const named = namedDigest(chosen.config)
  const bytes = await shelf.document(chosen.config)
  if (bytes === undefined) throw blobMissing('the image configuration', chosen.config, shelf.reference)
  if (named !== undefined) checkDigest(bytes, named, 'the image configuration')
  const config = parseConfig(bytes)
  checkPlatform(config, wanted.platform, shelf.reference)
  checkLayers(config, chosen.layers.length)
  const layers = chosen.layers.map((name, position): LayerPlan => {
    const diffId = config.diffIds[position]
    return { name, ...(diffId === undefined ? {} : { diffId }) }
  })
  return { id: named ?? sha256(bytes), config, layers, keepsBlobs: false, kind: 'docker-archive', notices: [] }
}

/** The digest in `<hex>.json`, `sha256:<hex>` (kaniko, crane) and `blobs/sha256/<hex>`. */
function namedDigest(config: string): string | undefined {
  const base = config.slice(config.lastIndexOf('/') + 1).replace(/\.json$/, '')
  const digest = base.startsWith('sha256:') ? base : `sha256:${base}`
  return isDigest(digest) ? digest : undefined
}
