#!/usr/bin/env bash
# Times imgaudit beside what a person would run instead: whole processes, wall time, CPU and peak memory.
#
#   test/bench/bench.sh <image> [runs]       an image of the Docker engine that `docker` talks to
#
# Prints one markdown table: medians of `runs` (5 unless told), after one run that is not counted.
# Needs docker (graph driver or containerd store), skopeo, tar, gzip and GNU time (apt-get install time).
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${1:?usage: test/bench/bench.sh <image> [runs]}
runs=${2:-5}
for program in docker skopeo tar gzip /usr/bin/time node; do
  command -v "$program" >/dev/null || { echo "bench: $program is missing" >&2; exit 2; }
done
[ -f dist/cli.js ] || npm run --silent build

work=$(mktemp -d "${TMPDIR:-/tmp}/imgaudit-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT

archive=$work/image.tar
docker save "$image" -o "$archive"
skopeo --insecure-policy copy -q --dest-compress-format gzip "docker-archive:$archive" "oci:$work/gzip:image"
skopeo --insecure-policy copy -q --dest-compress-format zstd "docker-archive:$archive" "oci:$work/zstd:image"
largest() { find "$1/blobs" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2; }

# One command, timed: "wall cpu peak-MB" a line for each run.
measure() {
  local run
  for run in $(seq 0 "$runs"); do
    /usr/bin/time -o "$work/time" -f '%e %U %S %M' bash -c "$1" >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
    [ "$run" = 0 ] || tail -n 1 "$work/time"
  done
}

# Median, smallest and largest of a column.
summary() {
  sort -n | awk '{ v[NR] = $1 } END { m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; printf "%.2f (%.2f–%.2f)", m, v[1], v[NR] }'
}

row() {
  local name=$1 command=$2 lines
  lines=$(measure "$command")
  printf '| %s | %s | %s | %s |\n' "$name" \
    "$(awk '{ print $1 }' <<<"$lines" | summary)" \
    "$(awk '{ print $2 + $3 }' <<<"$lines" | summary)" \
    "$(awk '{ print $4 / 1024 }' <<<"$lines" | sort -n | tail -n 1 | cut -d. -f1) MB"
}

imgaudit="node bin/imgaudit.js --quiet --format json"
echo "$image: $(docker image inspect -f '{{.Size}}' "$image") bytes by the engine, $(date -I), $(nproc) cores, $(node --version)"
echo
echo '| command | wall s, median (min–max) | CPU s | peak memory |'
echo '|---|--:|--:|--:|'
row 'imgaudit docker:' "$imgaudit docker:$image"
row 'docker save \| cat' "docker save $image | cat"
row 'imgaudit docker-archive:' "$imgaudit docker-archive:$archive"
row 'imgaudit docker-archive: --verify' "$imgaudit --verify docker-archive:$archive"
row 'imgaudit - (stdin)' "cat $archive | $imgaudit -"
row 'tar t, every layer' "for layer in \$(tar tf $archive | grep layer.tar); do tar xOf $archive \$layer | tar t; done"
row 'imgaudit oci:, gzip' "$imgaudit oci:$work/gzip:image"
row 'gzip -dc, largest layer' "gzip -dc <$(largest "$work/gzip")"
row 'gzip -dc, every layer' "for blob in $work/gzip/blobs/sha256/*; do gzip -dcf <\$blob; done"
row 'imgaudit oci:, zstd' "$imgaudit oci:$work/zstd:image"
row 'zstd -dc, every layer' "for blob in $work/zstd/blobs/sha256/*; do zstd -dcf <\$blob; done"
for peer in dive syft; do
  command -v "$peer" >/dev/null || continue
  [ "$peer" = dive ] && row 'dive --ci' "dive --ci --source docker-archive $archive || true"
  [ "$peer" = syft ] && row 'syft' "syft -q docker-archive:$archive"
done
row 'imgaudit --version' 'node bin/imgaudit.js --version'
row 'node -e 0' 'node -e 0'
