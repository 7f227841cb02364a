import type { FormatOptions } from './format.ts'
import { actions } from './markdown/actions.ts'
import { under } from './markdown/blocks.ts'
import { causes } from './markdown/causes.ts'
import { code } from './markdown/code.ts'
import { type Extent, fitted } from './markdown/fitted.ts'
import { layers } from './markdown/layers.ts'
import { markerOf } from './markdown/marker.ts'
import { notices } from './markdown/notices.ts'
import { prose } from './markdown/prose.ts'
import { remarks } from './markdown/remarks.ts'
import { sizes } from './markdown/sizes.ts'
import { verdict } from './markdown/verdict.ts'
import type { Report } from './schema.ts'
import { hasIgnoredWaste } from './table/action.ts'

/** The report as a comment of a pull request, or the summary of a step: what failed first, then what to do about it. Never
 *  longer than GitHub takes. */
export default function markdown(report: Report, options: FormatOptions): string {
  return fitted(
    [
      { name: 'marker', draw: () => [markerOf(report.image)] },
      { name: 'verdict', draw: extent => verdict(code(report.image.reference), report.budgets, extent) },
      { name: 'sizes', draw: () => sizes(report) },
      { name: 'what to change', draw: extent => under('What to change', toChange(report, extent)) },
      { name: 'remarks', draw: extent => under('No bytes, but worth a look', remarks(report, extent)) },
      { name: 'largest causes', draw: extent => under('Where the bytes went', causes(report, extent)) },
      { name: 'layers', draw: extent => layers(report, extent) },
      { name: 'notices', draw: extent => under('Notices', notices(report.notices, extent)) },
      { name: 'version', draw: () => [`imgaudit ${prose(report.tool.version)}`] },
    ],
    options,
  )
}

function toChange(report: Report, extent: Extent): string[] {
  const lines = actions(report, extent)
  if (lines.length > 0) return lines
  const ignored = hasIgnoredWaste(report.findings)
  return [ignored ? 'All waste that was found is ignored.' : 'No waste was found: there is nothing to change.']
}
