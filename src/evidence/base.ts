import { ImgauditError } from '../error.ts'
import type { Filesystem } from '../image/filesystem.ts'
import type { Image } from '../image/image.ts'

/** What the user says of the base image: its diff IDs, or how many layers it has. */
export interface BaseOptions {
  readonly baseDiffIds?: readonly string[]
  readonly baseReference?: string
  readonly baseLayers?: number
}

/**
 * By layer: whether it came with FROM. As told; else, through the last layer that an `NV_*` block of nvidia/cuda made,
 * or through the one that first brings a root file system and os-release; all null where nothing tells.
 */
export function baseOf(image: Image, filesystem: Filesystem, options: BaseOptions): (boolean | null)[] {
  const told = toldBase(image, options)
  if (told !== undefined) return image.layers.map((_, layer) => layer < told)
  const found = Math.max(rootLayers(image, filesystem), nvidiaLayers(image))
  if (found === 0) return image.layers.map(() => null)
  return image.layers.map((_, layer) => layer < found)
}

function toldBase(image: Image, options: BaseOptions): number | undefined {
  const { baseLayers, baseDiffIds, baseReference = 'the base' } = options
  const count = image.layers.length
  if (baseLayers !== undefined) {
    if (baseLayers <= count) return baseLayers
    throw new ImgauditError(
      'BASE_MISMATCH',
      `${image.reference} has ${count} layers, fewer than the ${baseLayers} of its base`,
      `give --base-layers a number from 0 to ${count}`,
    )
  }
  if (baseDiffIds === undefined) return undefined
  const own = image.config.diffIds
  if (baseDiffIds.every((diffId, layer) => own[layer] === diffId)) return baseDiffIds.length
  throw new ImgauditError(
    'BASE_MISMATCH',
    `${image.reference} was not built on ${baseReference}: their first layers differ`,
    'name the base by the digest that it had when the image was built, or say --base-layers N',
  )
}

/** nvidia/cuda's own Dockerfiles name their packages by variables that only they set (`cuda-cudart-12-4=${NV_…}`). */
const nvidiaPackages = /\$\{?NV_(CUDA|LIB|CUDNN|NVTX|NVML|NVPROF|TENSORRT)/
/** What they do behind that: the loader's folders, a licence, the entry point. */
const nvidiaFiles =
  /ld\.so\.conf\.d\/nvidia\.conf|NGC-DL-CONTAINER-LICENSE|nvidia_entrypoint\.sh|entrypoint\.d\/ \/opt\/nvidia/

function nvidiaLayers(image: Image): number {
  let last = 0
  for (const { position, history } of image.layers) {
    const raw = history?.raw ?? ''
    if (nvidiaPackages.test(raw) || (last === position && last > 0 && nvidiaFiles.test(raw))) last = position + 1
  }
  return last
}

/** The layers through the one that first writes os-release, when the first of them is an ADD or an import of a root. */
function rootLayers(image: Image, filesystem: Filesystem): number {
  const first = ['/usr/lib/os-release', '/etc/os-release']
    .flatMap(path => filesystem.copies(path))
    .map(id => filesystem.layerOf(id))
    .sort((a, b) => a - b)[0]
  if (first === undefined) return 0
  const line = image.layers[0]?.history
  if (line === undefined) return 0
  const imported = line.raw.trim() === '' || /^import/i.test(line.comment ?? '')
  const added =
    /(^|#\(nop\)\s+)(ADD|COPY)\b.*\s\/\s*(# buildkit\s*)?$/.test(line.raw.trim()) ||
    /debuerreotype|rootfs/.test(line.raw)
  return imported || added ? first + 1 : 0
}
