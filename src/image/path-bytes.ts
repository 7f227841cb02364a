import { encodeName } from '../bytes/name.ts'

const slash = 0x2f
/** The longest letter: with room for one more, what is cut off is longer than the path has letters. */
const longest = 4

/** The bytes of one path at a time, in a place that the next one uses again. */
export class PathBytes {
  bytes: Buffer = Buffer.alloc(256)
  length = 0

  set(path: string): void {
    if (path.length + longest > this.bytes.length) this.bytes = Buffer.alloc(path.length * 2 + longest)
    this.length = this.bytes.write(path)
    // As many bytes as letters: all are ASCII. Else bytes that are no UTF-8 may be among them.
    if (this.length !== path.length) this.#encode(path)
  }

  /** Where the last part begins: behind the last slash. */
  get nameStart(): number {
    // Names are short: a call of lastIndexOf costs more.
    let start = this.length
    while (start > 0 && this.bytes[start - 1] !== slash) start--
    return start
  }

  #encode(path: string): void {
    const bytes = encodeName(path)
    this.length = bytes.length
    if (bytes.length > this.bytes.length) this.bytes = Buffer.alloc(bytes.length * 2)
    bytes.copy(this.bytes)
  }
}
