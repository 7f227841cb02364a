import { expect, it } from 'vitest'
import { dependentsOf, packageKey } from '../../src/rule/dependents.ts'
import { examine, image } from '../fixture.ts'
import { rpmdb } from '../probe/rpm/fixture.ts'

it('knows what requires a package of rpm by a capability, or by a path', async () => {
  const evidence = await examine(image({ add: { '/var/lib/rpm/rpmdb.sqlite': rpmdb('installed') } }))
  const dependents = dependentsOf(evidence)
  expect(dependents.get(packageKey({ manager: 'rpm', root: '/', name: 'alpha' }))).toEqual(new Set(['beta']))
  expect(dependents.get(packageKey({ manager: 'rpm', root: '/', name: 'beta' }))).toBeUndefined()
})
