const needle = Buffer.from('.so')
/** Characters before `.so`, and with what follows it. */
const mostBefore = 124
const longest = 128
/** What is kept of the bytes before a chunk: a whole name, and one that its end is still missing of. */
const seamLength = 2 * longest
const mostHits = 256 * 1024

/** `[\w+.-]` */
const inName = Uint8Array.from({ length: 256 }, (_, code) => (/[\w+.-]/.test(String.fromCharCode(code)) ? 1 : 0))
const [dot, zero, nine] = [0x2e, 0x30, 0x39]

/** One name of a library, and where it stands. */
export interface NameHit {
  readonly name: string
  readonly at: number
}

/**
 * Finds names of shared libraries, `lib[\w+.-]+\.so[.\d]*` of at most 128 characters, in the bytes that it is given. What
 * stands before and after a gap is never one name.
 */
export class LibraryNames {
  readonly #hits: NameHit[] = []
  #tail = Buffer.alloc(0)
  /** Hits before it are decided. */
  #decided = 0
  #end = 0

  push(chunk: Buffer, at: number): void {
    if (at !== this.#end) this.#gap(at)
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, seamLength)])
    const start = at - this.#tail.length
    // Past the seam's middle a name may go on behind it.
    const inner = chunk.length > seamLength ? at + longest : Infinity
    this.#find(seam, start, inner)
    if (chunk.length > seamLength) this.#find(chunk, at, Infinity)
    this.#end = at + chunk.length
    this.#tail = Buffer.from((chunk.length > seamLength ? chunk : seam).subarray(-seamLength))
  }

  /** All that were found, by their offsets. */
  end(): readonly NameHit[] {
    this.#gap(this.#end)
    return this.#hits
  }

  #gap(at: number): void {
    const padded = Buffer.concat([this.#tail, Buffer.alloc(1)])
    this.#find(padded, this.#end - this.#tail.length, Infinity)
    this.#tail = Buffer.alloc(0)
    this.#decided = at
    this.#end = at
  }

  /** Decides the hits before `until`. */
  #find(bytes: Buffer, start: number, until: number): void {
    let hit = bytes.indexOf(needle, Math.max(0, this.#decided - start))
    for (; hit !== -1 && start + hit < until; hit = bytes.indexOf(needle, hit + needle.length)) {
      let end = hit + needle.length
      while (end < bytes.length && end - hit < longest && isVersion(bytes[end] ?? 0)) end++
      if (end === bytes.length) {
        this.#decided = start + hit
        return
      }
      this.#take(bytes, start, hit, end)
    }
    this.#decided = Math.max(this.#decided, Math.min(until, start + bytes.length - needle.length + 1))
  }

  #take(bytes: Buffer, start: number, hit: number, end: number): void {
    // `libfoo.source` names no library.
    if (isLetter(bytes[end] ?? 0) || this.#hits.length === mostHits) return
    let from = hit
    while (from > 0 && hit - from < mostBefore && inName[bytes[from - 1] ?? 0] === 1) from--
    const text = bytes.toString('latin1', from, end)
    const first = text.indexOf('lib')
    const name = text.slice(first).replace(/\.+$/, '')
    if (first === -1 || from + first + 4 > hit || name.length > longest) return
    this.#hits.push({ name, at: start + from + first })
  }
}

function isVersion(code: number): boolean {
  return code === dot || (code >= zero && code <= nine)
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
}
