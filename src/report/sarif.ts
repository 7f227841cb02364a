import type { Log, Notification, Result } from 'sarif'
import { textLines } from './finding-text.ts'
import type { Judged } from './format.ts'
import { jsonText } from './json.ts'
import { type Problem, problemsOf } from './problem.ts'
import { levelOf } from './sarif/level.ts'
import { locationOf } from './sarif/location.ts'
import { plainText } from './sarif/message.ts'
import { rulesOf } from './sarif/rules.ts'
import { oneLine } from './table/line.ts'

/** What is wrong with a report, as SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), within what GitHub reads of it: it would
 *  make an alert of what has a suppression too, so what is ignored is not there. */
export default function sarif(judged: Judged): string {
  return sarifText(judged)
}

/** The same; where only what is new is listed, `baseline` says so. */
export function sarifText(judged: Judged, baseline?: 'new'): string {
  const problems = problemsOf(judged)
  const rules = rulesOf(problems)
  const { tool, image } = judged
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, semanticVersion: tool.version, rules } },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: judged.notices.map(notification) }],
        results: problems.map(problem => {
          const ruleIndex = rules.findIndex(({ id }) => id === problem.rule)
          return { ...resultOf(judged, problem, ruleIndex), ...(baseline && { baselineState: baseline }) }
        }),
        columnKind: 'utf16CodeUnits',
        properties: {
          image: oneLine(image.reference),
          id: image.id,
          digest: image.digest,
          platform: oneLine(image.platform),
        },
      },
    ],
  }
  return jsonText(log)
}

function resultOf(judged: Judged, problem: Problem, ruleIndex: number): Result {
  const { rule, finding, fingerprint } = problem
  return {
    ruleId: rule,
    ruleIndex,
    level: levelOf(problem),
    message: { text: plainText(textLines(problem.text)) },
    locations: [locationOf(judged, problem)],
    // GitHub knows problems again by the second alone.
    partialFingerprints: { 'imgauditProblem/v1': fingerprint, primaryLocationLineHash: fingerprint },
    ...(finding && {
      properties: { verdict: finding.verdict, bytes: finding.bytes, saves: finding.saves, layers: finding.layers },
    }),
  }
}

function notification({ code, message }: Judged['notices'][number]): Notification {
  return { descriptor: { id: code }, level: 'note', message: { text: plainText([oneLine(message)]) } }
}
