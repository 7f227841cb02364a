import { isToolkitPackage, kindOfPackage } from '../evidence/toolkit.ts'

/** What decides how much of the toolkit a final image wants. */
export interface Wanted {
  /** Whether something compiles with nvcc when the image runs. */
  readonly compiles: boolean
  /** `12.4` */
  readonly release: string | undefined
  /** A distribution's own packages of shared libraries that programs for CUDA link to: `libcudart11.0`. */
  readonly libraries: readonly string[]
  /** Names of packages that lower layers have. */
  readonly below: ReadonlySet<string>
}

/**
 * A command whose installs name what programs run on, in place of the toolkit and its -dev packages: empty where nothing
 * is left to do, undefined where it installs none of it by a name that has such a counterpart.
 */
export function leanInstall(command: string, wanted: Wanted): string | undefined {
  const steps: string[] = []
  for (const step of command.split(/\s+&&\s+/)) {
    const lean = isInstall(step) ? leanStep(step, wanted) : step
    if (lean === undefined) return undefined
    if (lean !== '') steps.push(lean)
  }
  const lean = steps.join(' && ')
  if (lean === command) return undefined
  // An update, and a clean-up, of an install that is gone.
  return steps.every(step => /\bupdate\b|\bclean\b|^rm\s/.test(step)) ? '' : lean
}

/** What an install names of the toolkit where apt can take it away again: nothing that shared libraries come with. */
export function toPurge(command: string): readonly string[] {
  const installs = command.split(/\s+&&\s+/).filter(step => /\bapt(?:-get)?\b/.test(step) && isInstall(step))
  const named = installs.flatMap(step => step.split(/\s+/).filter(isPackage)).map(word => word.replace(/=.*$/, ''))
  const ours = named.filter(name => isToolkitPackage('dpkg', name))
  const removable = ours.filter(name => forCompilers.test(name) || kindOfPackage('dpkg', name) !== 'mixed')
  return removable.length < ours.length ? [] : removable
}

/** Whether a command compiles something. */
export function isBuild(command: string): boolean {
  return build.test(command)
}

// At the start of a step, variables before it left out: `pip install ninja` compiles nothing.
const build =
  /(?:^|[;&|(])\s*(?:\w+=\S*\s+)*(?:\S*\/)?(?:make|cmake|nvcc|ninja|meson|catkin_make|colcon)\s|setup\.py\s|\bpip\d? wheel\b|--no-build-isolation|--no-binary/

function isInstall(step: string): boolean {
  return /\b(?:apt|apt-get|dnf|yum|microdnf|tdnf|zypper|conda|mamba|micromamba)\b.*\s(?:install|create)\s/.test(step)
}

/** Undefined where a package has no smaller counterpart, the empty string where nothing is left to install. */
function leanStep(step: string, wanted: Wanted): string | undefined {
  const words = step.split(/\s+/)
  const kept: string[] = []
  let named = 0
  for (const [at, word] of words.entries()) {
    if (!isPackage(word) || valued.test(words[at - 1] ?? '')) {
      kept.push(word)
      continue
    }
    const replaced = counterpart(word, wanted)
    if (replaced === undefined) return undefined
    const more = replaced.filter(other => other === word || !wanted.below.has(other.replace(/[=:].*$/, '')))
    for (const other of more) if (!kept.includes(other)) kept.push(other)
    named += more.length
  }
  if (named === 0) return ''
  // Debian's toolkit recommends Nsight, cuda-gdb and the visual profiler.
  const install = kept.indexOf('install')
  const recommends = kept.includes('nvidia-cuda-toolkit') && !kept.includes('--no-install-recommends')
  if (recommends && install >= 0) kept.splice(install + 1, 0, '--no-install-recommends')
  return kept.join(' ')
}

/** Any word that is not an option, the program or what it is told to do. */
function isPackage(word: string): boolean {
  return !/^-|^(?:apt|apt-get|dnf|yum|microdnf|tdnf|zypper|conda|mamba|micromamba|install|create|sudo|env|[A-Z_]+=\S*)$/.test(
    word,
  )
}

/** Options whose value is the next word. */
const valued = /^(?:-[cnpt]|--channel|--name|--prefix|--target-release|-o)$/

// Metapackages: all of the toolkit, and the tools alone.
const whole = /^cuda(?:-toolkit)?(?:-\d+(?:-\d+)?)?$/
const tools = /^cuda-(?:tools|command-line-tools|visual-tools)(?:-\d+-\d+)?$/
/** Of use to a compiler, and without a runtime package of its own. */
const forCompilers =
  /^cuda-(?:compiler|minimal-build|nvcc|nvvm|crt|cccl|driver-dev(?:el)?|nvml-dev(?:el)?|profiler-api|cuobjdump|cuxxfilt|nvdisasm|nvprune)(?:-\d+-\d+)?$/

/** Headers or archives alone: there is nothing of them to run. Debian's thrust, cub and libcu++ have no library. */
const headersOnly = /-(?:static|headers)(?:-.*)?$|^lib(?:thrust|cub|cu\+\+)-dev$/

/** What to install in place of a package; undefined where nobody can tell. */
function counterpart(word: string, { compiles, release, libraries }: Wanted): readonly string[] | undefined {
  const [, channel = '', name = '', pin = ''] = /^(.*::)?([\w.+-]*)(.*)$/.exec(word.replace(/^["']|["']$/g, '')) ?? []
  if (whole.test(name)) {
    const suffix = /\d+-\d+$/.exec(name)?.[0] ?? release?.replace('.', '-')
    if (channel !== '' || suffix === undefined) return undefined
    return [`cuda-libraries-${suffix}`, ...(compiles ? [`cuda-minimal-build-${suffix}`] : [])]
  }
  if (tools.test(name)) return []
  if (/^nvidia-cuda-(?:toolkit|dev)$/.test(name)) return compiles ? [word] : libraries
  const kind = kindOfPackage('dpkg', name)
  if (kind === undefined) return [word]
  if (kind !== 'mixed') return []
  if (compiles) return [word]
  if (forCompilers.test(name)) return []
  if (headersOnly.test(name)) return []
  if (name === 'libnccl-dev') return [`libnccl2${pin}`]
  return [`${channel}${name.replace(/-dev(?:el)?(?=-|$)/, '')}${pin}`]
}
