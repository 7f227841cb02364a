import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'

/** An image to be written in the layout of one writer or another. */
export interface ImageParts {
  /** Uncompressed tars, base first. */
  readonly layers: readonly Buffer[]
  /** `app:1`. */
  readonly name?: string
  readonly architecture?: string
  /** Fields of the configuration that are to be other than usual. */
  readonly config?: object
}

/** A member of an archive: contents, a link, or a folder. */
export type Part = Buffer | { readonly symlink: string } | { readonly hardlink: string } | 'folder'
export type Parts = readonly (readonly [name: string, part: Part])[]

/** A layer's tar: names and contents. */
export function layerTar(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  return tarOf(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)] as const))
}

/** A true tar of these members, in this order. */
export async function tarOf(parts: Parts): Promise<Buffer> {
  const out = pack()
  const bytes = buffer(out)
  for (const [name, part] of parts) {
    const header: Partial<Header> & { name: string } = { name, mode: 0o644, mtime: new Date(0) }
    if (Buffer.isBuffer(part)) out.entry(header, part)
    else if (part === 'folder') out.entry({ ...header, type: 'directory', mode: 0o755 })
    else if ('symlink' in part) out.entry({ ...header, type: 'symlink', linkname: part.symlink })
    else out.entry({ ...header, type: 'link', linkname: part.hardlink })
  }
  out.finalize()
  return bytes
}

export function digest(bytes: Buffer): string {
  return `sha256:${hex(bytes)}`
}

export function hex(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** The configuration as Docker writes it: a history line for each layer, and one that made none. */
export function configuration({ layers, architecture = 'amd64', config = {} }: ImageParts): Buffer {
  const history = layers.map((_, position) => ({ created_by: `/bin/sh -c step ${position}` }))
  return json({
    os: 'linux',
    architecture,
    created: '2026-01-01T00:00:00Z',
    config: { Env: ['PATH=/bin'], Cmd: ['sh'] },
    history: [...history, { created_by: '/bin/sh -c #(nop)  CMD ["sh"]', empty_layer: true }],
    rootfs: { type: 'layers', diff_ids: layers.map(digest) },
    ...config,
  })
}

/** Docker up to 24: `<v1 id>/layer.tar`, a repeated layer as a symlink, the manifest last. */
export function legacyArchive(...images: readonly ImageParts[]): Promise<Buffer> {
  const parts: [string, Part][] = []
  const firstOf = new Map<string, string>()
  const manifest = images.map((image, number) => {
    const config = configuration(image)
    const layers = image.layers.map((layer, position) => {
      const id = createHash('sha256').update(`${number} ${position}`).digest('hex')
      const first = firstOf.get(hex(layer))
      firstOf.set(hex(layer), first ?? id)
      parts.push([`${id}/`, 'folder'], [`${id}/VERSION`, Buffer.from('1.0')], [`${id}/json`, json({ id })])
      parts.push([`${id}/layer.tar`, first === undefined ? layer : { symlink: `../${first}/layer.tar` }])
      return `${id}/layer.tar`
    })
    parts.push([`${hex(config)}.json`, config])
    return { Config: `${hex(config)}.json`, RepoTags: image.name === undefined ? null : [image.name], Layers: layers }
  })
  return tarOf([...parts, ['manifest.json', json(manifest)], ['repositories', json({})]])
}

/** Before Docker 1.10: no configuration of its own, no manifest.json. */
export function v1Archive({ layers, name = 'app:1' }: ImageParts): Promise<Buffer> {
  const parts: [string, Part][] = []
  const ids = layers.map((_, position) => createHash('sha256').update(`v1 ${position}`).digest('hex'))
  for (const [position, layer] of layers.entries()) {
    const id = ids[position] ?? ''
    const parent = ids[position - 1]
    const container = { Cmd: ['/bin/sh', '-c', `step ${position}`] }
    const document = { id, os: 'linux', architecture: 'amd64', config: {}, container_config: container }
    parts.push([`${id}/json`, json(parent === undefined ? document : { ...document, parent })])
    parts.push([`${id}/layer.tar`, layer])
  }
  const [repository = '', tag = ''] = name.split(':')
  return tarOf([...parts, ['repositories', json({ [repository]: { [tag]: ids.at(-1) } })]])
}

/** Podman and skopeo: `<diff id>.tar` with links to it, the manifest last. */
export function podmanArchive(image: ImageParts): Promise<Buffer> {
  const config = configuration(image)
  const once = new Map(image.layers.map(layer => [`${hex(layer)}.tar`, layer] as const))
  const links = image.layers.map((layer, at) => [`${hex(Buffer.from(`${at}`))}/layer.tar`, hex(layer)] as const)
  const manifest = {
    Config: `${hex(config)}.json`,
    RepoTags: [image.name],
    Layers: image.layers.map(l => `${hex(l)}.tar`),
  }
  return tarOf([
    ...once,
    [`${hex(config)}.json`, config],
    ...links.map(([name, to]) => [name, { symlink: `../${to}.tar` }] as const),
    ['manifest.json', json([manifest])],
  ])
}

/** kaniko and crane: the configuration called `sha256:…`, gzip layers at the root. */
export function craneArchive(image: ImageParts): Promise<Buffer> {
  const config = configuration(image)
  const blobs = image.layers.map(layer => gzipSync(layer))
  const names = blobs.map(blob => `${hex(blob)}.tar.gz`)
  const manifest = { Config: digest(config), RepoTags: [image.name], Layers: names }
  const layers = blobs.map((blob, position) => [names[position] ?? '', blob] as const)
  return tarOf([[digest(config), config], ...layers, ['manifest.json', json([manifest])]])
}

/** What is in an OCI layout: blobs by digest, and the descriptors of index.json. */
export class Layout {
  readonly blobs = new Map<string, Buffer>()
  readonly manifests: object[] = []

  add(bytes: Buffer): { digest: string; size: number } {
    this.blobs.set(digest(bytes), bytes)
    return { digest: digest(bytes), size: bytes.length }
  }

  /** Adds an image and answers with its manifest's descriptor, which is put nowhere yet. */
  image(image: ImageParts, compress: (layer: Buffer) => Buffer = layer => gzipSync(layer)): object {
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', ...this.add(configuration(image)) }
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
    const layers = image.layers.map(layer => ({ mediaType, ...this.add(compress(layer)) }))
    const platform = { os: 'linux', architecture: image.architecture ?? 'amd64' }
    const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers }
    return { mediaType: manifestType, ...this.add(json(manifest)), platform }
  }

  /** An index of descriptors, as a descriptor. */
  index(manifests: readonly object[]): object {
    return { mediaType: indexType, ...this.add(json({ schemaVersion: 2, mediaType: indexType, manifests })) }
  }

  /** What BuildKit puts beside an image. */
  attestation(of: string): object {
    const mediaType = 'application/vnd.in-toto+json'
    const config = { mediaType: 'application/vnd.oci.image.config.v1+json', ...this.add(json({})) }
    const layers = [{ mediaType, ...this.add(json({ predicate: of })) }]
    return {
      mediaType: manifestType,
      ...this.add(json({ schemaVersion: 2, mediaType: manifestType, config, layers })),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': of },
    }
  }

  parts(): Parts {
    const blobs = [...this.blobs].map(([key, blob]) => [`blobs/${key.replace(':', '/')}`, blob] as const).sort()
    const index = { schemaVersion: 2, mediaType: indexType, manifests: this.manifests }
    return [...blobs, ['index.json', json(index)], ['oci-layout', json({ imageLayoutVersion: '1.0.0' })]]
  }

  write(folder: string): void {
    for (const [name, part] of this.parts()) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      if (Buffer.isBuffer(part)) writeFileSync(join(folder, name), part)
    }
  }
}

