import type { OsRelease } from '../probe/package-record.ts'
import type { Evidence } from './evidence.ts'

export type Variant = 'base' | 'runtime' | 'devel'

/** What an instruction of nvidia/cuda's own Dockerfiles brought. */
export type BasePart = 'cudart' | 'runtime' | 'devel' | 'cudnn' | 'tensorrt'

/** What an image was built FROM, as far as it tells; what of that is still there is for the file system to say. */
export interface BaseImage {
  /** ngc: NVIDIA's framework images (nvcr.io). plain: a distribution, with CUDA from elsewhere if at all. */
  readonly family: 'nvidia/cuda' | 'ngc' | 'pytorch/pytorch' | 'plain'
  /** `nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04`, as far as known; undefined where only the family is. */
  readonly name: string | undefined
  /** How its family and name are known, in words. */
  readonly because: readonly string[]
  /** Of nvidia/cuda. */
  readonly cuda?: CudaBase
}

export interface CudaBase {
  readonly variant: Variant
  /** `12.4.1` */
  readonly release: string | undefined
  /** `ubuntu22.04` */
  readonly distribution: string | undefined
  /** As it stands in tags: `cudnn`, before 12.4 with its version; undefined where it has none. */
  readonly cudnn: string | undefined
  readonly tensorrt: boolean
  /** By layer; none where history does not tell. */
  readonly parts: ReadonlyMap<number, BasePart>
}

/** Which base an image was built FROM: by variables, labels and history. */
export function baseImage(evidence: Evidence): BaseImage {
  const found = known.get(evidence) ?? find(evidence)
  known.set(evidence, found)
  return found
}

const known = new WeakMap<Evidence, BaseImage>()

function find(evidence: Evidence): BaseImage {
  const { env, labels } = evidence.image.config
  const history = evidence.image.config.history.map(({ raw }) => raw).join('\n')
  // A value that only nvidia/cuda's Dockerfile gives; its other variables are set by images of other makers too.
  if (env.has('NV_CUDA_CUDART_VERSION'))
    return nvidiaCuda(evidence, 'NV_CUDA_CUDART_VERSION is set, as nvidia/cuda sets it')
  if (shapes[0]?.[1].test(history)) return nvidiaCuda(evidence, 'the history has the instructions of nvidia/cuda')
  const ngc = ['NVIDIA_BUILD_ID', '_CUDA_COMPAT_PATH', 'CUDA_DRIVER_VERSION'].find(name => env.has(name))
  if (ngc !== undefined || history.includes('/nvidia/build-scripts/')) {
    const because =
      ngc === undefined
        ? "the history has NVIDIA's build scripts"
        : `${ngc} is set, as NVIDIA's framework images set it`
    return { family: 'ngc', name: undefined, because: [because] }
  }
  if (env.has('PYTORCH_VERSION') && labels.get('com.nvidia.volumes.needed') === 'nvidia_driver') {
    return {
      family: 'pytorch/pytorch',
      name: undefined,
      because: ['PYTORCH_VERSION and the label com.nvidia.volumes.needed are set, as pytorch/pytorch sets them'],
    }
  }
  const { id, version } = release(evidence) ?? {}
  const name = id === undefined ? undefined : `${id}${version ? `:${version}` : ''}`
  return { family: 'plain', name, because: ['no variable, label or instruction of a CUDA image is in it'] }
}

