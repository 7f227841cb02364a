import { compareNames } from '../../bytes/name.ts'
import type { Binary, Elf } from './binary.ts'
import type { Content } from './content.ts'
import type { FoundContent } from './content-scan.ts'
import { cubinOf } from './cubin.ts'
import { headerSize } from './elf-header.ts'
import { ElfReader } from './elf-reader.ts'
import { GpuCode } from './gpu-code.ts'
import { partsOf, runsOf, runsOfSegments } from './parts.ts'
import type { Range } from './range.ts'
import { contentRanges, loadedRanges } from './scan-ranges.ts'
import { SectionKinds } from './section-kind.ts'
import type { Section } from './section-table.ts'
import { strippableOf } from './strippable.ts'
import { untiled } from './tiling.ts'
import type { Windows } from './windows.ts'

/** Bare frames are known in one library of 500 MB, and looking for them costs time. */
const framesFrom = 32 * 1024 * 1024

/** Bytes behind the last table that some linkers leave. */
const paddingAtMost = 16

/** A file that is an ELF object. */
export class ElfContent implements Content {
  readonly options: Content['options']
  readonly #head: Buffer
  readonly #size: number
  readonly #reader: ElfReader

  constructor(head: Buffer, windows: Windows) {
    this.#head = Buffer.from(head)
    this.#size = windows.size
    this.#reader = new ElfReader(windows)
    this.#reader.begin(this.#head)
    // What is linked further runs only then.
    this.options = { frames: windows.size >= framesFrom, names: this.#reader.header?.type !== 1 }
  }

  ranges(): readonly Range[] | undefined {
    const { header, segments } = this.#reader
    if (header === undefined || header.type === 4 || this.#cubin() !== undefined) return []
    if (segments === undefined) return undefined
    return loadedRanges(segments, Math.max(headerSize, header.programs.end), header.sections.end, this.#size)
  }

  needed(ranges: readonly Range[]): readonly Range[] {
    const { table } = this.#reader.sections
    return table === undefined ? ranges : contentRanges(ranges, table, this.#kinds())
  }

  binary(found: FoundContent): Binary {
    const { problem, segments } = this.#reader
    const sections = this.#reader.sections.table
    const is32Bit = this.#head.length >= headerSize && this.#head[4] === 1
    const unread = { ...(is32Bit ? { is32Bit } : {}), ...(problem === undefined ? {} : { unread: problem }) }
    const elf = this.#reader.end()
    if (elf === undefined || elf.type === 'core') {
      return { kind: 'elf', ...(elf === undefined ? {} : { elf }), strippable: [], names: [], ...unread }
    }
    const cubin = this.#cubin()
    const gpu = cubin === undefined ? this.#checked(found.gpu) : GpuCode.of([cubin])
    const packed = gpu?.ranges() ?? []
    const kinds = this.#kinds()
    const runs = sections === undefined ? runsOfSegments(segments ?? [], this.#size) : runsOf(sections, kinds)
    const isLinked = (elf.type === 'executable' || elf.type === 'shared') && cubin === undefined
    return {
      kind: 'elf',
      elf,
      parts: partsOf(runs, packed),
      strippable:
        isLinked && sections !== undefined && !this.#isAppendedTo(sections) ? strippableOf(sections, kinds) : [],
      ...(gpu === undefined ? {} : { gpu }),
      names: namesOf(found, elf),
      ...unread,
    }
  }

  #cubin() {
    return cubinOf(this.#head, this.#size)
  }

  /** Bundlers of programs put their payload behind all that the tables name (Bun, Deno, PyInstaller): strip drops it. */
  #isAppendedTo(sections: readonly Section[]): boolean {
    const { sections: table, segments = [] } = this.#reader
    const ends = segments.map(({ end }) => end).filter(end => end <= this.#size)
    const end = Math.max(table.end, sections.at(-1)?.end ?? 0, ...ends)
    return this.#size - end > paddingAtMost
  }

  #kinds(): SectionKinds {
    return new SectionKinds(this.#reader.sections)
  }

  #checked(gpu: GpuCode | undefined): GpuCode | undefined {
    if (gpu === undefined || gpu.inexact !== undefined) return gpu
    const inexact = untiled(this.#reader.sections.table ?? [], this.#kinds(), gpu.ranges())
    return inexact === undefined ? gpu : GpuCode.of(gpu.containers(), inexact)
  }
}

/** Without what the file is called and needs. */
function namesOf({ names }: FoundContent, { dynamic }: Elf): string[] {
  const own = new Set([dynamic?.soname, ...(dynamic?.needed ?? [])])
  return names.filter(name => !own.has(name)).sort(compareNames)
}
