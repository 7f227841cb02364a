import { expect, it } from 'vitest'
import fixture from '../../fixtures/rule/root-user.ts'
import rule from '../../src/rule/root-user.ts'
import { examine, image } from '../fixture.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: null,
    verdict: 'check',
    fix: 'root-user',
    message: /USER is not set/,
    because: /python3/,
    after: /^USER 1000:1000$/m,
  },
])

async function findings(user: string, add: Record<string, number> = { '/app/main.py': 300 }) {
  return [...rule.check(await examine(image({ config: { user } }, { run: 'COPY app /app', add })))]
}

it.each(['root', '0', '0:0', 'root:app', '0:1000'])('USER %s is root', async user => {
  expect((await findings(user)).map(({ message }) => message)).toEqual([`USER is ${user}: containers run as root`])
})

it.each(['app', '1000', '1000:0', '1000:root', 'rootless', '10'])('USER %s is not', async user => {
  expect(await findings(user)).toEqual([])
})

it('says when the entry point can step down itself', async () => {
  const [finding] = await findings('', { '/usr/local/bin/gosu': 900 })
  expect(finding?.because).toEqual(['gosu is there: the entry point may step down itself'])
})
