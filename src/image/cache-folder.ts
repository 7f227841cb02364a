import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { codeOf, reasonOf } from '../bytes/reason.ts'
import { checkOwner, trusted } from './file-owner.ts'

/** A file of the cache. */
export interface CachedFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** When it was last used, in milliseconds since the epoch. */
  readonly used: number
}

/** Which files of a folder are the cache's own: no other is ever read or deleted. */
export interface CacheNames {
  isOwn(name: string): boolean
  /** Whether this version of the program still reads it. */
  isCurrent(name: string): boolean
}

/** Milliseconds. A use is noted once in so long, */
const noted = 60_000
/** and a file that nobody finished is a dead one's after so long. */
const abandoned = 3_600_000

const unfinished = /^\.[0-9a-f]{64}\.[\w.]+\.[0-9a-f-]{36}\.tmp$/

/** Where the cache lies: below XDG_CACHE_HOME, which counts only where it is absolute (XDG Base Directory Specification). */
export function cachePath(env: Readonly<Record<string, string | undefined>>, homedir: string): string {
  const base = env.XDG_CACHE_HOME
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir, '.cache'), 'imgaudit', 'layers')
}

/**
 * A bounded folder of files for this user alone, since what is in private images is private. Runs side by side see whole
 * files only: each is written under a name of its own, then renamed. The time of a file is that of its last use.
 */
export class CacheFolder {
  readonly path: string
  /** Bytes of all files together. */
  readonly limit: number
  readonly #names: CacheNames
  #made = false
  #total: number | undefined

  constructor(path: string, limit: number, names: CacheNames) {
    this.path = path
    this.limit = limit
    this.#names = names
  }

  /** The bytes of a file, or the first `most` of them, in memory of their own; undefined where it is not there or not to
   *  be trusted. Never throws. */
  read(name: string, most = this.limit): Buffer<ArrayBuffer> | undefined {
    try {
      // A pipe in its place must not be waited for.
      const file = openSync(join(this.path, name), constants.O_RDONLY | noFollow | (constants.O_NONBLOCK ?? 0))
      try {
        const stats = fstatSync(file)
        if (!stats.isFile() || stats.size > this.limit || !trusted(stats)) return undefined
        const bytes = Buffer.allocUnsafeSlow(Math.min(stats.size, most))
        for (let at = 0; at < bytes.length; ) {
          const read = readSync(file, bytes, at, bytes.length - at, at)
          if (read === 0) return undefined
          at += read
        }
        if (Date.now() - stats.mtimeMs > noted) touch(file)
        return bytes
      } finally {
        closeSync(file)
      }
    } catch {
      return undefined
    }
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name))
  }

  /** Writes a file whole, of these parts, then takes others away until all are within the limit. Never throws: answers
   *  with why it was not written. */
  write(name: string, parts: readonly Buffer[]): string | undefined {
    const size = parts.reduce((sum, { length }) => sum + length, 0)
    if (size > this.limit) return `it needs ${size} bytes, and the cache has ${this.limit}`
    const temporary = join(this.path, `.${name}.${randomUUID()}.tmp`)
    try {
      this.#make()
      const file = openSync(temporary, 'wx', 0o600)
      try {
        writeAll(file, parts)
      } finally {
        closeSync(file)
      }
      renameSync(temporary, join(this.path, name))
    } catch (error) {
      remove(temporary)
      return reasonOf(error)
    }
    this.#bound(size)
    return undefined
  }

  /** Never throws: what cannot be removed is overwritten, or read in vain again. */
  remove(name: string): void {
    remove(join(this.path, name))
  }

  /** The files that are there; none where there is no folder. Throws what the file system throws. */
  files(): CachedFile[] {
    return this.#list(name => this.#names.isOwn(name))
  }

  /** Removes all files, and answers with them. Throws what the file system throws. */
  clear(): CachedFile[] {
    const files = [...this.files(), ...this.#abandoned()]
    for (const { name } of files) rmSync(join(this.path, name), { force: true })
    return files
  }

  /** Others must not be able to lead the files elsewhere, in a folder where all may write. */
  #make(): void {
    if (this.#made) return
    const above = dirname(this.path)
    mkdirSync(above, { recursive: true, mode: 0o700 })
    checkOwner(above)
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    checkOwner(this.path)
    this.#made = true
  }

  #bound(added: number): void {
    if (this.#total !== undefined && this.#total + added <= this.limit) {
      this.#total += added
      return
    }
    try {
      for (const { name } of this.#abandoned()) this.remove(name)
      const rank = ({ name }: CachedFile) => Number(this.#names.isCurrent(name))
      const files = this.files().sort((a, b) => rank(a) - rank(b) || a.used - b.used)
      this.#total = files.reduce((sum, { size }) => sum + size, 0)
      for (const { name, size } of files) {
        if (this.#total <= this.limit) break
        this.remove(name)
        this.#total -= size
      }
    } catch {
      this.#total = undefined
    }
  }

  #abandoned(): CachedFile[] {
    return this.#list(name => unfinished.test(name)).filter(({ used }) => Date.now() - used > abandoned)
  }

  #list(wanted: (name: string) => boolean): CachedFile[] {
    return namesIn(this.path)
      .filter(wanted)
      .flatMap(name => {
        // Another run may just have taken it away.
        const stats = lstatSync(join(this.path, name), { throwIfNoEntry: false })
        return stats?.isFile() ? [{ name, size: stats.size, used: stats.mtimeMs }] : []
      })
  }
}

// Windows has neither.
const noFollow = constants.O_NOFOLLOW ?? 0

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

// On a folder that is read-only the use goes unnoted.
function touch(file: number): void {
  try {
    const now = new Date()
    futimesSync(file, now, now)
  } catch {}
}

// A disk that is nearly full takes a part of what it gets, and fails at the next call.
function writeAll(file: number, parts: readonly Buffer[]): void {
  let left = parts
  while (left.length > 0) {
    let written = writevSync(file, left)
    left = left.flatMap(part => {
      const done = Math.min(written, part.length)
      written -= done
      return done === part.length ? [] : [part.subarray(done)]
    })
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}
