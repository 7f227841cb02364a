import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { legacyArchive } from '../../archive.ts'
import { smallImage } from '../seeds.ts'
import { opened, scratch, surroundings } from '../surroundings.ts'
import type { Target } from '../target.ts'

const image = await smallImage()
const archive = await legacyArchive(image)
const platform = { Os: 'linux', Architecture: 'amd64' }
const manifest = {
  Kind: 'image',
  Available: true,
  Descriptor: { digest: `sha256:${'a'.repeat(64)}`, platform: { os: 'linux', architecture: 'amd64' } },
  ImageData: { Platform: { os: 'linux', architecture: 'amd64' }, Size: { Unpacked: 1 } },
}
const answers = {
  version: { ApiVersion: '1.41', Components: [{ Name: 'Engine' }] },
  info: { DockerRootDir: '/nowhere', Driver: 'overlay2', Containerd: { Address: '/nowhere' } },
  inspect: {
    Id: 'sha256:1',
    ...platform,
    Size: 90_000,
    RepoDigests: [`app@sha256:${'b'.repeat(64)}`],
    RootFS: { Layers: [`sha256:${'c'.repeat(64)}`] },
    GraphDriver: { Name: 'overlay2', Data: { UpperDir: '/nowhere/a', LowerDir: '/nowhere/b:/nowhere/c' } },
    Config: { Volumes: { '/data': {} } },
  },
}

/** What an engine says of an image; an input is the JSON of all of its answers. */
export const engine: Target = {
  name: 'engine',
  seeds: () => [
    Buffer.from(JSON.stringify(answers)),
    Buffer.from(
      JSON.stringify({
        ...answers,
        version: { ApiVersion: '1.52' },
        inspect: { ...answers.inspect, Descriptor: {}, Manifests: [manifest] },
      }),
    ),
  ],
  pieces: ['1.52', '1.41', 'overlay2', 'vfs', 'linux', '../', 'app:1', 'image'],
  json: true,
  runs: 40,
  async read(bytes) {
    const said = answersIn(bytes)
    const server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '')
        .replace(/^\/v[\d.]+/, '')
        .replace(/\?.*$/, '')
      const answer =
        said[path === '/version' ? 'version' : path === '/info' ? 'info' : path.endsWith('/json') ? 'inspect' : '']
      if (path.endsWith('/get')) response.end(archive)
      else if (answer === undefined) response.writeHead(404).end('{"message":"no such thing"}')
      else response.end(answer)
    })
    const socket = join(scratch(), 'engine.sock')
    rmSync(socket, { force: true })
    server.listen(socket)
    await once(server, 'listening')
    try {
      const env = { DOCKER_HOST: `unix://${socket}` }
      await opened('docker:app:1', { ...surroundings(), env }, ({ layers }) => layers.length)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  },
}

/** Answers by name, as text: JSON that no writer writes stands as it is, for inspection. */
function answersIn(bytes: Buffer): Readonly<Record<string, string>> {
  try {
    const all: unknown = JSON.parse(bytes.toString())
    if (typeof all !== 'object' || all === null) throw new SyntaxError()
    return Object.fromEntries(Object.entries(all).map(([name, answer]) => [name, JSON.stringify(answer)]))
  } catch {
    return { version: JSON.stringify(answers.version), inspect: bytes.toString() }
  }
}
