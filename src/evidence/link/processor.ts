/** What the loader asks of the processor: it decides which copy of a library is the best. */
export interface Processor {
  /** Folders below `glibc-hwcaps`, best first (x86-64 psABI; glibc's sysdeps/x86_64/dl-hwcaps_subdirs.c). */
  readonly hwcaps: readonly string[]
  /** What `$PLATFORM` stands for. */
  readonly platform: string
}

const x86 = ['x86-64-v4', 'x86-64-v3', 'x86-64-v2']
const power = ['power10', 'power9']

/** Every processor that an image may meet, by e_machine; where a copy for a newer one is there, all have to be looked at. */
export function processors(machine: number): readonly Processor[] {
  if (machine === 62) {
    return [0, 1, 2, 3].map(level => ({ hwcaps: x86.slice(level), platform: level < 2 ? 'haswell' : 'x86_64' }))
  }
  if (machine === 21) return [0, 1, 2].map(level => ({ hwcaps: power.slice(level), platform: 'power8' }))
  return [{ hwcaps: [], platform: machine === 183 ? 'aarch64' : 'unknown' }]
}
