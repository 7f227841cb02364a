"""A conda installation with CUDA, laid out from wheels' and Debian packages' files: /opt/conda as two archives to ADD.

    conda.py <folder of unpacked wheels> <folder of unpacked Debian packages> <out>

base.tar: packages extracted in pkgs/ and hard-linked into envs/app, as conda does it on one file system, with their records;
one package that nothing links to any more; archives that conda keeps. later.tar: an environment made in a later step, where
hard links into a layer below are copies. conda's channels are not needed; names and paths are those of conda-forge.
"""

import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

wheels, debian, out = map(Path, sys.argv[1:4])
target = 'targets/x86_64-linux'
conda = 'opt/conda'


def files(folder, to, pattern='**/*'):
    return {f'{to}/{path.relative_to(folder)}': path for path in sorted(folder.glob(pattern))
            if path.is_file() and not path.is_symlink() and path.name != '__init__.py' or to.endswith('site-packages') and path.is_file()}


def library(wheel, name, whole):
    return {f'lib/{whole}': wheels / 'nvidia' / wheel / 'lib' / name, f'lib/{name}': whole}


nvidia, usr = wheels / 'nvidia', debian / 'usr'
packages = {
    'cuda-cudart-12.9.79-h5888daf_0': library('cuda_runtime', 'libcudart.so.12', 'libcudart.so.12.9.79'),
    'cuda-cudart-dev_linux-64-12.9.79-h3f2d84a_0': files(nvidia / 'cuda_runtime/include', f'{target}/include'),
    'cuda-cudart-static_linux-64-12.9.79-h3f2d84a_0': files(nvidia / 'cuda_runtime/lib', f'{target}/lib', '*.a'),
    'cuda-nvrtc-12.9.86-h5888daf_0': library('cuda_nvrtc', 'libnvrtc.so.12', 'libnvrtc.so.12.9.86')
    | library('cuda_nvrtc', 'libnvrtc-builtins.so.12.9', 'libnvrtc-builtins.so.12.9.86'),
    'libcurand-10.3.10.19-h9ab20c4_0': library('curand', 'libcurand.so.10', 'libcurand.so.10.3.10.19'),
    'libnvjitlink-12.9.86-h5888daf_0': library('nvjitlink', 'libnvJitLink.so.12', 'libnvJitLink.so.12.9.86'),
    'cuda-cupti-12.9.79-h676940d_0': library('cuda_cupti', 'libcupti.so.12', 'libcupti.so.2025.2.1')
    | files(nvidia / 'cuda_cupti/lib', 'lib', 'lib[!c]*.so') | files(nvidia / 'cuda_cupti/lib', 'lib', 'libcheckpoint.so'),
    'cuda-cupti-dev-12.9.79-h676940d_0': files(nvidia / 'cuda_cupti/include', f'{target}/include')
    | files(usr / 'lib/x86_64-linux-gnu', f'{target}/lib', 'lib*_static.a'),
    'cuda-nvcc-tools-12.9.86-he02047a_2': files(nvidia / 'cuda_nvcc/bin', 'bin')
    | {f'bin/{name}': usr / 'bin' / name for name in ('nvlink', 'cudafe++', 'fatbinary', 'bin2c')}
    | {'bin/nvcc': usr / 'lib/nvidia-cuda-toolkit/bin/nvcc'},
    'cuda-nvvm-tools-12.9.86-h4bc722e_2': {'nvvm/bin/cicc': usr / 'lib/nvidia-cuda-toolkit/bin/cicc'}
    | files(nvidia / 'cuda_nvcc/nvvm/libdevice', 'nvvm/libdevice'),
    'cuda-gdb-12.9.79-h6d3ad6e_0': {f'bin/{name}': usr / 'bin' / name for name in ('cuda-gdb', 'cuda-gdbserver')}
    | files(usr / 'share/cuda-gdb', 'share/gdb'),
    'cuda-sanitizer-api-12.9.79-h676940d_0': files(usr / 'lib/nvidia-cuda-toolkit/compute-sanitizer', 'compute-sanitizer')
    | {'compute-sanitizer/compute-sanitizer': usr / 'bin/compute-sanitizer'},
    'nsight-compute-2025.2.1.3-he0c23c2_0': files(usr / 'lib/x86_64-linux-gnu/nsight-compute', 'nsight-compute-2025.2.1'),
    'numpy-1.26.4-py311h64a7726_0': files(wheels / 'numpy', 'lib/python3.11/site-packages/numpy')
    | files(wheels / 'numpy.libs', 'lib/python3.11/site-packages/numpy.libs'),
    'cuda-nvtx-12.9.79-h5888daf_0': files(nvidia / 'nvtx/lib', 'lib') | files(nvidia / 'nvtx/include', f'{target}/include'),
}
unlinked = {'cuda-nvtx-12.9.79-h5888daf_0'}
archived = {'numpy-1.26.4-py311h64a7726_0', 'cuda-nvrtc-12.9.86-h5888daf_0'}
again = ('cuda-cudart-12.9.79-h5888daf_0', 'libnvjitlink-12.9.86-h5888daf_0')


