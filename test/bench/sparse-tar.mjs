import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'

const block = 512
/** Below this many bytes a hole costs more than the zeros: file systems keep whole pages. */
const page = 4096
const types = { file: '0', link: '1', symlink: '2', directory: '5' }

/** Writes a tar whose contents are holes where nobody gives them: a million entries take no more disk than their headers. */
export class SparseTar {
  #file
  #at = 0
  #waiting = []
  #length = 0

  constructor(path) {
    this.#file = openSync(path, 'w+')
  }

  get at() {
    return this.#at
  }

  get file() {
    return this.#file
  }

  /** `content` is a string or Buffer; where there is none, `size` zeros. */
  add({ content, ...entry }) {
    const bytes = content === undefined ? undefined : Buffer.from(content)
    const size = bytes?.length ?? entry.size ?? 0
    for (const header of headers({ ...entry, size })) this.#write(header)
    if (bytes !== undefined) this.#write(bytes)
    this.#skip((bytes === undefined ? size : 0) + (-size & (block - 1)))
  }

  /** A tar within this one, written by `fill`; answers with where its bytes begin and end. */
  within(path, fill) {
    const header = this.#at
    this.#skip(block)
    const from = this.#at
    fill()
    this.end()
    this.#flush()
    writeSync(this.#file, headers({ path, type: 'file', size: this.#at - from })[0], 0, block, header)
    return { from, to: this.#at }
  }

  end() {
    this.#skip(2 * block)
  }

  close() {
    this.#flush()
    ftruncateSync(this.#file, this.#at)
    closeSync(this.#file)
  }

  #write(bytes) {
    this.#waiting.push(bytes)
    this.#length += bytes.length
    this.#at += bytes.length
    if (this.#length > 1 << 20) this.#flush()
  }

  #skip(bytes) {
    if (bytes < page) {
      if (bytes > 0) this.#write(Buffer.alloc(bytes))
      return
    }
    this.#flush()
    this.#at += bytes
  }

  #flush() {
    if (this.#length > 0) writeSync(this.#file, Buffer.concat(this.#waiting), 0, this.#length, this.#at - this.#length)
    this.#waiting = []
    this.#length = 0
  }
}

/** One ustar header, and before it one that names a path too long for it, as GNU tar writes that. */
function headers({ path, type, size, target = '', uid = 0, gid = uid, mode = type === 'directory' ? 0o755 : 0o644 }) {
  const name = Buffer.from(type === 'directory' ? `${path}/` : path)
  const header = Buffer.alloc(block)
  name.copy(header, 0, 0, 100)
  octal(header, mode, 100, 8)
  octal(header, uid, 108, 8)
  octal(header, gid, 116, 8)
  if (size < 8 ** 11) octal(header, size, 124, 12)
  else {
    header[124] = 0x80
    header.writeBigUInt64BE(BigInt(size), 128)
  }
  octal(header, 1_700_000_000, 136, 12)
  header.write(types[type] ?? type, 156)
  header.write(target, 157, 100)
  header.write('ustar  \0', 257, 'latin1')
  header.fill(' ', 148, 156)
  octal(
    header,
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    8,
  )
  if (name.length <= 100) return [header]
  const long = Buffer.alloc((name.length + block) & -block)
  name.copy(long)
  return [...headers({ path: '././@LongLink', type: 'L', size: name.length + 1 }), long, header]
}

function octal(header, value, at, length) {
  header.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
  header[at + length - 1] = 0
}
