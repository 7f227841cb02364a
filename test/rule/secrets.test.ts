import { expect, it } from 'vitest'
import fixture, { value } from '../../fixtures/rule/secrets.ts'
import rule from '../../src/rule/secrets.ts'
import { examine } from '../fixture.ts'
import { testRule } from './test-rule.ts'

testRule(rule, fixture, [
  {
    layer: 0,
    verdict: 'check',
    fix: 'other-base',
    message: /^host key of SSH \/etc\/ssh\/ssh_host_ed25519_key in layer 0$/,
  },
  {
    layer: 1,
    verdict: 'check',
    fix: 'dockerignore',
    message: /in layer 1; layer 3 deletes \/root\/\.netrc, which does not remove it$/,
    after: /^name .*\/root\/\.netrc.* in \.dockerignore/,
  },
  {
    layer: null,
    verdict: 'check',
    fix: 'secret-setting',
    message: /^key API_KEY in ENV, password password in CMD of the configuration/,
  },
  {
    layer: null,
    verdict: 'check',
    fix: 'secret-history',
    message: /^password LATE_PASSWORD in an instruction of the history/,
  },
  {
    layer: 2,
    verdict: 'check',
    fix: 'secret-history',
    message: /^token DEPLOY_TOKEN, URL with credentials in 2 instructions of the history/,
    after: /--mount=type=secret/,
  },
])

it('names the files that are secrets and no others', async () => {
  const findings = [...rule.check(await examine(fixture))]
  const copied = findings.find(finding => finding.fix.layer === 1)
  const paths = [...(copied?.fix.after ?? '').matchAll(/\/[\w./-]+/g)].map(match => match[0])
  expect(paths.sort()).toEqual([
    '/app/.env',
    '/app/.env.production',
    '/app/service-account.json',
    '/app/tls/server-key.pem',
    '/app/tls/server.key',
    '/root/.aws/credentials',
    '/root/.cache/huggingface/token',
    '/root/.docker/config.json',
    '/root/.gnupg/private-keys-v1.d/0A1B.key',
    '/root/.netrc',
    '/root/.npmrc',
    '/root/.ssh/deploy',
    '/root/.ssh/id_rsa',
  ])
})

it('prints no value anywhere', async () => {
  expect(JSON.stringify([...rule.check(await examine(fixture))])).not.toContain(value.slice(0, 12))
})
