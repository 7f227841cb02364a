import { decodeName } from '../../bytes/name.ts'
import type { Dynamic } from './binary.ts'
import { number64, type Segment } from './elf-header.ts'
import type { Range } from './range.ts'
import type { Window } from './windows.ts'

/** Tags of the dynamic section (gABI, chapter 5; elf.h of glibc). */
const [needed, stringTable, stringSize, soname, rpath, runpath] = [1, 5, 10, 14, 15, 29]
const [flags1, auxiliary, filter] = [0x6ffffffb, 0x7ffffffd, 0x7fffffff]
const [noDefaultFolders, positionIndependent] = [0x800, 0x08000000]

/** A dynamic section, its names still offsets. */
export interface DynamicEntries {
  readonly entries: readonly (readonly [tag: number, value: number])[]
  /** Where its strings lie in the file; undefined where it has none that any segment holds. */
  readonly strings: Range | undefined
  /** DF_1_PIE: an executable that is built like a library. */
  readonly isProgram: boolean
}

export function dynamicEntries(section: Buffer, segments: readonly Segment[]): DynamicEntries {
  const entries: [number, number][] = []
  const values = new Map<number, number>()
  for (let at = 0; at + 16 <= section.length; at += 16) {
    const [tag, value] = [number64(section, at), number64(section, at + 8)]
    if (tag === 0) break
    entries.push([tag, value])
    values.set(tag, value)
  }
  const start = fileOffset(values.get(stringTable) ?? NaN, segments)
  const length = values.get(stringSize)
  return {
    entries,
    strings: start === undefined || length === undefined ? undefined : { start, end: start + length },
    isProgram: has(values.get(flags1), positionIndependent),
  }
}

/** Where an address lies in the file. */
function fileOffset(address: number, segments: readonly Segment[]): number | undefined {
  for (const { type, start, end, address: loaded } of segments)
    if (type === 1 && address >= loaded && address < loaded + (end - start)) return start + (address - loaded)
  return undefined
}

function has(flags: number | undefined, flag: number): boolean {
  return ((flags ?? 0) & flag) !== 0
}

/** Undefined where a name lies outside of the strings. `window` holds at least the strings. */
export function dynamicOf({ entries, strings }: DynamicEntries, window: Window | undefined): Dynamic | undefined {
  let damaged = false
  let length = 0
  const text = (offset: number): string => {
    const name = damaged ? undefined : strings && window && stringAt(window, strings, offset)
    length += name?.length ?? 0
    if (name === undefined || length > mostText) damaged = true
    return name ?? ''
  }
  const all = (...tags: number[]) => entries.filter(([tag]) => tags.includes(tag)).map(([, value]) => text(value))
  const one = (tag: number) => all(tag).at(-1)
  const [name, search, runSearch, filters] = [one(soname), one(rpath), one(runpath), all(filter, auxiliary)]
  const noDefault = entries.some(([tag, value]) => tag === flags1 && has(value, noDefaultFolders))
  const dynamic = {
    ...(name === undefined ? {} : { soname: name }),
    needed: all(needed),
    ...(search === undefined ? {} : { rpath: search }),
    ...(runSearch === undefined ? {} : { runpath: runSearch }),
    ...(noDefault ? { noDefaultFolders: true as const } : {}),
    ...(filters.length > 0 ? { filters } : {}),
  }
  return damaged ? undefined : dynamic
}

/** No name is longer than what the kernel takes for all arguments of a program; search paths are the longest. */
const longest = 128 * 1024
/** Many entries can share one long name. */
const mostText = 4 * 1024 * 1024

function stringAt(window: Window, strings: Range, offset: number): string | undefined {
  const start = strings.start + offset
  for (let length = 256; ; length *= 4) {
    const end = Math.min(start + length, strings.end)
    if (end <= start) return undefined
    const bytes = window.read(start, end)
    const stop = bytes.indexOf(0)
    if (stop !== -1) return decodeName(bytes.subarray(0, stop))
    if (end === strings.end || length > longest) return undefined
  }
}
