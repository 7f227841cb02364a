/**
 * Times imgaudit beside what a person would run instead, on images made and kept by real engines.
 *
 *   npm run bench -- [--image <name> | --large] [--engine overlay2|containerd|podman|none] [--runs <n>]
 *   npm run bench -- --growth
 *   npm run bench -- --compare <before.tar> <after.tar>
 *
 * Without --image a CUDA image of 3 GB is built (once; it is kept with the engines of the tests). --large takes the whole
 * of PyTorch with its CUDA wheels instead, 9 GB, and needs 60 GB of disk. --growth shows how time grows with bytes and with
 * entries. --engine leaves the others out, and what needs none. Starts engines of its own (test/real/engines.sh, as root), one at a time, and removes what it made. Peers are
 * timed where they are on the PATH: dive, syft.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { comparing } from './compare.mjs'
import { growth } from './growth.mjs'
import { measureAll, run, table } from './measure.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    compare: { type: 'boolean', default: false },
    image: { type: 'string' },
    large: { type: 'boolean', default: false },
    engine: { type: 'string' },
    growth: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
  },
})
const runs = Number(values.runs)
const work = mkdtempSync(join(tmpdir(), 'imgaudit-bench.'))
const engines = join(work, 'engines')
const archive = join(work, 'image.tar')
const engine = (/** @type {string[]} */ ...args) => run(`bash ${root}/test/real/engines.sh ${args.join(' ')}`)
const peers = ['dive', 'syft'].filter(name => run(`command -v ${name} || true`) !== '')
process.on('SIGINT', () => process.exit(130))
process.on('exit', () => {
  engine('stop', engines)
  rmSync(work, { recursive: true, force: true })
})

// Run as another user, who may not read what engines keep: from a copy, since a home may be closed.
const program = join(work, 'imgaudit')
run(
  `npm run --silent build && mkdir -p ${program} && cp -r dist bin package.json node_modules ${program}/ && chmod -R a+rX ${work}`,
)
const cache = join(work, 'cache')
run(`mkdir -m 777 ${cache}`)
const imgaudit = `node ${program}/bin/imgaudit.js --quiet --format json`
// What another user owns is not trusted, so each has a cache.
const asRoot = `env XDG_CACHE_HOME=${cache}/root`
const asUser = `setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=${work} XDG_CACHE_HOME=${cache}/user`
const cold = `rm -rf ${cache}/root`
const coldUser = `rm -rf ${cache}/user`

console.log(`${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Node ${process.version}\n`)
const bench = { work, run, imgaudit: `${asRoot} ${imgaudit}`, runs }
if (values.growth) console.log(growth({ ...bench, imgaudit: `${bench.imgaudit} --no-cache` }))
else if (values.compare) console.log(comparing({ ...bench, archives: positionals.map(name => resolve(name)) }))
else {
  const all = { overlay2: graphDriver, containerd, podman, none: layouts }
  // What 9 GB take elsewhere no disk has room for.
  const wanted = values.engine?.split(',') ?? (values.large ? ['overlay2'] : Object.keys(all))
  if (!wanted.includes('overlay2')) saveOnly()
  for (const [name, section] of Object.entries(all)) if (wanted.includes(name)) section()
  startUp()
}

/** @param {string} title @param {readonly import('./measure.mjs').Row[]} rows */
function section(title, rows) {
  const samples = measureAll(rows, runs)
  console.log(`${title}\n\n${table(samples)}\n`)
}

/** Starts an engine, and gives it the image. @param {'overlay2' | 'containerd' | 'podman'} name */
function start(name) {
  const printed = Object.fromEntries(
    engine('start', engines, name)
      .split('\n')
      .map(line => line.split('=')),
  )
  run(`chmod 755 ${engines} ${engines}/${name}; chmod 666 ${engines}/${name}/*.sock`)
  return printed
}

/** The processes that do the work of an engine. @param {string} name */
function daemonOf(name) {
  return Number(readFileSync(join(engines, name, `${name === 'podman' ? 'podman' : 'dockerd'}.process`), 'utf8'))
}

