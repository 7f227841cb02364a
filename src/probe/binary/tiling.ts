import { type Range, without } from './range.ts'
import type { SectionKinds } from './section-kind.ts'
import type { Section } from './section-table.ts'

/** Sections that hold containers and nothing else: of programs, and of code that is linked again. */
const ofContainers = new Set(['.nv_fatbin', '__nv_relfatbin'])
/** A section's last container is padded to no more than this. */
const alignment = 16

/** Why containers (as `merged` gives them) do not make up the sections that hold nothing else; undefined when they do. */
export function untiled(
  sections: readonly Section[],
  kinds: SectionKinds,
  containers: readonly Range[],
): string | undefined {
  let bytes = 0
  for (const section of sections) {
    if (!ofContainers.has(kinds.nameOf(section))) continue
    for (const { start, end } of without([section], containers)) if (end - start > alignment) bytes += end - start
  }
  return bytes === 0 ? undefined : `${bytes.toLocaleString('en-US')} bytes among the containers are none`
}
