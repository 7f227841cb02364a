import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from '../../src/audit.ts'
import { asUser, openSocket } from './as-user.ts'
import { type Demo, demoArchive, routesOf } from './demo.ts'
import { docker, withEngines } from './engines.ts'
import { auditOptions } from './open-options.ts'

const tag = 'imgaudit-demo:latest'

/** The graph drivers that are not the usual one. vfs does not say where its layers lie: without the right to look it exports. */
const drivers = { 'fuse-overlayfs': 'layer-store', vfs: 'stream' } as const

for (const [driver, routeOfOthers] of Object.entries(drivers) as [keyof typeof drivers, string][]) {
  if (driver === 'fuse-overlayfs' && !existsSync('/dev/fuse')) {
    describe(driver, () => {
      it('needs /dev/fuse, which this machine lacks', ({ skip }) => skip('no /dev/fuse'))
    })
    continue
  }
  await withEngines([driver], `Docker with ${driver}`, engine => {
    let demo: Demo
    const by = (reference: string) => audit(reference, auditOptions({ env: { DOCKER_HOST: engine.host } }))

    beforeAll(async () => {
      demo = await demoArchive()
      await docker(engine, 'load', '-q', '-i', demo.archive)
      await openSocket(engine)
    })
    afterAll(() => demo.remove())

    it('gives root its records, and everybody else what the driver tells', async () => {
      for (const [report, route] of [
        [await by(tag), 'layer-store'],
        [await asUser(() => by(tag)), routeOfOthers],
      ] as const) {
        expect(routesOf(report)).toEqual([route])
        demo.same(report)
      }
    })
  })
}
