"""The application: compiles a kernel, links it for a GPU and loads the libraries that it would run with. No GPU is needed."""

import ctypes
import pathlib
import sysconfig

import numpy
from cuda.bindings import nvrtc
from cuda.pathfinder import load_nvidia_dynamic_lib

PTX = 2  # NVJITLINK_INPUT_PTX


def compiled(source):
    (status, program) = nvrtc.nvrtcCreateProgram(source, b'kernel.cu', 0, [], [])
    assert status == nvrtc.nvrtcResult.NVRTC_SUCCESS, status
    (status,) = nvrtc.nvrtcCompileProgram(program, 1, [b'--gpu-architecture=compute_80'])
    assert status == nvrtc.nvrtcResult.NVRTC_SUCCESS, status
    (status, size) = nvrtc.nvrtcGetPTXSize(program)
    ptx = b' ' * size
    (status,) = nvrtc.nvrtcGetPTX(program, ptx)
    assert status == nvrtc.nvrtcResult.NVRTC_SUCCESS, status
    return ptx


def linked(ptx):
    """By ctypes: cuda.bindings.nvjitlink asks for a driver first, the library itself does not."""
    library = ctypes.CDLL(load_nvidia_dynamic_lib('nvJitLink').abs_path)
    handle, size = ctypes.c_void_p(), ctypes.c_size_t()
    options = (ctypes.c_char_p * 1)(b'-arch=sm_80')
    assert library.nvJitLinkCreate(ctypes.byref(handle), 1, options) == 0
    assert library.nvJitLinkAddData(handle, PTX, ptx, ctypes.c_size_t(len(ptx)), b'kernel') == 0
    assert library.nvJitLinkComplete(handle) == 0
    assert library.nvJitLinkGetLinkedCubinSize(handle, ctypes.byref(size)) == 0
    cubin = ctypes.create_string_buffer(size.value)
    assert library.nvJitLinkGetLinkedCubin(handle, cubin) == 0
    return cubin.raw


def version(library, function):
    number = ctypes.c_int()
    path = pathlib.Path(sysconfig.get_path('purelib', 'posix_local'), 'nvidia', library)
    assert getattr(ctypes.CDLL(str(path)), function)(ctypes.byref(number)) == 0
    return number.value


ptx = compiled(b'extern "C" __global__ void twice(float *x) { x[threadIdx.x] *= 2; }')
cubin = linked(ptx)
assert cubin[:4] == b'\x7fELF'
table = numpy.fromfile('/app/data/table.bin', dtype=numpy.uint8)
fast = ctypes.CDLL('/app/fast.so')
fast.sum.restype = ctypes.c_ulonglong
assert fast.sum(table.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(table.size)) == int(table.sum(dtype=numpy.uint64))
print('ptx', len(ptx) > 0, 'cudart', version('cuda_runtime/lib/libcudart.so.12', 'cudaRuntimeGetVersion'),
      'curand', version('curand/lib/libcurand.so.10', 'curandGetVersion'),
      'cupti', version('cuda_cupti/lib/libcupti.so.12', 'cuptiGetVersion'))
