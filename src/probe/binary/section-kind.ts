import { nameOf, type Section } from './section-table.ts'

/** What the bytes of a section are. other: tables for linkers, names, notes. */
export type SectionKind = 'code' | 'readOnly' | 'data' | 'debug' | 'symbols' | 'other'

const [programBits, symbols, relocationsWithAddend, relocations, symbolSections] = [1, 2, 4, 9, 18]
/** SHT_LLVM_OFFLOADING: images for GPUs in a relocatable object, which are not loaded. */
const offloading = 0x6fff4c0b

/** What BFD takes for debugging (bfd/elf.c, _bfd_elf_make_section_from_shdr), and so strip removes. */
const debugging = /^\.(?:z?debug|gnu\.debuglto_\.debug_|gnu\.linkonce\.wi\.|line|stab|gdb_index$)/
/** Loaded, but made by compilers and linkers out of code alone. */
const unwinding = /^\.(?:eh_frame(?:_hdr)?|gcc_except_table.*|got(?:\.plt)?|interp)$/

/** What is known of the sections of an object. */
interface Sections {
  readonly table: readonly Section[] | undefined
  readonly names: Buffer | undefined
  readonly namesSection: number
}

/** Kinds of sections by their table, refined by names where they could be had. */
export class SectionKinds {
  readonly #names: Buffer | undefined
  /** Strings of symbols, and which symbol has its section in a table of its own. */
  readonly #besideSymbols: ReadonlySet<number>

  constructor({ table = [], names, namesSection }: Sections) {
    this.#names = names
    const strings = table.filter(({ type }) => type === symbols).map(({ link }) => link)
    // A compiler can keep the names of symbols and sections in one table: that stays.
    this.#besideSymbols = new Set(strings.filter(index => index !== namesSection))
  }

  of(section: Section): SectionKind {
    if (section.loaded) return section.executable ? 'code' : section.writable ? 'data' : 'readOnly'
    if (section.type === symbols || section.type === symbolSections) return 'symbols'
    if (this.#besideSymbols.has(section.index)) return 'symbols'
    if (section.type !== programBits) return 'other'
    return this.#names === undefined || debugging.test(this.nameOf(section)) ? 'debug' : 'other'
  }

  /** Whether GPU code, or names of libraries, can stand in it. */
  holdsContent(section: Section): boolean {
    if (section.type === offloading) return true
    if (section.type !== programBits || !section.loaded || section.executable) return false
    return !unwinding.test(this.nameOf(section))
  }

  nameOf(section: Section): string {
    return nameOf(section, this.#names)
  }

  /** Whether names tell debug information from the rest. */
  get named(): boolean {
    return this.#names !== undefined
  }
}

/** Whether a linked file kept the relocations that it was made with (ld -q): their symbols stay. */
export function keepsRelocations(sections: readonly Section[]): boolean {
  return sections.some(({ type, loaded }) => !loaded && (type === relocations || type === relocationsWithAddend))
}
