import { memoryBytes } from '../../bytes/memory.ts'
import { encodeName } from '../../bytes/name.ts'
import type { Reader } from '../../bytes/reader.ts'
import { examineOrPush, pushWanted } from '../../bytes/seek.ts'
import { ImgauditError } from '../../error.ts'
import { type Contents, storedSize, type Wanted } from '../../image/contents.ts'
import type { LayerIndex } from '../../image/layer-index.ts'
import { parentPath } from '../../image/path.ts'
import { checkInterrupted } from '../interruption.ts'
import { checkContent, checkedReader, checkedSize } from './checked-reader.ts'
import { checkFolder, type FolderFile, openFolderFile } from './folder-file.ts'
import { storeUnreadable } from './store-unreadable.ts'

/** Wanted files that are not there, and why the first of them is not. */
export interface Absent {
  readonly wanted: readonly Wanted[]
  readonly failure: ImgauditError
}

/**
 * Contents of layers that an engine keeps unpacked in folders of this machine, by diff ID. No symlink is followed, neither
 * in a folder nor at its end: the image's own links lead anywhere on this machine.
 */
export class FolderContents implements Contents {
  readonly #folders: Pick<ReadonlyMap<string, string>, 'get'>
  /** Folders that lie below a layer's with no link between. */
  readonly #real = new Set<string>()
  readonly #buffer = Buffer.allocUnsafeSlow(checkedSize)

  constructor(folders: Pick<ReadonlyMap<string, string>, 'get'>) {
    this.#folders = folders
  }

  async read(wanted: readonly Wanted[], signal?: AbortSignal): Promise<void> {
    this.#pass(wanted, signal, failure => {
      throw failure
    })
  }

  /** Delivers what is there as the index has it and may be read, and answers with the others, of which nothing was
   *  delivered. Throws what `read` throws for a file that is there. */
  readPresent(wanted: readonly Wanted[], signal?: AbortSignal): Absent | undefined {
    const absent = new Map<LayerIndex, Map<number, Reader<unknown>>>()
    let first: ImgauditError | undefined
    this.#pass(wanted, signal, (failure, index, ordinal, reader) => {
      first ??= failure
      const left = absent.get(index) ?? new Map<number, Reader<unknown>>()
      absent.set(index, left.set(ordinal, reader))
    })
    if (first === undefined) return undefined
    return { wanted: [...absent].map(([index, readers]) => ({ index, readers })), failure: first }
  }

  #pass(
    wanted: readonly Wanted[],
    signal: AbortSignal | undefined,
    onAbsent: (failure: ImgauditError, index: LayerIndex, ordinal: number, reader: Reader<unknown>) => void,
  ): void {
    for (const { index, readers } of wanted) {
      for (const [ordinal, reader] of readers) {
        checkInterrupted(signal)
        const file = this.#openIfThere(index, ordinal)
        if (file instanceof ImgauditError) onAbsent(file, index, ordinal, reader)
        else this.#deliver(file, index.facts.checksums?.get(ordinal), reader)
      }
    }
  }

  #deliver(file: FolderFile, checksum: string | undefined, reader: Reader<unknown>): void {
    const { path, size, hollow } = file
    // What reads only headers would have to read the rest for its checksum: it has the file's size to go by.
    const unchecked = checksum === undefined || size > checkedSize || reader.examine !== undefined
    try {
      if (checksum === undefined || (unchecked && !hollow)) {
        examineOrPush(file, reader, this.#buffer)
        reader.end()
      } else if (size > checkedSize) {
        const checked = checkedReader(reader, { path, checksum })
        pushWanted(file, checked, this.#buffer)
        checked.end()
      } else {
        const content = this.#buffer.subarray(0, size)
        file.read(0, content)
        checkContent(content, { path, checksum })
        if (reader.examine === undefined) reader.push(content, 0)
        else reader.examine(memoryBytes(content))
        reader.end()
      }
    } finally {
      file.close()
    }
  }

  #openIfThere(index: LayerIndex, ordinal: number): FolderFile | ImgauditError {
    try {
      return this.#open(index, ordinal)
    } catch (error) {
      if (error instanceof ImgauditError) return error
      throw error
    }
  }

  #open(index: LayerIndex, ordinal: number): FolderFile {
    const folder = this.#folders.get(index.diffId)
    if (folder === undefined) throw storeUnreadable(`layer ${index.diffId} has no folder`)
    const path = index.entries.path(ordinal)
    this.#checkFolder(folder, parentPath(path))
    return openFolderFile(onDisk(folder, path), storedSize(index, ordinal))
  }

  #checkFolder(layer: string, folder: string): void {
    const key = `${layer}${folder}`
    if (this.#real.has(key)) return
    if (folder !== '/') this.#checkFolder(layer, parentPath(folder))
    // A slash behind the layer's own would have a link followed.
    checkFolder(folder === '/' ? Buffer.from(layer) : onDisk(layer, folder))
    this.#real.add(key)
  }
}

function onDisk(layer: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(layer), encodeName(path)])
}
