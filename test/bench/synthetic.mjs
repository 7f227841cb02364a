#!/usr/bin/env node
// Writes a docker-archive with as many entries as wanted that is built like a real image of machine learning:
//
//   node test/bench/synthetic.mjs <entries> <file.tar> [--bytes N]
//
// Packages of Debian and of Python with the records that own their files, a pip cache, an application with node_modules
// that a later layer chowns, packages installed again in another version, folders removed too late. Contents that nothing
// reads are holes: a million entries take about 1 GB of disk, whatever `--bytes` (8 GB unless told) says they hold.
import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { SparseTar } from './sparse-tar.mjs'

const { positionals, values } = parseArgs({ allowPositionals: true, options: { bytes: { type: 'string' } } })
const [wanted, path] = positionals
const entries = Number(wanted)
const bytes = Number(values.bytes ?? 8e9)
if (path === undefined || !(entries >= 1000) || !(bytes >= 1e6)) {
  console.error('usage: node test/bench/synthetic.mjs <entries, 1000 or more> <file.tar> [--bytes N, 1000000 or more]')
  process.exit(2)
}

const site = 'usr/local/lib/python3.11/site-packages'
const words =
  'core utils tensor graph kernel ops model data layer codec cache proto index stream client schema table batch fuse lower'.split(
    ' ',
  )

