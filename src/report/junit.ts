import Builder from 'fast-xml-builder'
import { budgetLine, budgetName } from './budget-text.ts'
import { findingText, textLines } from './finding-text.ts'
import type { Judged } from './format.ts'
import { dockerfileOf, imagePath } from './place.ts'
import { countText, sizeText } from './size-text.ts'
import { isIgnored } from './table/action.ts'
import { oneLine } from './table/line.ts'
import { withoutCommandLines } from './workflow-command.ts'

type Finding = Judged['findings'][number]
type Budget = Judged['budgets'][number]

/** Findings that are listed under a failed budget; the rest is counted. */
const most = 20

/** Budgets as test cases of the image (the format has no standard; this is what Jenkins, GitLab and others read of it), with
 *  the findings as what the tests printed. One case that passes where there is no budget. */
export default function junit(judged: Judged): string {
  const reference = oneLine(judged.image.reference)
  const cases =
    judged.budgets.length === 0 ? [caseOf(judged, 'audited')] : judged.budgets.map(own => budgetCase(judged, own))
  const counts = {
    '@_tests': cases.length,
    '@_failures': judged.budgets.filter(({ ok }) => !ok).length,
    '@_errors': 0,
    '@_skipped': 0,
  }
  const said = findingsOf(judged).filter(({ saves, bytes }) => saves > 0 || bytes === 0)
  const findings = listed(said, Number.POSITIVE_INFINITY)
  const suite = {
    '@_name': reference,
    ...counts,
    testcase: cases,
    ...(findings.length === 0 ? {} : { 'system-out': text(findings) }),
  }
  const document = builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: { '@_name': judged.tool.name, ...counts, testsuite: suite },
  })
  return withoutCommandLines(document)
}

const builder = new Builder({
  format: true,
  ignoreAttributes: false,
  suppressEmptyNode: true,
  // An image may be called "true".
  suppressBooleanAttributes: false,
  tagValueProcessor: (_, value) => valid(String(value)),
  attributeValueProcessor: (_, value) => valid(String(value)),
})

/** Text that XML 1.0 can say, section 2.2: the rest of what is out of Unicode as its number. */
function valid(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, character => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}

/** Readers know a case again by its class and its name: the tag is another in every build. */
function caseOf(judged: Judged, name: string) {
  const file = dockerfileOf(judged)
  const place = file === undefined ? {} : { '@_file': oneLine(file) }
  return { '@_classname': imagePath(judged.image), '@_name': name, ...place }
}

function budgetCase(judged: Judged, budget: Budget) {
  const line = budgetLine(budget)
  const own = caseOf(judged, oneLine(budget.budget))
  if (budget.ok) return { ...own, 'system-out': line }
  const lines = listed(findingsOf(judged).filter(concerns(budget)), most)
  const failure = { '@_message': line, '@_type': budgetName(budget), '#text': text([line, ...lines]) }
  return { ...own, failure }
}

/** The findings that bring a budget down: those of the rule, the cause or the layers that it is about. */
function concerns({ budget, layers }: Budget): (finding: Finding) => boolean {
  const name = /^(?:failOn|causes)\.([\s\S]*)$/.exec(budget)?.[1]
  if (name !== undefined) return ({ rule }) => rule === name
  if (budget === 'layer') return ({ fix, saves }) => saves > 0 && layers.some(layer => layer === fix.layer)
  return ({ saves }) => saves > 0
}

function findingsOf({ findings }: Judged): Finding[] {
  const open = findings.filter(finding => finding.verdict !== 'keep' && !isIgnored(finding))
  return open.sort((a, b) => b.saves - a.saves)
}

function listed(findings: readonly Finding[], most: number): string[] {
  const rest = findings.slice(most)
  const saves = rest.reduce((sum, finding) => sum + finding.saves, 0)
  return [
    ...findings.slice(0, most).flatMap(finding => {
      const [first, ...others] = textLines(findingText(finding))
      const layer = finding.fix.layer === null ? '' : ` (layer ${finding.fix.layer})`
      return [`- ${oneLine(finding.rule)}${layer}: ${first}`, ...others.map(line => `    ${line}`)]
    }),
    ...(rest.length === 0 ? [] : [`- ${countText(rest.length, 'more finding')}, ${sizeText(saves)}`]),
  ]
}

function text(lines: readonly string[]): string {
  return `\n${lines.join('\n')}\n`
}
