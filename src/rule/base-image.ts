import { compareNames } from '../bytes/name.ts'
import { type BaseImage, type BasePart, baseImage } from '../evidence/base-family.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Owner } from '../evidence/owners.ts'
import { kindOfPackage, toolkitOf } from '../evidence/toolkit.ts'
import type { EntryId } from '../image/filesystem.ts'
import { originLayer, withOlderCopies } from './claims.ts'
import { grouped } from './grouped.ts'
import { listed } from './leftovers.ts'
import { linksTo } from './library-links.ts'
import { files } from './place.ts'
import type { Finding, Rule } from './rule.ts'
import { type SmallerBase, smallerBase, smallerFix } from './smaller-base.ts'

const rule: Rule = {
  id: 'base-image',
  title: 'A larger variant of nvidia/cuda than the image uses',
  guide: { section: 1, title: 'NVIDIA Base Image Variants' },
  help: `
Why: nvidia/cuda comes in variants that build on each other: base has the CUDA runtime (libcudart) and little else;
runtime adds cuBLAS, cuFFT, NPP, NCCL and the rest; devel adds nvcc, headers, static libraries, debuggers and a profiler;
cudnn adds cuDNN to runtime or devel. PyTorch's wheels bring everything from cuBLAS to cuDNN, so base does for them, or
a plain distribution. What devel has is for building.

Fix: Change the last FROM: to base where PyTorch or another package brings the libraries, to runtime where a program of
your own links to the toolkit's. Build what has to be built in a stage FROM the devel variant, and copy it. Where one
thing is still missing, install that by name on the smaller base: libcublas-12-4, or cuda-minimal-build-12-4 for what
compiles with nvcc while it runs. The sum is an estimate, marked by ~: another base has versions and files of its own.

Keep: The larger variant where the image itself is for building, and where something compiles or loads the toolkit's
libraries in ways that no record tells: extensions that you compiled, programs in other languages. The driver is in no
variant; cuda-compat, which base has and a distribution has not, lets newer CUDA run on older drivers.`,

  *check(evidence) {
    const base = baseImage(evidence)
    const smaller = smallerBase(evidence)
    if (base.cuda === undefined || smaller === undefined) return
    const kept = keptEntries(evidence, smaller)
    const layers = grouped(entriesOf(evidence, base), ({ layer }) => layer)
    for (const [layer, entries] of [...layers].sort(([a], [b]) => a - b)) {
      const going = entries.filter(({ part, entry }) => smaller.drops.has(part) && !kept.has(entry))
      const needed = entries.filter(({ part, entry }) => part !== 'cudart' && kept.has(entry))
      if (going.length > 0) yield goingFrom(evidence, base, smaller, layer, going)
      if (needed.length > 0) yield neededOf(evidence, base, smaller, layer, needed)
    }
  },
}

interface BaseEntry {
  readonly entry: EntryId
  readonly layer: number
  readonly part: BasePart
}

function goingFrom(
  evidence: Evidence,
  base: BaseImage,
  smaller: SmallerBase,
  layer: number,
  entries: readonly BaseEntry[],
): Finding {
  const { filesystem } = evidence
  const inodes = new Set(entries.map(({ entry }) => filesystem.inode(entry)))
  const bytes = [...inodes].reduce((sum, inode) => sum + filesystem.content(inode), 0)
  return {
    message: `${name(base)}, layer ${layer}: ~${bytes.toLocaleString('en-US')} bytes in ${files(entries.length)} that ${smaller.name} does not have: ${there(evidence, entries)}`,
    verdict: 'check',
    because: [
      ...base.because,
      smaller.bundled
        ? 'environments of this image bring the CUDA libraries that they run on'
        : 'no package of this image brings CUDA libraries, so the runtime ones stay',
      ...smaller.users.map(({ because }) => `${because}: install ${some(smaller.packages)} on the smaller base`),
      ...smaller.compilers.map(({ because, strength }) =>
        strength === 'breaks'
          ? `${because}: install ${some(smaller.packages)} on the smaller base`
          : `${because}: where that is used the smaller base is not enough`,
      ),
      ...(smaller.users.length + smaller.compilers.length === 0
        ? ['no package or program of it is known to need what the smaller one is without']
        : []),
      'nobody knows what another base brings: the sum is an estimate',
    ],
    fix: smallerFix(evidence, { id: 'other-base', layer }),
    claims: claimsOf(evidence, entries),
  }
}

function neededOf(
  evidence: Evidence,
  base: BaseImage,
  smaller: SmallerBase,
  layer: number,
  entries: readonly BaseEntry[],
): Finding {
  return {
    message: `${name(base)}, layer ${layer}: ${files(entries.length)} that something here needs`,
    verdict: 'keep',
    because: [...smaller.users, ...breaking(smaller)].map(({ because }) => because),
    fix: { id: 'other-base', layer },
    claims: claimsOf(evidence, entries),
  }
}

