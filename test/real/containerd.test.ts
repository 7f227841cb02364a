import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { createConnection, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type AuditOptions, audit } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import { ImgauditError } from '../../src/error.ts'
import type { Report } from '../../src/report/schema.ts'
import { ownReader } from '../../src/source/engine/reader-label.ts'
import { expectBalanced } from '../balance.ts'
import { asUser, openSocket } from './as-user.ts'
import { comparable } from './comparable.ts'
import { docker, run, withEngines } from './engines.ts'
import { auditOptions } from './open-options.ts'
// What is imported later, root's folders may hide from the user.
import '@grpc/grpc-js'
import 'protobufjs'

// A name of its own: other test files load and remove the demo in the same engine.
const demo = 'imgaudit-test-loaded:1'
const built = 'imgaudit-test-built:1'

/** What containerd keeps for current Docker, and alone: read where it lies, through the API, and through its socket. */
await withEngines(['containerd'], "containerd's content store", engine => {
  let folder: string
  const containerdSocket = engine.variables.IMGAUDIT_CONTAINERD ?? ''
  const blobs = join(engine.variables.IMGAUDIT_CONTAINERD_ROOT ?? '', 'io.containerd.content.v1.content/blobs/sha256')
  const env = { DOCKER_HOST: engine.host, CONTAINERD_ADDRESS: containerdSocket }
  const by = (reference: string, options: Partial<AuditOptions> = {}) =>
    audit(reference, auditOptions({ namespace: 'moby', ...options, env: { ...env, ...options.env } }))
  const routes = (report: Report) => [...new Set(report.layers.map(layer => layer.route))]
  /** Those of this process: other test files use the engine too. */
  const containers = async () => {
    const lines = (await docker(engine, 'ps', '-a', '--format', '{{.ID}} {{.Labels}}')).split('\n')
    return lines.filter(line => line.includes(ownReader())).map(line => line.split(' ')[0] ?? '')
  }

  /** Builds with BuildKit: compressed layers, and an index with an attestation. */
  async function build(name: string, dockerfile: string, ...flags: string[]): Promise<void> {
    await writeFile(join(folder, 'Dockerfile'), dockerfile)
    const output = `type=image,name=${name},compression=gzip,force-compression=true`
    await docker(engine, 'buildx', 'build', '--network=host', '--output', output, ...flags, folder)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imgaudit-containerd-'))
    await chmod(folder, 0o755)
    await writeDemo(join(folder, 'demo.tar'))
    await docker(engine, 'load', '-q', '-i', join(folder, 'demo.tar'))
    await docker(engine, 'tag', 'imgaudit-demo:latest', demo)
    await build(built, `FROM ${demo}\nVOLUME /usr /opt/new\n`, '--provenance=mode=max')
    await openSocket(engine)
    await chmod(containerdSocket, 0o666)
  })
  afterAll(async () => {
    await docker(engine, 'rmi', '-f', demo, built)
    await rm(folder, { recursive: true, force: true })
  })

  /** An empty folder for a cache that everybody may write. */
  async function cacheFolder(): Promise<string> {
    const path = await mkdtemp(join(folder, 'cache-'))
    await chmod(path, 0o777)
    return path
  }

  function everyRoute(name: string): void {
    let expected: Report
    beforeAll(async () => {
      expected = await by(name, { layerStore: false })
      expect(routes(expected)).toEqual(['stream'])
    })
    const same = (report: Report, route: string) => {
      expectBalanced(report)
      expect(routes(report)).toEqual([route])
      expect(comparable(report)).toEqual(comparable(expected))
      expect(report.size.stored).toBe(expected.size.stored)
      expect(report.image.id).toBe(expected.image.id)
    }

    it('as its export is read, by root where it lies', async () => same(await by(name), 'blob'))
    it('by everybody else through the API alone, and nothing stays behind', async () => {
      const volumes = await docker(engine, 'volume', 'ls', '-q')
      same(await asUser(() => by(name)), 'blob')
      expect(await containers()).toEqual([])
      expect(await docker(engine, 'volume', 'ls', '-q')).toBe(volumes)
    })
    it('with every byte verified', async () => {
      const report = await by(name, { verify: true })
      same(report, 'blob')
      expect(report.layers.every(layer => layer.verified)).toBe(true)
    })
    it('as containerd’s own, where it lies', async () => same(await by(`containerd:${name}`), 'blob'))
    it('as containerd’s own, through its socket', async () => {
      const report = await asUser(() => by(`containerd:${name}`))
      same(report, 'blob')
      expect(report.layers.every(layer => layer.verified)).toBe(true)
    })
    it('from the cache, whichever way it came there', async () => {
      for (const first of [name, `containerd:${name}`]) {
        const options = { cache: true, env: { XDG_CACHE_HOME: await cacheFolder() } }
        same(await asUser(() => by(first, options)), 'blob')
        for (const again of [name, `containerd:${name}`]) same(await asUser(() => by(again, options)), 'cache')
        same(await by(name, options), 'cache')
      }
    })
  }

  describe('an image that was loaded: plain layers', () => everyRoute(demo))
  describe('an image of BuildKit’s: gzip layers, an index with an attestation, volumes', () => everyRoute(built))

  describe('an index that names a platform which is not there', () => {
    const name = 'imgaudit-test-platforms:1'
    beforeAll(async () => {
      // Docker takes blobs that two platforms share away with the first of them.
      for (const architecture of ['amd64', 'arm64'])
        await writeFile(join(folder, `noise-${architecture}`), randomBytes(200_000))
      const copies = ['one', 'two'].map(to => `COPY noise-$TARGETARCH /a/${to}\n`).join('')
      const dockerfile = `FROM scratch\nARG TARGETARCH\n${copies}CMD ["/a/one"]\n`
      await build(name, dockerfile, '--platform=linux/amd64,linux/arm64', '--provenance=false')
      const platforms = encodeURIComponent('{"os":"linux","architecture":"arm64"}')
      const url = `http://engine/v1.52/images/${name}?force=1&platforms=${platforms}`
      await run('curl', ['-sSf', '-X', 'DELETE', '--unix-socket', engine.socket, url])
    })
    afterAll(() => docker(engine, 'rmi', '-f', name))
    everyRoute(name)
    it('which is said when it is asked for', async () => {
      for (const reference of [name, `containerd:${name}`]) {
        const error = await by(reference, { platform: 'linux/arm64' }).catch(error => error)
        expect(error).toBeInstanceOf(ImgauditError)
        expect(error).toMatchObject({ exitCode: 3, code: reference === name ? 'PLATFORM_MISSING' : 'BLOB_MISSING' })
      }
    })
  })

  it('what another platform’s image declares as volumes is not copied', async () => {
    const name = 'imgaudit-test-platform-volumes:1'
    onTestFinished(async () => void (await docker(engine, 'rmi', '-f', name)))
    const stages = 'FROM scratch AS amd64\nFROM scratch AS arm64\nVOLUME /a\n'
    const dockerfile = `ARG TARGETARCH\n${stages}FROM \${TARGETARCH}\nCOPY Dockerfile /a/\nCMD ["/a"]\n`
    await build(name, dockerfile, '--platform=linux/amd64,linux/arm64', '--provenance=false')
    // That unpacks it.
    const made = (await docker(engine, 'create', '--platform', 'linux/arm64', name)).trim()
    await docker(engine, 'rm', '-v', made)
    const volumes = await docker(engine, 'volume', 'ls', '-q')
    const report = await asUser(() => by(name, { platform: 'linux/arm64' }))
    expect(routes(report)).toEqual(['stream'])
    expect(comparable(report)).toEqual(comparable(await by(name, { platform: 'linux/arm64', layerStore: false })))
    expect(routes(await asUser(() => by(name)))).toEqual(['blob'])
    expect(await docker(engine, 'volume', 'ls', '-q')).toBe(volumes)
  })

  describe('an image that was imported, and never unpacked, in a namespace of its own', () => {
    const namespace = 'imgaudit-test'
    const ctr = (...args: string[]) => {
      const own = ['--address', containerdSocket, '--namespace', namespace]
      return run(join(process.env.IMGAUDIT_ENGINES ?? `${process.env.HOME}/.cache/imgaudit/engines`, 'bin/ctr'), [
        ...own,
        ...args,
      ])
    }
    beforeAll(async () => {
      const archive = join(folder, 'zstd.tar')
      const output = `type=oci,dest=${archive},name=docker.io/library/imported:1,compression=zstd,force-compression=true`
      await writeFile(join(folder, 'Dockerfile'), `FROM ${demo}\n`)
      await docker(engine, 'buildx', 'build', '--network=host', '--output', output, folder)
      await ctr('images', 'import', '--no-unpack', archive)
    })
    afterAll(() => ctr('images', 'rm', 'docker.io/library/imported:1'))

    it('is read where it lies and through the socket, under either name', async () => {
      const expected = comparable(await by(demo))
      for (const name of ['imported:1', 'docker.io/library/imported:1']) {
        for (const report of [
          await by(`containerd:${name}`, { namespace }),
          await asUser(() => by(`containerd:${name}`, { namespace })),
        ]) {
          expect(routes(report)).toEqual(['blob'])
          expect(comparable(report)).toEqual(expected)
        }
      }
    })
    it('is pointed to from another namespace', async () => {
      const error = await by('containerd:imported:1').catch(error => error)
      expect(error).toMatchObject({ code: 'IMAGE_MISSING', fix: expect.stringContaining(`--namespace ${namespace}`) })
    })
  })

  it('may not be used by somebody who has no right to the socket', async () => {
    await chmod(containerdSocket, 0o600)
    const error = await asUser(() => by(`containerd:${demo}`)).catch(error => error)
    await chmod(containerdSocket, 0o666)
    expect(error).toMatchObject({ code: 'ENGINE_DENIED', exitCode: 3 })
  })

  describe('through a connection that is watched', () => {
    /** Relays to the engine; `onBlob` is told of each file that is asked for of a container. */
    async function watched(onBlob: (name: string, cut: () => void) => void): Promise<string> {
      const path = join(await cacheFolder(), 'watched.sock')
      let down = false
      const open = new Set<Socket>()
      const server = createServer(near => {
        if (down) return near.destroy()
        const far = createConnection(engine.socket)
        near.on('data', chunk => {
          const asked = /^GET \S+\/archive\?path=(\S+)/.exec(chunk.toString('latin1'))?.[1]
          if (asked === undefined) return
          onBlob(decodeURIComponent(asked).split('/').at(-1) ?? '', () => {
            down = true
            for (const socket of open) socket.destroy()
          })
        })
        for (const socket of [near, far]) open.add(socket.on('error', () => undefined))
        near.pipe(far)
        far.pipe(near)
      })
      await new Promise<void>(resolve => server.listen(path, resolve))
      await chmod(path, 0o666)
      onTestFinished(() => void server.close())
      return `unix://${path}`
    }

    it('each blob is asked for once; of a warm cache no layer; of one with a layer new that layer', async () => {
      const name = 'imgaudit-test-changed:1'
      onTestFinished(async () => void (await docker(engine, 'rmi', '-f', name)))
      const asked: string[] = []
      const DOCKER_HOST = await watched(blob => asked.push(blob))
      const options = { cache: true, env: { DOCKER_HOST, XDG_CACHE_HOME: await cacheFolder() } }
      const cold = await asUser(() => by(built, options))
      expect(new Set(asked).size).toBe(asked.length)
      expect(asked).toHaveLength(2 + new Set(cold.layers.map(({ diffId }) => diffId)).size)
      asked.length = 0
      await asUser(() => by(built, options))
      // Manifest and configuration, which is not kept: it has a secret.
      expect(asked).toHaveLength(2)
      asked.length = 0
      await writeFile(join(folder, 'noise'), randomBytes(300_000))
      await build(name, `FROM ${built}\nCOPY noise /new\n`, '--provenance=false')
      const changed = await asUser(() => by(name, options))
      expect(changed.layers.map(({ route }) => route)).toEqual([...cold.layers.map(() => 'cache'), 'blob'])
      expect(asked).toHaveLength(3)
    })

    it('an engine that goes away half-way is one error', async () => {
      let count = 0
      const DOCKER_HOST = await watched((_, cut) => {
        if (++count === 4) cut()
      })
      const error = await asUser(() => by(built, { env: { DOCKER_HOST } })).catch(error => error)
      expect(error).toBeInstanceOf(ImgauditError)
      expect(error).toMatchObject({ code: 'ENGINE_FAILED', exitCode: 3 })
      // It could not be told to remove it.
      for (const id of await containers()) await docker(engine, 'rm', '-f', id)
    })

    it('an image that is removed half-way is read to its end, or is one error', async () => {
      const name = 'imgaudit-test-removed:1'
      await writeFile(join(folder, 'noise'), randomBytes(3_000_000))
      await build(name, 'FROM scratch\nCOPY noise /one\nCOPY noise /two\nCMD ["/one"]\n', '--provenance=false')
      const expected = comparable(await by(name))
      let removal: Promise<string> | undefined
      const DOCKER_HOST = await watched(() => {
        removal ??= docker(engine, 'rmi', '-f', name)
      })
      const outcome = await asUser(() => by(name, { env: { DOCKER_HOST } })).catch(error => error)
      await removal
      if (outcome instanceof Error) expect(outcome).toMatchObject({ exitCode: 3 })
      else expect(comparable(outcome)).toEqual(expected)
      expect(await containers()).toEqual([])
    })
  })

  describe('damage', () => {
    const name = 'imgaudit-test-damaged:1'
    let blob: string
    const everyWay = async (code: RegExp) => {
      for (const reading of [
        () => by(name),
        () => asUser(() => by(name)),
        () => by(`containerd:${name}`),
        () => asUser(() => by(`containerd:${name}`)),
      ]) {
        const error = await reading().catch(error => error)
        expect(error).toBeInstanceOf(ImgauditError)
        expect(error).toMatchObject({ exitCode: 3, code: expect.stringMatching(code) })
      }
      expect(await containers()).toEqual([])
    }
    beforeAll(async () => {
      await writeFile(join(folder, 'noise'), randomBytes(3_000_000))
      await build(name, 'FROM scratch\nCOPY noise /one\nCMD ["/one"]\n', '--provenance=false')
      const [id = ''] = (await docker(engine, 'image', 'inspect', '-f', '{{.Id}}', name)).split('\n')
      const manifest = JSON.parse(await run('cat', [join(blobs, id.replace('sha256:', ''))]))
      blob = join(blobs, manifest.layers[0].digest.replace('sha256:', ''))
      await chmod(blob, 0o644)
    })
    afterAll(() => docker(engine, 'rmi', '-f', name))

    it('a bit that is flipped', async () => {
      const flip = [
        '-c',
        'import sys\nf=open(sys.argv[1],"r+b")\nf.seek(1000000)\nb=f.read(1)\nf.seek(1000000)\nf.write(bytes([b[0]^1]))',
      ]
      await run('python3', [...flip, blob])
      await everyWay(/DIGEST_MISMATCH|CHECKSUM_WRONG|ENGINE_FAILED/)
      await run('python3', [...flip, blob])
      expect((await by(name)).layers).toHaveLength(1)
    })
    it('a blob that is cut short, then gone', async () => {
      await truncate(blob, 1_000_000)
      await everyWay(/ARCHIVE_TRUNCATED|DIGEST_MISMATCH|ENGINE_FAILED/)
      await rm(blob)
      await everyWay(/BLOB_MISSING|ENGINE_FAILED/)
    })
  })
})
