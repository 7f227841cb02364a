import type { Strippable } from './binary.ts'
import { keepsRelocations, type SectionKinds } from './section-kind.ts'
import type { Section } from './section-table.ts'

/**
 * What `strip --strip-unneeded` takes of a linked file, in file order, runs of one part as one. Without the names of
 * sections nothing tells debug information from what stays, and only symbols are given.
 */
export function strippableOf(sections: readonly Section[], kinds: SectionKinds): Strippable[] {
  const symbolsStay = keepsRelocations(sections)
  const runs: Strippable[] = []
  for (const section of sections) {
    const part = kinds.of(section)
    if (part !== 'debug' && part !== 'symbols') continue
    if (part === 'debug' ? !kinds.named : symbolsStay) continue
    const last = runs.at(-1)
    if (last?.part === part && last.end === section.start) runs.pop()
    const start = last?.part === part && last.end === section.start ? last.start : section.start
    runs.push({ part, start, end: section.end })
  }
  return runs
}
