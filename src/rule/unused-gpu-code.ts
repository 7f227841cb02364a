import type { Evidence } from '../evidence/evidence.ts'
import { archsOf } from '../evidence/gpu-archs.ts'
import { type GpuFile, gpuFiles } from '../evidence/gpu-files.ts'
import { gpuSettings } from '../evidence/gpu-selection.ts'
import { gpuText } from '../evidence/gpu-target.ts'
import { unusedIn } from '../evidence/unused-gpu-code.ts'
import { baseName } from '../image/path.ts'
import type { GpuCode } from '../probe/binary/gpu-code.ts'
import { instruction, judge, originLayer } from './claims.ts'
import { claimsOf } from './copies.ts'
import { type Builder, buildFor } from './gpu-build.ts'
import { grouped } from './grouped.ts'
import { listed } from './leftovers.ts'
import { type Part, partClaims } from './part-claims.ts'
import { files } from './place.ts'
import type { Finding, Rule } from './rule.ts'

const rule: Rule = {
  id: 'unused-gpu-code',
  title: 'GPU code that none of the GPUs of --gpu can load',
  help: `
Why: Libraries bring their GPU code once for every architecture that they may meet: sm_75 for a T4, sm_80, sm_86, sm_90,
sm_100, sm_120, and PTX for what comes after. A GPU loads machine code of its own generation alone (of the same major
version, from its minor version on; a suffix a binds it to one architecture, f to a family), so most of it is never read
where the image runs. Said for the GPUs that --gpu names (--gpu H100,L4; --gpu list prints all), and for none other: what
is claimed is what not one of them can load. Of several pieces that fit the driver takes one; all of them are left alone.
PTX is compiled only where no machine code fits: beside some that does it is never chosen for these GPUs.

Fix: In order of safety: what you compile yourself, compile for these GPUs (TORCH_CUDA_ARCH_LIST, CMAKE_CUDA_ARCHITECTURES,
nvcc -gencode, hipcc --offload-arch). Of a wheel take the variant for the release of CUDA that has the fewest others. Static
archives can be cut down by nvprune; shared libraries cannot, and nothing should be cut out of them by hand. Files that
ROCm has for one architecture each (TensileLibrary_gfx90a.co) can be deleted, in the RUN that installs them.

Keep: When the image has to run on other GPUs some day: PTX is what makes it run on those that are not out yet. When
CUDA_FORCE_PTX_JIT or HSA_OVERRIDE_GFX_VERSION is set where it runs; set in the image itself, they are minded.`,

  *check(evidence) {
    if (evidence.gpus.length === 0) return
    const unused = gpuFiles(evidence).flatMap(file => {
      const bytes = unusedIn(evidence)(file.code).reduce((sum, piece) => sum + piece.bytes, 0)
      return bytes === 0 ? [] : [{ ...file, bytes, builder: builderOf(evidence, file) }]
    })
    const byLayer = grouped(unused, ({ entry }) => originLayer(evidence, entry))
    for (const [, own] of [...byLayer].sort(([a], [b]) => a - b)) {
      for (const group of grouped(own, ({ builder }) => builder).values()) yield findingOf(evidence, group)
    }
  },
}

interface Unused extends GpuFile {
  readonly bytes: number
  readonly builder: Builder
}

function findingOf(evidence: Evidence, group: readonly Unused[]): Finding {
  const [first, ...rest] = group.toSorted((a, b) => b.bytes - a.bytes || a.entry - b.entry)
  if (first === undefined) throw new Error('no file in a group of them')
  const { filesystem, gpus, owners } = evidence
  const layer = originLayer(evidence, first.entry)
  const largest = [first, ...rest]
  const paths = largest.map(({ entry }) => filesystem.path(entry))
  const torch = group.some(({ inode }) => owners.ownerOfContent(inode)?.name === 'torch')
  const { forcesPtx } = gpuSettings(evidence)
  return {
    ...judge(evidence, layer, {
      verdict: 'check',
      because: [
        `whether it runs on nothing but ${listed(gpus.map(gpuText), 6)} is for you to say`,
        ...(hasPtx(group)
          ? ['PTX is compiled only where no machine code fits: newer GPUs than these would need it']
          : []),
        ...(forcesPtx === undefined
          ? []
          : [`${forcesPtx} is set: PTX that these GPUs can have compiled is left alone`]),
        ...largest.slice(0, shown).map(file => describe(evidence, file)),
        ...(largest.length > shown ? [`${files(largest.length - shown)} more`] : []),
      ],
      fix: buildFor(first.builder, { targets: gpus, written: instruction(evidence, layer), paths, torch }),
    }),
    message: `GPU code that ${listed(gpus.map(gpuText), 6)} cannot load, in ${files(group.length)} of layer ${layer} (${whose[first.builder]}): ${listed(paths.map(baseName))}`,
    claims: group.flatMap(({ inode, entry, whole }) =>
      whole
        ? claimsOf(evidence, entry)
        : partClaims(evidence, inode, ({ gpu }) => (gpu === undefined ? [] : partsOf(evidence, gpu))),
    ),
  }
}

const shown = 5

function hasPtx(group: readonly Unused[]): boolean {
  return group.some(({ code }) => code.labels.some(({ kind }) => kind === 'ptx'))
}

const whose: Readonly<Record<Builder, string>> = {
  own: 'of no package',
  wheel: 'of Python packages',
  system: 'of packages for all GPUs',
  archive: 'static archives',
  files: 'of one architecture each',
}

function builderOf({ filesystem, owners }: Evidence, { inode, whole }: GpuFile): Builder {
  if (whole) return 'files'
  if (filesystem.binary(inode)?.kind === 'archive') return 'archive'
  const owner = owners.ownerOfContent(inode)
  if (owner === undefined) return 'own'
  const wheel = owner.manager === 'pip' || owner.manager === 'conda'
  return wheel && !nvidia.test(owner.name) ? 'wheel' : 'system'
}

/** NVIDIA's own packages, of pip and conda: there is one variant of each, for all GPUs. */
const nvidia = /^(?:nvidia-|cuda-|cudatoolkit$|cudnn|cutensor|nccl|libcu|libnv|libnpp|tensorrt)/

/** `libtorch_cuda.so: 1,234 of 5,678 bytes of GPU code, for sm_75, sm_80`. */
function describe({ filesystem }: Evidence, { entry, bytes, code }: Unused): string {
  const sum = `${bytes.toLocaleString('en-US')} of ${code.bytes.toLocaleString('en-US')} bytes of GPU code`
  const about = code.inexact === undefined ? '' : ` (about: ${code.inexact})`
  return `${baseName(filesystem.path(entry))}: ${sum}, for ${listed(archsOf(code), 20)}${about}`
}

/** Where code lies that no GPU can load. */
function partsOf(evidence: Evidence, code: GpuCode): readonly Part[] {
  return unusedIn(evidence)(code).map(({ start, bytes }): Part => [start, start + bytes])
}

export default rule
