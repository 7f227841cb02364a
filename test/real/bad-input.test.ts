import { mkdtemp, open, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { audit } from '../../src/audit.ts'
import { writeDemo } from '../../src/demo.ts'
import { ImgauditError } from '../../src/error.ts'
import { docker, podman, run, script, skopeo, withEngines } from './engines.ts'
import { auditOptions } from './open-options.ts'

const tag = 'imgaudit-demo:latest'

/** What real engines and tools leave behind when something is wrong: one sentence, a fix, exit code 3. */
await withEngines(['overlay2', 'containerd', 'podman'], 'bad input', (overlay2, containerd, podmanEngine) => {
  let folder: string
  const at = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imgaudit-bad-'))
    await writeDemo(at('demo.tar'))
    await docker(overlay2, 'load', '-q', '-i', at('demo.tar'))
    await docker(containerd, 'load', '-q', '-i', at('demo.tar'))
    await podman(podmanEngine, 'load', '-q', '-i', at('demo.tar'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  for (const [engine, scheme] of [
    [overlay2, 'docker'],
    [containerd, 'docker'],
    [podmanEngine, 'podman'],
  ] as const) {
    it(`${engine.name}: an image that is not there`, async () => {
      const env = { DOCKER_HOST: engine.host, CONTAINER_HOST: engine.host }
      const never = await failure(`${scheme}:imgaudit-none:1`, { env, pull: 'never' })
      expect(never).toMatchObject({ code: 'IMAGE_MISSING', fix: expect.stringContaining('--pull missing') })
      const byId = await failure(`${scheme}:0123456789ab`, { env, pull: 'missing' })
      expect(byId).toMatchObject({ code: 'IMAGE_MISSING', fix: expect.stringContaining('images -a') })
      const pulled = await failure(`${scheme}:127.0.0.1:1/none:1`, { env, pull: 'missing' })
      expect(pulled).toMatchObject({ code: 'IMAGE_MISSING', message: expect.stringContaining('could not pull it') })
    })

    it(`${engine.name}: a platform that the image has not`, async () => {
      const env = { DOCKER_HOST: engine.host, CONTAINER_HOST: engine.host }
      const error = await failure(`${scheme}:${tag}`, { env, platform: 'linux/s390x' })
      expect(error).toMatchObject({ code: 'PLATFORM_MISSING', fix: expect.stringContaining('linux/amd64') })
    })
  }

  it('a root file system of docker export, and a bare layer', async () => {
    const container = (await docker(overlay2, 'create', '--network=host', tag, 'x')).trim()
    await docker(overlay2, 'export', '-o', at('export.tar'), container)
    await docker(overlay2, 'rm', container)
    expect(await failure(at('export.tar'))).toMatchObject({ code: 'ROOT_FILESYSTEM' })
    await skopeo('copy', '-q', `docker-archive:${at('demo.tar')}`, `oci:${at('layout')}:demo`)
    const layer = await largest(at('layout'))
    expect(await failure(layer)).toMatchObject({ code: 'BARE_LAYER' })
  })

  for (const compression of ['gzip', 'zstd']) {
    it(`a flipped byte and a missing end in a ${compression} layer`, async () => {
      const layout = at(`damaged-${compression}`)
      const target = `oci:${layout}:demo`
      await skopeo('copy', '-q', '--dest-compress-format', compression, `docker-archive:${at('demo.tar')}`, target)
      const blob = await largest(layout)
      const { size } = await stat(blob)
      const undo = await flip(blob, Math.floor(size / 2))
      expect(['CHECKSUM_WRONG', 'DIGEST_MISMATCH', 'ARCHIVE_INVALID']).toContain((await failure(target)).code)
      await undo()
      const file = await open(blob, 'r+')
      await file.truncate(size - 1)
      await file.close()
      expect(await failure(target)).toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
      await rm(blob)
      expect(await failure(target)).toMatchObject({ code: 'BLOB_MISSING' })
    })
  }

  it('a save cut short at many places', async () => {
    await docker(containerd, 'save', '-o', at('saved.tar'), tag)
    const { size } = await stat(at('saved.tar'))
    for (let part = 19; part > 0; part--) {
      const file = await open(at('saved.tar'), 'r+')
      await file.truncate(Math.floor((size * part) / 20) + part)
      await file.close()
      expect(await failure(at('saved.tar'))).toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
    }
  })

  it('a socket that this user may not use', async ({ skip }) => {
    const { getuid, seteuid } = process
    if (getuid?.() !== 0 || seteuid === undefined) return skip('only root can become somebody else')
    // By names of their own: a connection that is kept open to the engine needs no permission any more.
    for (const engine of [overlay2, podmanEngine]) await symlink(engine.socket, at(`${engine.name}.sock`))
    const env = { DOCKER_HOST: `unix://${at('overlay2.sock')}`, CONTAINER_HOST: `unix://${at('podman.sock')}` }
    seteuid(65_534)
    try {
      const error = await failure(tag, { env })
      expect(error).toMatchObject({ code: 'ENGINE_DENIED', fix: expect.stringContaining('sudo') })
    } finally {
      seteuid(0)
    }
  })

  it('an engine that dies while it exports', async () => {
    const own = at('engines')
    const variables = await script('engines.sh', 'start', own, 'overlay2')
    try {
      const host = /^IMGAUDIT_DOCKER_OVERLAY2=(.*)$/m.exec(variables)?.[1] ?? ''
      await run('sh', ['-c', `mkdir -p "$0" && head -c 300000000 /dev/urandom >"$0/big"`, at('big')])
      await run('sh', ['-c', `tar -C "$0" -c . | docker -H "$1" import - big:1`, at('big'), host])
      const reading = failure('docker:big:1', { layerStore: false, env: { DOCKER_HOST: host } })
      await new Promise(resolve => setTimeout(resolve, 300))
      await run('sh', ['-c', `kill -9 "$(cat "$0/overlay2/docker.pid")"`, own])
      expect(await reading).toMatchObject({ code: 'ENGINE_FAILED', exitCode: 3 })
    } finally {
      await script('engines.sh', 'stop', own)
    }
  })
})

async function failure(reference: string, options: Parameters<typeof auditOptions>[0] = {}): Promise<ImgauditError> {
  const error = await audit(reference, auditOptions(options)).then(
    () => new Error(`${reference} was read`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ImgauditError)) throw error
  expect(error.exitCode).toBe(3)
  expect(error.message).not.toMatch(/\n/)
  return error
}

/** The largest blob of a layout. */
async function largest(layout: string): Promise<string> {
  const listing = await run('sh', ['-c', `ls -S "$0"/blobs/sha256/* | head -1`, layout])
  return listing.trim()
}

async function flip(path: string, at: number): Promise<() => Promise<void>> {
  const once = async () => {
    const file = await open(path, 'r+')
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, at)
    await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, at)
    await file.close()
  }
  await once()
  return once
}
