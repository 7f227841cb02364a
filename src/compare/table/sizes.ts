import { exactText, signedText, sizeText } from '../../report/size-text.ts'
import type { Page } from '../../report/table/page.ts'
import type { Comparison } from '../schema.ts'
import { fittedGrid } from './fitted-grid.ts'

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
  return fittedGrid(
    width,
    [
      { name: 'before', width: 8, align: 'right', spare: 1 },
      { name: 'after', width: 8, align: 'right' },
      { name: 'change', width: 9, align: 'right' },
      { name: 'bytes', width: 15, align: 'right', spare: 2 },
    ],
    'of',
    () => [
      row('files', before.size.files, after.size.files, difference.files, 'what Docker lists'),
      row('unpacked', before.size.unpacked, after.size.unpacked, difference.unpacked, 'tars of all layers'),
      ...held.map(([was = null, is = null]) => row('stored', was, is, stored, 'kept and pulled')),
      row('hidden', before.size.hidden, after.size.hidden, difference.hidden, 'of files, not shown'),
      row('waste', waste('before'), waste('after'), waste('after') - waste('before'), 'of files, could go'),
    ],
  )
}
