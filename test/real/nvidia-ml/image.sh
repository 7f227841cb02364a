#!/usr/bin/env bash
# Real images of the kind that the guide is about, and what they become when they are built as imgaudit advises.
#
#   nvidia-ml/image.sh <docker socket> <naive|fixed|distro|conda> <tag> <workdir>
#
# naive   NVIDIA's runtime layers, a toolkit on top, the same libraries from PyPI, and the usual leftovers
# fixed   the same application without all that (built by buildah: RUN mounts its wheels)
# distro  CUDA from Debian's non-free packages
# conda   CUDA from conda's packages, hard-linked
#
# Downloads (0.9 GB in all) and the images themselves are kept in $IMGAUDIT_ENGINES/images: the second time they are loaded.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../image.sh"

recipes=$here/nvidia-ml
downloads=$cache/nvidia-ml
toolkit_port=8518 # naive.Dockerfile names it too

main() {
  [ $# = 4 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
  local socket=$1 name=$2 tag=$3 work=$4 built built_tag
  case $name in naive | fixed | distro | conda) ;; *) echo "image: no such image: $name" >&2; exit 2 ;; esac
  mkdir -p "$downloads" "$work"
  work=$(cd "$work" && pwd)
  exec 9>"$cache/lock"
  flock 9
  if docker -H "$socket" image inspect "$tag" >/dev/null 2>&1; then return; fi
  built_tag=imgaudit-test-nvidia-ml:$name
  built=$cache/nvidia-ml-$name-$(recipe "$name" | sha256sum | head -c 12).tar
  if [ -f "$built" ]; then
    docker -H "$socket" load --quiet --input "$built" >&2
  else
    rm -rf --one-file-system "$work/context"
    mkdir "$work/context"
    prepare "$socket"
    "build_$name" "$socket" "$work"
    rm -rf --one-file-system "$work/context" "$cache"/nvidia-ml-"$name"-*.tar
    docker -H "$socket" save --output "$built.new" "$built_tag"
    mv "$built.new" "$built"
  fi
  docker -H "$socket" tag "$built_tag" "$tag"
  [ "$tag" = "$built_tag" ] || docker -H "$socket" rmi "$built_tag" >/dev/null
}

# All that an image is made from; naive and fixed hold the same application.
recipe() {
  cat "$here/image.sh" "$recipes/image.sh" "$recipes/$1.Dockerfile" "$recipes/docker-clean" "$recipes"/*.txt
  case $1 in
    naive) cat "$recipes"/{toolkit.sh,main.py,fast.c} ;;
    fixed) cat "$recipes"/{main.py,fast.c} ;;
    conda) cat "$recipes/conda.py" ;;
  esac
}

# ---- what they are made from

prepare() {
  [ -f "$cache/base.tar" ] || base
  docker -H "$1" image inspect "$base_tag" >/dev/null 2>&1 ||
    docker -H "$1" import --message 'debootstrap --variant=minbase bookworm' "$cache/base.tar" "$base_tag" >&2
  nvidia_wheels
  debian_packages "$1"
}

nvidia_wheels() {
  pinned wheels "$downloads/index" "$recipes/index.txt"
  pinned wheels "$downloads/wheels" "$recipes/wheels.txt"
  pinned toolkit "$downloads/toolkit" "$recipes"/{toolkit,index}.txt
}

toolkit() {
  wheels "$1" "$2"
  cp -l "$downloads"/index/nvidia_*.whl "$1/"
}

# Debian's own packages of CUDA 11.8, fetched by apt in a container of the base.
debian_packages() {
  [ ! -d "$downloads/debian" ] || return 0
  rm -rf "$downloads/debian.new"
  mkdir "$downloads/debian.new"
  docker -H "$1" run --rm --network=host --volume "$downloads/debian.new:/out" --workdir /out "$base_tag" sh -ec '
    sed -i "s/ main$/ main contrib non-free non-free-firmware/" /etc/apt/sources.list
    apt-get update -qq
    apt-get download -qq nvidia-cuda-toolkit nvidia-cuda-gdb nvidia-profiler libcuinj64-11.8 libaccinj64-11.8 \
      libcupti-dev libcupti-doc nsight-compute-target' >&2
  mv "$downloads/debian.new" "$downloads/debian"
}

application() {
  mkdir -p "$1/data"
  cp "$recipes"/{main.py,fast.c} "$1/"
  [ -f "$downloads/table.bin" ] || noise 25000000 "$downloads/table.bin"
  cp "$downloads/table.bin" "$1/data/"
}

# ---- the images

build_naive() {
  local socket=$1 work=$2
  bash "$recipes/toolkit.sh" "$downloads/toolkit" "$downloads/debian" "$work/toolkit"
  serve python3 "$here/images/index.py" "$downloads/index" $index_port
  serve python3 -m http.server $toolkit_port --bind 127.0.0.1 --directory "$work/toolkit"
  application "$work/context/app"
  cp "$recipes/docker-clean" "$work/context/"
  cp -r "$downloads/wheels" "$work/context/wheels"
  docker_build "$socket" "$work" naive
  rm -rf --one-file-system "$work/toolkit"
}

build_fixed() {
  local socket=$1 work=$2
  application "$work/context/app"
  cp "$recipes/docker-clean" "$work/context/"
  cp -r "$downloads/wheels" "$downloads/index" "$work/context/"
  docker -H "$socket" save --output "$work/base.tar" "$base_tag"
  local store=(--root "$work/buildah" --runroot "$work/buildah-run" --storage-driver overlay)
  {
    buildah "${store[@]}" pull "docker-archive:$work/base.tar"
    buildah "${store[@]}" tag "localhost/$base_tag" "$base_tag"
    buildah "${store[@]}" bud --isolation=chroot --network=host --pull-never --layers --format docker \
      --file "$recipes/fixed.Dockerfile" --tag "$built_tag" "$work/context"
    buildah "${store[@]}" push "$built_tag" "docker-archive:$work/fixed.tar:$built_tag"
    docker -H "$socket" load --quiet --input "$work/fixed.tar"
    docker -H "$socket" rmi "localhost/$built_tag"
  } >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log" >&2; exit 1; }
  buildah "${store[@]}" rmi --all --force >/dev/null
  rm -rf --one-file-system "$work"/{base.tar,fixed.tar,buildah,buildah-run}
}

build_distro() {
  cp "$recipes/docker-clean" "$2/context/"
  docker_build "$1" "$2" distro
}

build_conda() {
  local work=$2 file
  mkdir -p "$work/parts/wheels" "$work/parts/debian"
  for file in "$downloads"/{toolkit,index}/*.whl; do bsdtar -xf "$file" -C "$work/parts/wheels"; done
  for file in "$downloads"/debian/*.deb; do dpkg-deb -x "$file" "$work/parts/debian"; done
  python3 "$recipes/conda.py" "$work/parts/wheels" "$work/parts/debian" "$work/context"
  rm -rf --one-file-system "$work/parts"
  docker_build "$1" "$work" conda
}

docker_build() {
  local socket=$1 work=$2 name=$3
  DOCKER_BUILDKIT=0 docker -H "$socket" build --no-cache --network=host --file "$recipes/$name.Dockerfile" --tag "$built_tag" \
    "$work/context" >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log" >&2; exit 1; }
}

servers=()
serve() {
  "$@" >/dev/null 2>&1 9>&- &
  servers+=($!)
  trap 'kill "${servers[@]}" 2>/dev/null || true' EXIT
}

main "$@"
