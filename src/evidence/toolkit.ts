import { ByFolder } from '../image/by-folder.ts'
import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { NamePattern, nodesLike } from '../image/name-pattern.ts'
import type { PathTree } from '../image/path-tree.ts'
import type { Evidence } from './evidence.ts'
import { foldersAround } from './folders-around.ts'
import type { Owner } from './owners.ts'
import { isCudaWheel, kindOfPackage, type PackageKind } from './toolkit/package.ts'
import { type Component, type Part, partAt } from './toolkit/part.ts'
import { toolkitRoots } from './toolkit/root.ts'

export { isToolkitPackage, kindOfPackage } from './toolkit/package.ts'
export type { Component, Part, Use } from './toolkit/part.ts'

/** A visible entry that is part of CUDA's development kit. */
export interface ToolkitFile extends Part {
  readonly entry: EntryId
  /** The package that brought it; undefined for runfiles, for COPY, and where records are gone. */
  readonly owner: Owner | undefined
}

/**
 * What the image shows of CUDA's development kit, by component: from package records, by path where no package owns the
 * file. Wheels' own files are not of the kit (torch and XLA run on them), their static libraries are.
 */
export function toolkitOf(evidence: Evidence): ReadonlyMap<Component, readonly ToolkitFile[]> {
  const known = toolkits.get(evidence) ?? find(evidence)
  toolkits.set(evidence, known)
  return known
}

/** Every entry that is part of the kit. */
export function toolkitEntries(evidence: Evidence): ReadonlySet<EntryId> {
  return new Set([...toolkitOf(evidence).values()].flatMap(files => files.map(({ entry }) => entry)))
}

/** Every rule about the toolkit asks, and an image can have a million entries. */
const toolkits = new WeakMap<Evidence, ReadonlyMap<Component, readonly ToolkitFile[]>>()

function find({ filesystem, owners }: Evidence): Map<Component, ToolkitFile[]> {
  const found = new Map<Component, ToolkitFile[]>()
  const parts = new Parts(filesystem, toolkitRoots(filesystem))
  for (let id = 0; id < filesystem.count; id++) {
    if (filesystem.kind(id) === 'directory' || !filesystem.visible(id)) continue
    const owner = owners.owner(id)
    const part = parts.at(filesystem.node(id), owner)
    if (part === undefined) continue
    const file = { ...part, entry: id, owner }
    const component = found.get(part.component)
    if (component === undefined) found.set(part.component, [file])
    else component.push(file)
  }
  return found
}

const builderResource = '/libnvinfer_builder_resource'
const builder = new NamePattern({ starts: [builderResource.slice(1)] })
const archive = new NamePattern({ ends: ['.a'] })

class Parts {
  readonly #roots: ReadonlySet<string>
  readonly #tree: PathTree
  readonly #kinds = new Map<Owner, PackageKind | 'archives' | undefined>()
  /** Whether what nobody owns in a folder can be a part. */
  readonly #places: ByFolder<boolean>
  readonly #hasBuilder: boolean

  constructor({ tree }: Filesystem, roots: ReadonlySet<string>) {
    this.#tree = tree
    this.#roots = roots
    this.#places = new ByFolder(tree, folder => /\/cuda|\/nsight-|^\/usr\/(?:lib|include\/)/.test(folder))
    this.#hasBuilder = nodesLike(tree, builder).length > 0
  }

  /** The part that the entry at a node is. Its path is asked for last: a million entries pass here, and few are any. */
  at(node: number, owner: Owner | undefined): Part | undefined {
    if (!this.#hasBuilder && !this.#mayBe(node, owner)) return undefined
    const path = this.#tree.path(node)
    if (path.includes(builderResource)) return { component: 'tensorrt-builder', use: 'all' }
    return this.#of(path, owner)
  }

  #mayBe(node: number, owner: Owner | undefined): boolean {
    if (owner === undefined) return this.#places.around(node)
    const kind = this.#kindOf(owner)
    return kind === 'archives' ? archive.matches(this.#tree.names, node) : kind !== undefined
  }

  #of(path: string, owner: Owner | undefined): Part | undefined {
    if (owner === undefined) return this.#unowned(path)
    const kind = this.#kindOf(owner)
    if (kind === undefined) return undefined
    if (kind === 'archives') return archiveAt(path)
    if (kind !== 'mixed') return whole(kind, path)
    const root = this.#rootOf(path) ?? (owner.manager === 'conda' ? owner.root : undefined)
    if (root !== undefined) return partAt(path.slice(root.length + 1))
    return partAt(path.replace(/^\/(?:usr\/)?/, ''))
  }

  #unowned(path: string): Part | undefined {
    const root = this.#rootOf(path)
    if (root !== undefined) return partAt(path.slice(root.length + 1))
    if (path.includes('/nsight-') && nsightPlace.test(path)) return { component: 'nsight', use: 'all' }
    if (path.startsWith('/usr/lib')) return systemArchive.test(path) ? archiveAt(path) : undefined
    return path.startsWith('/usr/include/') && systemHeader.test(path)
      ? { component: 'headers', use: 'all' }
      : undefined
  }

  #rootOf(path: string): string | undefined {
    if (!path.includes('/cuda')) return undefined
    return [...foldersAround(this.#roots, path)].at(-1)
  }

  #kindOf(owner: Owner): PackageKind | 'archives' | undefined {
    const known = this.#kinds.get(owner)
    if (known !== undefined || this.#kinds.has(owner)) return known
    const wheel = owner.manager === 'pip' && isCudaWheel(owner.name)
    const kind = wheel ? 'archives' : kindOfPackage(owner.manager, owner.name)
    this.#kinds.set(owner, kind)
    return kind
  }
}

/** A file of a package that is one component from end to end. */
function whole(component: Component, path: string): Part | undefined {
  if (path.endsWith('/EULA.txt')) return undefined
  return { component, use: component === 'cupti' && /\.so(?:\.|$)/.test(path) ? 'library' : 'all' }
}

// NVIDIA's packages, and Debian's, whose records somebody deleted.
const nsightPlace = /^\/(?:opt\/nvidia|usr\/lib(?:\/[^/]+-linux-gnu)?)\/nsight-(?:compute|systems)(?:-[^/]*)?\//
/** Of cuDNN, NCCL and TensorRT, which lie outside of the toolkit's folder; never the C library's own (`libc_nonshared.a`). */
const systemArchive =
  /^\/usr\/lib(?:64)?\/(?:[^/]+-linux-gnu\/)?lib(?:cudnn|nccl|nvinfer|nvonnxparser|nvparsers)[^/]*\.a$/
const systemHeader = /^\/usr\/include\/(?:[^/]+-linux-gnu\/)?(?:cudnn|nccl|NvInfer|NvOnnx|NvUff|NvCaffe)[^/]*\.h$/
const cudaArchive = /\/lib(?:cu|nv|npp|nccl|lapack_static|metis_static)[^/]*\.a$/

/** A static library of CUDA's by its name, wherever it lies. */
function archiveAt(path: string): Part | undefined {
  if (!cudaArchive.test(path)) return undefined
  const part = partAt(`lib${path.slice(path.lastIndexOf('/'))}`)
  // The toolkit's CUPTI goes as a whole; of a wheel's only the archives.
  return part?.component === 'static-libs' ? part : { component: 'static-libs', use: 'all' }
}
