import { adviceTraps } from './table/advice.ts'
import { compressionTraps } from './table/compression.ts'
import { imageTraps } from './table/images.ts'
import { layerTraps } from './table/layers.ts'
import { tarTraps } from './table/tar.ts'
import type { Trap } from './trap.ts'

/** What container tools are known to get wrong. Each has a test on real bytes. */
export const traps: readonly Trap[] = [...compressionTraps, ...tarTraps, ...layerTraps, ...imageTraps, ...adviceTraps]
