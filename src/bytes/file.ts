import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { ImgauditError } from '../error.ts'
import type { SeekableBytes } from './bytes.ts'
import { showName } from './name.ts'
import { codeOf } from './reason.ts'

/** The bytes of an open file. Its size is the one at opening. */
export interface FileBytes extends SeekableBytes {
  /** Lets go of the file; a second call does nothing. */
  close(): void
}

const chunkSize = 1024 * 1024
const readAsync = promisify(read)

/**
 * Opens a regular file. FILE_UNREADABLE when there is none or it cannot be read; ARCHIVE_TRUNCATED, while reading, when
 * it has become shorter than it was at opening, never fewer bytes without a word.
 */
export function openFile(path: string): FileBytes {
  // To open a pipe waits for who writes into it, which may be nobody. Windows has no such pipes.
  const fd = attempt(path, () => openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)))
  const stat = fstatSync(fd)
  if (stat.isFile()) return file(path, fd, stat.size)
  closeSync(fd)
  throw notAFile(path, stat.isDirectory() ? 'a directory' : 'a pipe, socket or device')
}

/** The bytes of a file that is open for as long as they pass. Throws as `openFile` does. */
export async function* streamFile(path: string): AsyncGenerator<Buffer> {
  const file = openFile(path)
  try {
    yield* file.stream()
  } finally {
    file.close()
  }
}

/** All bytes of a file whose size `check` lets pass. Throws as `openFile` does. */
export function wholeFile(path: string, check: (size: number) => void = () => {}): Buffer {
  const file = openFile(path)
  try {
    check(file.size)
    const bytes = Buffer.alloc(file.size)
    file.read(0, bytes)
    return bytes
  } finally {
    file.close()
  }
}

function file(path: string, fd: number, size: number): FileBytes {
  let open = true
  // The number of a closed file can soon be that of another.
  const checkOpen = () => {
    if (!open) throw unreadable(path, new Error('it has been closed'))
  }

  const readAt = (at: number, into: Buffer): number => {
    checkOpen()
    const wanted = Math.max(0, Math.min(into.length, size - at))
    let done = 0
    while (done < wanted) {
      const count = attempt(path, () => readSync(fd, into, done, wanted - done, at + done))
      if (count === 0) throw shrunk(path, size, at + done)
      done += count
    }
    return wanted
  }

  const readChunk = async (at: number, into: Buffer): Promise<Buffer> => {
    checkOpen()
    const { bytesRead } = await readAsync(fd, into, 0, into.length, at).catch(error => {
      throw unreadable(path, error)
    })
    if (bytesRead === 0) throw shrunk(path, size, at)
    return into.subarray(0, bytesRead)
  }

  // While one chunk is looked at the next one is read, into the other of two buffers.
  async function* stream(start = 0, end = size): AsyncGenerator<Buffer> {
    const last = Math.min(end, size)
    const buffers: Buffer[] = []
    let reads = 0
    const read = (at: number) => {
      if (at >= last) return undefined
      const turn = reads++ % 2
      const into = buffers[turn] ?? Buffer.allocUnsafeSlow(Math.min(chunkSize, last - start))
      buffers[turn] = into
      const chunk = readChunk(at, into.subarray(0, last - at))
      chunk.catch(() => {}) // who has stopped asking does not hear of it
      return chunk
    }
    let at = start
    for (let next = read(at); next !== undefined; ) {
      const chunk: Buffer = await next
      at += chunk.length
      next = read(at)
      yield chunk
    }
  }

  const close = () => {
    if (open) closeSync(fd)
    open = false
  }
  return { size, read: readAt, stream, close }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): ImgauditError {
  const name = showName(path)
  const code = codeOf(cause)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ImgauditError('FILE_UNREADABLE', `there is no file ${name}`, `look for it with: ls -l ${name}`, {
      cause,
    })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const fix = `give yourself the right to read it, e.g. with: sudo chmod a+r ${name}`
    return new ImgauditError('FILE_UNREADABLE', `${name} may not be read by this user`, fix, { cause })
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  const fix = `check that this works: cat ${name} > /dev/null`
  return new ImgauditError('FILE_UNREADABLE', `${name} cannot be read: ${reason}`, fix, { cause })
}

function notAFile(path: string, kind: string): ImgauditError {
  const fix = 'name a file; see what there is with: ls -l'
  return new ImgauditError('FILE_UNREADABLE', `${showName(path)} is ${kind}, not a file`, fix)
}

function shrunk(path: string, size: number, at: number): ImgauditError {
  return new ImgauditError(
    'ARCHIVE_TRUNCATED',
    `${showName(path)} became shorter while it was read: ${size} bytes at first, now it ends at ${at}`,
    'wait until whatever writes it is done, then run the same command again',
  )
}
