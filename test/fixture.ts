import { createCipheriv, createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { type Header, type Pack, pack } from 'tar-stream'
import { sha256 } from '../src/bytes/digest.ts'
import { memoryBytes } from '../src/bytes/memory.ts'
import type { Evidence } from '../src/evidence/evidence.ts'
import { type GatherOptions, gather } from '../src/evidence/gather.ts'
import { gpuTargets } from '../src/evidence/gpu-target.ts'
import { parseConfig } from '../src/image/config.ts'
import { alignHistory } from '../src/image/history.ts'
import type { Image, Layer } from '../src/image/image.ts'
import { LayerIndexer, seekLayer } from '../src/image/indexer.ts'
import type { LayerIndex } from '../src/image/layer-index.ts'
import { SeekContents } from '../src/source/layer/seek-contents.ts'

/** Content of a file: bytes, text, a number of bytes that nothing else has, or what `same` gives. */
export type Content = number | string | Buffer | SameContent

interface SameContent {
  readonly seed: string
  readonly size: number
}

interface Attributes {
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  /** Seconds since the epoch. */
  readonly mtime?: number
}

/** An entry of a layer that is more than a file with default attributes. */
export interface Node extends Attributes {
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink'
  readonly content?: Content
  readonly target?: string
  /** The rules that must claim it; after settling it belongs to the first. */
  readonly rules?: readonly string[]
  /** Claimed by a finding that says `keep`. */
  readonly kept?: true
}

export interface LayerData {
  /** The instruction: a command to RUN, or all of it when it begins with a Dockerfile word. */
  readonly run?: string
  /** By absolute path, in tar order; a list where one path stands twice. */
  readonly add?: Readonly<Record<string, Content | Node>> | readonly (readonly [string, Content | Node])[]
  /** Paths that get a whiteout. */
  readonly remove?: readonly string[]
  /** Folders that get an opaque marker. */
  readonly opaque?: readonly string[]
}

/** The parts of a configuration that rules look at. */
export interface ConfigData {
  readonly env?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly user?: string
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly workingDir?: string
  readonly healthcheck?: readonly string[]
  /** All history lines as recorded, instead of one for each layer. */
  readonly history?: readonly { readonly created_by: string; readonly empty_layer?: boolean }[]
}

export interface Options {
  readonly config: ConfigData
  /** How many layers came with FROM; told by the image itself where absent. */
  readonly base?: number
  /** GPUs that it is to run on. */
  readonly gpus?: readonly string[]
}

/** An image as data. Marks inside say what each rule must claim; what has no mark must not be claimed. */
export interface Fixture extends Options {
  readonly layers: readonly LayerData[]
}

/** `image(...layers)` or `image({ config, base }, ...layers)`. */
export function image(first: Options | LayerData, ...layers: readonly LayerData[]): Fixture {
  return 'config' in first ? { ...first, layers } : { config: {}, layers: [first, ...layers] }
}

/** Content that is equal wherever seed and size are. */
export function same(seed: string, size: number): Content {
  return { seed, size }
}

export function file(content: Content, attributes: Attributes = {}): Node {
  return { kind: 'file', content, ...attributes }
}

export function folder(attributes: Attributes = {}): Node {
  return { kind: 'directory', ...attributes }
}

export function symlink(target: string, attributes: Attributes = {}): Node {
  return { kind: 'symlink', target, ...attributes }
}

/** Another name of an entry of the same layer, by its absolute path. */
export function hardlink(path: string): Node {
  return { kind: 'hardlink', target: path }
}

/**
 * Marks an entry that this rule must claim by a finding that says `safe` or `check`, whether it is visible or not;
 * `others` claim it too and settle later.
 */
export function waste(rule: string, entry: Content | Node, ...others: readonly string[]): Node {
  return { ...nodeOf(entry), rules: [rule, ...others] }
}

/** Marks an entry that this rule must count by a finding that says `keep`. */
export function kept(rule: string, entry: Content | Node): Node {
  return { ...nodeOf(entry), rules: [rule], kept: true }
}

/** All entries of a layer, markers left out, in tar order. */
export function nodesOf(layer: LayerData): (readonly [path: string, Node])[] {
  const added = Array.isArray(layer.add) ? layer.add : Object.entries(layer.add ?? {})
  return added.map(([path, entry]: readonly [string, Content | Node]) => [path, nodeOf(entry)] as const)
}

function nodeOf(entry: Content | Node): Node {
  return typeof entry === 'object' && 'kind' in entry ? entry : file(entry)
}

/** The bytes of a content; a number is filled with noise that depends on the path alone. */
export function bytesOf(content: Content, path: string): Buffer {
  if (Buffer.isBuffer(content)) return content
  if (typeof content === 'string') return Buffer.from(content)
  if (typeof content === 'number') return noise(path, content)
  return noise(`same ${content.seed}`, content.size)
}

function noise(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16)).update(Buffer.alloc(size))
}