/** Builds or takes the image, and leaves an archive of it. @param {string} host */
function take(host) {
  if (values.image !== undefined) {
    run(`docker save ${values.image} | docker -H ${host} load --quiet`)
    return values.image
  }
  const tag = values.large ? 'imgaudit-bench:large' : 'imgaudit-bench:cuda'
  if (values.large) {
    run(`bash ${root}/test/real/nvidia-ml/torch.sh ${host} ${tag}-torch ${work}/build`)
    run(
      `DOCKER_BUILDKIT=0 docker -H ${host} build --quiet --network=host --build-arg FROM=${tag}-torch --tag ${tag} - <${root}/test/bench/many-files.Dockerfile`,
    )
  }
  if (!values.large) run(`bash ${root}/test/real/nvidia-ml/image.sh ${host} naive ${tag} ${work}/build`)
  return tag
}

/** The archive alone, for those that need no more. */
function saveOnly() {
  const host = start('overlay2').IMGAUDIT_DOCKER_OVERLAY2 ?? ''
  run(`docker -H ${host} save ${take(host)} -o ${archive}`)
  engine('stop', engines)
}

/** Docker with a graph driver, and the archive that it saves. */
function graphDriver() {
  const host = start('overlay2').IMGAUDIT_DOCKER_OVERLAY2 ?? ''
  const image = take(host)
  const daemon = daemonOf('overlay2')
  const docker = `DOCKER_HOST=${host} ${imgaudit} docker:${image}`
  const size = run(`docker -H ${host} image inspect -f '{{.Size}}' ${image}`)
  const [seen] = JSON.parse(`[${run(`${asRoot} ${docker}`)}]`)
  const entries = seen.layers.reduce(
    (/** @type {number} */ sum, /** @type {{ entries: number }} */ layer) => sum + layer.entries,
    0,
  )
  console.log(`${image}: ${size} bytes by the engine, ${entries.toLocaleString('en')} entries\n`)
  // Of a large image it takes as long as what it is compared with.
  const exported =
    Number(size) > 5e9
      ? []
      : [{ name: 'imgaudit, --no-layer-store', command: `${asRoot} ${docker} --no-layer-store --no-cache`, daemon }]
  section('Docker 20.10, overlay2', dockerRows(host, image, daemon, exported))
  if (!values.large && values.engine !== 'overlay2') run(`docker -H ${host} save ${image} -o ${archive}`)
  engine('stop', engines)
}

/**
 * Every way to an image that Docker keeps.
 * @param {string} host @param {string} image @param {number} daemon
 * @param {readonly import('./measure.mjs').Row[]} more
 */
function dockerRows(host, image, daemon, more = []) {
  const docker = `DOCKER_HOST=${host} ${imgaudit} docker:${image}`
  return [
    { name: 'imgaudit, cold', command: `${asRoot} ${docker}`, before: cold, daemon },
    { name: 'imgaudit, cold, through the API alone', command: `${asUser} ${docker}`, before: coldUser, daemon },
    { name: 'imgaudit, warm', command: `${asRoot} ${docker}`, daemon },
    ...more,
    { name: 'docker save \\| cat', command: `docker -H ${host} save ${image} | cat`, daemon },
  ]
}

/** @param {string} name */
function peerOn(name) {
  // dive ends with 1 where its own rules find the image wasteful.
  if (name === 'dive') return `dive --ci --source docker-archive ${archive} || true`
  return `syft -q docker-archive:${archive}`
}

/** Docker with containerd's store: layers that BuildKit compressed, and those that came plain out of an archive. */
function containerd() {
  const { IMGAUDIT_DOCKER_CONTAINERD: host = '', IMGAUDIT_DOCKER_CONTAINERD_CONFIG: config } = start('containerd')
  const daemon = daemonOf('containerd')
  run(`docker -H ${host} load --quiet --input ${archive}`)
  const plain = run(`docker -H ${host} image ls --format '{{.Repository}}:{{.Tag}}' | head -n 1`)
  run(
    `printf 'FROM ${plain}\\n' | DOCKER_CONFIG=${config} docker -H ${host} buildx build --quiet --network=host --provenance=false --output type=docker,name=imgaudit-bench:gzip,compression=gzip,force-compression=true,dest=${work}/gzip.tar - && docker -H ${host} load --quiet --input ${work}/gzip.tar && rm ${work}/gzip.tar`,
  )
  for (const [kind, image] of [
    ['plain', plain],
    ['gzip', 'imgaudit-bench:gzip'],
  ]) {
    section(`Docker 29, containerd's store, ${kind} layers`, dockerRows(host, image, daemon))
  }
  engine('stop', engines)
}