// The text as Dockerfiles have it, variables not filled in; rpm puts a hyphen where apt has an equals sign.
const shapes: readonly (readonly [BasePart, RegExp])[] = [
  ['cudart', /cuda-cudart-\d+-\d+[=-]\$\{?NV_CUDA_CUDART_VERSION\b/],
  ['devel', /cuda-(?:cudart-dev(?:el)?|minimal-build|libraries-dev(?:el)?)-\d+-\d+[=-]\$\{?NV_/],
  ['runtime', /cuda-libraries-\d+-\d+[=-]\$\{?NV_CUDA_LIB_VERSION\b/],
  ['tensorrt', /\$\{?NV_TENSORRT_PACKAGE\b/],
  ['cudnn', /\$\{?NV_CUDNN_PACKAGE\b/],
]

function nvidiaCuda(evidence: Evidence, because: string): BaseImage {
  const { env, labels } = evidence.image.config
  const parts = new Map<number, BasePart>()
  for (const { position, history } of evidence.image.layers) {
    const part = history === undefined ? undefined : shapes.find(([, shape]) => shape.test(history.raw))?.[0]
    if (part !== undefined) parts.set(position, part)
  }
  const has = (part: BasePart) => [...parts.values()].includes(part)
  const devel = env.has('NV_CUDA_CUDART_DEV_VERSION') || env.has('NV_NVML_DEV_VERSION') || has('devel')
  const runtime = env.has('NV_CUDA_LIB_VERSION') || has('runtime')
  const version = releaseOf(env)
  const hasCudnn = env.has('NV_CUDNN_VERSION') || labels.has('com.nvidia.cudnn.version') || has('cudnn')
  const cuda: CudaBase = {
    variant: devel ? 'devel' : runtime ? 'runtime' : 'base',
    release: version,
    distribution: distributionOf(evidence),
    cudnn: hasCudnn ? cudnnWord(version, env) : undefined,
    tensorrt: env.has('NV_TENSORRT_VERSION') || has('tensorrt'),
    parts,
  }
  return { family: 'nvidia/cuda', name: tagOf(cuda), because: [because], cuda }
}

/** `nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04`; an ellipsis for what is not known. */
export function tagOf({ release, cudnn, variant, distribution, tensorrt }: Omit<CudaBase, 'parts'>): string {
  const words = [release ?? '…', ...(tensorrt ? ['tensorrt'] : cudnn === undefined ? [] : [cudnn]), variant]
  return `nvidia/cuda:${[...words, distribution ?? '…'].join('-')}`
}

/** A user can set CUDA_VERSION, and nobody sets the others; base has no other that names the release. */
function releaseOf(env: ReadonlyMap<string, string>): string | undefined {
  const libraries = env.get('NV_CUDA_LIB_VERSION')?.replace(/-\d+$/, '')
  if (libraries !== undefined) return libraries
  const told = env.get('CUDA_VERSION')
  const minor = /^(\d+\.\d+)\./.exec(env.get('NV_CUDA_CUDART_VERSION') ?? '')?.[1]
  if (told === undefined || minor === undefined) return told
  return told.startsWith(`${minor}.`) ? told : undefined
}

/** Tags have `cudnn8` or `cudnn9` up to CUDA 12.3, and `cudnn` since. */
function cudnnWord(version: string | undefined, env: ReadonlyMap<string, string>): string {
  const [major = 0, minor = 0] = version?.split('.').map(Number) ?? []
  if (version === undefined || major > 12 || (major === 12 && minor > 3)) return 'cudnn'
  return `cudnn${env.get('NV_CUDNN_VERSION')?.split('.')[0] ?? ''}`
}

/** `ubuntu22.04`, `ubi9`, `rockylinux8`: as the last word of nvidia/cuda's tags has it. */
function distributionOf(evidence: Evidence): string | undefined {
  const found = release(evidence)
  const { labels } = evidence.image.config
  const labelled = labels.get('org.opencontainers.image.version')
  if (found === undefined) {
    const name = labels.get('org.opencontainers.image.ref.name')
    return name === undefined || labelled === undefined ? undefined : `${name}${labelled}`
  }
  const { id, version } = found
  const major = version.split('.')[0] ?? ''
  switch (id) {
    case 'rhel':
      return `ubi${major}`
    case 'rocky':
      return `rockylinux${major}`
    case 'ol':
      return `oraclelinux${major}`
    default:
      return `${id}${version}`
  }
}

function release({ filesystem }: Evidence): OsRelease | undefined {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const id = filesystem.at(path)
    const record = id === undefined ? undefined : filesystem.record(filesystem.inode(id))
    if (record?.kind === 'os-release') return record
  }
  return undefined
}
