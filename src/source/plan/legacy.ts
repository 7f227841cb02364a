import { sha256 } from '../../bytes/digest.ts'
import { describe } from '../../image/config.ts'
import { invalid, isObject, type JsonObject, parseObject, part, text, texts } from '../../image/document.ts'
import { historyLine } from '../../image/history.ts'
import { type Candidate, chooseImage } from './choose-image.ts'
import { checkPlatform } from './choose-platform.ts'
import { type ImagePlan, windowsImage } from './plan.ts'
import { blobMissing, type Shelf } from './shelf.ts'

/** An image of before Docker 1.10 (moby image/spec/v1.md): a chain of `<id>/json` with a `<id>/layer.tar` each. */
export interface LegacyImage extends Candidate {
  /** The v1 ID of its uppermost layer. */
  readonly top: string
}

/** Docker never stacked more layers than this (127), so a longer chain is a cycle. */
const longestChain = 512

/** The images of an archive that has `repositories` and no manifest.json; undefined where there is no such file. */
export async function legacyImages(shelf: Shelf): Promise<readonly LegacyImage[] | undefined> {
  const bytes = await shelf.document('repositories')
  if (bytes === undefined) return undefined
  const images = new Map<string, string[]>()
  for (const [repository, tags] of Object.entries(parseObject(bytes, 'repositories'))) {
    for (const [tag, top] of Object.entries(isObject(tags) ? tags : {})) {
      if (typeof top !== 'string') throw invalid(`repositories names no layer for ${repository}:${tag}`)
      const names = images.get(top)
      if (names === undefined) images.set(top, [`${repository}:${tag}`])
      else names.push(`${repository}:${tag}`)
    }
  }
  return [...images].map(([top, names]) => ({ top, names, digests: [`sha256:${top}`] }))
}

/** What to read for the image that is wanted. There are no diff IDs in such an archive; the image's id is the digest of
 *  the uppermost layer's JSON, which holds the configuration. */
export async function planLegacy(
  shelf: Shelf,
  images: readonly LegacyImage[],
  wanted: { readonly image?: string; readonly platform?: string },
): Promise<ImagePlan> {
  const { top } = chooseImage(images, wanted.image, shelf.reference)
  const chain: { readonly id: string; readonly document: JsonObject; readonly bytes: Buffer }[] = []
  for (let id: string | undefined = top; id; ) {
    const bytes = await shelf.document(`${id}/json`)
    if (bytes === undefined) throw blobMissing(`the description of layer ${id}`, `${id}/json`, shelf.reference)
    const document = parseObject(bytes, `${id}/json`)
    chain.unshift({ id, document, bytes })
    if (chain.length > longestChain) throw invalid(`the layers of ${top} are chained in a circle`)
    id = text(document, 'parent')
  }
  const last = chain.at(-1)
  if (last === undefined) throw invalid('repositories names no layer')
  const described = describe(last.document)
  if (described.os === 'windows') throw windowsImage(described.architecture)
  checkPlatform(described, wanted.platform, shelf.reference)
  const history = chain.map(({ document }) => {
    const command = texts(part(document, 'container_config'), 'Cmd').join(' ')
    return historyLine({ created_by: command, created: text(document, 'created'), comment: text(document, 'comment') })
  })
  return {
    id: sha256(last.bytes),
    config: { ...described, history, diffIds: [] },
    layers: chain.map(({ id }) => ({ name: `${id}/layer.tar` })),
    keepsBlobs: false,
    kind: 'docker-archive',
    notices: [],
  }
}
