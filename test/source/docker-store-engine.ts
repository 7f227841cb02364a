import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { chainIds } from '../../src/source/docker/root.ts'
import { configuration, digest, hex, json, legacyArchive, tarOf } from '../archive.ts'
import { tarSplitOf } from '../tar-split.ts'
import { scratch } from './open.ts'

/** An engine with a graph driver, as far as the API shows it: one image, and the root folder that its layers are in. */
export interface DriverEngine {
  readonly env: { readonly DOCKER_HOST: string }
  readonly root: string
  /** Record folders of the layers, and the folders with their files, base first. */
  readonly records: readonly string[]
  readonly folders: readonly string[]
  /** What it was asked for, without the version: `GET /info`. */
  readonly asked: string[]
}

/** What of its answers is other than usual. */
export interface DriverOddities {
  readonly driver?: string
  /** Says where the layers lie, as overlay2 does. */
  readonly tellsFolders?: boolean
  /** Refuses to export. */
  readonly exports?: false
}

/** `layers`: names and contents of their files. The engine makes no containers. */
export async function driverEngine(
  layers: readonly Readonly<Record<string, string>>[],
  oddities: DriverOddities = {},
): Promise<DriverEngine> {
  const { driver = 'overlay2', tellsFolders = false, exports = true } = oddities
  const root = scratch()
  const tars = await Promise.all(layers.map(files => tarOf(partsOf(files))))
  const chain = chainIds(tars.map(digest))
  const records = chain.map(chainId => join(root, 'image', driver, 'layerdb', chainId.replace(':', '/')))
  const folders = chain.map((_, position) => join(root, driver, `cache-${position}`, 'diff'))
  for (const [position, files] of layers.entries()) {
    const [tar, record, folder] = [tars[position] ?? Buffer.of(), records[position] ?? '', folders[position] ?? '']
    const path = join(root, `${position}.tar`)
    writeFileSync(path, tar)
    mkdirSync(record, { recursive: true })
    writeFileSync(join(record, 'tar-split.json.gz'), gzipSync(tarSplitOf(path)))
    writeFileSync(join(record, 'diff'), digest(tar))
    writeFileSync(join(record, 'cache-id'), `cache-${position}`)
    const sizes = Object.values(files).map(content => content.length)
    writeFileSync(join(record, 'size'), String(sizes.reduce((sum, size) => sum + size, 0)))
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    }
  }
  const parts = { layers: tars, name: 'app:1' }
  const config = configuration(parts)
  mkdirSync(join(root, 'image', driver, 'imagedb/content/sha256'), { recursive: true })
  writeFileSync(join(root, 'image', driver, 'imagedb/content/sha256', hex(config)), config)

  const archive = await legacyArchive(parts)
  const [upper, ...lower] = folders.toReversed()
  const told = { UpperDir: upper, LowerDir: lower.join(':') }
  const answers: Readonly<Record<string, Buffer>> = {
    'GET /version': json({ ApiVersion: '1.41' }),
    'GET /info': json({ DockerRootDir: root }),
    'GET /containers/json': json([]),
    'GET /images/app:1/json': json({
      Id: digest(config),
      Os: 'linux',
      Architecture: 'amd64',
      RootFS: { Layers: tars.map(digest) },
      GraphDriver: { Name: driver, Data: tellsFolders ? told : {} },
    }),
    ...(exports ? { [`GET /images/${digest(config)}/get`]: archive } : {}),
  }
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://engine').pathname).replace(/^\/v[\d.]+/, '')
    asked.push(`${request.method} ${path}`)
    const answer = answers[`${request.method} ${path}`]
    if (answer === undefined) response.writeHead(403)
    response.end(answer ?? json({ message: `${request.method} is not allowed` }))
  })
  const socket = join(scratch(), 'engine.sock')
  await new Promise<void>(resolve => server.listen(socket, resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { env: { DOCKER_HOST: `unix://${socket}` }, root, records, folders, asked }
}

function partsOf(files: Readonly<Record<string, string>>) {
  return Object.entries(files).map(([name, content]) => [name, Buffer.from(content)] as const)
}
