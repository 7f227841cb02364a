import type { ReportingDescriptor } from 'sarif'
import { rules as known } from '../../rule/index.ts'
import type { Problem } from '../problem.ts'
import { oneLine } from '../table/line.ts'
import { levelOf } from './level.ts'
import { plainText } from './message.ts'

/** What GitHub shows of a description. */
const most = 1024

/** The rules that problems break, each once, in their order. */
export function rulesOf(problems: readonly Problem[]): ReportingDescriptor[] {
  const first = new Map<string, Problem>()
  for (const problem of problems) if (!first.has(problem.rule)) first.set(problem.rule, problem)
  return [...first.values()].map(problem =>
    problem.finding === undefined ? budgetRule(problem) : findingRule(problem),
  )
}

function budgetRule(problem: Problem): ReportingDescriptor {
  const text = `Over budget: ${problem.rule.replace(/^budget\/(?:(?:causes|failOn)\.)?/, '')}`
  return {
    ...descriptor(problem, text),
    fullDescription: { text: 'The image is over a budget that was set for it, and the run fails.' },
    help: {
      text: 'Take out what the other results name, or allow more: where budgets are set, in imgaudit.config.yaml or on the command line.',
    },
    properties: { tags: ['budget'] },
  }
}

function findingRule(problem: Problem): ReportingDescriptor {
  const rule = known.find(({ id }) => id === problem.rule)
  const title = oneLine(rule?.title ?? problem.finding?.title ?? problem.rule)
  const base = descriptor(problem, title)
  if (rule === undefined) return base
  const paragraphs = rule.help.trim().split(/\n\n+/).map(oneLine)
  const guide = rule.guide === undefined ? [] : [`Guide: section ${rule.guide.section}, ${rule.guide.title}.`]
  return {
    ...base,
    fullDescription: { text: (paragraphs[0] ?? title).replace(/^Why: /, '').slice(0, most) },
    help: { text: [...paragraphs, ...guide].join('\n\n') },
    // GitHub tells alerts of security from others by these.
    properties: problem.kind === 'leak' ? { tags: ['security'], 'security-severity': '8.0' } : { tags: ['image-size'] },
  }
}

function descriptor(problem: Problem, text: string): ReportingDescriptor {
  const name = problem.rule.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return {
    id: problem.rule,
    name: oneLine(name),
    shortDescription: { text: plainText([text]) },
    defaultConfiguration: { level: levelOf(problem) },
  }
}
