import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import type { SeekableBytes } from '../../bytes/bytes.ts'
import { showName } from '../../bytes/name.ts'
import { codeOf } from '../../bytes/reason.ts'
import { storeUnreadable } from './store-unreadable.ts'

const pieceSize = 1024 * 1024

/** A file of a layer's folder, open. Reading throws STORE_UNREADABLE, also where it has become shorter. */
export interface FolderFile extends SeekableBytes {
  readonly path: string
  /** Has fewer bytes on the disk than it says: where overlayfs copies up metadata alone, a file of its full size has none. */
  readonly hollow: boolean
  close(): void
}

/** Opens a file of a layer's folder, whose own name is followed nowhere. Throws STORE_UNREADABLE unless it is a regular
 *  file of `size` bytes, and may be read. */
export function openFolderFile(at: Buffer, size: number): FolderFile {
  const path = String(at)
  const fd = attempt(path, () => {
    // A layer can hold a pipe, whose opening waits for ever, or a device, whose opening does things: looked at first.
    checkStat(path, lstatSync(at), size)
    return openSync(at, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  })
  try {
    const stat = attempt(path, () => fstatSync(fd))
    checkStat(path, stat, size)
    return opened(fd, path, size, stat.blocks * 512 < size)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Throws STORE_UNREADABLE unless it is a folder; a link to one is none. */
export function checkFolder(at: Buffer): void {
  const path = String(at)
  if (!attempt(path, () => lstatSync(at)).isDirectory()) throw storeUnreadable(`${showName(path)} is no folder`)
}

function opened(fd: number, path: string, size: number, hollow: boolean): FolderFile {
  const read = (at: number, into: Buffer): number => {
    const wanted = Math.max(0, Math.min(into.length, size - at))
    for (let done = 0; done < wanted; ) {
      const count = attempt(path, () => readSync(fd, into, done, wanted - done, at + done))
      if (count === 0) throw storeUnreadable(`${showName(path)} became shorter while it was read`)
      done += count
    }
    return wanted
  }
  async function* stream(start = 0, end = size): AsyncGenerator<Buffer> {
    const last = Math.min(end, size)
    const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(pieceSize, last - start)))
    for (let at = start; at < last; ) {
      const count = read(at, buffer.subarray(0, last - at))
      yield buffer.subarray(0, count)
      at += count
    }
  }
  return { path, size, hollow, read, stream, close: () => closeSync(fd) }
}

function checkStat(path: string, stat: Stats, size: number): void {
  if (!stat.isFile()) throw storeUnreadable(`${showName(path)} is no file`)
  if (stat.size !== size) throw storeUnreadable(`${showName(path)} has ${stat.size} bytes, the engine's record ${size}`)
}

function attempt<Result>(path: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    const code = codeOf(error)
    throw code === undefined ? error : storeUnreadable(`${showName(path)} cannot be read: ${code}`, error)
  }
}
