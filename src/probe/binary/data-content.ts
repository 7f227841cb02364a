import type { Binary } from './binary.ts'
import type { Content } from './content.ts'
import type { FoundContent } from './content-scan.ts'
import type { Range } from './range.ts'

/** A file of bytes that GPU code may lie in: a fat binary or a code bundle as compilers write them. */
export class DataContent implements Content {
  readonly options = { frames: false, names: false }
  /** The first bytes, which had to pass before it was known what the file is. */
  readonly head: Buffer
  readonly #size: number

  constructor(head: Buffer, size: number) {
    this.head = Buffer.from(head)
    this.#size = size
  }

  ranges(): readonly Range[] {
    return [{ start: 0, end: this.#size }]
  }

  needed(ranges: readonly Range[]): readonly Range[] {
    return ranges
  }

  binary({ gpu }: FoundContent): Binary | undefined {
    return gpu === undefined ? undefined : { kind: 'data', strippable: [], gpu, names: [] }
  }
}
