import { sum } from '../../bytes/sum.ts'
import { blocks } from '../../report/markdown/blocks.ts'
import { code } from '../../report/markdown/code.ts'
import type { Extent } from '../../report/markdown/fitted.ts'
import { grid } from '../../report/markdown/grid.ts'
import { shorten } from '../../report/shorten.ts'
import { countText, shareText, signedText, sizeText } from '../../report/size-text.ts'
import type { Comparison } from '../schema.ts'

/** What both weigh, under each name of a size, and what a host fetches of it. */
export function sizes(comparison: Comparison, extent: Extent): string[] {
  const { before, after, difference, causes } = comparison
  const waste = causes.filter(({ kind }) => kind === 'waste')
  const [was, is] = [sum(waste.map(row => row.before)), sum(waste.map(row => row.after))]
  const { stored } = difference
  const rows: readonly (readonly [name: string, before: number, after: number, difference: number])[] = [
    ['**files**', before.size.files, after.size.files, difference.files],
    ['unpacked', before.size.unpacked, after.size.unpacked, difference.unpacked],
    ...(stored === null ? [] : [['on the wire', before.size.stored ?? 0, after.size.stored ?? 0, stored] as const]),
    ['hidden', before.size.hidden, after.size.hidden, difference.hidden],
    ['waste', was, is, is - was],
  ]
  const right = { align: 'right' } as const
  return blocks([
    grid(
      [{ name: '' }, { name: 'before', ...right }, { name: 'after', ...right }, { name: 'difference', ...right }],
      rows.map(([name, old, young, change]) => [name, sizeText(old), sizeText(young), changeText(change, old)]),
    ),
    [pull(comparison), ...invalidated(comparison, extent)],
  ])
}

/** `**+1.94 GB** (+44 %)`: of what there was. */
function changeText(bytes: number, old: number): string {
  const sign = bytes < 0 ? '-' : '+'
  const share = old === 0 || bytes === 0 ? '' : ` (${sign}${shareText(Math.abs(bytes), old)})`
  return `**${signedText(bytes)}**${share}`
}

function pull({ pull: { bytes, kind, layers, again } }: Comparison): string {
  const how = kind === 'stored' ? '' : ', unpacked: how far that compresses is not known'
  const more =
    again.layers === 0
      ? ''
      : ` Docker with a graph driver fetches ${countText(again.layers, 'layer')} again, ${sizeText(again.bytes)}: it has them, but on top of others.`
  if (layers === 0) return `A host that has the earlier image pulls no layer.${more}`
  return `A host that has the earlier image pulls **${sizeText(bytes)}** in ${countText(layers, 'layer')}${how}.${more}`
}

function invalidated({ invalidated: cost }: Comparison, { length }: Extent): string[] {
  if (cost === null) return []
  const { layer, createdBy, base, layers, bytes } = cost
  const instruction = createdBy === null ? '' : ` (${code(shorten(createdBy, length))})`
  const which = `${countText(layers.length, 'layer')} whose instruction did not change`
  const first = base === true ? 'The base image is another' : `Layer ${layer}${instruction} is the first that differs`
  return [`${first}. Behind it, ${which} came out anew: ${sizeText(bytes)} of what is pulled.`]
}
