#!/usr/bin/env bash
# NVIDIA's toolkit as NVIDIA's Debian packages lay it out: packages that apt and dpkg install as they would NVIDIA's own.
#
#   toolkit.sh <folder of wheels> <folder of Debian's packages> <out>
#
# NVIDIA's repository is not needed: the bytes come from its wheels (CUDA 12.9) and, where no wheel has a file (nvcc, cicc,
# CUPTI's static libraries and documentation, cuda-gdb, compute-sanitizer, nvprof, Nsight Compute), from Debian's packages
# (CUDA 11.8). Names, paths, links, dependencies and versions are those of NVIDIA's packages for 12.9.
# <out> is then a repository for apt: packages, Packages and Release.
set -euo pipefail

release=12-9
root=usr/local/cuda-12.9
target=$root/targets/x86_64-linux

main() {
  [ $# = 3 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
  mkdir -p "$3"
  wheels=$(cd "$1" && pwd) debs=$(cd "$2" && pwd) out=$(cd "$3" && pwd)
  work=$(mktemp -d "${TMPDIR:-/tmp}/imgaudit-toolkit.XXXXXX")
  trap 'rm -rf --one-file-system "$work"' EXIT
  mkdir "$work/wheels" "$work/debian"
  local file
  for file in "$wheels"/nvidia_*.whl; do bsdtar -xf "$file" -C "$work/wheels"; done
  for file in "$debs"/*.deb; do dpkg-deb -x "$file" "$work/debian"; done
  find "$work/wheels" -name __init__.py -delete
  wheel=$work/wheels/nvidia debian=$work/debian/usr

  configuration
  runtime
  development
  compiler
  tools
  index
}

# ---- the packages

# What every package of the toolkit depends on: the loader's paths, and /usr/local/cuda as alternatives.
configuration() {
  begin cuda-toolkit-config-common 12.9.79-1
  mkdir -p etc/ld.so.conf.d
  echo "/usr/local/cuda/targets/x86_64-linux/lib" >etc/ld.so.conf.d/000_cuda.conf
  finish ''
  begin cuda-toolkit-12-config-common 12.9.79-1
  mkdir -p etc/ld.so.conf.d
  echo "/usr/local/cuda-12/targets/x86_64-linux/lib" >etc/ld.so.conf.d/988_cuda-12.conf
  finish ''
  begin cuda-toolkit-$release-config-common 12.9.79-1
  cat >DEBIAN/postinst <<'SCRIPT'
#!/bin/sh
set -e
update-alternatives --install /usr/local/cuda cuda /usr/local/cuda-12.9 129
update-alternatives --install /usr/local/cuda-12 cuda-12 /usr/local/cuda-12.9 129
SCRIPT
  chmod 755 DEBIAN/postinst
  finish 'cuda-toolkit-config-common, cuda-toolkit-12-config-common'
}

# What programs that are linked against CUDA load: the runtime variant of NVIDIA's images.
runtime() {
  local config=cuda-toolkit-$release-config-common
  begin cuda-cudart-$release 12.9.79-1
  library cuda_runtime libcudart.so.12 12.9.79
  ln -s targets/x86_64-linux/lib $root/lib64
  finish "$config"
  begin libcurand-$release 10.3.10.19-1
  library curand libcurand.so.10 10.3.10.19
  finish "$config"
  begin libnvjitlink-$release 12.9.86-1
  library nvjitlink libnvJitLink.so.12 12.9.86
  finish "$config"
  begin cuda-nvrtc-$release 12.9.86-1
  library cuda_nvrtc libnvrtc.so.12 12.9.86
  library cuda_nvrtc libnvrtc-builtins.so.12.9 86
  finish "$config"
  begin cuda-nvtx-$release 12.9.79-1
  copy "$wheel"/nvtx/include $target/include
  finish "$config"
  begin cuda-libraries-$release 12.9.1-1
  finish "cuda-nvrtc-$release, libcurand-$release, libnvjitlink-$release"
}

development() {
  begin cuda-cudart-dev-$release 12.9.79-1
  copy "$wheel"/cuda_runtime/include $target/include
  copy "$wheel"/cuda_runtime/lib/{libcudart_static,libcudadevrt,libculibos}.a $target/lib/
  ln -s libcudart.so.12 $target/lib/libcudart.so
  ln -s targets/x86_64-linux/include $root/include
  mkdir -p $root/pkgconfig
  printf 'Name: cudart\nDescription: CUDA Runtime Library\nVersion: 12.9\nLibs: -lcudart\n' >$root/pkgconfig/cudart-12.9.pc
  finish "cuda-cudart-$release, cuda-driver-dev-$release, cuda-cccl-$release"
  begin cuda-driver-dev-$release 12.9.79-1
  mkdir -p $target/lib/stubs
  gcc -shared -s -Wl,-soname,libcuda.so.1 -o $target/lib/stubs/libcuda.so -x c /dev/null
  finish "cuda-toolkit-$release-config-common"
  begin cuda-cccl-$release 12.9.27-1
  copy "$wheel"/cuda_cccl/include $target/include
  if [ -d "$wheel"/cuda_cccl/lib ]; then copy "$wheel"/cuda_cccl/lib $target/lib; fi
  finish "cuda-toolkit-$release-config-common"
  begin cuda-nvrtc-dev-$release 12.9.86-1
  copy "$wheel"/cuda_nvrtc/include $target/include
  ln_library libnvrtc.so 12
  finish "cuda-nvrtc-$release"
  begin libcurand-dev-$release 10.3.10.19-1
  copy "$wheel"/curand/include $target/include
  ln_library libcurand.so 10
  finish "libcurand-$release"
  begin libnvjitlink-dev-$release 12.9.86-1
  copy "$wheel"/nvjitlink/include $target/include
  ln_library libnvJitLink.so 12
  finish "libnvjitlink-$release"
  begin cuda-nvml-dev-$release 12.9.79-1
  copy "$wheel"/nvml_dev/include $target/include
  finish "cuda-toolkit-$release-config-common"
  begin cuda-libraries-dev-$release 12.9.1-1
  finish "cuda-cccl-$release, cuda-nvrtc-dev-$release, libcurand-dev-$release, libnvjitlink-dev-$release"
}

compiler() {
  begin cuda-crt-$release 12.9.86-1
  copy "$wheel"/cuda_nvcc/include/crt $target/include/crt
  finish ''
  begin cuda-nvvm-$release 12.9.86-1
  copy "$debian"/lib/nvidia-cuda-toolkit/bin/cicc $root/nvvm/bin/
  copy "$wheel"/cuda_nvcc/nvvm/libdevice/libdevice.10.bc $root/nvvm/libdevice/
  copy "$wheel"/cuda_nvcc/nvvm/lib64/libnvvm.so $root/nvvm/lib64/libnvvm.so.4.0.0
  ln -s libnvvm.so.4.0.0 $root/nvvm/lib64/libnvvm.so.4
  ln -s libnvvm.so.4 $root/nvvm/lib64/libnvvm.so
  copy "$debian"/include/nvvm.h $root/nvvm/include/
  finish ''
  begin cuda-nvcc-$release 12.9.86-1
  copy "$wheel"/cuda_nvcc/bin/ptxas $root/bin/
  copy "$debian"/bin/{nvlink,cudafe++,fatbinary,bin2c,__nvcc_device_query} $root/bin/
  copy "$debian"/lib/nvidia-cuda-toolkit/bin/nvcc $root/bin/
  copy "$debian"/lib/nvidia-cuda-toolkit/bin/crt $root/bin/crt
  copy "$work"/debian/etc/nvcc.profile $root/bin/
  copy "$wheel"/cuda_nvcc/include/fatbinary_section.h "$wheel"/cuda_nvcc/include/nvPTXCompiler.h $target/include/
  finish "cuda-crt-$release, cuda-nvvm-$release, cuda-cudart-dev-$release"
  local tool
  for tool in cuobjdump cuxxfilt nvprune; do
    begin cuda-$tool-$release 12.9.82-1
    copy "$debian/bin/${tool/cuxxfilt/cu++filt}" $root/bin/
    finish "cuda-toolkit-$release-config-common"
  done
  begin cuda-compiler-$release 12.9.1-1
  finish "cuda-cuobjdump-$release, cuda-cuxxfilt-$release, cuda-nvcc-$release, cuda-nvprune-$release"
}

tools() {
  begin cuda-nvdisasm-$release 12.9.88-1
  copy "$debian"/bin/nvdisasm $root/bin/
  finish "cuda-toolkit-$release-config-common"
  begin cuda-cupti-$release 12.9.79-1
  copy "$wheel"/cuda_cupti/lib/libcupti.so.12 $target/lib/libcupti.so.2025.2.1
  ln -s libcupti.so.2025.2.1 $target/lib/libcupti.so.12
  copy "$wheel"/cuda_cupti/lib/{libnvperf_host,libnvperf_target,libcheckpoint,libpcsamplingutil}.so $target/lib/
  finish "cuda-toolkit-$release-config-common"
  begin cuda-cupti-dev-$release 12.9.79-1
  copy "$wheel"/cuda_cupti/include $target/include
  copy "$debian"/lib/x86_64-linux-gnu/{libcupti_static,libnvperf_host_static}.a $target/lib/
  ln_library libcupti.so 12
  copy "$debian"/share/doc/libcupti-dev/Cupti $root/extras/CUPTI/doc
  copy "$debian"/share/doc/libcupti-dev/examples $root/extras/CUPTI/samples
  ln -s ../../include $root/extras/CUPTI/include
  ln -s ../../lib64 $root/extras/CUPTI/lib64
  finish "cuda-cupti-$release"
  begin cuda-gdb-$release 12.9.79-1
  copy "$debian"/bin/{cuda-gdb,cuda-gdbserver} $root/bin/
  copy "$debian"/share/cuda-gdb $root/share/gdb
  copy "$debian"/share/man/man1 $root/share/man/man1
  finish "cuda-toolkit-$release-config-common"
  begin cuda-sanitizer-$release 12.9.79-1
  copy "$debian"/lib/nvidia-cuda-toolkit/compute-sanitizer $root/compute-sanitizer
  copy "$debian"/bin/{compute-sanitizer,TreeLauncherSubreaper,TreeLauncherTargetLdPreloadHelper} $root/compute-sanitizer/
  mkdir -p $root/bin
  printf '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/../compute-sanitizer/compute-sanitizer" "$@"\n' >$root/bin/compute-sanitizer
  chmod 755 $root/bin/compute-sanitizer
  finish ''
  begin cuda-nvprof-$release 12.9.79-1
  copy "$debian"/lib/nvidia-cuda-toolkit/bin/nvprof $root/bin/
  local injected
  for injected in cuinj64 accinj64; do
    # By the SONAME that is in it: ldconfig would make that link itself, and nobody would own it.
    copy "$debian"/lib/x86_64-linux-gnu/lib$injected.so.11.8.87 $target/lib/
    ln -s lib$injected.so.11.8.87 $target/lib/lib$injected.so.11.8
    ln -s lib$injected.so.11.8 $target/lib/lib$injected.so
  done
  finish "cuda-cupti-$release"
  begin cuda-command-line-tools-$release 12.9.1-1
  finish "cuda-cupti-$release, cuda-cupti-dev-$release, cuda-gdb-$release, cuda-nvdisasm-$release, cuda-nvprof-$release, \
cuda-nvtx-$release, cuda-sanitizer-$release"
  begin nsight-compute-2025.2.1 2025.2.1.3-1
  copy "$debian"/lib/x86_64-linux-gnu/nsight-compute/target opt/nvidia/nsight-compute/2025.2.1/target
  finish ''
  begin cuda-nsight-compute-$release 12.9.1-1
  mkdir -p $root/bin
  printf '#!/bin/sh\nexec /opt/nvidia/nsight-compute/2025.2.1/target/linux-desktop-glibc_2_11_3-x64/ncu "$@"\n' >$root/bin/ncu
  chmod 755 $root/bin/ncu
  finish 'nsight-compute-2025.2.1'
}

# ---- how one is made

begin() {
  name=$1 version=$2
  mkdir -p "$work/package/DEBIAN" && cd "$work/package"
}

# A folder's files into a folder, or files into a folder (with a slash) or as a file. Links to folders elsewhere do not travel.
copy() {
  local to=${*: -1}
  if [ -d "$1" ]; then mkdir -p "$to" && cp -r --no-dereference "$1/." "$to"; return; fi
  case $to in */) mkdir -p "$to" ;; *) mkdir -p "$(dirname "$to")" ;; esac
  cp "$@"
}

