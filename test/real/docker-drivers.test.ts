import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import type { Report } from '../../src/report/schema.ts'
import { asUser, openSocket } from './as-user.ts'
import { comparable } from './comparable.ts'
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
    let folder: string
    let expected: Report
    const by = (reference: string) => audit(reference, auditOptions({ env: { DOCKER_HOST: engine.host } }))

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'imgaudit-driver-'))
      const archive = join(folder, 'demo.tar')
      await writeDemo(archive)
      await docker(engine, 'load', '-q', '-i', archive)
      await openSocket(engine)
      expected = await by(archive)
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    it('gives root its records, and everybody else what the driver tells', async () => {
      for (const [report, route] of [
        [await by(tag), 'layer-store'],
        [await asUser(() => by(tag)), routeOfOthers],
      ] as const) {
        expect(new Set(report.layers.map(layer => layer.route))).toEqual(new Set([route]))
        expect(comparable(report)).toEqual(comparable(expected))
      }
    })
  })
}
