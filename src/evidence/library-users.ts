import { cudaLibraries } from './cuda-libraries.ts'
import type { Evidence } from './evidence.ts'
import type { Owner, Package } from './owners.ts'
import { packageGraphs } from './package-graph.ts'
import { isToolkitPackage } from './toolkit.ts'
import { type Need, usersIn } from './users.ts'

/** What loads a library from where the system has it, although an environment of Python has one too. */
export interface LibraryUser {
  /** As a sentence: `onnxruntime-gpu links to it by name …`. */
  readonly because: string
  /** breaks: it cannot do without. some-uses: parts of it cannot. */
  readonly strength: 'breaks' | 'some-uses'
  /** known: it is known to look for one. dependent: its package names the package of this very copy. */
  readonly kind: 'known' | 'dependent'
}

interface Linking {
  readonly names: RegExp
  readonly version?: RegExp
  /** Libraries that it links to or opens, those included that these need themselves. */
  readonly libraries: RegExp
  readonly because: string
  /** A package of the same environment that brings what it needs. */
  readonly unless?: RegExp
}

const blas = 'cublas|cublasLt'
const solver = `${blas}|cusolver|cusparse|nvJitLink`
/** pip's and conda's names. torch brings no nvcc, tensorflow[and-cuda] and jax[cuda12] do: it tells them from the plain ones. */
const withCuda = /^nvidia-cuda-nvcc(?:-cu\d+)?$/

// What each of them loads and does not bring.
const linking: readonly Linking[] = [
  {
    names: /^(?:onnxruntime-gpu|ort-gpu-nightly|ort-nightly-gpu)$/,
    libraries: new RegExp(`^(?:${blas}|cudnn.*|cufft|curand|cudart|nvrtc.*|nvJitLink)$`),
    because:
      "links to CUDA's libraries by name and has no path into site-packages, unless the program imports torch first or calls onnxruntime.preload_dlls()",
  },
  {
    names: /^nvidia-dali-cuda(?:1[2-9]0|[2-9]\d+)$/,
    libraries: /^(?:cudart|cufft|npp.*|nvjpeg|nvJitLink)$/,
    because: "links to CUDA's libraries by name since its builds for CUDA 12",
  },
  {
    names: /^(?:tensorflow|tensorflow-gpu|tf-nightly(?:-gpu)?)$/,
    libraries: new RegExp(`^(?:${solver}|cudart|cudnn.*|cufft|curand|nccl|nvrtc.*)$`),
    because: 'was installed without the wheels that tensorflow[and-cuda] brings, and finds no other copy of CUDA',
    unless: withCuda,
  },
  {
    names: /^(?:jax-cuda\d*-(?:plugin|pjrt)|jax-cuda-(?:plugin|pjrt))$/,
    libraries: new RegExp(`^(?:${solver}|cudart|cudnn.*|cufft|nccl|nvrtc.*|nvshmem.*)$`),
    because: "was installed for the system's CUDA (no nvidia-cuda-nvcc beside it), and finds no other copy",
    unless: withCuda,
  },
  {
    names: /^ctranslate2$/,
    libraries: new RegExp(`^(?:${blas}|cudnn.*)$`),
    because: "opens CUDA's libraries by name and has no path into site-packages",
  },
  {
    names: /^(?:cupy|cupy-core|cupy-cuda\d+x?)$/,
    libraries: new RegExp(`^(?:${solver}|cudart|cufft|curand|nvrtc.*|nccl|cudnn.*|cutensor.*)$`),
    because: "opens CUDA's libraries by name, from CUDA_PATH or the loader's folders",
  },
  {
    names: /^scikit-cuda$/,
    libraries: new RegExp(`^(?:${solver}|cudart|cufft)$`),
    because: "opens CUDA's libraries by name and has no path into site-packages",
  },
  {
    names: /^mxnet(?:-cu\d+)?$/,
    libraries: new RegExp(`^(?:${solver}|cudart|cudnn.*|cufft|curand|nccl|nvrtc.*)$`),
    because: "links to CUDA's libraries by name and has no path into site-packages",
  },
  {
    names: /^bitsandbytes$/,
    version: /^0\.(?:[0-9]|[1-3]\d|4[0-2])\./,
    libraries: new RegExp(`^(?:${blas}|cudart|cusparse|nvJitLink)$`),
    because: "looks for CUDA's libraries in LD_LIBRARY_PATH and /usr/local/cuda, as it did before 0.43",
  },
]

const needs: Readonly<Record<string, Need>> = { cudart: 'libcudart', nvrtc: 'nvrtc', 'nvrtc-builtins': 'nvrtc' }

/** Who is known to load a library (`cublas`) from outside of environments; what else links to it is not known here. */
export function libraryUsers(evidence: Evidence, library: string, owner?: Owner): LibraryUser[] {
  const users: LibraryUser[] = []
  const packages = evidence.owners.packages().filter(({ manager }) => manager === 'pip' || manager === 'conda')
  for (const user of packages) {
    const row = linking.find(({ names, version }) => names.test(user.name) && (version?.test(user.version) ?? true))
    if (row === undefined || !row.libraries.test(library) || provided(packages, user, row)) continue
    // What conda builds, it links to what conda has.
    if (user.manager === 'conda' && hasOwn(evidence, user, library)) continue
    users.push({ because: `${user.name} ${row.because}`, strength: 'breaks', kind: 'known' })
  }
  const need = needs[library]
  for (const user of need === undefined ? [] : usersIn(evidence).of(need)) {
    users.push({ because: user.because, strength: user.strength, kind: 'known' })
  }
  if (owner?.manager === 'dpkg' || owner?.manager === 'rpm') {
    for (const name of packageGraphs(evidence).get(`${owner.manager} /`)?.dependents(owner.name) ?? []) {
      // What CUDA's own libraries need of each other, the loader's search tells.
      if (isToolkitPackage(owner.manager, name) || libraryOwners(evidence).has(name)) continue
      users.push({
        because: `${name}, a package of the system, depends on ${owner.name}`,
        strength: 'breaks',
        kind: 'dependent',
      })
    }
  }
  return users
}

/** Packages of the system that bring CUDA's libraries. */
function libraryOwners(evidence: Evidence): ReadonlySet<string> {
  const { copies } = cudaLibraries(evidence)
  return new Set(
    copies.flatMap(({ owner }) => (owner?.manager === 'dpkg' || owner?.manager === 'rpm' ? [owner.name] : [])),
  )
}

function provided(packages: readonly Package[], user: Package, { unless }: Linking): boolean {
  return unless !== undefined && packages.some(other => other.root === user.root && unless.test(other.name))
}

function hasOwn(evidence: Evidence, { root }: Package, library: string): boolean {
  return cudaLibraries(evidence).copies.some(
    copy => copy.library === library && copy.provider.kind === 'conda' && copy.provider.place === root,
  )
}
