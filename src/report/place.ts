import { parseReference, type Scheme, splitName } from '../image/reference.ts'
import type { Judged } from './format.ts'
import { oneLine } from './table/line.ts'

/** Where a problem stands, for formats that want a file and lines of it. */
export interface Place {
  /** The Dockerfile as it was named, else the image's name, from no root; with `/` between its parts. */
  readonly path: string
  /** Lines, from 1. */
  readonly start: number
  readonly end: number
}

/** The lines of the instruction that made a layer. The first line of the Dockerfile where it has none of it, as of a setting; of
 *  the image by its name where no Dockerfile is known. */
export function placeOf(judged: Judged, layer: number | null | undefined): Place {
  return linesOf(judged, layer) ?? { path: dockerfileOf(judged) ?? imagePath(judged.image), start: 1, end: 1 }
}

/** The Dockerfile's lines that made a layer, where they are known. */
export function linesOf({ layers }: Judged, layer: number | null | undefined): Place | undefined {
  const lines = layers.find(({ index }) => index === layer)?.dockerfile ?? null
  return lines === null ? undefined : { ...lines, path: filePath(lines.path) }
}

/** The Dockerfile that lines are known of. */
export function dockerfileOf({ layers }: Judged): string | undefined {
  const path = layers.find(({ dockerfile }) => dockerfile !== null)?.dockerfile?.path
  return path === undefined ? undefined : filePath(path)
}

/** Annotations are matched with paths of a repository, which begin with no `./`. */
function filePath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\/+)+(?=.)/, '')
}

/** The image's name as a path that leads nowhere else. Without tag and digest: a problem stays the same problem in the next. */
export function imagePath({ reference }: Pick<Judged['image'], 'reference'>): string {
  const { scheme, rest } = parseReference(reference)
  const name = scheme !== undefined && archives.has(scheme) ? rest : splitName(rest).repository
  const parts = oneLine(name)
    .split(/[/\\]+/)
    .filter(part => !/^\.*$/.test(part))
  return parts.join('/') || 'image'
}

const archives: ReadonlySet<Scheme> = new Set<Scheme>(['docker-archive', 'oci-archive', 'oci'])
