import { noise } from './content.ts'
import type { DebianPackage } from './package.ts'

const toolkit = '/usr/local/cuda-12.4'
const libraries = `${toolkit}/targets/x86_64-linux/lib`
const headers = `${toolkit}/targets/x86_64-linux/include`

function cudaPackage(name: string, contents: DebianPackage['contents']): DebianPackage {
  return { name, version: '12.4.1-1', section: 'multiverse/devel', contents }
}

/** What an image of nvidia/cuda's runtime variant brings with FROM. */
export const runtimePackages: readonly DebianPackage[] = [
  cudaPackage('libcublas-12-4', { [`${libraries}/libcublas.so.12.4.5.8`]: noise('libcublas of the toolkit', 500_000) }),
  cudaPackage('libnpp-12-4', { [`${libraries}/libnppc.so.12.2.5.30`]: noise('libnppc', 300_000) }),
]

/** The environment that this variant sets. */
export const runtimeEnvironment: readonly string[] = [
  'NVARCH=x86_64',
  'NV_CUDA_CUDART_VERSION=12.4.127-1',
  'CUDA_VERSION=12.4.1',
  'NV_CUDA_LIB_VERSION=12.4.1-1',
]

/** What compiles and profiles CUDA code, and what compiles at all. */
export const developmentPackages: readonly DebianPackage[] = [
  cudaPackage('cuda-nvcc-12-4', { [`${toolkit}/bin/nvcc`]: noise('nvcc', 350_000) }),
  cudaPackage('libcublas-dev-12-4', {
    [`${libraries}/libcublas_static.a`]: noise('libcublas_static', 450_000),
    [`${headers}/cublas_v2.h`]: noise('cublas_v2.h', 50_000),
  }),
  cudaPackage('cuda-cupti-12-4', { [`${libraries}/libcupti.so.2024.1.1`]: noise('libcupti', 250_000) }),
  cudaPackage('cuda-gdb-12-4', { [`${toolkit}/bin/cuda-gdb`]: noise('cuda-gdb', 200_000) }),
  cudaPackage('nsight-compute-2024.1.1', {
    '/opt/nvidia/nsight-compute/2024.1.1/host/linux-desktop-glibc_2_11_3-x64/ncu-ui': noise('ncu-ui', 400_000),
  }),
  cudaPackage('libnvinfer10', {
    '/usr/lib/x86_64-linux-gnu/libnvinfer_builder_resource.so.10.3.0': noise('builder resource', 300_000),
  }),
  { name: 'gcc-12', version: '12.2.0-14', section: 'devel', contents: { '/usr/bin/gcc-12': noise('gcc', 200_000) } },
]
