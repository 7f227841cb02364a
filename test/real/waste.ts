import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Engine, script } from './engines.ts'

/** What a step of images/waste.Dockerfile planted, as plants.sh counted it in the engine's own folders. */
export interface Plant {
  readonly rule: string | null // null: a near miss, where nothing should be found
  readonly plant: string
  readonly layer: number
  readonly paths: readonly string[] // may hold shell patterns
  readonly bytes: number
  readonly count: number
  readonly hidden: boolean
}

/** Puts the image that has one of every kind of waste into Docker 20.10: built the first time, then loaded. */
export async function wasteImage(docker: Engine, tag: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'imgaudit-waste-'))
  try {
    await script('image.sh', docker.host, tag, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function plantsOf(docker: Engine, tag: string): Promise<Plant[]> {
  return JSON.parse(await script('plants.sh', docker.host, tag)) as Plant[]
}
