import type { Evidence } from '../evidence/evidence.ts'
import type { EntryId } from '../image/filesystem.ts'
import { baseName, parentPath } from '../image/path.ts'
import { copies, endWith, leaveOut } from './amend.ts'
import { instruction, originLayer } from './claims.ts'
import { contentsOf } from './contents.ts'
import { shellWords } from './dockerfile.ts'
import { type Leftovers, leftoverFindings } from './leftovers.ts'
import type { Rule } from './rule.ts'
import { startNames, startWords } from './start.ts'

const rule: Rule = {
  id: 'vcs-data',
  title: 'Version control data and local environments copied in',
  guide: { section: 2, title: 'ARG Cache Invalidation Strategies' },
  help: `
Why: COPY . /app brings all that lies beside the sources: .git with every version of every file, the virtual environment
and the node_modules of the machine that builds. The image installs its own, or needs none, and each commit makes the layer
anew.

Fix: Name them in .dockerignore: .git, **/.venv, **/node_modules. What a RUN clones, it clones with --depth 1 and strips:
RUN git clone --depth 1 https://… /src && rm -rf /src/.git.

Keep: A .git that something reads while the container runs (its version, hooks, an updater). An environment that the image
runs from is not counted: one that PATH, VIRTUAL_ENV or the start command names, that a later RUN installs into, or the
only one that there is.`,

  *check(evidence) {
    yield* leftoverFindings(evidence, [...repositories(evidence), ...environments(evidence), ...modules(evidence)])
  },
}

/** What a folder must have to be a repository and not merely be named like one. */
const shapes: readonly { readonly name: string; readonly has: readonly (readonly string[])[] }[] = [
  // gitrepository-layout(5): HEAD and objects are there in every one, refs may be packed.
  { name: '.git', has: [['HEAD'], ['objects'], ['refs', 'packed-refs']] },
  { name: '.hg', has: [['store', 'requires', '00changelog.i']] },
  { name: '.svn', has: [['wc.db', 'entries']] },
]

