#!/usr/bin/env bash
# PyTorch with its CUDA wheels, whole, beside a second copy of CUDA's libraries: 7 to 12 GB, built by a real engine.
#
#   stack.sh <docker socket> <cu11|cu12|cu13> <tag> <workdir>
#
# Downloads up to 3 GB into <workdir>, which needs 20 GB with what the engine writes, and keeps nothing of it.
set -euo pipefail

recipes=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$recipes/../real/image.sh"

[ $# = 4 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$recipes/stack.sh" >&2; exit 2; }
socket=$1 stack=$2 tag=$3 work=$4
case $stack in cu11) torch=2.0.1 ;; cu12) torch=2.6.0 ;; cu13) torch=2.14.1 ;; *) echo "stack: no such stack: $stack" >&2; exit 2 ;; esac
if docker -H "$socket" image inspect "$tag" >/dev/null 2>&1; then exit; fi
context=$work/context
mkdir -p "$context/wheels" "$context/toolkit" "$cache"
[ -f "$cache/base.tar" ] || base
docker -H "$socket" image inspect "$base_tag" >/dev/null 2>&1 || docker -H "$socket" import "$cache/base.tar" "$base_tag" >&2

platforms=(--platform manylinux2014_x86_64)
for minor in {17..28}; do platforms+=(--platform "manylinux_2_${minor}_x86_64"); done
python3 -m pip download --quiet --python-version 3.11 "${platforms[@]}" --only-binary :all: \
  --dest "$context/wheels" "torch==$torch" setuptools wheel numpy==1.26.4 >&2
# The libraries of NVIDIA's wheels as its debs place them.
if [ "$stack" != cu11 ]; then
  for wheel in "$context"/wheels/nvidia_{cublas,cufft,curand,cusolver,cusparse,nvjitlink,cuda_runtime,cuda_nvrtc}*.whl; do
    bsdtar -xf "$wheel" -C "$context/toolkit" --strip-components 3 --include '*/lib/*.so.*'
  done
fi
cp "$recipes/smoke.py" "$context/"
DOCKER_BUILDKIT=0 docker -H "$socket" build --no-cache --network=host --tag "$tag" \
  --file "$recipes/$stack.Dockerfile" "$context" >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log" >&2; exit 1; }
rm -rf --one-file-system "$context"
