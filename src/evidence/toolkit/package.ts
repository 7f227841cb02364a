import type { Manager } from '../installed.ts'
import type { Component } from './part.ts'

/** What a package brings of the development kit: one component, or several, told apart by file. */
export type PackageKind = Exclude<Component, 'tensorrt-builder'> | 'mixed'

interface Names {
  readonly kind: PackageKind
  /** Names of distribution packages, without NVIDIA's `-12-4` at the end. */
  readonly system?: RegExp
  readonly conda?: RegExp
}

const libraries =
  'cublas(?:mp|dx)?|cufft(?:mp)?|cufile|curand|cusolver(?:mp)?|cusparse(?:lt\\d*)?|cudnn\\d*|cudss\\d*|cutensor\\d*|' +
  'culibos|npp|nvjitlink|nvjpeg|nvfatbin|nvptxcompiler|nvvm|nvshmem\\d*|nvtiff\\d*|nccl\\d*|' +
  'nvinfer(?:-plugin|-vc-plugin|-lean|-dispatch)?|nvonnxparsers|nvparsers|nvidia-ml|thrust|cub|cu\\+\\+'

// NVIDIA's names and those of its rpms, Debian's and Ubuntu's, NVIDIA's channel and conda-forge. The first that fits counts.
const names: readonly Names[] = [
  {
    kind: 'nsight',
    system: /^(?:cuda-)?nsight-(?:compute|systems)(?:-.*)?$/,
    conda: /^(?:cuda-)?nsight-(?:compute|systems)$/,
  },
  {
    kind: 'cupti',
    system: /^(?:cuda-cupti(?:-dev(?:el)?)?|libcupti(?:-dev|-doc|[\d.]+))$/,
    // `cuda-cupti` itself is what an environment's own torch loads.
    conda: /^cuda-cupti-(?:dev|static|doc)$/,
  },
  {
    kind: 'debuggers',
    system:
      /^(?:cuda-(?:gdb(?:-src)?|sanitizer(?:-api)?|memcheck|nvprof|nvvp|nsight|documentation|samples|demo-suite)|nvidia-(?:cuda-gdb|profiler|visual-profiler|cuda-samples|cuda-toolkit-doc)|lib(?:accinj|cuinj)64-[\d.]+|lib(?:cudnn\d*|nvinfer)-samples)$/,
    conda: /^cuda-(?:gdb(?:-src)?|sanitizer-api|memcheck|nvprof|nvvp|nsight|documentation|demo-suite)$/,
  },
  {
    kind: 'mixed',
    system: new RegExp(
      `^(?:cuda-.*|nvidia-cuda-(?:toolkit|toolkit-gcc|dev)|tensorrt-(?:dev|libs)|lib(?:${libraries})(?:\\d.*|-dev|-devel|-headers(?:-plugin)?|-static)*)$`,
    ),
    conda: new RegExp(`^(?:cuda-(?!cupti$).*|cudnn|nccl|lib(?:${libraries})(?:-dev|-static)?)$`),
  },
]

/** What a package brings of CUDA's development kit; undefined for all others, and for wheels. */
export function kindOfPackage(manager: Manager, name: string): PackageKind | undefined {
  if (manager === 'pip' || manager === 'apk') return undefined
  const conda = manager === 'conda'
  const plain = conda ? name.replace(/_linux-.*$/, '') : unversioned(name)
  return names.find(known => (conda ? known.conda : known.system)?.test(plain))?.kind
}

/** NVIDIA's own packages, those without files included: `cuda-toolkit-12-4` only depends on others. */
export function isToolkitPackage(manager: Manager, name: string): boolean {
  return kindOfPackage(manager, name) !== undefined || (manager !== 'pip' && /^cuda(?:-\d+(?:-\d+)?)?$/.test(name))
}

/** `cuda-nvcc` of `cuda-nvcc-12-4`, `libcudnn9-static` of `libcudnn9-static-cuda-12`. */
function unversioned(name: string): string {
  return name.replace(/-\d+-\d+$/, '').replace(/-cuda-\d+$/, '')
}

/** Wheels whose archives are CUDA's. */
export function isCudaWheel(name: string): boolean {
  return /^(?:nvidia-.*|tensorrt.*|(?:pytorch-)?triton(?:-.*)?|torch|cupy.*)$/.test(name)
}
