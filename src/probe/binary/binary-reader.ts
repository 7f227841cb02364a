import type { SeekableBytes } from '../../bytes/bytes.ts'
import type { Reader } from '../../bytes/reader.ts'
import { ArchiveContent } from './archive-content.ts'
import type { Binary } from './binary.ts'
import type { Content } from './content.ts'
import { ContentScan } from './content-scan.ts'
import { DataContent } from './data-content.ts'
import { ElfContent } from './elf-content.ts'
import { headerSize, isElf } from './elf-header.ts'
import { PassingWindows } from './passing-windows.ts'
import type { Range } from './range.ts'
import { SeekingWindows } from './seeking-windows.ts'
import { isArchive, isThinArchive, magicSize } from './static-archive.ts'
import { ThinContent } from './thin-content.ts'
import type { Windows } from './windows.ts'

/** Reads one file: what it is shows in its first bytes. The two ways of Reader give equal results. */
export class BinaryReader implements Reader<Binary | undefined> {
  readonly #size: number
  readonly #scansData: boolean
  #passing: PassingWindows | undefined
  #content: Content | undefined
  #scan: ContentScan | undefined

  /** `size` in bytes. `scansData`: looks for GPU code in what is neither an ELF file nor an archive. */
  constructor(size: number, scansData: boolean) {
    this.#size = size
    this.#scansData = scansData
  }

  push(chunk: Buffer, at: number): number {
    this.#passing ??= this.#begun(new PassingWindows(this.#size))
    const wanted = this.#passing.push(chunk, at)
    this.#startScan()
    this.#scan?.push(chunk, at)
    return Math.max(at + chunk.length, Math.min(wanted, this.#scan?.wanted ?? Infinity))
  }

  examine(content: SeekableBytes): void {
    this.#begun(new SeekingWindows(content)).run()
    this.#startScan(ranges => this.#content?.needed(ranges) ?? ranges)
    this.#scan?.examine(content)
  }

  end(): Binary | undefined {
    const content = this.#content
    const found = this.#scan?.end(content?.needed(content.ranges() ?? [])) ?? { names: [] }
    const binary = content?.binary(found)
    this.#passing?.release()
    if (binary === undefined || binary.unread !== undefined || this.#passing?.done !== false) return binary
    return { ...binary, unread: 'is cut short' }
  }

  #begun<W extends Windows>(windows: W): W {
    windows.want({ start: 0, end: Math.min(magicSize, this.#size) }, window => {
      const magic = window?.read(0, window.end)
      if (magic !== undefined && isArchive(magic)) this.#content = new ArchiveContent(windows)
    })
    windows.want({ start: 0, end: Math.min(headerSize, this.#size) }, window => {
      const head = window?.read(0, window.end)
      if (head !== undefined && this.#content === undefined) this.#content = this.#contentOf(head, windows)
    })
    return windows
  }

  #contentOf(head: Buffer, windows: Windows): Content | undefined {
    if (isElf(head)) return new ElfContent(head, windows)
    if (isThinArchive(head)) return new ThinContent()
    return this.#scansData ? new DataContent(head, this.#size) : undefined
  }

  #startScan(narrow = (ranges: readonly Range[]) => ranges): void {
    const content = this.#content
    const ranges = this.#scan === undefined ? content?.ranges() : undefined
    if (content === undefined || ranges === undefined) return
    this.#scan = new ContentScan(narrow(ranges), this.#size, content.options)
    if (content.head !== undefined) this.#scan.push(content.head, 0)
  }
}
