import { expect, it } from 'vitest'
import fixture from '../../fixtures/rule/no-healthcheck.ts'
import rule from '../../src/rule/no-healthcheck.ts'
import { evidenceOf, examine, image, openFixture } from '../fixture.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [{ layer: null, verdict: 'check', fix: 'no-healthcheck', after: /^HEALTHCHECK --interval/ }])

it.each([[['CMD', 'true']], [['NONE']]])('%j is a decision', async healthcheck => {
  const decided = image({ config: { healthcheck } }, ...fixture.layers)
  expect([...rule.check(await examine(decided))]).toEqual([])
})

it('says nothing where the configuration cannot carry one', async () => {
  const opened = await openFixture(fixture)
  const oci = { ...opened, config: { ...opened.config, healthcheck: null } }
  expect([...rule.check(await evidenceOf(oci))]).toEqual([])
})
