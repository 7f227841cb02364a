import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import type { Report } from '../../src/report/schema.ts'
import { readDiffIds } from '../../src/source/index.ts'
import { expectBalanced } from '../balance.ts'
import { docker, type Engine, podman, withEngines } from './engines.ts'
import { auditOptions, openOptions } from './open-options.ts'

const tag = 'imgaudit-demo:latest'

/** Every way in which people name an image that an engine has. */
await withEngines(
  ['overlay2', 'containerd', 'podman'],
  'an image of an engine',
  (overlay2, containerd, podmanEngine) => {
    let folder: string
    let expected: Report

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'imgaudit-names-'))
      const archive = join(folder, 'demo.tar')
      await writeDemo(archive)
      for (const engine of [overlay2, containerd]) await docker(engine, 'load', '-q', '-i', archive)
      await podman(podmanEngine, 'load', '-q', '-i', archive)
      expected = await audit(archive, auditOptions())
    })

    afterAll(() => rm(folder, { recursive: true, force: true }))

    const opens = (engine: Engine, name: () => string | Promise<string>) => async () => {
      const report = await audit(await name(), auditOptions({ env: hostOf(engine) }))
      expectBalanced(report)
      expect(report.layers.map(layer => layer.diffId)).toEqual(expected.layers.map(layer => layer.diffId))
      // containerd keeps the archive's blobs.
      expect({ ...report.savings, stored: null }).toEqual(expected.savings)
    }

    for (const engine of [overlay2, containerd]) {
      const id = async () => (await docker(engine, 'image', 'inspect', '-f', '{{.Id}}', tag)).trim()
      describe(`Docker, ${engine.name}`, () => {
        it(
          'by its name',
          opens(engine, () => 'imgaudit-demo'),
        )
        it(
          'by its name and tag',
          opens(engine, () => tag),
        )
        it(
          'by its full name',
          opens(engine, () => `docker:docker.io/library/${tag}`),
        )
        it('by its ID', opens(engine, id))
        it(
          'by its short ID',
          opens(engine, async () => (await id()).slice('sha256:'.length, 19)),
        )
        it('tells the diff IDs of a base without an export', async () => {
          const options = openOptions({ env: hostOf(engine) })
          expect(await readDiffIds(tag, options)).toEqual(expected.layers.map(layer => layer.diffId))
          const based = await audit(tag, auditOptions({ env: hostOf(engine), base: tag }))
          expect(based.layers.every(layer => layer.base)).toBe(true)
        })
      })
    }

    it('Docker, containerd, by the digest that its store gives each image', async () => {
      const digest = (await docker(containerd, 'image', 'inspect', '-f', '{{.Id}}', tag)).trim()
      await opens(containerd, () => `imgaudit-demo@${digest}`)()
      await opens(containerd, () => `${tag}@${digest}`)()
    })

    describe('Podman', () => {
      it(
        'by its name',
        opens(podmanEngine, () => `podman:${tag}`),
      )
      it(
        'by its full name',
        opens(podmanEngine, () => `podman:localhost/${tag}`),
      )
      it(
        'by its short ID',
        opens(podmanEngine, () => `podman:${expected.image.id.slice('sha256:'.length, 19)}`),
      )
      it('by a bare name, where Docker does not answer, and says so', async () => {
        const env = { DOCKER_HOST: `unix://${join(folder, 'none.sock')}`, CONTAINER_HOST: podmanEngine.host }
        const report = await audit(tag, auditOptions({ env }))
        expect(report.image.source).toBe('podman')
        expect(report.notices.map(notice => notice.code)).toContain('podman-used')
      })
      it('tells the diff IDs of a base', async () => {
        const ids = await readDiffIds(`podman:${tag}`, openOptions({ env: hostOf(podmanEngine) }))
        expect(ids).toEqual(expected.layers.map(layer => layer.diffId))
      })
    })

    describe('what BuildKit builds', () => {
      const built = 'imgaudit-built:1'

      beforeAll(async () => {
        await writeFile(join(folder, 'app.bin'), Buffer.alloc(300_000, 'app'))
        await writeFile(join(folder, 'Dockerfile'), `FROM ${tag}\nCOPY app.bin /opt/app.bin\n`)
        await writeFile(join(folder, '.dockerignore'), '*.tar\n')
      })

      afterAll(() => docker(containerd, 'rmi', '-f', built))

      it('an index with an attestation of provenance, mode=max', async () => {
        await docker(containerd, 'buildx', 'build', '--network=host', '--provenance=mode=max', '-t', built, folder)
        const report = await audit(built, auditOptions({ env: hostOf(containerd) }))
        expectBalanced(report)
        expect(report.layers).toHaveLength(expected.layers.length + 1)
        expect(report.layers.at(-1)).toMatchObject({ createdBy: 'COPY app.bin /opt/app.bin' })
        expect(report.size.files).toBe(expected.size.files + 300_000)
      })

      it('zstd layers under OCI media types, with the attestation beside them', async () => {
        const file = join(folder, 'zstd.tar')
        const output = `type=oci,dest=${file},compression=zstd,force-compression=true,oci-mediatypes=true`
        await docker(
          containerd,
          'buildx',
          'build',
          '--network=host',
          '--provenance=mode=max',
          '--output',
          output,
          folder,
        )
        const report = await audit(file, auditOptions())
        expectBalanced(report)
        expect(report.image.source).toBe('oci-archive')
        expect(report.layers.every(layer => layer.verified && layer.size.stored !== null)).toBe(true)
        expect(report.size.files).toBe(expected.size.files + 300_000)
      })
    })
  },
)

function hostOf({ host }: Engine): Record<string, string> {
  return { DOCKER_HOST: host, CONTAINER_HOST: host }
}
