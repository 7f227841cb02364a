import { countText, sizeText } from '../../report/size-text.ts'
import { oneLine } from '../../report/table/line.ts'
import { heading, type Page } from '../../report/table/page.ts'
import { wrapSentence } from '../../report/table/wrap.ts'
import type { Comparison } from '../schema.ts'

/** What a host that has before must fetch. */
export function pullPart(page: Page<Comparison>): string[] {
  const { bytes, kind, layers, again } = page.report.pull
  const { before } = page.report
  const as = kind === 'stored' ? 'as stored' : 'unpacked: how far they compress is not known'
  const host = `a host that has ${before.image.reference}`
  const fetched = `${countText(bytes, 'byte')} in ${countText(layers, 'layer')}, ${as}`
  const told = layers === 0 ? `${host} fetches no layer` : `${host} fetches ${fetched}`
  const more =
    again.layers === 0
      ? ''
      : `; Docker with a graph driver fetches ${layers === 0 ? '' : 'another '}${sizeText(again.bytes)}: ${countText(again.layers, 'layer')} that it ` +
        'has, but on top of others'
  const lines = wrapSentence(oneLine(`${told}${more}`), page.width - 2, page.all)
  return [heading(page, 'TO PULL', sizeText(bytes)), ...lines.map(line => `  ${line}`)]
}