export function named(descriptor: object, name: string): object {
  return { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': name } }
}

/** Docker 25 to 28 on a graph driver: blobs, plain, with both an index and a manifest.json that knows LayerSources. */
export function docker25Archive(image: ImageParts, byId = false): Promise<Buffer> {
  const layout = new Layout()
  const descriptor = layout.image(image, layer => layer)
  if (!byId) layout.manifests.push(named(descriptor, image.name ?? 'app:1'))
  const config = `blobs/sha256/${hex(configuration(image))}`
  const sources = Object.fromEntries(image.layers.map(l => [digest(l), { digest: digest(l), size: l.length }]))
  const layers = image.layers.map(layer => `blobs/sha256/${hex(layer)}`)
  const manifest = { Config: config, RepoTags: byId ? null : [image.name], Layers: layers, LayerSources: sources }
  return tarOf([...layout.parts(), ['manifest.json', json([manifest])]])
}

/** Docker 29 on containerd's store: blobs as pulled or built, an index in the index, an attestation. */
export function docker29Archive(image: ImageParts, compress?: (layer: Buffer) => Buffer): Promise<Buffer> {
  const layout = new Layout()
  const descriptor = layout.image(image, compress)
  layout.manifests.push(named(layout.index([descriptor, layout.attestation('x')]), image.name ?? 'app:1'))
  const manifest = { Config: `blobs/sha256/${hex(configuration(image))}`, RepoTags: [image.name], Layers: [] }
  return tarOf([...layout.parts(), ['manifest.json', json([manifest])]])
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
