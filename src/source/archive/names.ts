import { cleanPath, linkPath } from '../../image/path.ts'
import type { Member } from '../../tar/member.ts'

/**
 * The members of an image archive by their names, links followed: writers store a layer once and link to it from each
 * place where it stands (docker before 25, podman and skopeo: symlinks; others hard links). Of two members of one name
 * the later counts, as for tar.
 */
export class ArchiveNames<Item> {
  readonly #items = new Map<string, Item>()
  readonly #links = new Map<string, string>()

  /** Notes a member; `item` is what is known of it when it is a file. */
  add(member: Member, item: Item): void {
    const name = nameOf(member)
    this.#items.delete(name)
    this.#links.delete(name)
    if (member.type === 'file') this.#items.set(name, item)
    else if (member.type === 'symlink') this.#links.set(name, linkPath(`/${name}`, member.target ?? '').slice(1))
    else if (member.type === 'hardlink') this.#links.set(name, cleanPath(member.target ?? '').slice(1))
  }

  /** undefined where there is none, and where links lead in a circle. */
  get(name: string): Item | undefined {
    return this.#items.get(this.resolve(name))
  }

  /** The name that links lead to in the end. */
  resolve(name: string): string {
    let at = cleanPath(name).slice(1)
    for (let steps = 0; steps <= 40; steps++) {
      const next = this.#links.get(at)
      if (next === undefined) return at
      at = next
    }
    return at
  }
}

/** A member's name as manifests use it: without `./` or `/` in front. */
export function nameOf(member: Member): string {
  return cleanPath(member.name).slice(1)
}