# library <wheel's folder> <name> <version that the file has>: the file with its whole version, and its SONAME as a link.
library() {
  local whole
  case $2 in *builtins*) whole=$2.$3 ;; *) whole=${2%.so.*}.so.$3 ;; esac
  copy "$wheel/$1/lib/$2" $target/lib/"$whole"
  ln -s "$whole" $target/lib/"$2"
}

ln_library() { mkdir -p $target/lib && ln -s "$1.$2" "$target/lib/$1"; }

# finish <dependencies>
finish() {
  local size
  copy "$(ls "$work"/wheels/nvidia_cuda_runtime_cu12-*.dist-info/{,licenses/}License.txt 2>/dev/null | head -n 1)" usr/share/doc/"$name"/copyright
  size=$(du -sk --apparent-size --exclude DEBIAN . | cut -f 1)
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: amd64\n' "$name" "$version"
    printf 'Maintainer: cudatools <cudatools@nvidia.com>\nInstalled-Size: %s\nSection: multiverse/devel\nPriority: optional\n' "$size"
    [ -z "$1" ] || printf 'Depends: %s\n' "$1"
    printf 'Description: %s\n Laid out as NVIDIA does it, for tests.\n' "$name"
  } >DEBIAN/control
  find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums
  chmod -R u=rwX,go=rX .
  dpkg-deb --root-owner-group -Zgzip -z1 --build . "$out/${name}_${version}_amd64.deb" >/dev/null
  cd "$work" && rm -rf package
}

index() {
  cd "$out"
  local file
  for file in *.deb; do
    dpkg-deb -f "$file"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done >Packages
  {
    echo "Date: $(date -Ru)"
    printf 'SHA256:\n %s %s Packages\n' "$(sha256sum Packages | cut -d ' ' -f 1)" "$(stat -c %s Packages)"
  } >Release
}

main "$@"