// The same image each time: xorshift, seeded.
let state = 88_172_645
function random(below) {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

const word = () => words[random(words.length)]
const debian = Array.from({ length: Math.round(entries / 420) }, (_, at) => debianPackage(`lib${word()}${at}`))
const python = Array.from({ length: Math.round(entries / 900) + 1 }, (_, at) => ({ name: `${word()}_${word()}${at}` }))
const app = appFiles(Math.round(entries * 0.1))
const first = Math.ceil(debian.length / 3)

const layers = [
  ['FROM', () => debianLayer(debian.slice(0, first))],
  ['RUN /bin/sh -c apt-get update && apt-get install -y build-essential', () => debianLayer(debian, first)],
  ['RUN /bin/sh -c pip install -r requirements.txt', pythonLayer],
  ['COPY . /srv/app # buildkit', () => app],
  ['RUN /bin/sh -c chown -R app:app /srv/app', () => app.map(entry => ({ ...entry, uid: 1000 }))],
  ['RUN /bin/sh -c pip install -U -r newer.txt', upgradeLayer],
  ['RUN /bin/sh -c rm -rf /root/.cache /usr/share/doc', () => [marker('root/.wh..cache'), marker('usr/share/.wh.doc')]],
  ['COPY data /srv/data # buildkit', theRest],
]

const tar = new SparseTar(path)
const diffIds = []
let count = 0
for (const [position, [, fill]] of layers.entries()) {
  const { from, to } = tar.within(`${position}/layer.tar`, () => {
    for (const entry of withFolders(fill())) {
      tar.add(entry)
      count++
    }
  })
  diffIds.push(digest(tar.file, from, to))
}
const config = JSON.stringify({
  os: 'linux',
  architecture: 'amd64',
  config: { Cmd: ['python', '-m', 'app'] },
  rootfs: { type: 'layers', diff_ids: diffIds },
  history: layers.map(([createdBy]) => ({ created_by: createdBy })),
})
const name = `${createHash('sha256').update(config).digest('hex')}.json`
tar.add({ path: name, type: 'file', content: config })
const Layers = layers.map((_, position) => `${position}/layer.tar`)
const manifest = [{ Config: name, RepoTags: [`synthetic:${entries}`], Layers }]
tar.add({ path: 'manifest.json', type: 'file', content: JSON.stringify(manifest) })
tar.end()
tar.close()
console.log(`${path}: ${count} entries, ${tar.at} bytes`)

/** Every folder before what lies in it, once a layer, and files in the order of a walk, as builders write them. */
function* withFolders(files) {
  const seen = new Set()
  for (const entry of files) {
    for (let slash = entry.path.indexOf('/'); slash !== -1; slash = entry.path.indexOf('/', slash + 1)) {
      const folder = entry.path.slice(0, slash)
      if (seen.has(folder)) continue
      seen.add(folder)
      yield { path: folder, type: 'directory' }
    }
    yield entry
  }
}

function debianPackage(name) {
  const files = [`usr/share/doc/${name}/copyright`, `usr/share/doc/${name}/changelog.Debian.gz`]
  for (let at = 3 + random(90); at > 0; at--) files.push(`usr/share/${name}/${word()}/${word()}-${at}.conf`)
  for (let at = random(30); at > 0; at--) files.push(`usr/include/${name}/${word()}${at}.h`)
  files.push(`usr/lib/x86_64-linux-gnu/${name}.so.${random(9)}.${random(40)}`)
  return { name, files: files.sort() }
}

/** What one apt-get writes: the files of new packages, their lists, and the status of all. */
function* debianLayer(packages, from = 0) {
  for (const { name, files } of packages.slice(from)) {
    for (const path of files) yield path.includes('.so.') ? large(path, 0.1) : small(path)
    const list = ['/.', ...files.map(path => `/${path}`)].join('\n')
    yield { path: `var/lib/dpkg/info/${name}.list`, type: 'file', content: `${list}\n` }
    yield small(`var/lib/dpkg/info/${name}.md5sums`)
  }
  const stanza = name =>
    `Package: ${name}\nStatus: install ok installed\nVersion: 1.2-3\nArchitecture: amd64\nDepends: ${packages[0].name}\n`
  const content = packages.map(({ name }) => stanza(name)).join('\n')
  yield { path: 'var/lib/dpkg/status', type: 'file', content }
  if (from > 0) yield large('var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_main_Packages', 0.1)
}

function* pythonLayer() {
  const cached = Math.round(entries * 0.03)
  const each = Math.round((entries * 0.31) / python.length)
  for (const { name } of python) yield* wheel(name, '2.1.0', 2 + random(2 * each))
  for (let at = 0; at < cached; at++) {
    const key = createHash('md5').update(`${at}`).digest('hex')
    yield small(`root/.cache/pip/http-v2/${[...key.slice(0, 5)].join('/')}/${key}.body`)
  }
}

/** A tenth of the packages again, the old records removed. */
function* upgradeLayer() {
  for (const { name } of python.filter((_, at) => at % 10 === 3)) {
    yield marker(`${site}/.wh.${name}-2.1.0.dist-info`)
    yield* wheel(name, '2.2.0', 60)
  }
}

function* wheel(name, version, length) {
  const info = `${site}/${name}-${version}.dist-info`
  const files = [large(`${site}/${name}/_C.cpython-311-x86_64-linux-gnu.so`, 0.9)]
  let folder = `${site}/${name}`
  while (files.length < length) {
    const kind = random(20)
    const file = `${word()}_${word()}${files.length}`
    if (kind < 2) folder = `${site}/${name}/${kind === 0 ? 'tests/' : ''}${word()}${random(length)}`
    if (kind < 17) {
      files.push(small(`${folder}/${file}.py`), small(`${folder}/__pycache__/${file}.cpython-311.pyc`))
    } else files.push(small(`${site}/${name}/include/${word()}/${file}.h`))
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  const lines = files.map(file => `${file.path.slice(site.length + 1)},sha256=${'0'.repeat(43)},${file.size}`)
  yield* files
  yield {
    path: `${info}/METADATA`,
    type: 'file',
    content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  }
  yield { path: `${info}/INSTALLER`, type: 'file', content: 'pip\n' }
  yield small(`${info}/WHEEL`)
  yield { path: `${info}/RECORD`, type: 'file', content: `${lines.join('\n')}\n` }
}

/** As many files as are wanting. */
function* theRest() {
  const folders = 3
  for (let at = entries - count - folders; at > 0; at--) yield small(`srv/data/samples/${word()}-${at}.json`)
}

function appFiles(length) {
  const files = [large('srv/app/model.onnx', 0.001), large('srv/app/data/train.parquet', 0.001)]
  for (let at = 0; at < length; at++) {
    const folder = at % 4 === 0 ? `.git/objects/${(at % 256).toString(16)}` : `node_modules/${word()}${at % 97}/lib`
    files.push(small(`srv/app/${folder}/${word()}-${at}.js`))
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Fits one block, as half of the files of a real image nearly do. */
function small(path) {
  return { path, type: 'file', size: random(512) }
}

/** One of the files that hold the bytes; no two of one size, so that none has to be looked into. */
function large(path, share) {
  large.made = (large.made ?? 0) + 1
  const files = share > 0.5 ? python.length : share > 0.01 ? debian.length : 1
  return { path, type: 'file', size: Math.round(((bytes * share) / files) * 0.97) + 17 * large.made }
}

function marker(path) {
  return { path, type: 'file', size: 0 }
}

function digest(file, from, to) {
  const hash = createHash('sha256')
  const chunk = Buffer.alloc(1 << 22)
  for (let at = from; at < to; ) {
    const read = readSync(file, chunk, 0, Math.min(chunk.length, to - at), at)
    hash.update(chunk.subarray(0, read))
    at += read
  }
  return `sha256:${hash.digest('hex')}`
}
