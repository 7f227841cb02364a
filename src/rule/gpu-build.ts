import { compareNames } from '../bytes/name.ts'
import type { GpuTarget } from '../evidence/gpu-target.ts'
import { archOfFileName } from '../evidence/rocm-file.ts'
import { parentPath } from '../image/path.ts'
import { endWith } from './amend.ts'
import { commandOf, shellWords } from './dockerfile.ts'
import type { Fix } from './rule.ts'

/** Who decides which architectures a file has code for: one action for all of them in one instruction. */
export type Builder = 'own' | 'wheel' | 'system' | 'archive' | 'files'

/** How to have code for fewer architectures, the safest way there is for who builds it. */
export function buildFor(
  builder: Builder,
  { targets, written, paths, torch }: BuildFacts,
): Pick<Fix, 'id'> & { readonly after: string } {
  const archs = [...new Set(targets.map(({ arch }) => arch))]
  switch (builder) {
    case 'own':
      return { id: 'gpu-architectures', after: compileFor(archs, written) }
    case 'wheel':
      return {
        id: 'wheel-variant',
        after: `compare the variants of the wheel${torch ? ' (--index-url https://download.pytorch.org/whl/cu126, cu128, cu130)' : ''}: their architectures differ by release of CUDA, and the one with the fewest is the smallest; or build it yourself, in a stage of its own, with ${variables(archs).join(' ')}`,
      }
    case 'system':
      return {
        id: 'gpu-packages',
        after:
          'install only the libraries that are used: there is one variant of them, for all GPUs of a release of CUDA. A newer major release leaves the oldest out; what you compile yourself can be linked to static libraries, cut down by nvprune',
      }
    case 'archive':
      return { id: 'nvprune', after: pruned(archs, paths, written) }
    case 'files':
      return { id: 'rocm-architectures', after: endWith(written, deleted(paths)) }
  }
}

export interface BuildFacts {
  readonly targets: readonly GpuTarget[]
  /** The instruction, as far as known. */
  readonly written: string | undefined
  /** Of the files, those with the most to leave out first. */
  readonly paths: readonly string[]
  /** Whether PyTorch is among them. */
  readonly torch: boolean
}

function compileFor(archs: readonly string[], written: string | undefined): string {
  const options = archs.map(arch =>
    arch.startsWith('gfx') ? `--offload-arch=${arch}` : `-gencode arch=compute_${arch.slice(3)},code=${arch}`,
  )
  const hint = `# whatever compiles it: for nvcc or hipcc that is ${options.join(' ')}`
  const command = commandOf(written)
  if (command === undefined) return `${hint}\n# in the stage that compiles it: ENV ${variables(archs).join(' ')}`
  return `${hint}\nENV ${variables(archs).join(' ')}\nRUN ${command}`
}

/** `TORCH_CUDA_ARCH_LIST=9.0 CUDAARCHS=90-real`: of PyTorch's extensions, and of CMake (3.20) where nothing else says. */
function variables(archs: readonly string[]): string[] {
  const nvidia = archs.filter(arch => arch.startsWith('sm_')).map(arch => arch.slice('sm_'.length))
  const amd = archs.filter(arch => arch.startsWith('gfx'))
  const quoted = (items: readonly string[]) => (items.length === 1 ? items.join() : `"${items.join(';')}"`)
  return [
    ...(nvidia.length === 0
      ? []
      : [
          `TORCH_CUDA_ARCH_LIST=${quoted(nvidia.map(number => `${number.slice(0, -1)}.${number.slice(-1)}`))}`,
          `CUDAARCHS=${quoted(nvidia.map(number => `${number}-real`))}`,
        ]),
    ...(amd.length === 0 ? [] : [`PYTORCH_ROCM_ARCH=${quoted(amd)}`]),
  ]
}

/** nvprune reads relocatable objects and their archives, and no linked library. */
function pruned(archs: readonly string[], paths: readonly string[], written: string | undefined): string {
  const kept = archs
    .filter(arch => arch.startsWith('sm_'))
    .map(arch => `-gencode arch=compute_${arch.slice(3)},code=${arch}`)
  if (kept.length === 0) return 'leave them out: no program that runs reads a static archive'
  const loop = `for a in ${shellWords(paths)}; do nvprune ${kept.join(' ')} -o "$a.pruned" "$a" && mv "$a.pruned" "$a" || exit 1; done`
  return endWith(written, loop)
}

/** Deletes what is claimed, by the architectures and endings of its names. */
function deleted(paths: readonly string[]): string {
  const some = (items: readonly string[]) => [...new Set(items)].sort(compareNames)
  const folders = some(paths.map(parentPath))
  const named = some(paths.flatMap(path => archOfFileName(path)?.split(':')[0] ?? []))
  const endings = some(paths.map(path => path.slice(path.lastIndexOf('.') + 1)))
  const pattern = `.*(${named.join('|')}).*[.](${endings.join('|')})`
  return `find ${shellWords(folders)} -maxdepth 1 -regextype posix-extended -type f -regex '${pattern}' -delete`
}
