import type { GpuCode } from './gpu-code.ts'

/** What the headers of one file say: an ELF object, a static archive, or other bytes that GPU code was found in. */
export interface Binary {
  readonly kind: 'elf' | 'archive' | 'data'
  /** Of `elf`, 64-bit little-endian; of those programs load themselves and others. */
  readonly elf?: Elf
  /** Bytes by what they are; over all members of an archive. Absent for `data`, and where `unread` says why. */
  readonly parts?: Parts
  /** What strip would take, in file order, each run [start, end) of the file with what it is. */
  readonly strippable: readonly Strippable[]
  /** GPU code wherever in the file; absent where there is none. */
  readonly gpu?: GpuCode
  /** Names of shared libraries (`libcufft.so.11`) that stand in its data: what it may open by name when it runs. Without
   *  its own SONAME and what it needs; sorted. */
  readonly names: readonly string[]
  /** An ELF file of 32 bits: a 64-bit loader passes over it. */
  readonly is32Bit?: true
  /** Why it was not analysed, or not to its end, in words that follow the path: `is a 32-bit ELF file`. */
  readonly unread?: string
}

/** What a dynamic linker reads of an object (System V gABI; ld.so(8)). Names are as written, `$ORIGIN` not expanded. */
export interface Elf {
  readonly type: 'relocatable' | 'executable' | 'shared' | 'core' | 'other'
  /** e_machine: 62 x86-64, 183 aarch64, 190 CUDA, 224 AMD GPU. */
  readonly machine: number
  /** EI_OSABI: the loader takes 0 (System V) and 3 (GNU/Linux). */
  readonly osAbi: number
  /** Of an executable or shared object that is linked dynamically. */
  readonly dynamic?: Dynamic
  readonly interpreter?: string
  /** Hexadecimal. */
  readonly buildId?: string
}

/** The dynamic section. */
export interface Dynamic {
  readonly soname?: string
  /** In their order. */
  readonly needed: readonly string[]
  readonly rpath?: string
  readonly runpath?: string
  /** DF_1_NODEFLIB: neither the cache's default folders nor these themselves are searched. */
  readonly noDefaultFolders?: true
  /** DT_FILTER and DT_AUXILIARY. */
  readonly filters?: readonly string[]
}

/** Bytes of a file; their sum is at most its size. */
export interface Parts {
  /** Sections that are executed. */
  readonly code: number
  /** What is loaded and not written: tables, strings, unwinding; GPU code excluded. */
  readonly readOnly: number
  /** What is loaded and written. */
  readonly data: number
  /** Debug information. */
  readonly debug: number
  /** `.symtab` with its strings: not the dynamic one, which the loader needs. */
  readonly symbols: number
  /** GPU code with its headers and padding. */
  readonly gpu: number
}

export interface Strippable {
  readonly part: 'debug' | 'symbols'
  readonly start: number
  readonly end: number
}
