import picocolors from 'picocolors'
import { grid, remaining } from '../report/table/grid.ts'
import { wrap } from '../report/table/wrap.ts'
import { rules } from '../rule/index.ts'
import { unknownRule } from '../rule/unknown-rule.ts'

interface Look {
  readonly width: number
  readonly colour: boolean
}

/** Every rule with what it finds, in the order in which their claims settle. */
export function listRules({ width, colour }: Look): string {
  const ink = picocolors.createColors(colour)
  const longest = Math.max(...rules.map(rule => rule.id.length))
  const room = remaining(width, [longest, 5])
  const lines = grid(
    [
      { name: 'rule', width: longest },
      { name: 'guide', width: 5, align: 'right' },
      { name: 'what it finds', width: room },
    ],
    rules.map(({ id, guide, title }) => [
      ink.bold(id),
      guide === undefined ? '' : String(guide.section),
      wrap(title, room).join('\n'),
    ]),
  )
  return `${lines.join('\n')}\n\n  imgaudit explain <rule> says why, how to fix it, and when to keep it.\n`
}

/** Why it is waste, how to fix it, when to keep it. */
export function explainRule(id: string, { width, colour }: Look): string {
  const rule = rules.find(rule => rule.id === id)
  if (rule === undefined) throw unknownRule(id)
  const ink = picocolors.createColors(colour)
  const page = Math.min(width, 100)
  const guide = rule.guide
  const head = [
    `${ink.bold(rule.id)}: ${rule.title}`,
    ...wrap(guide === undefined ? 'beyond the guide' : `guide, section ${guide.section}: ${guide.title}`, page),
  ]
  const paragraphs = rule.help
    .trim()
    .split(/\n\s*\n/)
    .map(paragraph =>
      wrap(paragraph, page)
        .join('\n')
        .replace(/^\w+:/, word => ink.bold(word)),
    )
  return `${head.join('\n')}\n\n${paragraphs.join('\n\n')}\n`
}
