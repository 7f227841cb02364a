#!/usr/bin/env bash
# The whole of PyTorch with its CUDA wheels, 9 GB, built by a real engine: for measuring and for a look before a release.
#
#   nvidia-ml/torch.sh <docker socket> <tag> <workdir>
#
# Downloads 3 GB into <workdir>, which needs 20 GB with what the engine writes, and keeps nothing of it.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../image.sh"

[ $# = 3 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
socket=$1 tag=$2 work=$3
mkdir -p "$work/context/wheels"
[ -f "$cache/base.tar" ] || base
docker -H "$socket" image inspect "$base_tag" >/dev/null 2>&1 || docker -H "$socket" import "$cache/base.tar" "$base_tag" >&2

platforms=(--platform manylinux2014_x86_64)
for minor in {17..28}; do platforms+=(--platform "manylinux_2_${minor}_x86_64"); done
python3 -m pip download --quiet --python-version 3.11 "${platforms[@]}" --only-binary :all: \
  --dest "$work/context/wheels" torch==2.14.1 >&2
DOCKER_BUILDKIT=0 docker -H "$socket" build --no-cache --network=host --tag "$tag" \
  --file "$(dirname "${BASH_SOURCE[0]}")/torch.Dockerfile" "$work/context" >&2
rm -rf --one-file-system "$work/context"
