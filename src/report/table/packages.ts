import { sum } from '../../bytes/sum.ts'
import type { Report } from '../schema.ts'
import { countText, exactText, sizeText } from '../size-text.ts'
import { grid, remaining } from './grid.ts'
import { oneLine } from './line.ts'
import { heading, type Page, rowsShown } from './page.ts'
import { shortPath, wrap } from './wrap.ts'

type Row = Report['packages'][number]

const number = { width: 8, align: 'right' } as const
const layer = { name: 'layer', width: 5, align: 'right' } as const

/** Packages that the final image has, or has something of: live bytes, hidden ones, and what layers made of each. */
export function packagesPart(page: Page): string[] {
  const rows = page.report.packages.filter(row => !isRemoved(row))
  if (rows.length === 0) return [heading(page, 'PACKAGES'), '', '  none, as far as records of package managers tell']
  const total = exactText(sum(rows.map(row => row.bytes)))
  return [heading(page, 'PACKAGES', `${total} bytes of ${countText(rows.length, 'package')}`), '', ...list(page, rows)]
}

/** Packages that a layer installed and a later one removed. */
export function removedPackagesPart(page: Page): string[] {
  const rows = page.report.packages.filter(isRemoved)
  if (rows.length === 0) return []
  const total = exactText(sum(rows.map(row => row.hidden)))
  const largest = rows.sort((a, b) => b.bytes + b.hidden - (a.bytes + a.hidden))
  return [heading(page, 'REMOVED PACKAGES', `${total} bytes of them still lie hidden`), '', ...list(page, largest)]
}

function isRemoved({ history }: Row): boolean {
  return history.at(-1)?.version === null
}

function list(page: Page, rows: readonly Row[]): string[] {
  const shown = rows.slice(0, rowsShown(page, rows.length))
  const rest = rows.slice(shown.length)
  const room = remaining(page.width, [8, 8, 5])
  const bytes = sum(rest.map(row => row.bytes))
  const hidden = sum(rest.map(row => row.hidden))
  return grid(
    [{ name: 'bytes', ...number }, { name: 'hidden', ...number }, layer, { name: 'package', width: room }],
    [
      ...shown.map(row => [size(row.bytes), size(row.hidden), String(row.layer), named(page, row, room)]),
      ...(rest.length === 0 ? [] : [[size(bytes), size(hidden), '', page.ink.dim(countText(rest.length, 'other'))]]),
    ],
  )
}

/** Where the live bytes lie that belong to no package. */
export function unownedPart(page: Page): string[] {
  const rows = page.report.unowned
  if (rows.length === 0) return []
  const total = sum(rows.map(row => row.bytes))
  const shown = rows.slice(0, rowsShown(page, rows.length))
  const rest = rows.slice(shown.length)
  const restBytes = sum(rest.map(row => row.bytes))
  const room = remaining(page.width, [8])
  return [
    heading(page, 'OF NO PACKAGE', `${exactText(total)} bytes, by folder`),
    '',
    ...grid(
      [number, { width: room }],
      [
        ...shown.map(({ path, bytes, count }) => {
          const files = `  ${countText(count, 'file')}`
          return [sizeText(bytes), `${shortPath(oneLine(path), room - files.length)}${page.ink.dim(files)}`]
        }),
        ...(rest.length === 0 ? [] : [[sizeText(restBytes), page.ink.dim(countText(rest.length, 'other'))]]),
      ],
    ),
  ]
}

/** `pip:numpy 1.26.4 (layer 6) → 2.2.1 (layer 8)`; where only one layer speaks of it, its version alone. */
function named({ ink }: Page, { manager, name, version, history }: Row, room: number): string {
  const changes = history.map(change => `${change.version ?? 'removed'} (layer ${change.layer})`).join(' → ')
  const lines = wrap(oneLine(`${manager}:${name} ${history.length < 2 ? version : changes}`), room)
  const [first = '', ...more] = lines
  const cut = first.indexOf(' ')
  if (cut === -1) return lines.join('\n')
  return [`${first.slice(0, cut)}${ink.dim(first.slice(cut))}`, ...more.map(line => ink.dim(line))].join('\n')
}

function size(bytes: number): string {
  return bytes === 0 ? '' : sizeText(bytes)
}
