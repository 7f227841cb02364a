import type { LdSoCacheEntry } from '../../probe/package-record.ts'
import type { Root } from './root.ts'

/** The flags of what a 64-bit glibc loads, by e_machine (glibc's ldconfig.h). */
const flagsOf: Readonly<Record<number, number>> = { 62: 0x0303, 183: 0x0a03, 21: 0x0503, 22: 0x0403, 243: 0x1003 }
/** ELF without a word of which libc: from before there were two. */
const anyElf = 1

/** `/etc/ld.so.cache` as ld.so looks into it. */
export class LoaderCache {
  readonly entries: readonly LdSoCacheEntry[]
  readonly #byName = new Map<string, LdSoCacheEntry[]>()

  private constructor(entries: readonly LdSoCacheEntry[]) {
    this.entries = entries
    for (const entry of entries) {
      const known = this.#byName.get(entry.name)
      if (known === undefined) this.#byName.set(entry.name, [entry])
      else known.push(entry)
    }
  }

  /** undefined where the image has none: then the folders of ldconfig's configuration are not searched either. */
  static of(root: Root): LoaderCache | undefined {
    const file = root.file('/etc/ld.so.cache')
    const record = file === undefined ? undefined : root.filesystem.record(file)
    return record?.kind === 'ld-so-cache' ? new LoaderCache(record.entries) : undefined
  }

  /** The path that it has for a name: of the best folder for this processor, else the first for all of them. */
  find(name: string, machine: number, hwcaps: readonly string[]): string | undefined {
    const entries = (this.#byName.get(name) ?? []).filter(
      ({ flags }) => flags === (flagsOf[machine] ?? anyElf) || flags === anyElf,
    )
    for (const hwcap of hwcaps) {
      const best = entries.find(entry => entry.hwcap === hwcap)
      if (best !== undefined) return best.path
    }
    const plain = entries.filter(({ hwcap }) => hwcap === undefined)
    return (plain.find(({ flags }) => flags !== anyElf) ?? plain[0])?.path
  }
}
