import { describe, expect, it } from 'vitest'
import { examine, hardlink, image, type LayerData, same } from '../fixture.ts'

const x = same('x', 100)

/** `layer path` of every entry that only stores again what its layer hides. */
async function rewritten(...layers: readonly LayerData[]): Promise<string[]> {
  const { filesystem, identity } = await examine(image({ config: {} }, ...layers))
  const ids = Array.from({ length: filesystem.count }, (_, id) => id)
  return ids
    .filter(id => identity.rewrites(id) !== undefined)
    .map(id => `${filesystem.layerOf(id)} ${filesystem.path(id)}`)
}

describe('a content stored again', () => {
  it('is rewritten where it hides its equal, each time', async () => {
    expect(await rewritten({ add: { '/a': x } }, { add: { '/a': x } }, { add: { '/a': x } })).toEqual(['1 /a', '2 /a'])
  })

  it('is rewritten where its own layer removes the folder first', async () => {
    const layers = [{ add: { '/d/a': x } }, { add: { '/d/a': x }, opaque: ['/d'] }]
    expect(await rewritten(...layers)).toEqual(['1 /d/a'])
  })

  it('is a new one where a layer between had removed it', async () => {
    expect(await rewritten({ add: { '/a': x } }, { remove: ['/a'] }, { add: { '/a': x } })).toEqual([])
  })

  it('is a new one where the bytes differ, or are none', async () => {
    expect(await rewritten({ add: { '/a': x, '/e': 0 } }, { add: { '/a': same('y', 100), '/e': 0 } })).toEqual([])
  })

  it('has to be stored where another visible name of it rewrites nothing', async () => {
    expect(await rewritten({ add: { '/a': x } }, { add: { '/a': x, '/b': hardlink('/a') } })).toEqual([])
  })

  it('is rewritten under both names where both rewrite', async () => {
    const both = { add: { '/a': x, '/b': hardlink('/a') } }
    expect(await rewritten(both, both)).toEqual(['1 /a', '1 /b'])
  })
})

it('follows a content from its first copy to its last', async () => {
  const { filesystem, identity } = await examine(
    image({ add: { '/a': x } }, { add: { '/a': x } }, { add: { '/a': x } }),
  )
  expect(identity.origin(2)).toBe(0)
  expect(identity.newest(0)).toBe(2)
  expect(filesystem.visible(2)).toBe(true)
})
