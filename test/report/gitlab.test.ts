import { describe, expect, it } from 'vitest'
import compared from '../../src/compare/gitlab.ts'
import gitlab from '../../src/report/gitlab.ts'
import { sample as comparison } from '../compare/sample.ts'
import { expectGolden } from './golden.ts'
import { problems, quiet } from './problems.ts'
import { sample } from './sample.ts'

interface Issue {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: string
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } }
}

function issuesOf(text: string): Issue[] {
  return JSON.parse(text)
}

describe("GitLab's Code Quality report", () => {
  it('looks like this', () => expectGolden('gitlab.json', gitlab(problems)))

  it('has of every issue what GitLab wants of it', () => {
    for (const text of [gitlab(problems), gitlab(sample), compared(comparison)]) {
      const issues = issuesOf(text)
      expect(issues.length).toBeGreaterThan(0)
      expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length)
      for (const { description, check_name, fingerprint, severity, location } of issues) {
        expect(description).not.toBe('')
        expect(check_name).not.toBe('')
        expect(fingerprint).toMatch(/^[0-9a-f]{64}$/)
        expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity)
        expect(location.path).toMatch(/^[^./]/)
        expect(location.lines.begin).toBeGreaterThan(0)
      }
    }
    expect(gitlab(quiet)).toBe('[]\n')
  })

  it('has budgets first, and nothing that is ignored or has to stay', () => {
    const issues = issuesOf(gitlab(problems)).map(
      ({ check_name, severity }) => `${check_name.slice(0, 20)} ${severity}`,
    )
    expect(issues).toEqual([
      'budget/waste blocker',
      'budget/layer blocker',
      'budget/failOn.secret blocker',
      'budget/causes./opt/< blocker',
      'pip-cache major',
      'rewritten major',
      'apt-lists minor',
      'apt-cache minor',
      'duplicate-files minor',
      'secrets critical',
      'root-user minor',
      'rewritten major',
    ])
  })

  it('stands at the lines of the Dockerfile, else in the image', () => {
    expect(issuesOf(gitlab(problems)).at(-1)?.location).toEqual({
      path: 'docker/Dockerfile',
      lines: { begin: 50, end: 52 },
    })
    expect(issuesOf(gitlab(sample)).at(-1)?.location).toEqual({ path: 'nvidia-ml', lines: { begin: 1, end: 1 } })
  })
})
