/**
 * What CUDA's licence lets others hand on with a program of their own, as far as it is part of the development kit: CUDA Toolkit
 * EULA, Attachment A, https://docs.nvidia.com/cuda/eula/. Names may carry versions.
 */
const handedOn: readonly RegExp[] = [
  /^libcu(?:dart|fft|fftw|blas|blasLt|sparse|solver|rand)_static\.a$/,
  /^lib(?:npp[a-z]*|nvjpeg|nvJitLink|nvrtc|nvrtc-builtins|nvptxcompiler|cufile|cufile_rdma)_static\.a$/,
  /^lib(?:cudadevrt|culibos)\.a$/,
  /^lib(?:nvvm|cupti)\.so/,
  /^libdevice\.10\.bc$/,
  /^(?:nvrtc|cuda_occupancy|cufile|cuComplex|cuda_runtime_api|cuda|device_types|vector_functions|vector_types|host_defines)\.h$/,
  /^cuda_(?:fp16|bf16|fp8|fp6|fp4)\.hp?p?$/,
  /^cuda_(?:awbarrier|pipeline)(?:_helpers|_primitives)?\.h$/,
  /^cuobj(?:client|rdma|rdmaparam|server|telem)\.h$/,
]

/** Thrust, CUB, libcu++ and NVTX are Apache-2.0, CUDA-GDB is GPL (Attachment B, and their own headers). */
const freelyLicensed =
  /\/include\/(?:cccl|thrust|cub|cuda|nv|nvtx3)\/|\/bin\/cuda-(?:gdb[^/]*|gcore)$|\/(?:share\/gdb|extras\/Debugger)\//

/** cuDNN, NCCL and TensorRT come under licences of their own. */
const othersLicence = /\/(?:lib)?(?:cudnn|nccl|Nv(?:Infer|Onnx|Uff|Caffe)|nvinfer|nvonnxparser|nvparsers)[^/]*$/

/** Whether CUDA's licence does not name a file of the development kit among those that may be handed on. */
export function isWithheld(path: string): boolean {
  if (freelyLicensed.test(path) || othersLicence.test(path)) return false
  const name = path.slice(path.lastIndexOf('/') + 1)
  return !handedOn.some(known => known.test(name))
}
