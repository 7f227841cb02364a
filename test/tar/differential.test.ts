import { beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../bytes/tools.ts'
import type { Case } from './cases/case.ts'
import { cases } from './cases/index.ts'
import { ask } from './oracle/archives.ts'
import { gnu } from './oracle/gnu.ts'
import { type OurAnswer, ours } from './oracle/ours.ts'
import { go, libarchive, python } from './oracle/programs.ts'
import { tarStream } from './oracle/tar-stream.ts'
import { type Answer, line, type Oracle } from './oracle/told.ts'

const all = ['mode', 'uid', 'gid', 'mtime', 'runs'] as const
const answers: OurAnswer[] = []

beforeAll(async () => {
  for (const { bytes } of cases) answers.push(await ours(bytes, [1]))
})

describe('archives made by hand', () => {
  it.each(cases.map(({ name, ours }, at) => ({ name, ours, at })))('$name', ({ ours, at }) => {
    const { members = [], failure } = answers[at] ?? {}
    const offset = /\b(?:offset|at) (\d+)/.exec(failure?.message ?? '')?.[1] ?? 0 // none where the first block is no header
    const error = failure ? [`error ${failure.code} at ${offset}`] : []
    expect([...members.map(member => line(member, all)), ...error]).toEqual(ours)
  })
})

describe.each([go, gnu, libarchive, python, tarStream])('$name', oracle => {
  let theirs: Answer[] = []

  it.skipIf(missing(...oracle.tools))('says the same, or what is known to be another answer', async () => {
    theirs = await ask(
      oracle,
      cases.map(each => each.bytes),
    )
    const found = cases.map((each, at) => ({ name: each.name, ...verdict(each, theirs[at], answers[at], oracle) }))
    expect(found.filter(each => each.wrong !== undefined)).toEqual([])
  })
})

function verdict(
  known: Case,
  their: Answer | undefined,
  our: OurAnswer | undefined,
  oracle: Oracle,
): { wrong?: object } {
  const says = oracle.says.filter(field => field !== 'start')
  const [they, we] = [their, our].map(answer => lines(answer, says))
  const other = known[oracle.name as 'Go']
  const allowed = other ? [other.says, other.or].filter(each => each !== undefined) : [we]
  const same = allowed.some(each => JSON.stringify(each) === JSON.stringify(they))
  // One that says what we say has no reason to be in the table.
  const needed = other === undefined || JSON.stringify(they) !== JSON.stringify(we) || other.or !== undefined
  const contents = their?.members.every(({ digest }, at) => {
    const own = our?.members[at]?.digest
    return they?.[at] !== we?.[at] || digest === undefined || own === undefined || digest === own
  })
  return same && contents && needed ? {} : { wrong: { they, allowed, contents } }
}

function lines(answer: Answer | undefined, says: Oracle['says']): string[] {
  const { members = [], error } = answer ?? {}
  return [...members.map(member => line(member, says)), ...(error === undefined ? [] : ['error'])]
}
