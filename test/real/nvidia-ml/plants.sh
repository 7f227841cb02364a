#!/usr/bin/env bash
# Counts what nvidia-ml/*.Dockerfile planted, without imgaudit: with find and dpkg's own lists, in the engine's own folders.
#
#   nvidia-ml/plants.sh <docker socket> <naive|fixed|distro|conda> <tag>
#
# Prints rows as ../plants.sh does. Needs root.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../plants.sh"

main() {
  [ $# = 3 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
  work=$(mktemp -d "${TMPDIR:-/tmp}/imgaudit-plants.XXXXXX")
  trap 'umount "$work/merged" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
  open "$1" "$3"
  : >"$work/rows"
  "plants_$2"
  jq -s . "$work/rows"
}

# owned <rule> <words of the layer's instruction> <pattern that a path must match> <package>…
owned() {
  local rule=$1 step=$2 pattern=$3 package files; shift 3
  for package in "$@"; do
    mapfile -t files < <(files_of "$package" | grep -E -- "$pattern" || true)
    [ ${#files[@]} -gt 0 ] || { echo "plants: $package has nothing like $pattern" >&2; exit 1; }
    plant "$rule" "$package" "$step" "${files[@]}"
  done
}

# Packages that a layer's dpkg has installed and the one's below it has not.
packages_of() {
  local layer below
  layer=$(layer_of "$1")
  for ((below = layer - 1; below >= 0; below--)); do [ ! -f "${folders[below]}/var/lib/dpkg/status" ] || break; done
  comm -13 <(sed -n 's/^Package: //p' "${folders[below]}/var/lib/dpkg/status" | sort) \
    <(sed -n 's/^Package: //p' "${folders[layer]}/var/lib/dpkg/status" | sort)
}

plants_naive() {
  local python='--no-install-recommends python3 python3-pip' toolkit='cuda-compiler-12-9 cuda-command-line-tools' \
    gcc='--no-install-recommends gcc libc6-dev' cudart='cuda-cudart-12-9=' libraries='cuda-libraries-12-9=' step
  local cuda=/usr/local/cuda-12.9 target=/usr/local/cuda-12.9/targets/x86_64-linux

  plant apt-lists 'apt-get update' "$python" /var/lib/apt/lists
  for step in "$python" "$toolkit" "$gcc"; do
    plant apt-cache "packages: $step" "$step" '/var/cache/apt/archives/*.deb'
    plant apt-cache "indexes: $step" "$step" /var/cache/apt/pkgcache.bin /var/cache/apt/srcpkgcache.bin
  done
  plant pip-cache 'http' 'numpy==1.26.4' /root/.cache/pip
  plant wheels-left 'copied in, deleted later' ' in /wheels' /wheels
  rewritten 'chown -R /app' 'chown -R' /app
  for step in "$cudart" "$libraries" "$toolkit" "$gcc"; do
    rewritten "debconf, touched: $step" "$step" /var/cache/debconf
    [ "$step" = "$gcc" ] || sed -i '$ s/"hidden":false/"hidden":true/' "$work/rows" # the next one touches it again
  done
  plant removed-later 'a download' 'mkdir /data' /data/download.bin

  owned nsight "$toolkit" . nsight-compute-2025.2.1 cuda-nsight-compute-12-9
  owned cupti "$toolkit" . cuda-cupti-12-9 cuda-cupti-dev-12-9
  owned cuda-debuggers "$toolkit" . cuda-gdb-12-9 cuda-sanitizer-12-9 cuda-nvprof-12-9
  owned cuda-headers "$toolkit" '/targets/[^/]*/include/' cuda-cudart-dev-12-9 cuda-cccl-12-9 cuda-crt-12-9 cuda-nvcc-12-9 \
    cuda-nvrtc-dev-12-9 libcurand-dev-12-9 libnvjitlink-dev-12-9 cuda-nvml-dev-12-9
  owned cuda-static-libs "$toolkit" '\.a$' cuda-cudart-dev-12-9
  plant cuda-static-libs 'of a wheel' 'numpy==1.26.4' '/usr/local/lib/python3.11/dist-packages/nvidia/cuda_runtime/lib/*.a'
  owned cuda-toolchain "$toolkit" "^$cuda/(bin|nvvm)/" cuda-nvcc-12-9 cuda-nvvm-12-9 cuda-nvdisasm-12-9 cuda-cuobjdump-12-9 \
    cuda-cuxxfilt-12-9 cuda-nvprune-12-9
  plant cuda-headers 'NVTX of the base image' "$libraries" $target/include/nvtx3
  # Not libcudart: the smallest of NVIDIA's images has it too.
  plant cuda-duplicate 'libraries, as the base image has them' "$libraries" \
    $target/lib/{libcurand.so.10.3.10.19,libnvJitLink.so.12.9.86,libnvrtc.so.12.9.86,libnvrtc-builtins.so.12.9.86}

  local package files=()
  for package in $(packages_of "$gcc"); do
    mapfile -t -O ${#files[@]} files < <(files_of "$package")
  done
  plant build-tools 'gcc, libc6-dev and what they alone depend on' "$gcc" "${files[@]}"
}

plants_fixed() { :; }

plants_distro() {
  local step='libcupti-dev libcupti-doc nsight-compute'
  owned nsight "$step" . nsight-compute nsight-compute-target
  plant nsight 'what Python compiled of it' "$step" '/usr/lib/python3/dist-packages/__pycache__/ncu_report.*'
  owned cupti "$step" . libcupti-dev libcupti-doc libcupti11.8
  owned cuda-debuggers "$step" . nvidia-cuda-gdb nvidia-profiler libcuinj64-11.8 libaccinj64-11.8
  owned cuda-headers "$step" '^/usr/include/' libthrust-dev libcub-dev libcu++-dev
}

plants_conda() {
  local base later
  base=$(instruction 0) later=$(instruction 1)
  plant package-cache 'archives' "$base" '/opt/conda/pkgs/*.conda'
  plant package-cache 'extracted, linked to nothing' "$base" '/opt/conda/pkgs/cuda-nvtx-*' '/opt/conda/pkgs/*/info' /opt/conda/pkgs/urls.txt
  mapfile -t links < <(find "$work/merged/opt/conda/pkgs" -type l -printf '/opt/conda/pkgs/%P\n')
  plant package-cache 'links, which are made anew in an environment' "$base" "${links[@]}"
  recorded nsight "$base" app nsight-compute
  recorded cupti "$base" app cuda-cupti-dev
  recorded cuda-debuggers "$base" app cuda-gdb cuda-sanitizer-api
  recorded cuda-headers "$base" app cuda-cudart-dev_linux-64
  recorded cuda-static-libs "$base" app cuda-cudart-static_linux-64
  recorded cuda-toolchain "$base" app cuda-nvcc-tools cuda-nvvm-tools
  recorded installed-twice "$later" later cuda-cudart libnvjitlink
}

# recorded <rule> <words of the layer's instruction> <environment> <package>…: what conda's own records say a package has
recorded() {
  local rule=$1 step=$2 prefix=/opt/conda/envs/$3 package files; shift 3
  for package in "$@"; do
    mapfile -t files < <(jq -r --arg name "$package" --arg prefix "$prefix" \
      'select(.name == $name) | .files[] | "\($prefix)/\(.)"' "$work/merged$prefix"/conda-meta/*.json)
    [ ${#files[@]} -gt 0 ] || { echo "plants: no $package in $prefix" >&2; exit 1; }
    plant "$rule" "$package" "$step" "${files[@]}"
  done
}

# ADD names its archive by digest: the words are those of the n-th layer above the root file system.
instruction() { echo "${made_by[$1 + 1]}"; }

main "$@"
