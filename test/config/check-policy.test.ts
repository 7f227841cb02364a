import { describe, expect, it } from 'vitest'
import { checkPolicy } from '../../src/config/check-policy.ts'
import { audit, compare } from '../../src/index.ts'
import { sample } from '../report/sample.ts'

describe('a policy', () => {
  it('is one without a word', () => {
    expect(() => checkPolicy({})).not.toThrow()
  })

  it('may hold an image to nothing at all', () => {
    const bytes = { bytes: 0 }
    const limits = { size: bytes, waste: { share: 0 }, layer: bytes, growth: bytes, causes: { 'pip:x': bytes } }
    const ignore = [{ rule: 'nsight', reason: 'x', until: '2026-12-31' }]
    expect(() => checkPolicy({ limits: { ...limits, failOn: ['secrets'] }, ignore })).not.toThrow()
  })

  it.each([
    ['{ "failOn": ["nope"] }', 'RULE_UNKNOWN', 'there is no rule nope'],
    ['{ "causes": { "pip-cahce": { "bytes": 0 } } }', 'RULE_UNKNOWN', 'there is no cause pip-cahce'],
    ['{ "size": 3 }', 'USAGE', 'limits.size is no limit'],
    ['{ "size": "3GB" }', 'USAGE', 'limits.size is no limit'],
    ['{ "size": { "bytes": null } }', 'USAGE', 'limits.size is no limit'],
    ['{ "waste": { "share": -0.1 } }', 'USAGE', 'limits.waste is no limit'],
    ['{ "causes": { "pip-cache": {} } }', 'USAGE', 'limits.causes.pip-cache is no limit'],
    ['{ "maxSize": { "bytes": 1 } }', 'USAGE', 'there is no limit maxSize'],
  ])('is refused with the limits %s', (limits, code, message) => {
    const error = expect.objectContaining({ code, message })
    expect(() => checkPolicy({ limits: JSON.parse(limits) })).toThrow(error)
  })

  it.each([
    [{ rule: 'nope', reason: 'x' }, 'there is no rule nope'],
    [{ rule: 'nsight', reason: 'x', until: '31.12.2026' }, "the ignore of nsight has no day, but '31.12.2026'"],
    [{ rule: 'nsight', reason: 'x', until: '2026-13-01' }, "the ignore of nsight has no day, but '2026-13-01'"],
    [{ rule: 'nsight', reason: 'x', until: '2026-02-31' }, "the ignore of nsight has no day, but '2026-02-31'"],
  ])('is refused with the ignore %j', (ignore, message) => {
    expect(() => checkPolicy({ ignore: [ignore] })).toThrow(expect.objectContaining({ message }))
  })

  it('is looked at before an image is', async () => {
    const limits = { failOn: ['nope'] }
    await expect(audit('/none.tar', { limits })).rejects.toMatchObject({ code: 'RULE_UNKNOWN' })
    await expect(compare(sample, sample, { limits })).rejects.toMatchObject({ code: 'RULE_UNKNOWN' })
  })
})
