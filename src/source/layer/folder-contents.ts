import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs'
import { Crc64 } from '../../bytes/crc64.ts'
import { encodeName, showName } from '../../bytes/name.ts'
import type { Reader } from '../../bytes/reader.ts'
import { ImgauditError } from '../../error.ts'
import { type Contents, storedSize, type Wanted } from '../../image/contents.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { parentPath } from '../../image/path.ts'
import { checkInterrupted } from '../interruption.ts'
import { storeUnreadable } from './store-unreadable.ts'
import { checkedSize } from './stored-layers.ts'

const pieceSize = 1024 * 1024

/**
 * Contents of layers that an engine keeps unpacked in folders of this machine, by diff ID. No symlink is followed, neither
 * in a folder nor at its end: the image's own links lead anywhere on this machine.
 */
export class FolderContents implements Contents {
  readonly #folders: ReadonlyMap<string, string>
  /** Folders that lie below a layer's with no link between. */
  readonly #real = new Set<string>()

  constructor(folders: ReadonlyMap<string, string>) {
    this.#folders = folders
  }

  async read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(pieceSize)
    for (const { index, readers } of wanted) {
      for (const [ordinal, reader] of readers) {
        checkInterrupted(signal)
        this.#deliver(index, ordinal, reader, buffer)
      }
    }
  }

  /** Whether every wanted file is there, as the index has it, and may be read. */
  has(wanted: readonly Wanted[]): boolean {
    try {
      this.#check(wanted)
      return true
    } catch (error) {
      if (error instanceof ImgauditError) return false
      throw error
    }
  }

  #check(wanted: readonly Wanted[]): void {
    for (const { index, readers } of wanted) {
      for (const ordinal of readers.keys()) {
        closeSync(openFile(this.#pathOf(index, ordinal), storedSize(index, ordinal)))
      }
    }
  }

  #deliver(index: LayerIndex, ordinal: number, reader: Reader<unknown>, buffer: Buffer): void {
    const path = this.#pathOf(index, ordinal)
    const size = storedSize(index, ordinal)
    const fd = openFile(path, size)
    try {
      const stat = fstatSync(fd)
      checkStat(path, stat, size)
      const checksum = index.facts.checksums?.get(ordinal)
      // Where overlayfs copies up metadata alone, a file of its full size has no bytes.
      const hollow = stat.blocks * 512 < size
      const crc = checksum !== undefined && (size <= checkedSize || hollow) ? new Crc64() : undefined
      let asked = 0
      for (let at = 0; at < size && (crc !== undefined || asked < size); ) {
        const count = attempt(path, () => readSync(fd, buffer, 0, Math.min(buffer.length, size - at), at))
        if (count === 0) throw storeUnreadable(`${showName(String(path))} became shorter while it was read`)
        const chunk = buffer.subarray(0, count)
        crc?.update(chunk)
        if (asked < at + count) asked = reader.push(chunk.subarray(Math.max(0, asked - at)), Math.max(at, asked))
        at += count
      }
      if (crc !== undefined && crc.digest().toString('latin1') !== checksum)
        throw storeUnreadable(`${showName(String(path))} is not the file that the engine's record describes`)
    } finally {
      closeSync(fd)
    }
    reader.end()
  }

  #pathOf(index: LayerIndex, ordinal: number): Buffer {
    const folder = this.#folders.get(index.diffId)
    if (folder === undefined) throw storeUnreadable(`layer ${index.diffId} has no folder`)
    const path = index.entries.path(ordinal)
    this.#checkFolder(folder, parentPath(path))
    return onDisk(folder, path)
  }

  #checkFolder(layer: string, folder: string): void {
    if (folder === '/') return
    const path = onDisk(layer, folder)
    const key = path.toString('latin1')
    if (this.#real.has(key)) return
    this.#checkFolder(layer, parentPath(folder))
    if (!attempt(path, () => lstatSync(path)).isDirectory())
      throw storeUnreadable(`${showName(String(path))} is no folder`)
    this.#real.add(key)
  }
}

function onDisk(layer: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(layer), encodeName(path)])
}

/** A layer can hold a pipe, whose opening waits for ever, or a device, whose opening does things: looked at first. */
function openFile(path: Buffer, size: number): number {
  return attempt(path, () => {
    checkStat(path, lstatSync(path), size)
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  })
}

function checkStat(path: Buffer, stat: Stats, size: number): void {
  if (!stat.isFile()) throw storeUnreadable(`${showName(String(path))} is no file`)
  if (stat.size !== size)
    throw storeUnreadable(`${showName(String(path))} has ${stat.size} bytes, the engine's record ${size}`)
}

function attempt<Result>(path: Buffer, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    if (error instanceof ImgauditError || !(error instanceof Error) || !('code' in error)) throw error
    throw storeUnreadable(`${showName(String(path))} cannot be read: ${String(error.code)}`, error)
  }
}
