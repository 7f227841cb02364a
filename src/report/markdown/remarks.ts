import type { Judged } from '../format.ts'
import { countText } from '../size-text.ts'
import { isIgnored, isRemark } from '../table/action.ts'
import { blocks } from './blocks.ts'
import { change } from './change.ts'
import { code } from './code.ts'
import { details } from './details.ts'
import type { Extent } from './fitted.ts'
import { prose } from './prose.ts'
import { split } from './rows.ts'

/** Findings that weigh nothing: secrets first, what is leaked comes before what is missing. */
export function remarks({ findings }: Pick<Judged, 'findings'>, extent: Extent): string[] {
  const all = findings.filter(finding => isRemark(finding) && !isIgnored(finding))
  const urgent = ({ rule }: (typeof all)[number]) => Number(rule === 'secrets')
  const [shown, rest] = split(
    all.sort((a, b) => urgent(b) - urgent(a)),
    extent,
  )
  return blocks([
    [
      ...shown.map(({ message, because, rule }) => {
        const said = [message, ...because].map(text => prose(text, code, extent.length)).join('; ')
        return `- ${code(rule)}: ${said}`
      }),
      ...(rest.length === 0 ? [] : [`- and ${countText(rest.length, 'more finding')}`]),
    ],
    details('What to write instead', blocks(shown.map(({ fix }) => change(fix.before, [fix], extent)))),
  ])
}
