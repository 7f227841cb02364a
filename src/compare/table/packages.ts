import { bytesText, countText, exactText, signedText } from '../../report/size-text.ts'
import { grid, remaining } from '../../report/table/grid.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page, rowsShown } from '../../report/table/page.ts'
import { wrap } from '../../report/table/wrap.ts'
import type { Comparison } from '../schema.ts'

type Row = Comparison['packages'][number]

/** Packages that are new, gone, or another version or size. Rows sum to what the image shows more than before. */
export function packagesPart(page: Page<Comparison>): string[] {
  const { report, ink, width } = page
  const { packages, unowned, difference } = report
  if (packages.length === 0) return []
  const shown = packages.slice(0, rowsShown(page, packages.length))
  const rest = packages.slice(shown.length)
  const room = remaining(width, [9])
  const places = severalPlaces(packages)
  const cells = (bytes: number, name: string) => [signedText(bytes), name]
  const live = difference.files - difference.hidden
  return [
    heading(page, 'PACKAGES', `${signedText(live, bytesText)} shown; ${tally(packages)}`),
    '',
    ...grid(
      [{ width: 9, align: 'right' }, { width: room }],
      [
        ...shown.map(row => cells(row.difference, named(page, row, room, places))),
        ...(rest.length === 0 ? [] : [cells(sum(rest), ink.dim(countText(rest.length, 'other')))]),
        ...(unowned.length === 0 ? [] : [cells(sum(unowned), ink.dim('of no package'))]),
        cells(live, ink.bold('all that the image shows')),
      ],
    ),
  ]
}

/** `3 changed, 1 new, 2 gone`. */
function tally(packages: readonly Row[]): string {
  const news = packages.filter(row => row.before === null).length
  const gone = packages.filter(row => row.after === null).length
  const counts = [
    [packages.length - news - gone, 'changed'],
    [news, 'new'],
    [gone, 'gone'],
  ] as const
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${exactText(count)} ${what}`)
    .join(', ')
}

/** Packages by name that stand there for more than one place. */
function severalPlaces(packages: readonly Row[]): ReadonlySet<string> {
  const first = new Map<string, string>()
  const several = new Set<string>()
  for (const { manager, name, root } of packages) {
    const key = `${manager}:${name}`
    const known = first.get(key)
    if (known === undefined) first.set(key, root)
    else if (known !== root) several.add(key)
  }
  return several
}

/** `pip:torch 2.13.0 → 2.14.1`, `+ pip:triton 3.5.0`, `- dpkg:g++ 4:12.2.0-3`. Where a package has several places, with that. */
function named({ ink }: Page<Comparison>, row: Row, room: number, places: ReadonlySet<string>): string {
  const { manager, name, root, before, after } = row
  const versions = before === after || before === null || after === null ? (after ?? before) : `${before} → ${after}`
  const place = places.has(`${manager}:${name}`) ? ` in ${root}` : ''
  const mark = before === null ? '+ ' : after === null ? '- ' : '  '
  const colour = before === null ? ink.green : after === null ? ink.red : (text: string) => text
  return wrap(oneLine(`${manager}:${name} ${versions}${place}`), room - mark.length)
    .map((line, at) => colour(`${at === 0 ? mark : '  '}${line}`))
    .join('\n')
}

function sum(rows: readonly { readonly difference: number }[]): number {
  return rows.reduce((total, row) => total + row.difference, 0)
}