function* repositories({ filesystem }: Evidence): Iterable<Leftovers> {
  for (const { name, has } of shapes) {
    for (const folder of filesystem.tree.foldersNamed(name)) {
      // cargo's and go's caches hold checkouts: those are package-cache's.
      if (/\/(?:\.cargo\/git|pkg\/mod\/cache)\//.test(folder)) continue
      if (!has.every(some => some.some(part => filesystem.tree.find(`${folder}/${part}`) !== undefined))) continue
      yield leftover(name, folder, contentsOf(filesystem, folder), [
        'nothing that is installed reads it, but a program can ask for its own version or update itself by it',
      ])
    }
  }
}

/** Virtual environments that a COPY brought among other files. */
function* environments(evidence: Evidence): Iterable<Leftovers> {
  const { filesystem } = evidence
  for (const name of ['.venv', 'venv']) {
    for (const folder of filesystem.tree.foldersNamed(name)) {
      if (filesystem.tree.find(`${folder}/pyvenv.cfg`) === undefined || runsFrom(evidence, folder)) continue
      const entries = copiedIn(evidence, folder)
      if (entries.length === 0 || installedInto(evidence, folder) || !otherPython(evidence, folder)) continue
      if (broughtAlone(evidence, folder, entries)) continue
      yield leftover(name, folder, entries, [
        'neither PATH, VIRTUAL_ENV nor the start command names it, and there is another Python with packages',
        'a script that the image starts could still activate it',
      ])
    }
  }
}

/** node_modules that a COPY brought together with the package.json beside it. */
function* modules(evidence: Evidence): Iterable<Leftovers> {
  const { filesystem, owners } = evidence
  const folders = filesystem.tree.foldersNamed('node_modules')
  if (folders.length === 0 || runsNode(evidence)) return
  for (const folder of folders) {
    // Those of a package in there go with the outermost; those of an installed package belong to it.
    if (/\/(?:node_modules|site-packages|dist-packages)\//.test(folder)) continue
    const manifests = filesystem.copies(`${parentPath(folder)}/package.json`)
    const layers = new Set(manifests.map(entry => originLayer(evidence, entry)))
    if (manifests.length === 0 || manifests.some(entry => owners.owner(entry) !== undefined)) continue
    const entries = copiedIn(evidence, folder).filter(entry => layers.has(originLayer(evidence, entry)))
    if (entries.length === 0 || startNames(evidence.image.config, folder)) continue
    yield leftover('node_modules', folder, entries, [
      'the image has no node to run it with',
      'a server could still hand out files from it',
    ])
  }
}

function leftover(name: string, folder: string, entries: readonly EntryId[], because: readonly string[]): Leftovers {
  return {
    what: name,
    at: [folder],
    entries,
    verdict: 'check',
    because,
    fix: (written, _, at) =>
      leaveOut(written, at) ?? { id: 'one-run', after: endWith(written, `rm -rf ${shellWords(at)}`) },
  }
}

/** The entries of a folder that some COPY or ADD first wrote; what a RUN made there was made on purpose. */
function copiedIn(evidence: Evidence, folder: string): EntryId[] {
  const byCopy = evidence.image.layers.map(({ position }) => copies(instruction(evidence, position)))
  return contentsOf(evidence.filesystem, folder).filter(entry => byCopy[originLayer(evidence, entry)])
}

/** Whether the image runs from an environment: by its variables, by its start command, or by a runner that looks there. */
function runsFrom({ image }: Evidence, folder: string): boolean {
  if (startNames(image.config, folder)) return true
  if ((image.config.workingDir || '/') !== parentPath(folder)) return false
  return startWords(image.config).some(word => /^(?:uv|poetry|pipenv|pdm|hatch|rye)$/.test(baseName(word)))
}

/** Whether an instruction that is no COPY put other files into an environment that the image still shows. */
function installedInto(evidence: Evidence, folder: string): boolean {
  const { filesystem } = evidence
  for (const entry of filesystem.under(folder)) {
    // An empty file has no content to know it by after a chown.
    if (!filesystem.visible(entry) || filesystem.kind(entry) !== 'file' || filesystem.content(entry) === 0) continue
    if (!copies(instruction(evidence, originLayer(evidence, entry)))) return true
  }
  return false
}

/** Whether its COPY brought nothing else: then somebody named it, mostly as the result of another stage. */
function broughtAlone(evidence: Evidence, folder: string, entries: readonly EntryId[]): boolean {
  const { filesystem } = evidence
  for (const layer of new Set(entries.map(entry => originLayer(evidence, entry)))) {
    const { from, to } = filesystem.range(layer)
    for (let id = from; id < to; id++) {
      if (filesystem.content(id) > 0 && !filesystem.path(id).startsWith(`${folder}/`)) return false
    }
  }
  return true
}

/** What every Python comes with, or what only makes environments. */
const tools: ReadonlySet<string> = new Set([
  'pip',
  'setuptools',
  'wheel',
  'uv',
  'virtualenv',
  'poetry',
  'pipenv',
  'pdm',
])

/** Whether packages of Python's are installed elsewhere: else the environment is the only one there is. */
function otherPython({ owners }: Evidence, folder: string): boolean {
  return owners.packages().some(({ manager, name, root }) => {
    if (manager === 'conda') return true
    return manager === 'pip' && !tools.has(name) && !root.startsWith(`${folder}/`)
  })
}

/** Whether anything in the image could run node_modules. */
function runsNode({ filesystem, image }: Evidence): boolean {
  const folders = (image.config.env.get('PATH') ?? '').split(':')
  const searched = new Set([...folders, '/usr/local/bin', '/usr/bin', '/bin', '/opt/conda/bin'])
  for (const folder of [...searched, ...filesystem.tree.foldersNamed('bin')]) {
    for (const name of ['node', 'nodejs', 'bun', 'deno']) {
      const entry = filesystem.at(`${folder}/${name}`)
      if (entry !== undefined && filesystem.kind(entry) !== 'directory') return true
    }
  }
  return false
}

export default rule
