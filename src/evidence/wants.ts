import type { Manager } from './installed.ts'

/** What a package can need from outside of itself when it runs. */
export type Need =
  | 'c-compiler'
  | 'cxx-compiler'
  | 'python-headers'
  | 'ninja'
  | 'nvcc'
  | 'cuda-headers'
  | 'ptxas'
  | 'libdevice'
  | 'libnvvm'
  | 'nvrtc'
  | 'libcudart'
  | 'cudadevrt'
  | 'cuobjdump'
  | 'cupti'
  | 'tensorrt-builder'

/** breaks: the package does not work without it. some-uses: parts of it do not. */
export type Strength = 'breaks' | 'some-uses'

/** What a package needs, as a sentence that a person can check. */
export interface Want {
  readonly needs: readonly Need[]
  readonly strength: Strength
  readonly because: string
  /** Packages of the same environment that, all together, make it do without. */
  readonly unless?: readonly RegExp[]
  /** A package of the same environment without which it does not come up. */
  readonly beside?: RegExp
}

export interface Wanting {
  /** Names, pip's in normal form. */
  readonly names: RegExp
  /** pip and conda unless told. */
  readonly managers?: readonly Manager[]
  readonly version?: RegExp
  /** Files that tell that it brings its own: names in a folder below where it is installed. */
  readonly bundles?: { readonly folder: string; readonly name: RegExp }
  readonly wants: readonly Want[]
}

/** Packages that bring what others need into their own environment, where those look first. */
export const providers: Partial<Readonly<Record<Need, { readonly pip?: RegExp; readonly conda?: RegExp }>>> = {
  // CUDA 12's wheel has ptxas, libdevice and libnvvm; CUDA 13 put the last two into nvidia-nvvm.
  ptxas: { pip: /^nvidia-cuda-nvcc(?:-cu\d+)?$/, conda: /^cuda-nvcc(?:-tools|-impl)?$/ },
  libdevice: { pip: /^nvidia-(?:cuda-nvcc-cu1[12]|nvvm)$/, conda: /^(?:cuda-nvvm(?:-tools|-impl)?|cudatoolkit)$/ },
  libnvvm: { pip: /^nvidia-(?:cuda-nvcc-cu1[12]|nvvm)$/, conda: /^(?:cuda-nvvm(?:-tools|-impl)?|cudatoolkit)$/ },
  nvrtc: { pip: /^nvidia-cuda-nvrtc(?:-cu\d+)?$/, conda: /^(?:cuda-nvrtc|cudatoolkit)$/ },
  'cuda-headers': { pip: /^nvidia-cuda-runtime(?:-cu\d+)?$/, conda: /^cuda-cudart-dev(?:_linux-.*)?$/ },
  cudadevrt: { pip: /^nvidia-cuda-runtime(?:-cu\d+)?$/, conda: /^cuda-cudart-(?:dev|static)(?:_linux-.*)?$/ },
  libcudart: { pip: /^nvidia-cuda-runtime(?:-cu\d+)?$/, conda: /^(?:cuda-cudart|cudatoolkit)$/ },
  cupti: { pip: /^nvidia-cuda-cupti(?:-cu\d+)?$/, conda: /^(?:cuda-cupti|cudatoolkit)$/ },
  nvcc: { conda: /^cuda-nvcc(?:-impl)?$/ },
  ninja: { pip: /^ninja$/, conda: /^ninja$/ },
}
