import { exactText, signedText, sizeText } from '../../report/size-text.ts'
import { grid, remaining } from '../../report/table/grid.ts'
import type { Page } from '../../report/table/page.ts'
import type { Comparison } from '../schema.ts'

const widths = [8, 8, 9, 15]

/** Under each of its names, what before and after weigh. */
export function sizesPart({ report, width, ink }: Page<Comparison>): string[] {
  const { before, after, difference, causes } = report
  const waste = (side: 'before' | 'after') =>
    causes.reduce((sum, row) => sum + (row.kind === 'waste' ? row[side] : 0), 0)
  const row = (name: string, was: number | null, is: number | null, change: number | null, meaning: string) => [
    was === null ? ink.dim('-') : sizeText(was),
    is === null ? ink.dim('-') : sizeText(is),
    change === null ? '' : ink.bold(signedText(change)),
    change === null ? '' : signedText(change, exactText),
    `${ink.bold(name.padEnd(8))}  ${ink.dim(meaning)}`,
  ]
  const { stored } = difference
  const held =
    before.size.stored === null && after.size.stored === null ? [] : [[before.size.stored, after.size.stored]]
  return grid(
    [
      { name: 'before', width: 8, align: 'right' },
      { name: 'after', width: 8, align: 'right' },
      { name: 'change', width: 9, align: 'right' },
      { name: 'bytes', width: 15, align: 'right' },
      { name: 'of', width: remaining(width, widths) },
    ],
    [
      row('files', before.size.files, after.size.files, difference.files, 'what Docker lists'),
      row('unpacked', before.size.unpacked, after.size.unpacked, difference.unpacked, 'tars of all layers'),
      ...held.map(([was = null, is = null]) => row('stored', was, is, stored, 'kept and pulled')),
      row('hidden', before.size.hidden, after.size.hidden, difference.hidden, 'of files, not shown'),
      row('waste', waste('before'), waste('after'), waste('after') - waste('before'), 'of files, could go'),
    ],
  )
}