/** Podman's store, without its daemon. */
function podman() {
  const { IMGAUDIT_PODMAN_ROOT: store, IMGAUDIT_PODMAN_RUNROOT: runRoot } = start('podman')
  const podman = `podman --root ${store} --runroot ${runRoot} --storage-driver overlay`
  run(`${podman} load --quiet --input ${archive}`)
  const image = run(`${podman} images --format '{{.Repository}}:{{.Tag}}' | head -n 1`)
  const command = `${asRoot} ${imgaudit} 'containers-storage:[overlay@${store}]${image}'`
  section("Podman's store", [
    { name: 'imgaudit, cold', command, before: cold },
    { name: 'imgaudit, warm', command },
    { name: 'podman save \\| cat', command: `${podman} save ${image} | cat` },
  ])
  engine('stop', engines)
}

/** Archives and layout folders: what there is without an engine. */
function layouts() {
  for (const compression of ['gzip', 'zstd'])
    run(
      `skopeo --insecure-policy copy -q --dest-compress-format ${compression} docker-archive:${archive} oci:${work}/${compression}:image`,
    )
  section('An archive on disk', [
    {
      name: 'imgaudit docker-archive:, cold',
      command: `${asRoot} ${imgaudit} docker-archive:${archive}`,
      before: cold,
    },
    { name: 'imgaudit - (standard input)', command: `${asRoot} ${imgaudit} --no-cache - <${archive}` },
    {
      name: 'tar t, every layer',
      command: `for layer in $(tar tf ${archive} | grep 'layer.tar$'); do tar xOf ${archive} $layer | tar t; done`,
    },
    ...peers.map(name => ({ name: `${name}, docker-archive:`, command: peerOn(name) })),
  ])
  section('An OCI layout folder', [
    { name: 'imgaudit, gzip, cold', command: `${asRoot} ${imgaudit} oci:${work}/gzip:image`, before: cold },
    { name: 'imgaudit, gzip, warm', command: `${asRoot} ${imgaudit} oci:${work}/gzip:image` },
    { name: 'inflate and hash alone, gzip', command: `node ${root}/test/bench/inflate.mjs ${work}/gzip` },
    { name: 'gzip -dc, every layer', command: `for blob in ${work}/gzip/blobs/sha256/*; do gzip -dcf <$blob; done` },
    { name: 'imgaudit, zstd, cold', command: `${asRoot} ${imgaudit} oci:${work}/zstd:image`, before: cold },
    { name: 'inflate and hash alone, zstd', command: `node ${root}/test/bench/inflate.mjs ${work}/zstd` },
    { name: 'zstd -dc, every layer', command: `for blob in ${work}/zstd/blobs/sha256/*; do zstd -dcf <$blob; done` },
  ])
  evidence()
}

/** What a look into libraries costs where all bytes pass. */
function evidence() {
  for (const [name, keep] of [
    ['seen', '--keep'],
    ['unseen', ''],
  ])
    run(`node ${root}/test/bench/nameless.mjs ${work}/gzip ${work}/${name} ${keep}`)
  section('An OCI layout folder, gzip, its libraries looked into', [
    { name: 'imgaudit, as it is', command: `${asRoot} ${imgaudit} --no-cache oci:${work}/seen` },
    {
      name: 'imgaudit, under names that nothing looks into',
      command: `${asRoot} ${imgaudit} --no-cache oci:${work}/unseen`,
    },
  ])
}

function startUp() {
  section('Start-up', [
    { name: 'imgaudit --version', command: `node ${program}/bin/imgaudit.js --version` },
    { name: 'node -e 0', command: 'node -e 0' },
  ])
}
