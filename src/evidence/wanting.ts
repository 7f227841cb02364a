import type { Need, Want, Wanting } from './wants.ts'

const compilesKernels: readonly Need[] = ['nvcc', 'cuda-headers', 'cxx-compiler', 'ninja']
const tritonKernels: Want = {
  needs: ['c-compiler', 'python-headers'],
  strength: 'breaks',
  because: 'runs Triton kernels, and Triton compiles a launcher for each with a C compiler and Python.h',
}

/** Wheels for CUDA 11 of download.pytorch.org: CUPTI is linked in, and CUDA's libraries lie beside. */
const torchLibraries = { folder: 'torch/lib', name: /^lib(?:cudart|cublas|cupti)[-.]/ }

/** Who needs what when it runs; what is not here is taken to run on what its own environment brings. */
export const wanting: readonly Wanting[] = [
  {
    names: /^(?:triton|pytorch-triton|triton-nightly)$/,
    wants: [
      {
        needs: ['c-compiler', 'python-headers'],
        strength: 'some-uses',
        because: 'compiles a launcher for each kernel with a C compiler and Python.h: torch.compile needs both',
      },
    ],
  },
  {
    names: /^(?:torch|pytorch|libtorch)$/,
    wants: [
      {
        needs: ['cxx-compiler'],
        strength: 'some-uses',
        because: 'compiles C++ for what torch.compile runs on the CPU',
      },
      {
        needs: ['nvcc', 'cuda-headers', 'cxx-compiler', 'ninja'],
        strength: 'some-uses',
        because: 'compiles CUDA extensions at run time where code asks for it (torch.utils.cpp_extension), with ninja',
        beside: /^ninja(?:-build)?$/,
      },
    ],
  },
  {
    names: /^torch$/,
    managers: ['pip'],
    // `+cu124`, `a0+nv25.1`: built for CUDA.
    version: /\+(?!cpu)/,
    bundles: torchLibraries,
    wants: [
      {
        needs: ['cupti'],
        strength: 'breaks',
        because: 'is built for CUDA and has no CUPTI of its own here: it loads one when it is imported',
      },
    ],
  },
  {
    names: /^torch$/,
    managers: ['pip'],
    version: /^[^+]*$/,
    bundles: torchLibraries,
    wants: [
      {
        needs: ['cupti'],
        strength: 'some-uses',
        because: 'has no CUPTI of its own here: if it is built for CUDA, it loads one when it is imported',
      },
    ],
  },
  {
    names: /^deepspeed$/,
    wants: [
      {
        needs: compilesKernels,
        strength: 'breaks',
        because: 'looks for nvcc when it is imported, and compiles the operators that were not built before',
      },
    ],
  },
  {
    names: /^flashinfer(?:-python)?$/,
    wants: [
      {
        needs: compilesKernels,
        strength: 'breaks',
        because:
          'compiles its kernels with nvcc at run time, for it finds no flashinfer-cubin and flashinfer-jit-cache',
        unless: [/^flashinfer-cubin$/, /^flashinfer-jit-cache$/],
      },
    ],
  },
  {
    names: /^vllm$/,
    wants: [
      tritonKernels,
      {
        needs: ['nvcc', 'cuda-headers', 'cxx-compiler'],
        strength: 'some-uses',
        because: 'compiles kernels with nvcc for some models and GPUs (DeepGEMM, FlashInfer)',
      },
      { needs: ['libcudart'], strength: 'breaks', because: 'links its extensions to libcudart' },
    ],
  },
  {
    names: /^(?:sglang|unsloth|liger-kernel|flash-linear-attention|fla-core|lightllm)$/,
    wants: [tritonKernels],
  },
  {
    names: /^sglang$/,
    wants: [
      {
        needs: ['nvcc', 'cuda-headers', 'cxx-compiler'],
        strength: 'some-uses',
        because: 'compiles kernels with nvcc for some models and GPUs (DeepGEMM, FlashInfer)',
      },
    ],
  },
  {
    names: /^deep-(?:gemm|ep)$/,
    wants: [
      { needs: ['nvcc', 'cuda-headers'], strength: 'breaks', because: 'compiles its kernels with nvcc at run time' },
      { needs: ['cuobjdump'], strength: 'some-uses', because: 'reads the kernels that it compiled with cuobjdump' },
    ],
  },
  {
    names: /^(?:pycuda|tilelang|nvdiffrast|nerfacc|gsplat)$/,
    wants: [{ needs: compilesKernels, strength: 'breaks', because: 'compiles CUDA source with nvcc at run time' }],
  },
  {
    names: /^(?:colossalai|exllamav2|gptqmodel|nvidia-modelopt|apache-tvm|nvidia-cutlass)$/,
    wants: [
      {
        needs: ['nvcc', 'cuda-headers', 'cxx-compiler'],
        strength: 'some-uses',
        because: 'compiles with nvcc at run time what its wheel does not bring built',
      },
    ],
  },
  {
    names: /^(?:pykeops|keopscore)$/,
    wants: [
      {
        needs: ['cuda-headers', 'nvrtc', 'cxx-compiler'],
        strength: 'breaks',
        because: 'compiles its formulas with NVRTC and a C++ compiler at run time',
      },
    ],
  },
  {
    names: /^cupy(?:-core|-cuda\d+x?)?$/,
    wants: [
      {
        needs: ['cuda-headers'],
        strength: 'breaks',
        because: 'compiles kernels with NVRTC at run time, and they include headers of CUDA (cuda_fp16.h)',
      },
      { needs: ['nvrtc'], strength: 'breaks', because: 'compiles kernels with NVRTC at run time' },
    ],
  },
  {
    names: /^numba-cuda$/,
    wants: [
      {
        needs: ['libnvvm', 'libdevice', 'nvrtc'],
        strength: 'breaks',
        because: 'compiles kernels with libNVVM and libdevice',
      },
      {
        needs: ['cudadevrt'],
        strength: 'some-uses',
        because: 'links kernels that wait for the whole grid to libcudadevrt.a',
      },
      { needs: ['cuobjdump'], strength: 'some-uses', because: 'shows the machine code of a kernel by nvdisasm' },
    ],
  },
  {
    names: /^numba$/,
    wants: [
      {
        needs: ['libnvvm', 'libdevice', 'cudadevrt'],
        strength: 'some-uses',
        because: 'compiles kernels with libNVVM and libdevice where code uses numba.cuda',
      },
    ],
  },
  {
    names: /^(?:tensorflow|tensorflow-gpu|tensorflow-base|tf-nightly(?:-gpu)?)$/,
    wants: [
      {
        needs: ['ptxas', 'libdevice'],
        strength: 'some-uses',
        because: 'compiles with ptxas and libdevice what XLA runs on a GPU (jit_compile)',
      },
      { needs: ['cupti'], strength: 'some-uses', because: "loads CUPTI for TensorFlow's profiler" },
    ],
  },
  {
    names: /^(?:jax-cuda\d*-(?:plugin|pjrt)|jax-cuda-plugin|jax-cuda-pjrt)$/,
    wants: [
      {
        needs: ['ptxas', 'libdevice'],
        strength: 'breaks',
        because: 'compiles everything that it runs with ptxas and libdevice',
      },
      { needs: ['cupti'], strength: 'breaks', because: 'looks for CUPTI when it starts' },
    ],
  },
  {
    // Before plugins; the version of one for the CPU does not say cuda.
    names: /^jaxlib$/,
    version: /cuda/,
    wants: [
      {
        needs: ['ptxas', 'libdevice'],
        strength: 'breaks',
        because: 'compiles everything that it runs with ptxas and libdevice',
      },
      { needs: ['cupti'], strength: 'breaks', because: 'looks for CUPTI when it starts' },
    ],
  },
  {
    names: /^transformer-engine(?:-.*)?$/,
    wants: [
      { needs: ['nvrtc'], strength: 'breaks', because: 'loads NVRTC when it is imported' },
      {
        needs: ['cuda-headers'],
        strength: 'some-uses',
        because: 'compiles some kernels with NVRTC and headers of CUDA',
      },
    ],
  },
  {
    names: /^(?:bitsandbytes|xformers|apex|flash-attn)$/,
    wants: [
      {
        needs: ['libcudart'],
        strength: 'some-uses',
        because: 'links to libcudart, which torch brings where it is a wheel',
      },
    ],
  },
  {
    names: /^tensorrt-llm$/,
    wants: [
      { needs: ['tensorrt-builder'], strength: 'breaks', because: 'builds engines' },
      {
        needs: ['nvcc', 'cuda-headers'],
        strength: 'some-uses',
        because: 'compiles kernels with nvcc for some models and GPUs (DeepGEMM)',
      },
    ],
  },
  {
    names: /^(?:torch-tensorrt|onnxruntime-gpu|optimum-nvidia|polygraphy|trtorch)$/,
    wants: [{ needs: ['tensorrt-builder'], strength: 'breaks', because: 'builds engines when a model is loaded' }],
  },
]
