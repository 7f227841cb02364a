import { showName } from '../../bytes/name.ts'
import { parseReference, splitName } from '../../image/reference.ts'
import type { Report } from '../schema.ts'

/** More than any registry allows, so that only paths of archives are ever cut. */
const most = 1000

/**
 * The hidden first line, by which a comment of a pull request is found again: one for each image, whatever its tag. The name
 * in it is percent-encoded, so that nothing in it can end the comment.
 */
export function markerOf({ reference }: Pick<Report['image'], 'reference'>): string {
  const { repository } = splitName(parseReference(reference).rest)
  const key = encodeURIComponent(showName(repository))
    .replace(/%2F/g, '/')
    .replace(/%3A/g, ':')
    .replace(/-(?=-)/g, '%2D')
  return `<!-- imgaudit:${key.slice(0, most)} -->`
}
