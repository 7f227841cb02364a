import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Evidence } from '../../../src/evidence/evidence.ts'
import { gather } from '../../../src/evidence/gather.ts'
import type { Image } from '../../../src/image/image.ts'
import { candidatesOf } from '../../../src/savings/candidates.ts'
import { type Settlement, settle } from '../../../src/savings/settle.ts'
import { openImage } from '../../../src/source/index.ts'
import { docker, type Engine, script } from '../engines.ts'
import { openOptions } from '../open-options.ts'
import { Planted } from '../planted.ts'
import type { Plant } from '../waste.ts'

/** An image of nvidia-ml/image.sh: built the first time, then loaded. */
export type NvidiaImage = 'naive' | 'fixed' | 'distro' | 'conda'

/** What imgaudit says of an image, beside what was counted in the engine's own folders without it. */
export interface Audited {
  readonly tag: string
  readonly size: number // the engine's
  readonly image: Image
  readonly evidence: Evidence
  readonly settlement: Settlement
  readonly plants: readonly Planted[]
}

export async function audited(engine: Engine, name: NvidiaImage): Promise<Audited> {
  const tag = `imgaudit-nvidia-ml:${name}`
  const folder = await mkdtemp(join(tmpdir(), 'imgaudit-nvidia-ml-'))
  try {
    await script('nvidia-ml/image.sh', engine.host, name, tag, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const plants = JSON.parse(await script('nvidia-ml/plants.sh', engine.host, name, tag)) as Plant[]
  const image = await openImage(`docker:${tag}`, openOptions({ env: { DOCKER_HOST: engine.host } }))
  const evidence = await gather(image)
  return {
    tag,
    size: Number(await docker(engine, 'image', 'inspect', '-f', '{{.Size}}', tag)),
    image,
    evidence,
    settlement: settle(evidence, candidatesOf(evidence)),
    plants: plants.map(plant => new Planted(plant, evidence)),
  }
}
