import type { Use } from '../evidence/toolkit.ts'
import type { Need } from '../evidence/users.ts'
import type { Rule } from './rule.ts'
import { toolkitFindings } from './toolkit-finding.ts'

const rule: Rule = {
  id: 'cuda-toolchain',
  title: "CUDA's compilers and binary tools",
  guide: { section: 1, title: 'Builder vs Runtime Architecture' },
  help: `
Why: nvcc, cicc, cudafe++, ptxas, nvlink, libNVVM and the tools that take binaries apart compile CUDA code. A program
that is compiled runs without them: the driver and the libraries of the runtime do.

Fix: Compile in a stage FROM devel, ship one FROM runtime or base. Where something compiles at run time, the smaller
answer is cuda-minimal-build-12-4 with the -dev packages of the libraries whose headers it includes, in place of devel or
cuda-toolkit-12-4.

Keep: While a package compiles at run time: DeepSpeed, FlashInfer, DeepGEMM, PyCUDA and extensions of torch need nvcc;
JAX and TensorFlow need ptxas and libdevice, Numba libNVVM and libdevice, unless their own environment brings them
(nvidia-cuda-nvcc, nvidia-nvvm). Triton brings its own ptxas and needs a C compiler, not nvcc.`,

  *check(evidence) {
    yield* toolkitFindings(evidence, {
      component: 'toolchain',
      what: "CUDA's compilers and binary tools",
      verdict: 'safe',
      because: 'no package that is known to compile CUDA code at run time calls them',
      needs: ({ use }) => needs[use] ?? [],
      dependents: true,
    })
  },
}

const needs: Partial<Readonly<Record<Use, readonly Need[]>>> = {
  compiler: ['nvcc'],
  assembler: ['nvcc', 'ptxas'],
  libdevice: ['nvcc', 'libdevice'],
  libnvvm: ['nvcc', 'libnvvm'],
  inspector: ['cuobjdump'],
}

export default rule
