import { existsSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { hostPlatform } from '../../src/image/platform.ts'
import { type ImageParts, Layout, tarOf } from '../archive.ts'
import { scratch } from './open.ts'

/** An engine with containerd's store, as far as the API shows it: one image, and the folder that its blobs are in. */
export interface StoreEngine {
  readonly env: { readonly DOCKER_HOST: string }
  /** The content store. */
  readonly folder: string
  /** Digest of the image's manifest. */
  readonly root: string
  /** What it was asked for, without the version: `GET /info`. */
  readonly asked: string[]
  /** Blobs that it handed over, by digest, each time. */
  readonly handed: string[]
  /** Containers that are there. */
  readonly containers: Map<string, { readonly name: string; readonly source: string; readonly body: ContainerBody }>
}

/** What a container is made of. */
export interface ContainerBody {
  readonly Labels: Readonly<Record<string, string>>
  readonly HostConfig: { readonly Mounts: readonly { readonly Source?: string; readonly Target: string }[] }
}

/** What of its answers is other than usual. */
export interface Oddities {
  readonly unpacked?: boolean
  readonly complete?: boolean
  /** `DockerRootDir` is another folder, and no containerd of it is there. */
  readonly elsewhere?: boolean
  /** Cuts the connection after so many bytes of a blob's tar. */
  readonly breakAfter?: number
  /** Refuses to make containers. */
  readonly status?: number
  /** Makes containers, and does not say which. */
  readonly nameless?: boolean
  /** Containers that were made before, as it lists them. */
  readonly left?: readonly object[]
  /** What the image declares as volumes. */
  readonly volumes?: readonly string[]
  /** Another platform that the image is there for; the engine describes this one first. */
  readonly described?: string
  /** The socket of its containerd. */
  readonly containerd?: string
  /** Listens at a port, not at a socket. */
  readonly remote?: boolean
  /** Told of each request before it is answered. */
  readonly onAsked?: (asked: string) => void
}

export async function storeEngine(
  parts: ImageParts,
  compress: (layer: Buffer) => Buffer,
  oddities: Oddities = {},
): Promise<StoreEngine> {
  const dockerRoot = scratch()
  const folder = join(dockerRoot, 'containerd/daemon/io.containerd.content.v1.content')
  const layout = new Layout()
  const descriptor = layout.image(parts, compress)
  const root = 'digest' in descriptor ? String(descriptor.digest) : ''
  layout.write(folder)
  const platform = { os: 'linux', architecture: parts.architecture ?? hostPlatform().architecture }
  const { unpacked = true, complete = true, elsewhere = false, status, volumes = [], described } = oddities
  const ImageData = { Platform: platform, Size: { Unpacked: unpacked ? 9 : 0 } }
  const otherData = { ...ImageData, Platform: { os: 'linux', architecture: described } }
  const nowhere = elsewhere ? scratch() : ''
  const manifest = { Kind: 'image', Available: complete, Descriptor: descriptor, ImageData }
  const asked: string[] = []
  const handed: string[] = []
  const containers: StoreEngine['containers'] = new Map()

  const answers: Readonly<Record<string, () => object>> = {
    'GET /version': () => ({ ApiVersion: '1.52' }),
    'GET /info': () => ({
      DockerRootDir: elsewhere ? nowhere : dockerRoot,
      Containerd: { Address: oddities.containerd },
    }),
    'GET /containers/json': () => [
      ...(oddities.left ?? []),
      ...[...containers].map(([Id, { name, body }]) => ({ Id, Names: [`/${name}`], Labels: body.Labels, Created: 0 })),
    ],
    'GET /images/app:1/json': () => ({
      Id: root,
      Descriptor: descriptor,
      Manifests: [manifest, ...(described === undefined ? [] : [{ ...manifest, ImageData: otherData }])],
      Os: 'linux',
      Architecture: described ?? platform.architecture,
      Config: { Volumes: Object.fromEntries(volumes.map(volume => [volume, {}])) },
    }),
  }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine')
    const path = decodeURIComponent(url.pathname).replace(/^\/v[\d.]+/, '')
    asked.push(`${request.method} ${path}`)
    oddities.onAsked?.(`${request.method} ${path}`)
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      const answer = answers[`${request.method} ${path}`]
      const id = path.split('/')[2] ?? ''
      if (answer !== undefined) response.end(JSON.stringify(answer()))
      else if (path === '/containers/create') create(url.searchParams.get('name') ?? '', JSON.parse(text), response)
      else if (request.method === 'DELETE') {
        containers.delete(id)
        response.writeHead(204).end()
      } else if (path.endsWith('/archive')) hand(id, url.searchParams.get('path') ?? '', response)
      else refuse(response, 404, `no such ${path}`)
    })
  })

  function create(name: string, body: ContainerBody, response: ServerResponse): void {
    const source = body.HostConfig.Mounts[0]?.Source ?? ''
    if (status !== undefined || !existsSync(source)) {
      refuse(response, status ?? 400, `bind source path does not exist: ${source}`)
      return
    }
    const id = `c${asked.length}`
    containers.set(id, { name, source, body })
    response.writeHead(201).end(JSON.stringify(oddities.nameless ? {} : { Id: id }))
  }

  function hand(id: string, path: string, response: ServerResponse): void {
    const name = path.split('/').at(-1) ?? ''
    const file = join(containers.get(id)?.source ?? '/nowhere', name)
    if (!existsSync(file)) {
      refuse(response, 404, `Could not find the file ${path} in container ${id}`)
      return
    }
    handed.push(`sha256:${name}`)
    const { breakAfter } = oddities
    tarOf([[name, readFileSync(file)]]).then(
      tar => {
        if (breakAfter === undefined || tar.length < breakAfter) response.end(tar)
        else response.write(tar.subarray(0, breakAfter), () => response.destroy())
      },
      error => refuse(response, 500, String(error)),
    )
  }

  const socket = join(scratch(), 'engine.sock')
  await new Promise<void>(resolve => {
    if (oddities.remote) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socket, resolve)
  })
  const bound = server.address()
  const host = typeof bound === 'object' ? `tcp://127.0.0.1:${bound?.port}` : `unix://${socket}`
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { env: { DOCKER_HOST: host }, folder, root, asked, handed, containers }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status).end(JSON.stringify({ message }))
}
