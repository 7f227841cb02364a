import type { FormatOptions } from '../report/format.ts'
import { actions } from '../report/markdown/actions.ts'
import { blocks, under } from '../report/markdown/blocks.ts'
import { code } from '../report/markdown/code.ts'
import { fitted } from '../report/markdown/fitted.ts'
import { markerOf } from '../report/markdown/marker.ts'
import { notices } from '../report/markdown/notices.ts'
import { prose } from '../report/markdown/prose.ts'
import { remarks } from '../report/markdown/remarks.ts'
import { verdict } from '../report/markdown/verdict.ts'
import { shareText, sizeText } from '../report/size-text.ts'
import { judgedOf } from './judged.ts'
import { causes } from './markdown/causes.ts'
import { images } from './markdown/images.ts'
import { layers } from './markdown/layers.ts'
import { packages } from './markdown/packages.ts'
import { paths } from './markdown/paths.ts'
import { settled } from './markdown/settled.ts'
import { sizes } from './markdown/sizes.ts'
import type { Comparison } from './schema.ts'

/** The comparison as a comment of a pull request, or the summary of a step: the verdict, how much, why and what to do about it;
 *  the rest is folded away. Never longer than GitHub takes. */
export default function markdown(comparison: Comparison, options: FormatOptions): string {
  const { after, tool, budgets } = comparison
  const judged = judgedOf(comparison)
  const [hard, others] = [comparison.notices.filter(isHard), comparison.notices.filter(notice => !isHard(notice))]
  return fitted(
    [
      { name: 'marker', draw: () => [markerOf(after.image)] },
      { name: 'verdict', draw: extent => verdict(growth(comparison), budgets, extent) },
      { name: 'what makes them hard to compare', draw: extent => quoted(notices(hard, extent)) },
      { name: 'sizes', draw: extent => sizes(comparison, extent) },
      { name: 'causes', draw: extent => under('Why', causes(comparison, extent)) },
      {
        name: 'new findings',
        draw: extent => under('New findings', blocks([actions(judged, extent), remarks(judged, extent)])),
      },
      { name: 'settled findings', draw: extent => under('Settled findings', settled(comparison, extent)) },
      { name: 'packages', draw: extent => packages(comparison, extent) },
      { name: 'paths', draw: extent => paths(comparison, extent) },
      { name: 'layers', draw: extent => layers(comparison, extent) },
      { name: 'images', draw: () => images(comparison) },
      { name: 'notices', draw: extent => under('Notices', notices(others, extent)) },
      { name: 'version', draw: () => [`imgaudit ${prose(tool.version)}`] },
    ],
    options,
  )
}

/** `app:2` is 1.94 GB (44 %) larger than `app:1`. */
function growth({ before, after, difference: { files } }: Comparison): string {
  const [name, old] = [after.image.reference, before.image.reference]
  const than = name === old ? 'before' : code(old)
  if (files === 0) return `${code(name)} is as large as ${than}`
  const share = before.size.files === 0 ? '' : ` (${shareText(Math.abs(files), before.size.files)})`
  return `${code(name)} is ${sizeText(Math.abs(files))}${share} ${files > 0 ? 'larger' : 'smaller'} than ${than}`
}

function quoted(lines: readonly string[]): string[] {
  return lines.map(line => `> ${line}`)
}

/** Such notices say that the two differ in more than what was changed on purpose: they come first. */
function isHard({ code }: Comparison['notices'][number]): boolean {
  return code.endsWith('-differs') || code === 'same-image'
}
