import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AuditOptions, audit } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import type { Report } from '../../src/report/schema.ts'
import { expectBalanced } from '../balance.ts'
import { asUser, openSocket } from './as-user.ts'
import { comparable } from './comparable.ts'
import { docker, type Engine, podman, skopeo, umoci, withEngines } from './engines.ts'
import { auditOptions } from './open-options.ts'

/** One of every waste, small: what `imgaudit demo` audits. */
const tag = 'imgaudit-demo:latest'
/** A GPU that cannot load all GPU code of the demo. */
const target = { gpu: ['H100'] }

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
    const by = (reference: string, engine?: Engine, options: Partial<AuditOptions> = {}) =>
      audit(
        reference,
        auditOptions({
          ...target,
          ...options,
          env: {
            ...(engine === undefined ? {} : { DOCKER_HOST: engine.host, CONTAINER_HOST: engine.host }),
            ...options.env,
          },
        }),
      )

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'imgaudit-routes-'))
      archive = at('demo.tar')
      await writeDemo(archive)
      for (const engine of [overlay2, containerd]) {
        await docker(engine, 'load', '-q', '-i', archive)
        await openSocket(engine)
      }
      await podman(podmanEngine, 'load', '-q', '-i', archive)
      const report = await by(archive)
      expectBalanced(report)
      expect(report.size.files).toBe(Number(await docker(overlay2, 'image', 'inspect', '-f', '{{.Size}}', tag)))
      for (const part of [report.gpuCode, report.packages, report.unowned]) expect(part).not.toEqual([])
      expect(report.findings.map(({ rule }) => rule)).toContain('unused-gpu-code')
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

    const stored = () => `containers-storage:[overlay@${podmanEngine.variables.IMGAUDIT_PODMAN_ROOT}]localhost/${tag}`
    for (const engine of [overlay2, containerd]) {
      const route = engine === overlay2 ? 'layer-store' : 'blob'
      const routed = async (reading: Promise<Report>) => {
        const report = await reading
        expect(new Set(report.layers.map(layer => layer.route))).toEqual(new Set([route]))
        return report
      }
      same(`docker: ${engine.name}, by root`, () => routed(by(`docker:${tag}`, engine)))
      same(`docker: ${engine.name}, by anybody`, () => asUser(() => routed(by(`docker:${tag}`, engine))))
      same(`docker: ${engine.name}, exported`, () => by(`docker:${tag}`, engine, { layerStore: false }))
    }
    same('podman: by its socket and its store', () => by(`podman:localhost/${tag}`, podmanEngine))
    same('podman: exported', () => by(`podman:localhost/${tag}`, podmanEngine, { layerStore: false }))
    same('containers-storage:', () => by(stored()))
    it('all that can go into the cache comes out of it as it was, whoever put it there', async () => {
      const ways: readonly (() => [string, Engine?])[] = [
        () => [`docker:${tag}`, overlay2],
        () => [`docker:${tag}`, containerd],
        () => [stored()],
        () => [archive],
      ]
      const through = (way: () => [string, Engine?], options: Partial<AuditOptions>) => {
        const [reference, engine] = way()
        return by(reference, engine, options)
      }
      for (const [number, first] of ways.entries()) {
        const options = { cache: true, env: { XDG_CACHE_HOME: at(`cache-${number}`) } }
        // An archive's layers enter when every byte was read.
        expect(comparable(await through(first, { ...options, verify: number === 3 }))).toEqual(expected)
        for (const second of ways) {
          const report = await through(second, options)
          expect(new Set(report.layers.map(layer => layer.route))).toEqual(new Set(['cache']))
          expectBalanced(report)
          expect(comparable(report)).toEqual(expected)
        }
      }
    })
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
    it('a layer that umoci inserted, which ends with its last content', async () => {
      const inserted = `oci:${at('inserted')}:demo`
      await skopeo('copy', '-q', `docker-archive:${archive}`, inserted)
      await writeFile(at('note'), 'hello')
      await umoci('insert', '--image', `${at('inserted')}:demo`, at('note'), '/note')
      const loaded = 'imgaudit-inserted:latest'
      await skopeo('copy', '-q', '--dest-daemon-host', overlay2.host, inserted, `docker-daemon:${loaded}`)
      const reports = [await by(inserted), await by(`docker:${loaded}`, overlay2)]
      await docker(overlay2, 'rmi', '-f', loaded)
      for (const report of reports) {
        expectBalanced(report)
        expect(report.layers.at(-1)).toMatchObject({ entries: 1, size: { files: 5, unpacked: 512 + 5 } })
        expect(comparable(report)).toEqual(comparable(reports[0] ?? report))
      }
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
    same('standard input', () => audit('-', auditOptions({ ...target, stdin: createReadStream(archive) })))
    same('every byte read', () => audit(archive, auditOptions({ ...target, verify: true })))
  },
)
