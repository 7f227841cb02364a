import { compareNames } from '../bytes/name.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { ToolkitFile } from '../evidence/toolkit.ts'
import { usersIn } from '../evidence/users.ts'
import { parentPath } from '../image/path.ts'
import { copies, endWith, leaveOut } from './amend.ts'
import { instruction } from './claims.ts'
import { commandOf, shellWord, shellWords } from './dockerfile.ts'
import { grouped } from './grouped.ts'
import { commonFolder } from './place.ts'
import type { Fix, Verdict } from './rule.ts'
import { isBuild, leanInstall, toPurge, type Wanted } from './toolkit-install.ts'

/** A final stage without the toolkit, where it came with FROM and nothing tells which base that was. */
export const stages =
  'FROM <base with the toolkit> AS builder\nFROM <base without it>\nCOPY --from=builder <what was compiled> …'

/** What to change so that a layer has less of the toolkit: one action, and the same text whichever component asks. */
export function toolkitFix(
  evidence: Evidence,
  layer: number,
  files: readonly ToolkitFile[],
  verdict: Verdict,
): Omit<Fix, 'layer' | 'before'> {
  const compiles = usersIn(evidence).of('nvcc').length > 0
  const release = releaseOf(evidence, files)
  const written = instruction(evidence, layer)
  if (verdict === 'keep') return smaller(files, release)
  // These come in one package with what has to stay.
  const inside = files.some(({ component }) => component === 'tensorrt-builder')
  if (inside || files.every(({ owner }) => owner?.manager === 'pip')) {
    return { id: 'rm-in-run', after: endWith(written, removal(evidence, files)) }
  }
  // A -dev package that stays for its headers brings its archives too.
  if (compiles && files.every(({ component }) => component === 'static-libs')) {
    return { id: 'rm-in-run', after: endWith(written, removal(evidence, files)) }
  }
  if (copies(written)) return copyLess(evidence, written, files)
  const command = commandOf(written)
  const lean = { compiles, release, libraries: librariesOf(evidence), below: namesBelow(evidence, layer) }
  return command === undefined ? builderStage('…') : runLess(evidence, layer, command, lean)
}

/** A RUN that installs less, or takes away in the end what it needs to compile. */
function runLess(evidence: Evidence, layer: number, command: string, wanted: Wanted): Omit<Fix, 'layer' | 'before'> {
  const later = evidence.image.layers.slice(layer + 1).map(({ position }) => instruction(evidence, position))
  if (later.some(text => isBuild(commandOf(text) ?? ''))) return builderStage(command)
  const lean = leanInstall(command, wanted)
  if (isBuild(command)) {
    const purged = lean === undefined ? [] : toPurge(command)
    if (purged.length === 0) return builderStage(command)
    return { id: 'purge-in-run', after: `RUN ${command} && apt-get purge -y --auto-remove ${purged.join(' ')}` }
  }
  if (lean === undefined) return builderStage(command)
  // All that it does is for people at work.
  if (lean === '') return { id: 'dev-stage', after: `FROM prod AS dev\nRUN ${command}` }
  return { id: 'runtime-packages', after: `RUN ${lean}` }
}

function builderStage(command: string): Omit<Fix, 'layer' | 'before'> {
  const after = `FROM base AS builder\nRUN ${command}\nFROM base\nCOPY --from=builder <what was compiled> …`
  return { id: 'builder-stage', after }
}

/** Of what is kept: the smallest set of packages that compiles, where compiling is what it is kept for. */
function smaller(files: readonly ToolkitFile[], release: string | undefined): Omit<Fix, 'layer' | 'before'> {
  if (!files.some(({ component, use }) => component === 'toolchain' && use === 'compiler'))
    return { id: 'keep-toolkit' }
  const owners = new Set(files.map(({ owner }) => owner?.name))
  if (owners.has('nvidia-cuda-toolkit')) {
    return { id: 'minimal-build', after: 'RUN apt-get install -y --no-install-recommends nvidia-cuda-toolkit' }
  }
  const install = files.some(({ owner }) => owner?.manager === 'conda')
    ? 'conda install -y cuda-minimal-build'
    : `apt-get install -y --no-install-recommends cuda-minimal-build-${dashed(release)}`
  const rest = '# and the -dev package of each library whose headers the kernels include, in place of the whole toolkit'
  return { id: 'minimal-build', after: `RUN ${install}\n${rest}` }
}

