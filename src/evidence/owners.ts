import type { EntryId, Filesystem } from '../image/filesystem.ts'
import { NamePattern } from '../image/name-pattern.ts'
import { type Installed, installedIn, type Manager } from './installed.ts'
import { RealFolders } from './real-folder.ts'

/** Who put a file there. */
export interface Owner {
  /** `pip:torch` */
  readonly key: string
  readonly manager: Manager
  /** pip's in normal form (PEP 503). */
  readonly name: string
  /** Empty where no record tells. */
  readonly version: string
  /** `/` for a distribution's packages, the prefix for conda's, the folder that holds `dist-info` for pip's. */
  readonly root: string
}

/** A package that the final image has, or that owns something in it still. */
export interface Package extends Owner {
  /** Live bytes; content with several names belongs to the first name that somebody owns. */
  readonly bytes: number
  /** The layer that brought this version. */
  readonly layer: number
}

/** One record of a package: the same package has several when it was installed, or its record rewritten, again. */
export interface Installation extends Owner {
  /** Entry of the file that says so: RECORD, dpkg's list, conda's json, apk's database. */
  readonly recordId: EntryId
  /** The layer of that entry. */
  readonly layer: number
  /** The last layer as of which it is visible; undefined while it is. */
  readonly upToLayer: number | undefined
  /** The entries that it owns in the tree as of `layer`, folders left out. */
  paths(): EntryId[]
}

const rank: Readonly<Record<Manager, number>> = { dpkg: 0, rpm: 1, apk: 2, conda: 3, pip: 4 }
const none = -1
const unknown = -2

/**
 * Who owns which file: a visible one in the final tree (in that of its own layer, when its record is gone), a hidden one in
 * the tree as of its layer. A claim holds as long as the record that makes it is visible.
 *
 *      node of a path ──▶ claim ──▶ claim ──▶ …        each a package with its layers [from, to)
 */
export class Owners {
  readonly #filesystem: Filesystem
  readonly #installed: Installed[] = []
  readonly #owners: Owner[] = []
  /** By node: its newest claim. */
  readonly #head: Int32Array
  /** By claim: the package, and the claim before it at the same node. */
  readonly #package: number[] = []
  readonly #next: number[] = []
  /** By entry: the package that owns it, as far as somebody asked. */
  readonly #known: Int32Array
  readonly #folders = new Map<number, RealFolders>()
  #packages: readonly Package[] | undefined

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem
    this.#head = new Int32Array(filesystem.tree.size).fill(none)
    this.#known = new Int32Array(filesystem.count).fill(unknown)
    const found = installedIn(filesystem)
    for (const installed of found) if (installed.manager !== 'pip') this.#add(installed)
    // Environments before what is vendored in them: setuptools has whole dist-infos below it, and lists them.
    const pip = found.filter(({ manager }) => manager === 'pip').sort((a, b) => a.root.length - b.root.length)
    for (const installed of pip) if (!this.#contained(installed)) this.#add(installed)
  }

  /** Who owns an entry; folders and markers belong to nobody. */
  owner(id: EntryId): Owner | undefined {
    return this.#owners[this.#ownerOf(id)]
  }

  /** Who owns a content: the owner of the first of its names that has one. */
  ownerOfContent(inode: EntryId): Owner | undefined {
    return this.#owners[this.#ofContent(inode)]
  }

  /** One row for each package and environment. */
  packages(): readonly Package[] {
    // Many rules ask, and each answer goes over all entries.
    this.#packages ??= this.#findPackages()
    return this.#packages
  }

