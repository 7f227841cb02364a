import { sum } from '../../bytes/sum.ts'
import { cellCode } from '../../report/markdown/code.ts'
import { details } from '../../report/markdown/details.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { grid } from '../../report/markdown/grid.ts'
import { split } from '../../report/markdown/rows.ts'
import { countText, signedText } from '../../report/size-text.ts'
import type { Comparison } from '../schema.ts'

type Package = Comparison['packages'][number]

/** Packages whose version or size is another, and what lies in folders of none. Rows add up to the difference of what is shown. */
export function packages({ packages: all, unowned, difference }: Comparison, extent: Extent): string[] {
  const [shown, rest] = split(all, extent)
  if (all.length === 0) return []
  const rows = grid(
    [{ name: 'difference', align: 'right' }, { name: 'package' }],
    [
      ...shown.map(row => [signedText(row.difference), named(row)]),
      ...(rest.length === 0
        ? []
        : [[signedText(sum(rest.map(row => row.difference))), countText(rest.length, 'other')]]),
      [signedText(sum(unowned.map(row => row.difference))), 'of no package'],
      [`**${signedText(difference.files - difference.hidden)}**`, '**all that the image shows**'],
    ],
  )
  return details(`Packages (${all.length})`, rows)
}

/** `pip:torch` 2.13.0 → 2.14.1 */
function named({ manager, name, before, after, bytes }: Package): string {
  const version = (text: string) => (text === '' ? 'no version' : cellCode(text))
  const known = cellCode(`${manager}:${name}`)
  if (before === null) return after === null ? known : `${known} new, ${version(after)}`
  if (after === null) return `${known} ${version(before)}, gone`
  if (before === after) return `${known} ${version(after)}${bytes.before === 0 ? ', anew' : ''}`
  return `${known} ${version(before)} → ${version(after)}`
}
