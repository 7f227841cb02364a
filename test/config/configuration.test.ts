import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configurationFor } from '../../src/config/configuration.ts'
import { configurationSchema } from '../../src/config/schema.ts'

function resolved(document: unknown, reference = 'app:1') {
  return configurationFor(configurationSchema.parse(document), reference)
}

describe('a configuration', () => {
  it('that says nothing holds an image to nothing', () => {
    const nothing = { limits: {}, ignore: [], gpu: [] }
    expect(resolved({})).toEqual(nothing)
    const empty = { budgets: null, failOn: null, ignore: null, gpu: null, images: null }
    expect(resolved(empty)).toEqual(nothing)
    expect(resolved({ budgets: { causes: null } })).toEqual(nothing)
  })

  it('has sizes as people write them', () => {
    const budgets = { size: '3GB', waste: '10%', layer: 500, growth: '5.5 MiB', causes: { 'pip-cache': 0, '/': '1%' } }
    expect(resolved({ budgets }).limits).toEqual({
      size: { bytes: 3e9 },
      waste: { share: 0.1 },
      layer: { bytes: 500 },
      growth: { bytes: 5_767_168 },
      causes: { 'pip-cache': { bytes: 0 }, '/': { share: 0.01 } },
    })
  })

  const all = {
    budgets: { size: '1GB', waste: '1MB', causes: { 'pip-cache': 1, nsight: 2 } },
    failOn: ['secrets'],
    ignore: [{ rule: 'cupti', reason: 'a' }],
    gpu: ['H100'],
    images: [
      { image: 'app:*', budgets: { size: '2GB', causes: { nsight: 3 } }, ignore: [{ rule: 'nsight', reason: 'b' }] },
      { image: '**/other:*', budgets: { size: '9GB' }, failOn: [], gpu: [] },
      { image: 'app:1', budgets: { size: '3GB' }, failOn: ['root-user'], gpu: ['L4'] },
    ],
  }

  it('is replaced for an image key by key, the last entry last; ignores add up', () => {
    expect(resolved(all, 'app:1')).toEqual({
      limits: {
        size: { bytes: 3e9 },
        waste: { bytes: 1e6 },
        causes: { 'pip-cache': { bytes: 1 }, nsight: { bytes: 3 } },
        failOn: ['root-user'],
      },
      ignore: [
        { rule: 'cupti', reason: 'a' },
        { rule: 'nsight', reason: 'b' },
      ],
      gpu: ['L4'],
    })
    expect(resolved(all, 'docker:app:2').limits).toMatchObject({ size: { bytes: 2e9 }, failOn: ['secrets'] })
  })

  it('can take rules and GPUs away from an image', () => {
    expect(resolved(all, 'ghcr.io/team/other:1')).toMatchObject({ limits: { failOn: [] }, gpu: [] })
  })

  it('is the same for an image that no entry is for, whatever entries there are', () => {
    const { images, ...rest } = all
    expect(resolved(all, 'third:1')).toEqual(resolved(rest))
    expect(resolved({ ...rest, images: [] }, 'app:1')).toEqual(resolved(rest))
  })

  it('is not changed by an entry that says nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom('**', 'app:*', 'no'), image => {
        expect(resolved({ ...all, images: [...all.images, { image }] })).toEqual(resolved(all))
      }),
    )
  })
})