/** A layer as the uncompressed tar that an engine would keep. */
export async function layerTar(layer: LayerData): Promise<Buffer> {
  const archive = pack()
  for (const path of layer.opaque ?? []) write(archive, `${path}/.wh..wh..opq`, file(''))
  for (const path of layer.remove ?? []) write(archive, path.replace(/([^/]*)$/, '.wh.$1'), file(''))
  for (const [path, node] of nodesOf(layer)) write(archive, path, node)
  archive.finalize()
  return buffer(archive)
}

function write(archive: Pack, path: string, node: Node): void {
  const type = node.kind === 'hardlink' ? 'link' : node.kind
  const header: Partial<Header> & Pick<Header, 'name'> = {
    name: path.slice(1),
    type,
    mode: node.mode ?? (node.kind === 'directory' ? 0o755 : 0o644),
    uid: node.uid ?? 0,
    gid: node.gid ?? 0,
    mtime: new Date((node.mtime ?? 1_700_000_000) * 1000),
  }
  const linkname = node.kind === 'hardlink' ? node.target?.slice(1) : node.target
  if (linkname !== undefined) archive.entry({ ...header, linkname })
  else if (node.kind === 'directory') archive.entry(header)
  else archive.entry(header, bytesOf(node.content ?? '', path))
}

/** The configuration of a fixture, as Docker writes it. */
export function configDocument({ config, layers }: Fixture, diffIds: readonly string[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      created: '2026-01-02T03:04:05Z',
      os: 'linux',
      architecture: 'amd64',
      config: {
        Env: Object.entries(config.env ?? {}).map(([name, value]) => `${name}=${value}`),
        Labels: config.labels ?? {},
        User: config.user ?? '',
        Entrypoint: config.entrypoint ?? null,
        Cmd: config.command ?? null,
        WorkingDir: config.workingDir ?? '',
        ...(config.healthcheck === undefined ? {} : { Healthcheck: { Test: config.healthcheck } }),
      },
      history: config.history ?? layers.map(layer => ({ created_by: recorded(layer.run ?? '') })),
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  )
}

// As BuildKit records it: the shell's command line behind RUN, every other instruction as it was written.
function recorded(run: string): string {
  if (run === '') return ''
  if (/^(ADD|COPY|WORKDIR|ENV|FROM) /.test(run)) return `${run} # buildkit`
  return `RUN /bin/sh -c ${run.replace(/^RUN /, '')} # buildkit`
}

/** Opens a fixture: real tars, indexed as they pass (`stream`) or by seeking from header to header (`seek`). */
export async function openFixture(fixture: Fixture, route: 'stream' | 'seek' = 'stream'): Promise<Image> {
  const tars = await Promise.all(fixture.layers.map(layerTar))
  const indexes = await Promise.all(
    tars.map(tar => (route === 'stream' ? indexPassing(tar) : seekLayer(memoryBytes(tar), sha256(tar)))),
  )
  const bytes = configDocument(fixture, tars.map(sha256))
  const config = parseConfig(bytes, 'application/vnd.docker.container.image.v1+json')
  const history = alignHistory(config.history, indexes.length)
  const layers = indexes.map((index, position): Layer => {
    const line = history[position]
    return { position, index, ...(line === undefined ? {} : { history: line }) }
  })
  return {
    reference: 'fixture:latest',
    id: sha256(bytes),
    platform: 'linux/amd64',
    source: 'docker-archive',
    config,
    layers,
    notices: [],
    contents: {
      async read(wanted) {
        for (const one of wanted) {
          const position = indexes.indexOf(one.index)
          await new SeekContents(memoryBytes(tars[position] ?? Buffer.alloc(0))).read([one])
        }
      },
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

// In pieces that end anywhere, as they come from a pipe.
function indexPassing(tar: Buffer): Promise<LayerIndex> {
  const indexer = new LayerIndexer({ route: 'stream' })
  for (let at = 0; at < tar.length; at += 10_007) indexer.push(tar.subarray(at, at + 10_007))
  return indexer.end()
}

/** All evidence of an image, by the pipeline of the product. */
export function evidenceOf(image: Image, options: GatherOptions = {}): Promise<Evidence> {
  return gather(image, options)
}

/** Opens a fixture and works out its evidence. */
export async function examine(fixture: Fixture, route: 'stream' | 'seek' = 'stream'): Promise<Evidence> {
  const { base, gpus = [] } = fixture
  const options = { gpus: gpuTargets(gpus), ...(base === undefined ? {} : { baseLayers: base }) }
  return evidenceOf(await openFixture(fixture, route), options)
}
