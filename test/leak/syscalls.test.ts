import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configuration, docker29Archive, hex, json, Layout, layerTar, named, type Parts, tarOf } from '../archive.ts'
import { missing } from '../bytes/tools.ts'
import { changes, Installed, isBelow, opened, type Run } from './traced.ts'

/** Files of this machine that links and names in the images below lead to. */
const baits = ['/etc/passwd', '/etc/shadow', '/etc/hostname', '/root/.ssh/id_rsa', '/dev/sda', '/proc/self/environ']

describe.skipIf(missing('strace'))('what is asked of the system', () => {
  let installed: Installed
  let archive: Buffer

  beforeAll(async () => {
    installed = new Installed()
    archive = await hostileArchive()
    writeFileSync(join(installed.work, 'legacy.tar'), archive)
    writeFileSync(join(installed.work, 'legacy.tar.gz'), gzipSync(archive))
    writeFileSync(join(installed.work, 'links.tar'), await archiveOfLinks())
    const layers = [await hostileLayer()]
    writeFileSync(join(installed.work, 'docker29.tar'), await docker29Archive({ layers, name: 'app:1' }))
    const layout = new Layout()
    layout.manifests.push(named(foreign(layout, layers), '1'))
    layout.write(join(installed.work, 'layout'))
    mkdirSync(join(installed.work, 'planted/blobs/sha256'), { recursive: true })
    writeFileSync(join(installed.work, 'planted/oci-layout'), '{}')
    const digests = baits.map(bait => hex(Buffer.from(bait)))
    for (const [at, bait] of baits.entries())
      symlinkSync(bait, join(installed.work, 'planted/blobs/sha256', digests[at] ?? ''))
    const manifests = digests.map((digest, at) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${digest}`,
      size: 100,
      platform: { os: 'linux', architecture: at === 0 ? 'amd64' : `a${at}` },
    }))
    writeFileSync(join(installed.work, 'planted/index.json'), json({ schemaVersion: 2, manifests }))
  })

  afterAll(() => installed?.remove())

  /** Nothing is written but in the cache, a temporary folder and the outputs; no program is started, nobody called. */
  function expectKept(run: Run, outputs: readonly string[] = []): void {
    const { folder, work } = installed
    const allowed = [join(folder, 'cache'), join(folder, 'temporary'), '/dev/null']
    const named = outputs.map(name => join(work, name))
    const outside = changes(run.calls).filter(({ paths }) =>
      paths.some(path => !allowed.some(place => isBelow(path, place)) && !named.some(name => isOutput(path, name))),
    )
    expect(outside.map(({ call }) => `${call.name}(${call.text}`)).toEqual([])
    const programs = run.calls.filter(({ name }) => /^(?:execve|execveat|fork|vfork)$/.test(name))
    expect(programs.map(({ paths }) => paths[0])).toEqual([process.execPath])
    const names = new Set(run.calls.map(({ name }) => name))
    for (const name of [
      'connect',
      'sendto',
      'sendmsg',
      'bind',
      'listen',
      'io_uring_setup',
      'ptrace',
      'mount',
      'setxattr',
    ]) {
      expect(names, name).not.toContain(name)
    }
    const touched = opened(run.calls).filter(path => baits.includes(path))
    expect(touched).toEqual([])
    expect(readdirSync(join(folder, 'temporary'))).toEqual([])
    for (const name of run.calls.flatMap(({ paths }) => paths)) expect(name).not.toContain('escaped')
  }

  /** The file, or the unfinished one that takes its place. */
  function isOutput(path: string, output: string): boolean {
    const name = output.slice(output.lastIndexOf('/') + 1)
    return path === output || (path.startsWith(output.slice(0, -name.length)) && path.includes(`/.${name}.`))
  }

  const outputs = ['a.json', 'a.md', 'a.sarif', 'a.xml', 'a.txt', 'a.gl']
  const everything = [
    ...outputs.flatMap(name => ['-o', name === 'a.gl' ? 'gitlab=a.gl' : name]),
    '--entries',
    'a.ndjson',
  ]

  it.each(['legacy.tar', 'legacy.tar.gz', 'docker29.tar', 'oci:layout'])(
    'of %s, with every output and the cache',
    reference => {
      const run = installed.run([reference, '-f', 'table,github', ...everything])
      expect(run.stderr).toBe('')
      expect(run.code).toBe(0)
      expectKept(run, [...outputs, 'a.ndjson'])
      // What it did write was seen.
      expect(changes(run.calls).flatMap(({ paths }) => paths)).toContain(join(installed.work, 'a.json'))
    },
  )

  it('of an archive out of a pipe, without the cache', () => {
    const run = installed.run(['-', '--no-cache', '--verify', '-f', 'json'], { input: archive })
    expect(run.code).toBe(0)
    expectKept(run)
    expect(changes(run.calls)).toEqual([])
  })

  it.each([
    ['links.tar', 3],
    ['oci:planted', 3],
    ['demo', 0],
    ['cache clear', 0],
  ])('of %s', (argv, code) => {
    const run = installed.run(argv.split(' '))
    expect(run.code, run.stderr).toBe(code)
    expectKept(run)
    expect(run.stderr).not.toContain('root:')
  })

  it.each([
    ['why', 'legacy.tar', '/etc/passwd'],
    ['compare', 'legacy.tar', 'a.json', '-f', 'markdown'],
  ])('of %s', (...argv) => {
    const run = installed.run(argv)
    expect(run.code, run.stderr).toBe(0)
    expectKept(run)
  })

  it('of an engine: its socket and no other', async () => {
    // A second name outlives the server, and nobody listens there: whoever connects is told so at once.
    const [first, socket] = ['first.sock', 'engine.sock'].map(name => join(installed.work, name))
    const server = createServer()
    await new Promise<void>(resolve => server.listen(first, resolve))
    linkSync(first ?? '', socket ?? '')
    await new Promise(resolve => server.close(resolve))
    const run = installed.run(['docker:app:1', '--pull', 'never'], {
      env: { DOCKER_HOST: `unix://${socket}`, DEBUG: '*' },
    })
    expect(run.code, run.stderr).toBe(3)
    // What docker-modem would print of its requests.
    expect(run.stderr).not.toContain('modem')
    const called = run.calls.filter(({ name }) => name === 'connect').flatMap(({ paths }) => paths)
    expect([...new Set(called)]).toEqual([socket])
    expect(run.calls.filter(({ name }) => name === 'execve')).toHaveLength(1)
    expect(changes(run.calls)).toEqual([])
  })

  it('leaves nothing where the names of the images point', () => {
    for (const path of [
      '/tmp/escaped',
      '/escaped',
      join(installed.folder, 'escaped'),
      join(installed.folder, '../escaped'),
    ]) {
      expect(existsSync(path)).toBe(false)
    }
  })
})

