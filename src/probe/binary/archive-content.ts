import type { Binary } from './binary.ts'
import type { Content } from './content.ts'
import type { FoundContent } from './content-scan.ts'
import { partsOf } from './parts.ts'
import type { Range } from './range.ts'
import { magicSize, StaticArchive } from './static-archive.ts'
import type { Windows } from './windows.ts'

/** A file that is a static archive. Its members are linked further: what they name and could lose shows only then. */
export class ArchiveContent implements Content {
  readonly options = { frames: false, names: false }
  readonly #size: number
  readonly #archive: StaticArchive

  constructor(windows: Windows) {
    this.#size = windows.size
    this.#archive = new StaticArchive(windows)
    this.#archive.begin()
  }

  ranges(): readonly Range[] {
    return [{ start: magicSize, end: this.#size }]
  }

  needed(ranges: readonly Range[]): readonly Range[] {
    return ranges
  }

  binary({ gpu }: FoundContent): Binary {
    const parts = partsOf(this.#archive.end(), gpu?.ranges() ?? [])
    const { members, problem } = this.#archive
    return {
      kind: 'archive',
      ...(members === 0 && problem !== undefined ? {} : { parts }),
      strippable: [],
      ...(gpu === undefined ? {} : { gpu }),
      names: [],
      ...(problem === undefined ? {} : { unread: problem }),
    }
  }
}
