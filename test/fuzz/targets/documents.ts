import { configuration, digest, hex, json, type Parts, tarOf, v1Archive } from '../../archive.ts'
import { list } from '../../tar/list.ts'
import { auditArchive } from '../audited.ts'
import { smallImage } from '../seeds.ts'
import { opened, surroundings } from '../surroundings.ts'
import type { Target } from '../target.ts'

const image = await smallImage()
const [layer = Buffer.alloc(0), second = Buffer.alloc(0)] = image.layers
const config = configuration(image)
const types = 'application/vnd.oci.image'
const blob = (bytes: Buffer) => [`blobs/sha256/${hex(bytes)}`, bytes] as const
const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digest(bytes), size: bytes.length })
const manifest = json({
  schemaVersion: 2,
  mediaType: `${types}.manifest.v1+json`,
  config: descriptor(`${types}.config.v1+json`, config),
  layers: image.layers.map(bytes => descriptor(`${types}.layer.v1.tar`, bytes)),
  annotations: { 'org.opencontainers.image.created': '2026-01-01' },
})
const platform = { os: 'linux', architecture: 'amd64', variant: 'v1' }
const annotations = { 'io.containerd.image.name': 'app:1', 'org.opencontainers.image.ref.name': '1' }
const indexOf = (bytes: Buffer) =>
  json({
    schemaVersion: 2,
    mediaType: `${types}.index.v1+json`,
    manifests: [{ ...descriptor(`${types}.manifest.v1+json`, bytes), platform, annotations }],
  })
const layers: Parts = image.layers.map(blob)
const words = ['sha256:', digest(layer), digest(config), digest(manifest), 'linux', 'unknown', 'attestation-manifest']
const own = { pieces: [...words, `${types}.index.v1+json`, `${types}.manifest.v1+json`], json: true } as const

async function open(parts: Parts): Promise<void> {
  await opened('-', surroundings(await tarOf(parts)), found => found.layers.length)
}

/** Documents of an OCI layout, each found by the right digest of what it has become. */
export const index: Target = {
  name: 'index',
  seeds: () => [indexOf(manifest), json({ schemaVersion: 2, manifests: null })],
  ...own,
  read: bytes => open([...layers, blob(config), blob(manifest), ['index.json', bytes]]),
}

/** An index that index.json leads to: it may lead on. */
export const nestedIndex: Target = {
  name: 'nested-index',
  seeds: () => [indexOf(manifest), manifest],
  ...own,
  read: bytes => open([...layers, blob(config), blob(manifest), blob(bytes), ['index.json', indexOf(bytes)]]),
}

export const imageManifest: Target = {
  name: 'manifest',
  seeds: () => [manifest],
  ...own,
  read: bytes => open([...layers, blob(config), blob(bytes), ['index.json', indexOf(bytes)]]),
}

/** docker save's own list of images. */
export const savedManifest: Target = {
  name: 'saved-manifest',
  seeds: () => [
    json([
      { Config: `${hex(config)}.json`, RepoTags: ['app:1'], Layers: ['a/layer.tar', 'b/layer.tar'], LayerSources: {} },
    ]),
  ],
  pieces: ['a/layer.tar', `${hex(config)}.json`, '../', 'sha256:', 'app:1'],
  json: true,
  read: bytes =>
    open([
      ['a/layer.tar', layer],
      ['b/layer.tar', second],
      [`${hex(config)}.json`, config],
      ['manifest.json', bytes],
    ]),
}

/** A configuration, with the history that instructions are read out of; audited to the end. */
export const imageConfig: Target = {
  name: 'config',
  seeds: () => [config, configuration({ ...image, config: everything })],
  pieces: [
    '/bin/sh -c ',
    '#(nop) ',
    'RUN ',
    'COPY ',
    'CMD ["',
    '" "',
    '\\"',
    '|1 A=b ',
    'ENV PASSWORD=',
    'token: ',
    '&{["',
  ].concat([
    '-----BEGIN PRIVATE KEY-----',
    'file:00 in ',
    'https://a:b@c',
    ' -a',
    ' # buildkit',
    '"',
    "'",
    '=',
    '<<EOF',
  ]),
  json: true,
  async read(bytes) {
    const said = json([{ Config: 'config.json', RepoTags: ['app:1'], Layers: ['a/layer.tar', 'b/layer.tar'] }])
    await auditArchive(
      await tarOf([
        ['a/layer.tar', layer],
        ['b/layer.tar', second],
        ['config.json', bytes],
        ['manifest.json', said],
      ]),
    )
  },
}

const everything = {
  config: {
    Env: ['PATH=/bin', 'NV_CUDA_VERSION=12.4', 'HF_TOKEN=hf_x'],
    Labels: { maintainer: 'x' },
    User: '0',
    Cmd: ['sh'],
    Entrypoint: ['python3', '-m', 'x'],
    WorkingDir: '/app',
    Healthcheck: { Test: ['CMD', 'true'] },
  },
  history: [
    { created: '2026-01-01T00:00:00Z', created_by: 'RUN /bin/sh -c apt-get install -y curl # buildkit', comment: 'x' },
    { created_by: '/bin/sh -c #(nop) COPY file:0a in /opt/x ' },
    { created_by: 'CMD ["/bin/sh" "-c" "x"]', empty_layer: true },
    { created_by: '|2 A=b C=d /bin/sh -c make', empty_layer: true },
  ],
}

const old = list(await v1Archive(image), ({ name }) => name.endsWith('json'))
const oldJson = old.contents.flatMap(content => content ?? [])

/** Of before Docker 1.10: what stands in `repositories`, and in the `json` of each layer. */
export const repositories: Target = {
  name: 'repositories',
  seeds: () => [json({ app: { 1: 'a' }, b: { 2: 'a', 3: 'b' } })],
  pieces: ['a', '../a', 'app'],
  json: true,
  read: bytes =>
    open([
      ['a/json', oldJson[0] ?? Buffer.alloc(0)],
      ['a/layer.tar', layer],
      ['repositories', bytes],
    ]),
}

export const oldConfig: Target = {
  name: 'v1-json',
  seeds: () => oldJson,
  pieces: ['a', '../a', 'windows'],
  json: true,
  read: bytes =>
    open([
      ['a/json', bytes],
      ['a/layer.tar', layer],
      ['repositories', json({ app: { 1: 'a' } })],
    ]),
}
