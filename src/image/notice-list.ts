import type { Notice } from './notice.ts'

/** Of each code: how many are kept, and about how many characters they may have together. */
const most = 1000
const mostCharacters = 1_000_000

/** Notices as they come, of each code no more than somebody reads: a layer can have a million links that lead nowhere. The
 *  others are counted. */
export class NoticeList {
  readonly #notices: Notice[] = []
  readonly #codes = new Map<string, { kept: number; characters: number; left: number }>()

  add(code: string, message: string): void {
    const known = this.#codes.get(code) ?? { kept: 0, characters: 0, left: 0 }
    this.#codes.set(code, known)
    if (known.kept === most || known.characters > mostCharacters) known.left++
    else {
      known.kept++
      known.characters += message.length
      this.#notices.push({ code, message })
    }
  }

  /** In the order in which they came, and of what was left out how many. */
  all(): readonly Notice[] {
    const counted = [...this.#codes].flatMap(([code, { kept, left }]) =>
      left === 0 ? [] : [{ code, message: `and ${left} more, like the ${kept} before` }],
    )
    return [...this.#notices, ...counted]
  }
}