  #findPackages(): Package[] {
    const bytes = this.#liveBytes()
    const rows = new Map<string, Package>()
    this.#installed.forEach(({ to, since }, index) => {
      const owner = this.#owners[index]
      const owned = bytes[index] ?? 0
      // A list that dpkg's status does not know is what a removed package left behind.
      const gone = to !== Infinity || (owner?.manager === 'dpkg' && owner.version === '')
      if (owner === undefined || (gone && owned === 0)) return
      const key = JSON.stringify([owner.key, owner.version, owner.root])
      const row = rows.get(key)
      rows.set(key, {
        ...owner,
        bytes: owned + (row?.bytes ?? 0),
        layer: Math.min(since, row?.layer ?? Infinity),
      })
    })
    return [...rows.values()]
  }

  /** Every record of every package, hidden ones included. */
  installations(): Installation[] {
    return this.#installed.flatMap((installed, index) => {
      const owner = this.#owners[index]
      if (owner === undefined) return []
      const { recordId, from: layer, to } = installed
      const upToLayer = to === Infinity ? undefined : to - 1
      return [{ ...owner, recordId, layer, upToLayer, paths: () => this.#pathsOf(index) }]
    })
  }

  /** Entries of the records of one package. */
  recordsOf(manager: Manager, name: string): EntryId[] {
    const own = this.#installed.filter(installed => installed.manager === manager && installed.name === name)
    return own.map(({ recordId }) => recordId)
  }

  #add(installed: Installed): void {
    const index = this.#installed.push(installed) - 1
    const { manager, name, version, root, from, to, listed } = installed
    this.#owners.push({ key: `${manager}:${name}`, manager, name, version, root })
    const last = Math.min(to, this.#filesystem.layers.length) - 1
    // A folder can become a link while the record stays (usr-merge): both places count.
    const first = this.#foldersAt(from)
    const then = this.#foldersAt(last)
    for (const path of listed) {
      const node = first.node(path)
      this.#claim(node, index)
      const moved = first === then ? node : then.node(path)
      if (moved !== node) this.#claim(moved, index)
    }
  }

  #claim(node: number, index: number): void {
    if (node === none || this.#filesystem.tree.hasChildren(node)) return
    const head = this.#head[node] ?? none
    if (head !== none && this.#package[head] === index) return
    this.#head[node] = this.#package.push(index) - 1
    this.#next.push(head)
  }

  /** Whether a distribution's or conda's package, or one of an environment above, has this one's record among its files. */
  #contained({ recordId, root, from }: Installed): boolean {
    const by = this.#installed[this.#ownerAt(this.#filesystem.node(recordId), from)]
    return by !== undefined && (by.manager !== 'pip' || root.startsWith(`${by.root}/`))
  }

  #foldersAt(layer: number): RealFolders {
    const known = this.#folders.get(layer)
    if (known !== undefined) return known
    const folders = new RealFolders(this.#filesystem, layer)
    this.#folders.set(layer, folders)
    return folders
  }

  #ownerOf(id: EntryId): number {
    const known = this.#known[id]
    if (known === undefined || known !== unknown) return known ?? none
    const found = this.#find(id)
    this.#known[id] = found
    return found
  }

  #ofContent(inode: EntryId): number {
    if (!this.#filesystem.hasNames(inode)) return this.#ownerOf(inode)
    for (const name of this.#filesystem.names(inode)) {
      const owner = this.#ownerOf(name)
      if (owner !== none) return owner
    }
    return none
  }

  #find(id: EntryId): number {
    const filesystem = this.#filesystem
    const kind = filesystem.kind(id)
    if (kind === 'directory' || kind === 'whiteout' || kind === 'opaque') return none
    const own = filesystem.layerOf(id)
    if (!filesystem.visible(id)) return this.#findAt(id, own)
    const found = this.#findAt(id, filesystem.layers.length - 1)
    return found === none ? this.#findAt(id, own) : found
  }

  #findAt(id: EntryId, layer: number): number {
    const { tree } = this.#filesystem
    const node = this.#filesystem.node(id)
    const listed = this.#ownerAt(node, layer)
    if (listed !== none || !bytecode.matches(tree.names, node)) return listed
    // Debian compiles after it has unpacked, and users compile later still: no record has such bytecode.
    const source = sourceOf(this.#filesystem.path(id))
    return source === undefined ? none : this.#ownerAt(tree.find(source), layer)
  }

  /** The package whose claim holds as of a layer: by precedence, then the newest. */
  #ownerAt(node: number | undefined, layer: number): number {
    let best = none
    for (let at = this.#head[node ?? none] ?? none; at !== none; at = this.#next[at] ?? none) {
      const index = this.#package[at] ?? none
      const installed = this.#installed[index]
      if (installed === undefined || layer < installed.from || layer >= installed.to) continue
      const before = this.#installed[best]
      if (before === undefined || precedes(installed, before)) best = index
    }
    return best
  }

  #liveBytes(): number[] {
    const bytes = this.#installed.map(() => 0)
    const filesystem = this.#filesystem
    for (let inode = 0; inode < filesystem.count; inode++) {
      const content = filesystem.content(inode)
      if (content === 0 || !filesystem.live(inode)) continue
      const owner = this.#ofContent(inode)
      if (owner !== none) bytes[owner] = (bytes[owner] ?? 0) + content
    }
    return bytes
  }

  #pathsOf(index: number): EntryId[] {
    const installed = this.#installed[index]
    if (installed === undefined) return []
    const filesystem = this.#filesystem
    const { from, listed } = installed
    const owned = new Set<EntryId>()
    const folders = this.#foldersAt(from)
    const sources = new Set<number>()
    const take = (id: EntryId | undefined) => {
      if (id === undefined || filesystem.kind(id) === 'directory') return
      if (this.#findAt(id, from) === index) owned.add(id)
    }
    for (const path of listed) {
      const node = folders.node(path)
      if (node !== none) take(filesystem.atNode(node, from))
      if (path.endsWith('.py')) sources.add(folders.folder(path))
    }
    sources.delete(none)
    for (const folder of sources) {
      const cache = `${folder === 0 ? '' : filesystem.tree.path(folder)}/__pycache__`
      for (const id of filesystem.under(cache)) if (filesystem.atNode(filesystem.node(id), from) === id) take(id)
    }
    return [...owned].sort((a, b) => a - b)
  }
}

function precedes(a: Installed, b: Installed): boolean {
  if (a.manager !== b.manager) return rank[a.manager] < rank[b.manager]
  return a.from !== b.from ? a.from > b.from : a.recordId < b.recordId
}

const bytecode = new NamePattern({ ends: ['.pyc'] })

/** `/a/x.py` of `/a/__pycache__/x.cpython-311.opt-1.pyc` (PEP 3147, PEP 488). */
function sourceOf(path: string): string | undefined {
  if (!path.endsWith('.pyc')) return undefined
  const cut = path.lastIndexOf('/__pycache__/')
  const name = path.slice(cut + '/__pycache__/'.length, -'.pyc'.length)
  if (cut === -1 || name.includes('/')) return undefined
  const tag = name.lastIndexOf('.', name.length - 1 - optimization(name))
  return tag <= 0 ? undefined : `${path.slice(0, cut)}/${name.slice(0, tag)}.py`
}

/** Length of the `.opt-1` that a name ends with. */
function optimization(name: string): number {
  const dot = name.lastIndexOf('.')
  return dot !== -1 && name.startsWith('.opt-', dot) ? name.length - dot : 0
}
