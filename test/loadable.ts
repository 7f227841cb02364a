import { encodeName } from '../src/bytes/name.ts'
import { baseName, cleanPath, parentPath } from '../src/image/path.ts'
import type { Member, WideLayer } from './wide-stack.ts'

/** What stands at a path of the folder that a layer is unpacked into; a link's target. */
type Stand =
  | { readonly kind: 'directory' | 'other' | 'whiteout' }
  | { readonly kind: 'symlink'; readonly target: string }

/**
 * The members of a layer that every engine on overlayfs takes, in order; what it refuses is left out: a path twice, a marker
 * behind what it is for, a hard link to what is not there yet, and what lies below something that is no folder. So is what
 * those engines do otherwise than the layer format says: an opaque root, and a folder beside its own whiteout.
 */
export function loadable(layer: WideLayer): WideLayer {
  const unpacking = new Unpacking()
  return layer.filter(member => unpacking.takes(member))
}

/**
 * The same for umoci, which takes all of that and hard links to what lower layers have, but follows their symlinks and makes
 * no folder in the place of a file of theirs: there an entry for the folder is put in.
 */
export function unpackable(layers: readonly WideLayer[]): WideLayer[] {
  const below = new Set<string>()
  return layers.map(layer => {
    const unpacking = new Unpacking(below)
    const taken = layer.flatMap(member => {
      const folders = unpacking.foldersFor(member).map((name): Member => ({ ...member, name, kind: 'directory' }))
      return [...folders, member].filter(one => unpacking.takes(one))
    })
    for (const path of unpacking.contents()) below.add(path)
    return taken
  })
}

/** A layer's folder as it fills; the root is ''. */
class Unpacking {
  readonly #stands = new Map<string, Stand>([['', { kind: 'directory' }]])
  readonly #names = new Set<string>()
  /** For umoci: where lower layers have had what a hard link can name. */
  readonly #below: ReadonlySet<string> | undefined

  constructor(below?: ReadonlySet<string>) {
    this.#below = below
  }

  /** Folders above a member in whose place lower layers have had something else, and that this layer has not yet. */
  foldersFor({ name }: Member): string[] {
    const found: string[] = []
    for (let at = parentPath(cleanPath(name)); at !== '/'; at = parentPath(at))
      if (this.#below?.has(at) && !this.#stands.has(at)) found.unshift(at)
    return found
  }

  /** Where a hard link of a higher layer could lead. */
  *contents(): Iterable<string> {
    for (const [path, { kind }] of this.#stands) if (kind === 'other' || kind === 'symlink') yield path
  }

  takes(member: Member): boolean {
    const name = cleanPath(member.name)
    if (name === '/' || encodeName(name).length > 3000) return false
    if (this.#below === undefined && this.#names.has(name)) return false
    const folder = this.#folder(parentPath(name))
    if (folder === undefined || !this.#put(folder, baseName(name), member)) return false
    this.#names.add(name)
    for (let at = folder; at !== ''; at = at.slice(0, at.lastIndexOf('/')))
      if (!this.#stands.has(at)) this.#stands.set(at, { kind: 'directory' })
    return true
  }

  #put(folder: string, base: string, member: Member): boolean {
    if (base === '.wh..wh..opq') return folder !== '' || this.#below !== undefined
    if (base.startsWith('.wh.')) return this.#mark(folder, base.slice('.wh.'.length))
    const at = `${folder}/${base}`
    const stand = this.#standOf(member)
    if (stand === undefined || !this.#gives(at, stand)) return false
    if (stand.kind !== 'directory')
      for (const path of [...this.#stands.keys()]) if (path.startsWith(`${at}/`)) this.#stands.delete(path)
    this.#stands.set(at, stand)
    return true
  }

  #mark(folder: string, hidden: string): boolean {
    if (['', '.', '..'].includes(hidden)) return false
    if (this.#below !== undefined) return true
    if (this.#stands.has(`${folder}/${hidden}`)) return false
    this.#stands.set(`${folder}/${hidden}`, { kind: 'whiteout' })
    return true
  }

  /** Whether what stands at a path gives way. */
  #gives(at: string, stand: Stand): boolean {
    const there = this.#stands.get(at)
    if (there === undefined || this.#below !== undefined) return true
    return there.kind === 'whiteout' && stand.kind !== 'directory'
  }

  #standOf({ kind, target }: Member): Stand | undefined {
    if (kind === 'directory') return { kind }
    if (kind === 'symlink') return { kind, target }
    if (kind !== 'hardlink') return { kind: 'other' }
    const clean = cleanPath(target)
    const folder = this.#folder(parentPath(clean))
    const path = `${folder}/${baseName(clean)}`
    const to = this.#stands.get(path) ?? (this.#below?.has(path) ? { kind: 'other' } : undefined)
    return folder === undefined || to?.kind === 'directory' || to?.kind === 'whiteout' ? undefined : to
  }

  /** Where a folder really is, made or not; undefined where something else is in the way. */
  #folder(path: string): string | undefined {
    const ahead = path.split('/').reverse()
    let at = ''
    for (let part = ahead.pop(), links = 0; part !== undefined; part = ahead.pop()) {
      if (part === '' || part === '.') continue
      if (part === '..') {
        at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
        continue
      }
      const next = `${at}/${part}`
      const there = this.#stands.get(next)
      if (there?.kind === 'symlink') {
        if (++links > 8) return undefined
        if (there.target.startsWith('/')) at = ''
        ahead.push(...there.target.split('/').reverse())
      } else if (there === undefined && links > 0) {
        return undefined // a link that leads to nothing yet
      } else if (there === undefined || there.kind === 'directory') {
        at = next
      } else {
        return undefined
      }
    }
    return at
  }
}
