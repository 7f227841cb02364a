import type { Binary } from './binary.ts'
import type { Content } from './content.ts'
import type { Range } from './range.ts'

/** An archive that has the names of its members and not their bytes. */
export class ThinContent implements Content {
  readonly options = { frames: false, names: false }

  ranges(): readonly Range[] {
    return []
  }

  needed(): readonly Range[] {
    return []
  }

  binary(): Binary {
    return {
      kind: 'archive',
      strippable: [],
      names: [],
      unread: 'is a thin archive: its members lie in files of their own',
    }
  }
}