const site = 'usr/lib/python3/dist-packages'

/** Names that lead out, links to files of the host, and records that name such. */
async function hostileLayer(): Promise<Buffer> {
  const files: Parts = [
    ['../../../../../../escaped/a', Buffer.alloc(3000, 'a')],
    ['/escaped/b', Buffer.alloc(3000, 'b')],
    ['opt/../../../escaped', Buffer.alloc(3000, 'c')],
    ['etc/passwd', { symlink: '/etc/passwd' }],
    ['etc/os-release', { symlink: '../../../../../../etc/hostname' }],
    ['usr/lib/os-release', { hardlink: '../../../../etc/passwd' }],
    ['etc/ld.so.conf', Buffer.from('include /etc/*.conf\n/root\n')],
    ['var/lib/dpkg/status', { symlink: '/etc/shadow' }],
    ['var/lib/dpkg/status.d/a', Buffer.from('Package: a\nStatus: install ok installed\nVersion: 1\n\n')],
    [`${site}/a-1.dist-info/METADATA`, Buffer.from('Name: a\nVersion: 1\n\n')],
    [`${site}/a-1.dist-info/RECORD`, Buffer.from('../../../../../../../../etc/passwd,,\n/etc/shadow,,\n')],
    [`${site}/a-1.dist-info/INSTALLER`, { symlink: '/proc/self/environ' }],
    ['dev', { symlink: '/dev' }],
    ['dev/sda', Buffer.alloc(3000, 'd')],
    ['usr/bin/node', Buffer.from(`#!/bin/sh\ntouch /tmp/escaped\n`)],
    ['docker-entrypoint.sh', Buffer.from('#!/bin/sh\ntouch /tmp/escaped\n')],
    ['root/.cache/pip/a', Buffer.alloc(3000, 'e')],
  ]
  return tarOf(files)
}

async function hostileArchive(): Promise<Buffer> {
  const layers = [await hostileLayer(), await layerTar({ 'usr/bin/sh': Buffer.alloc(3000, 'f') })]
  const config = configuration({
    layers,
    config: { config: { Entrypoint: ['/docker-entrypoint.sh'], Env: ['PATH=/usr/bin', 'LD_PRELOAD=/escaped/a.so'] } },
  })
  return tarOf([
    ...layers.map((layer, at) => [`${at}/layer.tar`, layer] as const),
    ['../../escaped.json', config],
    [
      'manifest.json',
      json([{ Config: '../../escaped.json', RepoTags: ['app:1'], Layers: ['0/layer.tar', '1/layer.tar'] }]),
    ],
  ])
}

/** Layers and a configuration that are links to files of the host. */
async function archiveOfLinks(): Promise<Buffer> {
  return tarOf([
    ['a/layer.tar', { symlink: '/etc/passwd' }],
    ['b/layer.tar', { hardlink: '/etc/shadow' }],
    ['c.json', { symlink: '../../../../../../../etc/hostname' }],
    ['manifest.json', json([{ Config: 'c.json', RepoTags: ['app:1'], Layers: ['a/layer.tar', 'b/layer.tar'] }])],
  ])
}

/** An image whose descriptors say where else their blobs can be had (OCI image-spec descriptor.md, urls). */
function foreign(layout: Layout, layers: readonly Buffer[]): object {
  const urls = ['http://127.0.0.1:9/blob', 'https://leak.example/blob']
  const blob = (bytes: Buffer, mediaType: string) => ({ mediaType, ...layout.add(bytes), urls })
  const manifest = {
    schemaVersion: 2,
    config: blob(configuration({ layers }), 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map(layer => blob(gzipSync(layer), 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip')),
  }
  return blob(json(manifest), 'application/vnd.oci.image.manifest.v1+json')
}
