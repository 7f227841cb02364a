import type { Judged } from './format.ts'
import { jsonText } from './json.ts'
import { type Problem, problemsOf } from './problem.ts'

const severities: Readonly<Record<Problem['kind'], 'blocker' | 'critical' | 'major' | 'minor'>> = {
  over: 'blocker',
  leak: 'critical',
  safe: 'major',
  check: 'minor',
}

/** A Code Quality report of GitLab (docs.gitlab.com/ci/testing/code_quality, "Code Quality report format"). */
export default function gitlab(judged: Judged): string {
  return jsonText(
    problemsOf(judged).map(problem => ({
      description: describe(problem),
      check_name: problem.rule,
      fingerprint: problem.fingerprint,
      severity: severities[problem.kind],
      location: { path: problem.place.path, lines: { begin: problem.place.start, end: problem.place.end } },
    })),
  )
}

/** On one line, as merge requests list them: what to write instead has none. */
function describe({ rule, kind, text: { what, why } }: Problem): string {
  return `${kind === 'over' ? 'over budget' : rule}: ${why === '' ? what : `${what}; ${why}`}`
}
