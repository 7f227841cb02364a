import { sum } from '../../bytes/sum.ts'
import { cellCode } from '../../report/markdown/code.ts'
import { details } from '../../report/markdown/details.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { grid } from '../../report/markdown/grid.ts'
import { split } from '../../report/markdown/rows.ts'
import { countText, signedText } from '../../report/size-text.ts'
import type { Comparison } from '../schema.ts'

type Path = Comparison['paths'][number]

/** Where the difference lies in the image. Rows add up to the difference of what it shows. */
export function paths({ paths: all, difference }: Comparison, extent: Extent): string[] {
  const [shown, rest] = split(all, extent)
  if (all.length === 0) return []
  const near = rest.some(({ exact }) => !exact) ? '~' : ''
  const rows = grid(
    [{ name: 'difference', align: 'right' }, { name: 'path' }, { name: '' }],
    [
      ...shown.map(row => [figure(row), named(row), row.change]),
      ...(rest.length === 0
        ? []
        : [[`${near}${signedText(sum(rest.map(row => row.difference)))}`, countText(rest.length, 'other'), '']]),
      [`**${signedText(difference.files - difference.hidden)}**`, '**all that the image shows**', ''],
    ],
  )
  return details(`Paths (${all.length})`, rows)
}

/** `~` where a stored report does not tell what lies there. */
function figure({ difference, exact }: Path): string {
  return `${exact ? '' : '~'}${signedText(difference)}`
}

function named({ path, was, kind }: Path): string {
  const shown = (name: string) => cellCode(kind === 'folder' && name !== '/' ? `${name}/` : name)
  const place = shown(path)
  const rest = kind === 'rest' ? `the rest of ${place}` : place
  return was === null ? rest : `${rest}, was ${shown(was)}`
}
