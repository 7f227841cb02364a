import { oneLine } from '../../report/table/line.ts'
import type { Page } from '../../report/table/page.ts'
import { shortPath, wrap } from '../../report/table/wrap.ts'
import type { Comparison } from '../schema.ts'
import { firstNotices } from './notices.ts'

/** Which two images, and what to know before all else. */
export function headPart(page: Page<Comparison>): string[] {
  const { before, after } = page.report
  const notices = firstNotices(page)
  return [
    ...side(page, 'before', before.image),
    ...side(page, 'after', after.image),
    ...(notices.length === 0 ? [] : ['', ...notices]),
  ]
}

type Image = Comparison['before']['image']

function side({ width, ink }: Page<Comparison>, name: string, { reference, ...image }: Image): string[] {
  const about = [
    `image ${image.id.slice(0, 19)}`,
    ...(image.digest === null ? [] : [`manifest ${image.digest.slice(0, 19)}`]),
    image.platform,
    ...(image.created === null ? [] : [`made ${image.created.slice(0, 10)}`]),
    `read from ${image.source}`,
  ]
  const room = width - indent.length
  return [
    `${ink.dim(name.padEnd(indent.length))}${ink.bold(shortPath(oneLine(reference), room))}`,
    ...wrap(oneLine(about.join(' · ')), room).map(line => `${indent}${ink.dim(line)}`),
  ]
}

const indent = ' '.repeat(8)
