import { ignoredBytes } from '../budgets.ts'
import type { Report } from '../schema.ts'
import { countText, shareText, sizeText } from '../size-text.ts'
import { audited } from './audited.ts'
import { grid } from './grid.ts'

/** What the image weighs, under each of its names, how much of that is waste, and which image it is. */
export function sizes(report: Report): string[] {
  const { files, unpacked, stored, hidden } = report.size
  const { safe, check, after } = report.savings
  const figures: readonly (readonly [name: string, figure: string])[] = [
    ['files', `**${sizeText(files)}**`],
    ['unpacked', sizeText(unpacked)],
    ...(stored === null ? [] : [['stored', sizeText(stored)] as const]),
    ['hidden', sizeText(hidden)],
    ['waste', `**${sizeText(safe + check)}** (${shareText(safe + check, files)})`],
    ['of it safe', sizeText(safe)],
    ['to check', sizeText(check)],
    ['after', sizeText(after)],
  ]
  return [
    ...grid(
      figures.map(([name]) => ({ name, align: 'right' })),
      [figures.map(([, figure]) => figure)],
    ),
    '',
    ...notes(report),
    '',
    audited(report.image),
  ]
}

function notes({ savings, findings, layers }: Report): string[] {
  const ignored = findings.filter(({ ignored }) => ignored !== null)
  const { stored } = savings
  return [
    `In ${countText(layers.length, 'layer')}. Hidden: of files, deleted or replaced by a later layer. After: files without what is safe to take.`,
    ...(stored === null
      ? []
      : [
          `A pull has ~${sizeText(stored.safe)} less with what is safe, ~${sizeText(stored.check)} more with the rest.`,
        ]),
    ...(ignored.length === 0
      ? []
      : [`Ignored: ${sizeText(ignoredBytes(findings))} of the waste, in ${countText(ignored.length, 'finding')}.`]),
  ]
}
