#!/usr/bin/env bash
# Counts what images/waste.Dockerfile planted, without imgaudit: with find, in the engine's own folders. Needs root.
#
#   plants.sh <docker socket> <tag>
#
# Prints [{ "rule", "plant", "layer", "paths", "bytes", "count", "hidden" }]: what the layer (0 is the base) wrote below the
# paths, in rows for what the image still shows and what it hides. Bytes are those that Docker counts: regular files, one
# inode once, and symlinks' targets. Rows are gross: two plants may name the same file (a cache inside what chown rewrote).
# A null rule is a near miss: nothing should be found there.
set -euo pipefail
shopt -s nullglob globstar dotglob

main() {
  [ $# = 2 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
  work=$(mktemp -d "${TMPDIR:-/tmp}/imgaudit-plants.XXXXXX")
  trap 'umount "$work/merged" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
  open "$1" "$2"
  plants
  jq -s . "$work/rows"
}

# Every layer's folder, base first, the instruction that made it, and the final root, mounted.
open() {
  local id root
  id=$(docker -H "$1" image inspect --format '{{.Id}}' "$2")
  root=$(docker -H "$1" info --format '{{.DockerRootDir}}')
  mapfile -t folders < <(docker -H "$1" image inspect --format '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' "$2" |
    tr ':' '\n' | tac)
  mapfile -t made_by < <(jq -r '.history[] | select(.empty_layer | not) | .created_by // "" | @json' \
    "$root/image/overlay2/imagedb/content/sha256/${id#sha256:}")
  [ ${#folders[@]} = ${#made_by[@]} ] || { echo "plants: ${#folders[@]} layers, ${#made_by[@]} instructions" >&2; exit 1; }

  # A mount takes one page of options: names below the store's folder are short enough.
  local store=$root/overlay2 lower='' folder
  for folder in "${folders[@]}"; do lower=${folder#"$store/"}${lower:+:$lower}; done
  mkdir "$work/merged"
  (cd "$store" && mount -t overlay overlay -o "ro,lowerdir=$lower" "$work/merged")
}

# The one layer whose instruction has these words.
layer_of() {
  local at found=()
  for at in "${!made_by[@]}"; do [[ ${made_by[at]} != *"$1"* ]] || found+=("$at"); done
  [ ${#found[@]} = 1 ] || { echo "plants: ${#found[@]} layers were made by: $1" >&2; exit 1; }
  echo "${found[0]}"
}

# What lies below some paths of a folder, a line a name: inode, size, path. Further words are find's tests.
list() {
  local folder=$1 path existing=(); shift
  cd "$folder"
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    for path in .$1; do [ ! -e "$path" ] && [ ! -L "$path" ] || existing+=("$path"); done
    shift
  done
  [ $# = 0 ] || shift
  [ ${#existing[@]} = 0 ] || find "${existing[@]}" \( -type f -o -type l \) "$@" -printf '%i %s %p\n' | sort -u
}

# plant <rule> <name> <words of the layer's instruction> <path>… [-- <find's tests>]
# An inode that the layer's folder and the final root both have at a path is visible; one that only the layer has is hidden.
plant() {
  local rule=$1 name=$2 layer
  layer=$(layer_of "$3"); shift 3
  (list "${folders[layer]}" "$@") >"$work/layer"
  (list "$work/merged" "$@") >"$work/visible"
  [ -s "$work/layer" ] || { echo "plants: nothing of \"$name\" in layer $layer" >&2; exit 1; }
  comm -12 "$work/layer" "$work/visible" | row "$rule" "$name" "$layer" false "$@"
  comm -23 "$work/layer" "$work/visible" | row "$rule" "$name" "$layer" true "$@"
}

# The same for what a layer stored again as it was: only what equals the nearest copy below it.
rewritten() {
  local name=$1 layer inode size path below
  layer=$(layer_of "$2"); shift 2
  (list "${folders[layer]}" "$@") | while read -r inode size path; do
    for ((below = layer - 1; below >= 0; below--)); do
      [ -e "${folders[below]}/$path" ] || [ -L "${folders[below]}/$path" ] || continue
      if same "${folders[below]}/$path" "${folders[layer]}/$path"; then echo "$inode $size $path"; fi
      break
    done
  done | row rewritten "$name" "$layer" false "$@"
}

# What a layer wrote and a later one, told by its words too, has no equal copy of: all of it hidden.
outdated() {
  local rule=$1 name=$2 layer later inode size path
  layer=$(layer_of "$3") later=$(layer_of "$4"); shift 4
  (list "${folders[layer]}" "$@") | while read -r inode size path; do
    same "${folders[layer]}/$path" "${folders[later]}/$path" 2>/dev/null || echo "$inode $size $path"
  done | row "$rule" "$name" "$layer" true "$@"
}

same() {
  if [ -L "$1" ] || [ -L "$2" ]; then [ "$(readlink "$1")" = "$(readlink "$2")" ]; else cmp -s "$1" "$2"; fi
}

# Lines of `list` in, one row out; none where there are none.
row() {
  local rule=$1 name=$2 layer=$3 hidden=$4; shift 4
  local paths=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do paths+=("$1"); shift; done
  awk '{ names++ } !seen[$1]++ { bytes += $2 } END { if (names) printf "%d %d\n", bytes, names }' |
    while read -r bytes count; do
      jq -cn --arg rule "$rule" --arg plant "$name" --argjson layer "$layer" --argjson hidden "$hidden" \
        --argjson bytes "$bytes" --argjson count "$count" \
        '{ rule: (if $rule == "none" then null else $rule end), plant: $plant, layer: $layer, paths: $ARGS.positional,
           bytes: $bytes, count: $count, hidden: $hidden }' --args -- "${paths[@]}" >>"$work/rows"
    done
}

# The files of a Debian package, by dpkg's own list.
files_of() {
  local path list=$work/merged/var/lib/dpkg/info/$1
  [ -f "$list.list" ] || list=$list:amd64 # of packages that can be there for several architectures
  while read -r path; do
    [ -d "$work/merged$path" ] && [ ! -L "$work/merged$path" ] || echo "$path"
  done <"$list.list"
}

plants() {
  local python='apt-get install -y --no-install-recommends ca-certificates python3' gdb='gdb strace vim-tiny' less='file less'
  local numpy='numpy==1.26.4' venv='python3 -m venv /opt/venv' site=/usr/local/lib/python3.11/dist-packages
  local env=/opt/venv/lib/python3.11/site-packages hub=/root/.cache/huggingface/hub

  local step
  for step in "$python" "$less"; do
    plant apt-lists "apt-get update: $step" "$step" /var/lib/apt/lists
  done
  for step in "$python" "$gdb" "$less"; do
    plant apt-cache "packages: $step" "$step" '/var/cache/apt/archives/*.deb'
    plant apt-cache "indexes: $step" "$step" /var/cache/apt/pkgcache.bin /var/cache/apt/srcpkgcache.bin
  done

  plant pip-cache 'Debian pip: http and wheels' "$numpy" /root/.cache/pip
  plant pip-cache 'newer pip: http-v2' "$venv" /root/.cache/pip

  plant package-cache 'uv cache that shares nothing with what it installed' /opt/linked /root/.cache/uv -- -links 1
  plant none 'uv cache hard-linked to what it installed' /opt/linked /root/.cache/uv -- -links +1
  plant package-cache 'uv cache with UV_LINK_MODE=copy' /opt/copied /root/.cache/uv
  plant package-cache 'npm' ' in /root/.npm' /root/.npm/_cacache
  plant package-cache 'poetry artifacts and cache' ' in /root/.cache/pypoetry' /root/.cache/pypoetry/{artifacts,cache}
  plant none 'poetry virtualenvs' ' in /root/.cache/pypoetry' /root/.cache/pypoetry/virtualenvs

  plant wheels-left 'copied in, deleted later' ' in /wheels' /wheels
  plant wheels-left 'left in /tmp' ' in /tmp ' /tmp/wheels
  plant wheels-left 'installer left in /tmp' ' in /tmp ' '/tmp/Miniconda3-*.sh'

  local folder
  for folder in .git .venv node_modules; do
    plant vcs-data "$folder copied in" ' in /app ' "/app/$folder"
    plant vcs-data "$folder rewritten by chown" 'chown -R' "/app/$folder"
  done
  rewritten 'chown -R /app' 'chown -R' /app/src /app/data /app/package.json /app/.env
  rewritten 'chmod -R networkx' 'chmod -R' $site/networkx
  rewritten 'requests reinstalled as it was' 'force-reinstall' $site/requests '/usr/local/lib/python3.11/dist-packages/requests-*'
  rewritten 'handmade reinstalled as it was' 'force-reinstall' $site/handmade.py "$site/handmade-*" "$site/__pycache__/handmade.*"

  outdated installed-twice 'numpy, another version later' "$numpy" 'numpy==2' $site/numpy "$site/numpy-*" $site/numpy.libs
  rewritten 'numpy, what both versions have' 'numpy==2' $site/numpy $site/numpy.libs /usr/local/bin/f2py
  outdated replaced-later 'bytecode of what was reinstalled' "$numpy" 'force-reinstall' $site/requests/__pycache__ "$site/__pycache__/handmade.*"
  rewritten 'debconf, touched' "$less" /var/cache/debconf
  plant installed-twice 'requests in a second environment' "$venv" $env/requests "$env/requests-*"

  plant removed-later 'a file' 'mkdir -p /data/raw' /data/raw/first.bin
  plant removed-later 'a folder' 'mkdir -p /data/raw' /data/scratch
  plant replaced-later 'a file by another' 'mkdir -p /data/raw' /data/model.bin
  plant replaced-later 'a folder by a link' 'mkdir -p /data/raw' /data/current
  plant none 'a file that stays' 'mkdir -p /data/raw' /data/raw/kept.bin

  plant duplicate-files 'copy in the same layer' 'mkdir -p /srv/a' /srv/b/copy.bin
  plant duplicate-files 'copy in a later layer' 'mkdir -p /srv/c' /srv/c/copy.bin
  plant none 'hard link in the same layer' 'mkdir -p /srv/a' /srv/a/blob.bin /srv/b/linked.bin
  plant none 'copies under 64 KiB' ' in /opt/app ' '/opt/app/small*.bin'

  plant model-weights 'in the hub' ' in /root/.cache/huggingface' "$hub/**/blobs"
  plant model-weights 'copied out of the hub' 'mkdir -p /srv/models' /srv/models/tiny.safetensors

  local package files
  for package in gdb strace vim-tiny; do
    mapfile -t files < <(files_of $package)
    plant dev-extras "$package (apt)" "$gdb" "${files[@]}"
  done
  plant dev-extras 'pytest (pip)' "$venv" $env/{_pytest,pytest,py.py} "$env/pytest-*" "$env/__pycache__/py.*" /opt/venv/bin/{pytest,py.test}
  plant dev-extras 'ipython (pip)' "$venv" $env/IPython "$env/ipython-*" '/opt/venv/bin/ipython*' /opt/venv/share/man/man1/ipython.1
  plant python-extras 'pandas tests' 'find-links=/wheels' $site/pandas/tests
  plant python-extras 'bytecode of Debian packages' "$python" '/usr/lib/python3*/**/__pycache__'
  plant python-extras 'docs, man pages, locales' "$python" /usr/share/{doc,man,locale} -- ! -name 'copyright*' ! '(' -type l -path '*/doc/*' ')'

  plant secrets '.netrc, deleted later' ' in /root ' /root/.netrc
  plant secrets '.npmrc with a token' ' in /root ' /root/.npmrc
  plant secrets 'private key' ' in /root ' /root/.ssh/id_rsa
  plant secrets '.env copied in' ' in /app ' /app/.env

  plant none 'names that come close' ' in /opt/app ' /opt/app
}

[ "$0" != "${BASH_SOURCE[0]}" ] || main "$@"
