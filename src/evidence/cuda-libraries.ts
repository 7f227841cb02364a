import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { NamePattern } from '../image/name-pattern.ts'
import { baseName, parentPath } from '../image/path.ts'
import type { Evidence } from './evidence.ts'
import { type Provider, provider } from './library-provider.ts'
import type { Owner } from './owners.ts'
import { toolkitRoots } from './toolkit/root.ts'

/** One file of a CUDA library, hard links counted once. */
export interface LibraryCopy {
  /** A visible name of it: one that a package owns, else the first. */
  readonly entry: EntryId
  readonly path: string
  /** `cublas` of `libcublas.so.12.4.5.8`. */
  readonly library: string
  /** What programs ask the loader for, as far as the name of the file tells it: `libcublas.so.12`. */
  readonly name: string
  readonly provider: Provider
  readonly owner: Owner | undefined
  /** The layer that first wrote it. */
  readonly layer: number
  /** Of the file's name where that has it, else of the package. */
  readonly version: string
  readonly bytes: number
}

export interface CudaLibraries {
  /** In tar order. */
  readonly copies: readonly LibraryCopy[]
  /** Copies whose names a wheel made unique (`libcudart-9d6f1a0e.so.12`): what they are copies of cannot be told by name. */
  readonly hashed: readonly EntryId[]
}

/** Every shared library of CUDA, cuDNN, NCCL and TensorRT that the image shows, wherever it lies. */
export function cudaLibraries(evidence: Evidence): CudaLibraries {
  const found = known.get(evidence) ?? find(evidence)
  known.set(evidence, found)
  return found
}

const known = new WeakMap<Evidence, CudaLibraries>()

// Of the toolkit and of its wheels what programs load, and no part of the driver (libcuda, libnvidia-*).
const family =
  'cudart|cublas|cublasLt|nvblas|cufftw?|curand|cusolver|cusolverMg|cusparse|cusparseLt|npp[a-z]*|nvrtc|nvrtc-builtins|' +
  'nvJitLink|nvfatbin|nvvm|nvjpeg|cudnn\\w*|nccl|cupti|cufile|cufile_rdma|nvToolsExt|nvshmem\\w*|cutensor\\w*|cudss\\w*|' +
  'nvinfer\\w*'
const versioned = new RegExp(`^lib(${family})\\.so\\.(\\d+(?:\\.\\d+)*)$`)
const libraryName = new NamePattern({ starts: ['lib'] })
const unique = new RegExp(`^lib(?:${family})-[0-9a-f]{8}\\.so(?:\\.|$)`)

/** To link against, not to run with; the driver's libraries for older hosts; and packages unpacked, not installed. */
const apart = /\/(?:stubs|compat)\/|\/pkgs\/[^/]+-[^/]+-[^/]+\/|\/archive-v\d+\//

function find(evidence: Evidence): CudaLibraries {
  const { filesystem } = evidence
  const names = new Map<EntryId, EntryId[]>()
  const hashed: EntryId[] = []
  for (let id = 0; id < filesystem.count; id++) {
    if (!libraryName.matches(filesystem.tree.names, filesystem.node(id))) continue
    const kind = filesystem.kind(id)
    if ((kind !== 'file' && kind !== 'hardlink') || !filesystem.visible(id)) continue
    const path = filesystem.path(id)
    if (!path.includes('.so') || apart.test(path)) continue
    if (unique.test(baseName(path))) hashed.push(id)
    if (!versioned.test(baseName(path))) continue
    const inode = filesystem.inode(id)
    const others = names.get(inode)
    if (others === undefined) names.set(inode, [id])
    else others.push(id)
  }
  const places = { toolkits: toolkitRoots(filesystem), prefixes: prefixesOf(filesystem) }
  return { copies: [...names].map(([inode, own]) => copyOf(evidence, inode, own, places)), hashed }
}

function prefixesOf(filesystem: Filesystem): ReadonlySet<string> {
  return new Set(filesystem.tree.foldersNamed('conda-meta').map(parentPath))
}

interface Places {
  readonly toolkits: ReadonlySet<string>
  readonly prefixes: ReadonlySet<string>
}

function copyOf(evidence: Evidence, inode: EntryId, names: readonly EntryId[], places: Places): LibraryCopy {
  const { filesystem, identity, owners } = evidence
  const entry = names.find(name => owners.owner(name) !== undefined) ?? names[0] ?? inode
  const path = filesystem.path(entry)
  const owner = owners.owner(entry)
  const [, library = '', version = ''] = versioned.exec(baseName(path)) ?? []
  return {
    entry,
    path,
    library,
    name: `lib${library}.so.${interfaceOf(library, version) ?? linked(filesystem, path) ?? version}`,
    provider: provider(path, owner, places),
    owner,
    layer: filesystem.layerOf(identity.origin(entry)),
    version: versionOf(version, owner),
    bytes: filesystem.content(inode),
  }
}

/** The version that is part of a SONAME: mostly the first number. */
function interfaceOf(library: string, version: string): string | undefined {
  const [major = '', minor = '0'] = version.split('.')
  // Its file is named after the year, its SONAME after the release.
  if (library === 'cupti' && Number(major) > 2000) return undefined
  if (library === 'cudart' && Number(major) < 12) return `${major}.${major === '11' ? '0' : minor}`
  // Since 11.2 the interface of 11 stands still.
  if (library === 'nvrtc' && Number(major) < 12) return `${major}.${major === '11' && Number(minor) > 2 ? '2' : minor}`
  if (library === 'cufile') return '0'
  return major
}

/** The version of the shortest link beside a file that leads to it: `13` of `libcupti.so.13 -> libcupti.so.2025.3.0`. */
function linked(filesystem: Filesystem, path: string): string | undefined {
  const stem = path.slice(0, path.indexOf('.so.') + '.so.'.length)
  const links = [...filesystem.tree.children(parentPath(path))].filter(sibling => {
    const id = sibling.startsWith(stem) ? filesystem.at(sibling) : undefined
    return id !== undefined && filesystem.kind(id) === 'symlink' && filesystem.target(id) === baseName(path)
  })
  return links.map(link => link.slice(stem.length)).sort((a, b) => a.length - b.length)[0]
}

/** `12.4.5.8`: wheels name files by their SONAME, cuDNN by three numbers of four, and have the version in their record. */
function versionOf(version: string, owner: Owner | undefined): string {
  // Without the epoch and the revision of a distribution, and CUDA's release.
  const recorded = owner?.version.replace(/^\d+:/, '').replace(/[-+~].*$/, '') ?? ''
  if (recorded.startsWith(`${version}.`)) return recorded
  const ownVersion = /^(?:nvidia-|tensorrt|lib|cuda-|cudnn|nccl|cutensor|cusparselt)/.test(owner?.name ?? '')
  return version.split('.').length > 2 || !ownVersion ? version : recorded || version
}