function name({ name: full, family }: BaseImage): string {
  return `FROM ${full ?? family}`
}

function some(packages: readonly string[]): string {
  return packages.length === 0 ? 'what it needs' : packages.join(', ')
}

const contents: Readonly<Record<BasePart, string>> = {
  cudart: 'libcudart and cuda-compat',
  runtime: 'the libraries of runtime: cuBLAS, cuFFT, cuRAND, cuSOLVER, cuSPARSE, NPP, NCCL',
  devel: 'nvcc, headers, static libraries, debuggers and profilers of devel',
  cudnn: 'cuDNN',
  tensorrt: 'TensorRT',
}

/** What there is of it still: its packages, the largest first; where it has none, what that part of it usually is. */
function there({ filesystem, owners }: Evidence, entries: readonly BaseEntry[]): string {
  const sums = new Map<string, number>()
  for (const { entry } of entries) {
    const owner = owners.owner(entry)?.name
    if (owner !== undefined) sums.set(owner, (sums.get(owner) ?? 0) + filesystem.content(filesystem.inode(entry)))
  }
  if (sums.size === 0) return [...new Set(entries.map(({ part }) => contents[part]))].join('; ')
  return listed([...sums].sort(([a, left], [b, right]) => right - left || compareNames(a, b)).map(([name]) => name))
}

function claimsOf(evidence: Evidence, entries: readonly BaseEntry[]) {
  return entries.flatMap(({ entry }) => withOlderCopies(evidence, entry)).map(entry => ({ entry }))
}

/** Every base has its own of these. */
const database =
  /^\/(?:var\/lib\/(?:dpkg|rpm|apt)\/|var\/(?:log|cache)\/|etc\/(?:ld\.so\.cache|passwd|group|shadow|gshadow|alternatives\/)|usr\/lib\/sysimage\/rpm\/)/

/** What the layers of nvidia/cuda itself show, by what they brought; by package where history does not tell. */
function* entriesOf(evidence: Evidence, { cuda }: BaseImage): Iterable<BaseEntry> {
  const { filesystem, owners } = evidence
  const parts = cuda?.parts ?? new Map<number, BasePart>()
  for (let entry = 0; entry < filesystem.count; entry++) {
    if (!filesystem.visible(entry) || filesystem.kind(entry) === 'directory') continue
    const layer = originLayer(evidence, entry)
    if (evidence.base[layer] === false || database.test(filesystem.path(entry))) continue
    const part = parts.get(layer) ?? (parts.size === 0 ? partOf(owners.owner(entry)) : undefined)
    if (part !== undefined) yield { entry, layer, part }
  }
}

/** Which variant a package of NVIDIA's comes with. */
function partOf(owner: Owner | undefined): BasePart | undefined {
  if (owner === undefined || (owner.manager !== 'dpkg' && owner.manager !== 'rpm')) return undefined
  const { manager, name: known } = owner
  if (/^cuda-(?:cudart|compat)-\d/.test(known)) return 'cudart'
  if (/^libcudnn\d/.test(known)) return 'cudnn'
  if (/^(?:tensorrt|libnvinfer|libnvonnx|libnvparsers)/.test(known)) return 'tensorrt'
  const kind = kindOfPackage(manager, known)
  if (kind === undefined) return undefined
  return kind !== 'mixed' || devel.test(known) ? 'devel' : 'runtime'
}

const devel =
  /-(?:dev|devel|static|headers)(?:-|$)|^cuda-(?:nvcc|nvvm|crt|cccl|cuobjdump|nvdisasm|nvprune|cuxxfilt|minimal-build|command-line-tools|compiler|profiler-api)-/

function breaking({ compilers }: SmallerBase) {
  return compilers.filter(({ strength }) => strength === 'breaks')
}

/** Copies that something loads, with their links, and what compilers want of devel. */
function keptEntries(evidence: Evidence, smaller: SmallerBase): ReadonlySet<EntryId> {
  const kept = new Set<EntryId>()
  for (const copy of smaller.needed) for (const entry of [copy.entry, ...linksTo(evidence, copy)]) kept.add(entry)
  if (breaking(smaller).length === 0) return kept
  for (const [component, parts] of toolkitOf(evidence)) {
    for (const { entry, use } of parts) {
      const compiles = component === 'headers' || component === 'toolchain' || use === 'linked-by-nvcc'
      if (compiles) kept.add(entry)
    }
  }
  return kept
}

export default rule