class Archive(tarfile.TarFile):
    def put(self, path, content, mode=0o644):
        header = tarfile.TarInfo(path)
        header.mode, header.size, header.mtime = mode, len(content), 1_750_000_000
        self.addfile(header, io.BytesIO(content))

    def link(self, path, to, kind):
        header = tarfile.TarInfo(path)
        header.type, header.linkname, header.mtime = kind, to, 1_750_000_000
        self.addfile(header)

    def put_file(self, path, source):
        if isinstance(source, str):
            self.link(path, source, tarfile.SYMTYPE)
        else:
            self.put(path, source.read_bytes(), 0o755 if '/bin/' in path or '.so' in path else 0o644)


def parts(package):
    return package.rsplit('-', 2)


def paths(contents):
    return [{'_path': path, 'path_type': 'softlink'} if isinstance(source, str) else
            {'_path': path, 'path_type': 'hardlink', 'sha256': digest(source), 'size_in_bytes': source.stat().st_size}
            for path, source in contents.items()]


digests = {}


def digest(path):
    if path not in digests:
        digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests[path]


def index(package):
    name, version, build = parts(package)
    return {'name': name, 'version': version, 'build': build, 'build_number': 0, 'depends': [], 'subdir': 'linux-64', 'arch': 'x86_64'}


def record(package, contents):
    return index(package) | {
        'channel': 'https://conda.example/conda-forge/linux-64', 'fn': f'{package}.conda', 'requested_spec': 'None',
        'extracted_package_dir': f'/{conda}/pkgs/{package}', 'package_tarball_full_path': f'/{conda}/pkgs/{package}.conda',
        'files': list(contents), 'paths_data': {'paths': paths(contents), 'paths_version': 1},
        'link': {'source': f'/{conda}/pkgs/{package}', 'type': 1}, 'size': 1000,
    }


def text(value):
    return (json.dumps(value, indent=2) + '\n').encode()


def environment(archive, prefix, names, add):
    archive.put(f'{prefix}/conda-meta/history', b'==> 2026-01-01 00:00:00 <==\n# cmd: /opt/conda/bin/conda create\n')
    for package in names:
        for path, source in packages[package].items():
            add(package, path, source)
        archive.put(f'{prefix}/conda-meta/{package}.json', text(record(package, packages[package])))


with Archive.open(out / 'base.tar', 'w') as archive:
    archive.put(f'{conda}/conda-meta/history', b'')
    archive.put(f'{conda}/pkgs/urls.txt', ''.join(f'https://conda.example/conda-forge/linux-64/{package}.conda\n' for package in packages).encode())
    for package, contents in packages.items():
        at = f'{conda}/pkgs/{package}'
        archive.put(f'{at}/info/index.json', text(index(package)))
        archive.put(f'{at}/info/paths.json', text({'paths': paths(contents), 'paths_version': 1}))
        for path, source in contents.items():
            archive.put_file(f'{at}/{path}', source)
        if package in archived:
            kept = io.BytesIO()
            with zipfile.ZipFile(kept, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as content:
                for path, source in contents.items():
                    if not isinstance(source, str):
                        content.write(source, path)
            archive.put(f'{at}.conda', kept.getvalue())

    def linked(package, path, source):
        to = f'{conda}/envs/app/{path}'
        if isinstance(source, str):
            archive.link(to, source, tarfile.SYMTYPE)
        else:
            archive.link(to, f'{conda}/pkgs/{package}/{path}', tarfile.LNKTYPE)

    environment(archive, f'{conda}/envs/app', [package for package in packages if package not in unlinked], linked)

with Archive.open(out / 'later.tar', 'w') as archive:
    environment(archive, f'{conda}/envs/later', again, lambda _, path, source: archive.put_file(f'{conda}/envs/later/{path}', source))
