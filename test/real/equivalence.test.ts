import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { audit } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import type { Report } from '../../src/report/schema.ts'
import { expectBalanced } from '../balance.ts'
import { docker, type Engine, podman, skopeo, umoci, withEngines } from './engines.ts'
import { openOptions } from './open-options.ts'

/** One of every waste, small: what `imgaudit demo` audits. */
const tag = 'imgaudit-demo:latest'

/**
 * One image through every way that it can travel gives one report, equal but for what names the way. skopeo, Podman and
 * BuildKit write an OCI configuration anew: another ID, and no place for a HEALTHCHECK.
 */
await withEngines(
  ['overlay2', 'containerd', 'podman'],
  'one image by every route',
  (overlay2, containerd, podmanEngine) => {
    let folder: string
    let expected: unknown
    let archive: string

    const at = (name: string) => join(folder, name)
    const by = (reference: string, engine?: Engine) =>
      audit(
        reference,
        openOptions(engine === undefined ? {} : { env: { DOCKER_HOST: engine.host, CONTAINER_HOST: engine.host } }),
      )

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'imgaudit-routes-'))
      archive = at('demo.tar')
      await writeDemo(archive)
      for (const engine of [overlay2, containerd]) await docker(engine, 'load', '-q', '-i', archive)
      await podman(podmanEngine, 'load', '-q', '-i', archive)
      const report = await by(archive)
      expectBalanced(report)
      expect(report.size.files).toBe(Number(await docker(overlay2, 'image', 'inspect', '-f', '{{.Size}}', tag)))
      expected = comparable(report)
    })

    afterAll(async () => {
      for (const engine of [overlay2, containerd]) await docker(engine, 'rmi', '-f', tag)
      await rm(folder, { recursive: true, force: true })
    })

    const same = (name: string, read: () => Promise<Report>) =>
      it(name, async () => {
        const report = await read()
        expectBalanced(report)
        expect(comparable(report)).toEqual(expected)
      })

    same('docker: Docker 20.10', () => by(`docker:${tag}`, overlay2))
    same('docker: Docker with the containerd store', () => by(`docker:${tag}`, containerd))
    same('podman:', () => by(`podman:localhost/${tag}`, podmanEngine))
    same('docker save of 20.10', async () => {
      await docker(overlay2, 'save', '-o', at('overlay2.tar'), tag)
      return by(at('overlay2.tar'))
    })
    same('docker save of current Docker', async () => {
      await docker(containerd, 'save', '-o', at('containerd.tar'), tag)
      return by(at('containerd.tar'))
    })
    same('podman save, docker-archive', async () => {
      await podman(podmanEngine, 'save', '-q', '-o', at('podman.tar'), `localhost/${tag}`)
      return by(at('podman.tar'))
    })
    same('podman save, oci-archive', async () => {
      await podman(
        podmanEngine,
        'save',
        '-q',
        '--format',
        'oci-archive',
        '-o',
        at('podman-oci.tar'),
        `localhost/${tag}`,
      )
      return by(at('podman-oci.tar'))
    })
    for (const compression of ['gzip', 'zstd']) {
      same(`skopeo, OCI folder, ${compression} layers`, async () => {
        const target = `oci:${at(compression)}:demo`
        await skopeo('copy', '-q', '--dest-compress-format', compression, `docker-archive:${archive}`, target)
        return by(target)
      })
    }
    same('skopeo, OCI archive', async () => {
      await skopeo('copy', '-q', `docker-archive:${archive}`, `oci-archive:${at('oci.tar')}:demo`)
      return by(`oci-archive:${at('oci.tar')}`)
    })
    same('umoci’s layout', async () => {
      await skopeo('copy', '-q', `docker-archive:${archive}`, `oci:${at('umoci')}:demo`)
      await umoci('tag', '--image', `${at('umoci')}:demo`, 'again')
      return by(`oci:${at('umoci')}:again`)
    })
    same('BuildKit’s OCI export with zstd layers', async () => {
      await writeFile(at('Dockerfile'), `FROM ${tag}\n`)
      const output = `type=oci,dest=${at('buildkit.tar')},compression=zstd,force-compression=true`
      await docker(containerd, 'buildx', 'build', '--network=host', '--provenance=false', '--output', output, folder)
      return by(at('buildkit.tar'))
    })
    for (const compressor of ['gzip', 'zstd']) {
      same(`the whole archive under ${compressor}`, async () => {
        await promisify(execFile)('sh', ['-c', `${compressor} -c "$0" >"$0.${compressor}"`, archive])
        return by(`${archive}.${compressor}`)
      })
    }
    same('standard input', () => audit('-', openOptions({ stdin: createReadStream(archive) })))
    same('every byte read', () => audit(archive, openOptions({ verify: true })))
  },
)

/** A report without what two routes may differ in. */
function comparable({ image, layers, size, findings, notices, ...rest }: Report): unknown {
  return {
    ...rest,
    image: { platform: image.platform, created: image.created },
    size: { ...size, stored: null },
    layers: layers.map(({ route, verified, size: own, ...layer }) => ({ ...layer, size: { ...own, stored: null } })),
    findings: findings.filter(({ rule }) => rule !== 'no-healthcheck'),
    notices,
  }
}
