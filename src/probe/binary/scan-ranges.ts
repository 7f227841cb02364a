import type { Segment } from './elf-header.ts'
import { merged, type Range, without } from './range.ts'
import type { SectionKinds } from './section-kind.ts'
import type { Section } from './section-table.ts'

/**
 * Where GPU code and names of libraries can stand in an ELF file, as far as its front says: in what is loaded, and behind
 * the last table, where installers append things. `from`: what was read already; `tableEnd`: of the section headers.
 */
export function loadedRanges(segments: readonly Segment[], from: number, tableEnd: number, size: number): Range[] {
  const loaded = segments.filter(({ type, start, end }) => type === 1 && end > start && end <= size)
  if (loaded.length === 0) return merged([{ start: from, end: size }])
  // Linkers that put the headers into a segment that is not executed put nothing but code into the one that is
  // (ld -z separate-code, lld). Others lay constants down with the code.
  const codeApart = loaded.some(({ start, executable }) => start === 0 && !executable)
  const kept = loaded.filter(({ executable, writable }) => !(codeApart && executable && !writable))
  const end = loaded.reduce((most, segment) => Math.max(most, segment.end), tableEnd)
  const all = merged([...kept, { start: end, end: size }])
  return without(all, [{ start: 0, end: from }])
}

/** Those of `ranges` where sections say that there can be any. */
export function contentRanges(ranges: readonly Range[], sections: readonly Section[], kinds: SectionKinds): Range[] {
  return without(ranges, merged(sections.filter(section => !kinds.holdsContent(section))))
}