function dashed(release: string | undefined): string {
  return release?.replace('.', '-') ?? 'X-Y'
}

/** `12.4`: by a package's name, a folder's, or what the environment says. */
function releaseOf({ image, filesystem }: Evidence, files: readonly ToolkitFile[]): string | undefined {
  for (const { entry, owner } of files) {
    const named = /-(\d+)-(\d+)$/.exec(owner?.name ?? '') ?? /\/cuda-(\d+)\.(\d+)\//.exec(filesystem.path(entry))
    if (named !== null) return `${named[1]}.${named[2]}`
  }
  return /^\d+\.\d+/.exec(image.config.env.get('CUDA_VERSION') ?? '')?.[0]
}

/** The command that deletes archives and leaves those alone that are others'. */
function removal(evidence: Evidence, files: readonly ToolkitFile[]): string {
  const steps: string[] = []
  for (const [owner, own] of grouped(files, file => file.owner)) {
    const paths = own.map(({ entry }) => evidence.filesystem.path(entry))
    if (own.some(({ component }) => component === 'tensorrt-builder')) steps.push(`rm -f ${builders(paths)}`)
    else if (paths.length <= 4) steps.push(`rm ${shellWords(paths)}`)
    else if (owner?.manager === 'dpkg')
      steps.push(`dpkg -L ${owner.name} | grep '\\.a$' | grep -v ${spared} | xargs rm -f`)
    else {
      const folder = commonFolder(
        evidence,
        own.map(({ entry }) => entry),
      )
      steps.push(`find ${shellWord(folder)} -name 'lib*_static*.a' ! -name libcudart_static.a -delete`)
    }
  }
  return steps.join(' && ')
}

/** Archives that whoever compiles links to, and that the same package may bring. */
const spared = '-e cudart_static -e cudadevrt -e culibos -e nvptxcompiler -e nvidia-ml'

function builders(paths: readonly string[]): string {
  return [...new Set(paths.map(path => `${shellWord(parentPath(path))}/libnvinfer_builder_resource*`))].join(' ')
}

/** A COPY of the libraries that programs load, in place of the whole folder. */
function copyLess(evidence: Evidence, written: string | undefined, files: readonly ToolkitFile[]) {
  const entries = files.map(({ entry }) => entry)
  const folder = commonFolder(evidence, entries)
  const root = /^.*?\/cuda(?:-[\d.]+)?(?=\/|$)/.exec(folder)?.[0]
  if (root !== undefined) {
    return { id: 'copy-libraries', after: `COPY --from=builder ${root}/lib64/lib*.so.* ${root}/lib64/` }
  }
  const places = entries.length <= 4 ? entries.map(entry => evidence.filesystem.path(entry)) : [folder]
  return leaveOut(written, places) ?? { id: 'copy-libraries', after: `COPY … # without ${places.join(' ')}` }
}

/** The distribution's own packages of the libraries that CUDA programs link to first of all. */
function librariesOf({ owners }: Evidence): string[] {
  return owners
    .packages()
    .filter(({ manager }) => manager === 'dpkg')
    .map(({ name }) => name)
    .filter(name => /^lib(?:cudart|cublas|cufft|curand|cusolver|cusparse|nvrtc)\d[\d.]*$/.test(name))
    .sort(compareNames)
}

/** Debian packages that lower layers brought. */
function namesBelow({ owners }: Evidence, layer: number): ReadonlySet<string> {
  const below = owners.packages().filter(pack => pack.manager === 'dpkg' && pack.layer < layer)
  return new Set(below.map(({ name }) => name))
}
