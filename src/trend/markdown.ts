import type { FormatOptions } from '../report/format.ts'
import { under } from '../report/markdown/blocks.ts'
import { code } from '../report/markdown/code.ts'
import { fitted } from '../report/markdown/fitted.ts'
import { notices } from '../report/markdown/notices.ts'
import { prose } from '../report/markdown/prose.ts'
import { verdict } from '../report/markdown/verdict.ts'
import { causes } from './markdown/causes.ts'
import { images } from './markdown/images.ts'
import { orderText } from './order-text.ts'
import type { Trend } from './schema.ts'

/** The trend as the summary of a step, or a comment: whether the last image is what it is held to, then where its bytes went. */
export default function markdown(trend: Trend, options: FormatOptions): string {
  const last = trend.images.at(-1)?.image.reference ?? ''
  const heading = `${trend.images.length} images, ${orderText(trend)}`
  return fitted(
    [
      { name: 'verdict', draw: extent => verdict(code(last), trend.budgets, extent) },
      { name: 'images', draw: extent => under(heading, images(trend, extent)) },
      { name: 'causes', draw: extent => under('Size by cause', causes(trend, extent)) },
      { name: 'notices', draw: extent => under('Notices', notices(trend.notices, extent)) },
      { name: 'version', draw: () => [`imgaudit ${prose(trend.tool.version)}`] },
    ],
    options,
  )
}
