/** What of CUDA's development kit a file is, as far as advice differs by it. */
export type Component = 'nsight' | 'cupti' | 'debuggers' | 'headers' | 'static-libs' | 'toolchain' | 'tensorrt-builder'

/** What a component consists of, as far as its users differ. */
export type Use =
  /** Nobody wants this part and not the rest. */
  | 'all'
  /** nvcc and what it calls for host code: cudafe++, cicc, bin2c, its profile and stubs. */
  | 'compiler'
  /** ptxas, nvlink, fatbinary: XLA calls them without nvcc. */
  | 'assembler'
  | 'libdevice'
  | 'libnvvm'
  /** cuobjdump, nvdisasm, nvprune, cu++filt. */
  | 'inspector'
  /** What programs load, apart from what they are compiled with. */
  | 'library'
  /** Archives that nvcc links into every program. */
  | 'linked-by-nvcc'
  /** One of them, which numba links too. */
  | 'cudadevrt'
  /** Archives that builds want where they take shared libraries for all else. */
  | 'linked-by-builds'

export interface Part {
  readonly component: Component
  readonly use: Use
}

// `lib`, `lib64`, and a distribution's `lib/x86_64-linux-gnu`.
const lib = String.raw`lib(?:64)?\/(?:[^/]+-linux-gnu\/)?`

/** Paths below a toolkit's folder, a conda prefix or `/usr`, or below one of its targets; the first that fits counts. */
const layout: readonly (readonly [RegExp, Component, Use?])[] = [
  [/^nsight[-_](?:compute|systems)[^/]*\//, 'nsight'],
  [/^bin\/(?:ncu|ncu-ui|nv-nsight-cu(?:-cli)?|nsys|nsys-ui|nsys-exporter|nsight-sys)$/, 'nsight'],
  [/^extras\/CUPTI\/.*\.so(?:\.|$)/, 'cupti', 'library'],
  [/^extras\/CUPTI\//, 'cupti'],
  [new RegExp(`^${lib}lib(?:cupti|nvperf_host|nvperf_target|checkpoint|pcsamplingutil)\\.so`), 'cupti', 'library'],
  [new RegExp(`^${lib}lib(?:cupti|nvperf_host|nvperf_target|checkpoint|pcsamplingutil)[._]`), 'cupti'],
  [/^(?:compute-sanitizer|Sanitizer|libnvvp|nsightee_plugins|jre|share\/gdb)\//, 'debuggers'],
  [/^(?:extras\/(?:Debugger|Sanitizer|demo_suite)|lib\/nvidia-cuda-toolkit\/compute-sanitizer)\//, 'debuggers'],
  [
    /^bin\/(?:cuda-gdb[^/]*|cuda-gcore|cuda-memcheck|compute-sanitizer|TreeLauncher[^/]*|nvprof|nvvp|nsight|nsight_ee_plugins_manage\.sh)$/,
    'debuggers',
  ],
  [new RegExp(`^${lib}lib(?:accinj|cuinj)\\d*\\.so`), 'debuggers'],
  [/^(?:docs?|samples|nvml|tools|src)\//, 'debuggers'],
  [/^(?:DOCS|README|CUDA_Toolkit_Release_Notes\.txt)$/, 'debuggers'],
  [/\/lib(?:cudart_static|culibos)\.a$/, 'static-libs', 'linked-by-nvcc'],
  [/\/libcudadevrt\.a$/, 'static-libs', 'cudadevrt'],
  // rapidsai/devcontainers#60 and #699 had to put these back.
  [/\/lib(?:nvptxcompiler_static|nvidia-ml)\.a$/, 'static-libs', 'linked-by-builds'],
  [new RegExp(`^${lib}(?:[^/]+\\/)?[^/]+\\.a$`), 'static-libs'],
  [/(?:^nvvm[^/]*|^lib\/nvidia-cuda-toolkit|^lib\/cuda\/nvvm)\/libdevice(?:\/|$)/, 'toolchain', 'libdevice'],
  [/^nvvm[^/]*\/lib(?:64)?\//, 'toolchain', 'libnvvm'],
  [new RegExp(`^${lib}libnvvm\\.so`), 'toolchain', 'libnvvm'],
  [/^nvvm[^/]*\//, 'toolchain', 'compiler'],
  [/^bin\/(?:ptxas|nvlink|fatbinary)$/, 'toolchain', 'assembler'],
  [/^bin\/(?:cuobjdump|nvdisasm|nvprune|cu\+\+filt)$/, 'toolchain', 'inspector'],
  [/^bin\/(?:nvcc(?:\.profile)?|__nvcc_device_query|cudafe\+\+|cicc|bin2c|tileiras|crt\/.*)$/, 'toolchain', 'compiler'],
  [/^(?:etc\/nvcc\.profile$|lib\/nvidia-cuda-toolkit\/bin\/)/, 'toolchain', 'compiler'],
]

/** The part of the development kit at a path below its root; none for what programs run on. */
export function partAt(path: string): Part | undefined {
  // What the licence asks to be handed on with the rest.
  if (path.endsWith('EULA.txt')) return undefined
  // `targets/x86_64-linux`, `targets/sbsa-linux`, `targets/aarch64-linux`.
  const own = path.startsWith('targets/') ? path.slice(path.indexOf('/', 'targets/'.length) + 1) : path
  // Headers are most of all files.
  if (own.startsWith('include/')) return { component: cuptiHeader.test(own) ? 'cupti' : 'headers', use: 'all' }
  for (const [shape, component, use = 'all'] of layout) if (shape.test(own)) return { component, use }
  return undefined
}

const cuptiHeader = /^include\/(?:cupti|nvperf_)[^/]*\.h$/
