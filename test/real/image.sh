#!/usr/bin/env bash
# The first real image: one of every kind of waste, made by the tools that make it in life (apt, pip, uv, git, chown).
#
#   image.sh <docker socket> <tag> <workdir>      e.g. image.sh unix:///tmp/e/overlay2/docker.sock waste:1 /tmp/w
#
# It is built by the engine at <docker socket> (Docker 20.10) from images/waste.Dockerfile. Downloads and the image itself are
# kept in $IMGAUDIT_ENGINES/images: the second time it is loaded, and where the engine has <tag> nothing is done.
# Where packages come from is the business of the machine: apt's sources are carried over. Python's and npm's come from here
# alone, with digests that images/*.txt and images/package-lock.json have.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${IMGAUDIT_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/imgaudit/engines}/images
base_tag=imgaudit-test-base:bookworm
built_tag=imgaudit-test-waste:built
index_port=8517 # images/waste.Dockerfile names it too

main() {
  [ $# = 3 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
  local socket=$1 tag=$2 work=$3
  mkdir -p "$cache" "$work"
  work=$(cd "$work" && pwd) # the build changes folders
  exec 9>"$cache/lock" # one build at a time: they share the downloads and the port
  flock 9
  if docker -H "$socket" image inspect "$tag" >/dev/null 2>&1; then return; fi
  local built
  built=$cache/waste-$(cat "${BASH_SOURCE[0]}" "$here"/images/* | sha256sum | head -c 12).tar
  if [ -f "$built" ]; then
    docker -H "$socket" load --quiet --input "$built" >&2
  else
    build "$socket" "$work"
    rm -f "$cache"/waste-*.tar
    docker -H "$socket" save --output "$built.new" "$built_tag"
    mv "$built.new" "$built"
  fi
  docker -H "$socket" tag "$built_tag" "$tag"
  [ "$tag" = "$built_tag" ] || docker -H "$socket" rmi "$built_tag" >/dev/null
}

build() {
  local socket=$1 work=$2
  [ -f "$cache/base.tar" ] || base
  download
  context "$work/context"
  python3 "$here/images/index.py" "$cache/index" $index_port >"$work/index.log" 2>&1 9>&- &
  trap "kill $! 2>/dev/null || true" EXIT
  docker -H "$socket" image inspect "$base_tag" >/dev/null 2>&1 ||
    docker -H "$socket" import --message 'debootstrap --variant=minbase bookworm' "$cache/base.tar" "$base_tag" >&2
  DOCKER_BUILDKIT=0 docker -H "$socket" build --network=host --file "$here/images/waste.Dockerfile" --tag "$built_tag" \
    "$work/context" >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log" >&2; exit 1; }
  rm -rf "$work/context"
}

# Debian's smallest system, without what debootstrap leaves behind, as an image's publisher would have it.
base() {
  local root mirror
  root=$(mktemp -d "${TMPDIR:-/tmp}/imgaudit-base.XXXXXX")
  mirror=$(debian_sources | awk '$3 == "bookworm" { print $2; exit }')
  debootstrap --force-check-gpg --variant=minbase bookworm "$root/fs" ${mirror:+"$mirror"} >"$root/log" 2>&1 || { tail "$root/log" >&2; exit 1; }
  if [ -n "$mirror" ]; then debian_sources >"$root/fs/etc/apt/sources.list"; fi
  rm -rf "$root"/fs/var/cache/apt/*.bin "$root"/fs/var/cache/apt/archives/*.deb "$root"/fs/var/lib/apt/lists/*
  tar -C "$root/fs" --numeric-owner -cf "$cache/base.tar.new" .
  mv "$cache/base.tar.new" "$cache/base.tar"
  rm -rf --one-file-system "$root"
}

# This machine's own sources of Debian 12, as lines of a sources.list; nothing where it is no Debian 12.
debian_sources() {
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null |
    grep -E ' bookworm(-updates|-security)? ' || true
}

# Wheels of the image's Python (3.11), packages for the index that pip may cache from, and an npm cache with what it filled.
# What the lists beside this script do not name, with its digest, is in none of them.
download() {
  pinned wheels "$cache/wheels" "$here/images/wheels.txt"
  pinned index "$cache/index" "$here"/images/{index,newer}.txt
  pinned node_modules "$cache/npm" "$here"/images/package{,-lock}.json
}

# pinned <what fills it> <folder> <list>…: filled once, and anew when the lists are others.
pinned() {
  local fill=$1 folder=$2 pins; shift 2
  pins=$(cat "$@" | sha256sum)
  [ ! -d "$folder" ] || [ "$(cat "$folder.pins" 2>/dev/null)" != "$pins" ] || return 0
  rm -rf "$folder" "$folder.new"
  mkdir "$folder.new"
  "$fill" "$folder.new" "$@"
  mv "$folder.new" "$folder"
  echo "$pins" >"$folder.pins"
}

index() {
  wheels "$@"
  source_package "$1"
}

node_modules() {
  cp "${@:2}" "$1/"
  npm ci --ignore-scripts --silent --no-audit --no-fund --prefix "$1" --cache "$1/cache" >&2
  rm -rf "$1/cache/_logs"
}

# wheels <folder> <list>…: those for Python 3.11 on amd64.
wheels() {
  local folder=$1 list minor platforms=(--platform manylinux2014_x86_64); shift
  for minor in 17 24 25 26 27 28; do platforms+=(--platform "manylinux_2_${minor}_x86_64"); done
  for list; do
    python3 -m pip download --quiet --no-deps --require-hashes --python-version 3.11 "${platforms[@]}" --only-binary :all: \
      --dest "$folder" --requirement "$list" >&2
  done
}

# A package without a wheel, which pip builds where it is installed. One from an index would bring its build tools here.
source_package() {
  local at=$1/handmade-1.0
  mkdir "$at"
  printf 'from setuptools import setup\n\nsetup(name="handmade", version="1.0", py_modules=["handmade"])\n' >"$at/setup.py"
  printf 'Metadata-Version: 2.1\nName: handmade\nVersion: 1.0\n' >"$at/PKG-INFO"
  printf 'numbers = [\n%s]\n' "$(seq -s , 4000)" >"$at/handmade.py"
  tar -C "$1" --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -czf "$at.tar.gz" handmade-1.0
  rm -r "$at"
}

# ---- the build context

context() {
  rm -rf "$1" && mkdir -p "$1" && cd "$1"
  application
  leftovers
  caches
  weights
  secrets
  near_misses
}

# An application with all that a missing .dockerignore lets in.
application() {
  mkdir -p app/src app/data
  printf 'import pandas\n\nprint(pandas.__version__)\n' >app/src/main.py
  noise 2000000 app/data/table.bin
  cp "$cache/npm/package.json" app/
  git -C app init --quiet
  local version
  for version in 1 2 3; do
    noise 700000 app/src/asset.bin
    git -C app add src
    git -C app -c user.name=test -c user.email=test@example.com commit --quiet -m "version $version"
  done
  git -C app gc --quiet
  cp -r "$cache/npm/node_modules" app/node_modules
  mkdir -p app/.venv/lib/python3.11/site-packages app/.venv/bin
  printf 'home = /usr/bin\nversion = 3.11.2\n' >app/.venv/pyvenv.cfg
  ln -s /usr/bin/python3 app/.venv/bin/python
  bsdtar -xf "$cache"/wheels/requests-*.whl -C app/.venv/lib/python3.11/site-packages
  bsdtar -xf "$cache"/wheels/urllib3-*.whl -C app/.venv/lib/python3.11/site-packages
}

# A folder of wheels to install from, another that stays, and installers.
leftovers() {
  mkdir -p wheels left/wheels
  cp "$cache"/wheels/*.whl wheels/
  rm -f wheels/numpy-* # it is there already
  cp "$cache"/wheels/{urllib3,idna}-*.whl left/wheels/
  { printf '#!/bin/sh\n# Installs Miniconda3\nexit 0\n'; noise 3000000 /dev/stdout; } >left/Miniconda3-py311_24.1.2-0-Linux-x86_64.sh
}

# What npm and poetry keep. Poetry's virtualenvs are no cache: they are where the application lives.
caches() {
  cp -r "$cache/npm/cache" npm
  mkdir -p poetry/artifacts/ab/cd/ef poetry/cache/repositories/PyPI/_http/a poetry/virtualenvs/app-x1Y2z3-py3.11/lib
  cp "$cache"/wheels/idna-*.whl poetry/artifacts/ab/cd/ef/
  noise 20000 poetry/cache/repositories/PyPI/_http/a/entry
  noise 100000 poetry/virtualenvs/app-x1Y2z3-py3.11/lib/module.bin
}

# A model as the Hugging Face hub keeps one: content by digest, names as links to it.
weights() {
  local hub=hub/models--example--tiny commit=0123456789abcdef0123456789abcdef01234567 digest header
  mkdir -p "$hub"/{blobs,refs,"snapshots/$commit"}
  header='{"weight":{"dtype":"U8","shape":[6000000],"data_offsets":[0,6000000]}}'
  { printf '%b' "\\x$(printf '%02x' ${#header})\\0\\0\\0\\0\\0\\0\\0"; printf '%s' "$header"; noise 6000000 /dev/stdout; } >"$hub/blobs/new"
  digest=$(sha256sum <"$hub/blobs/new" | cut -d ' ' -f 1)
  mv "$hub/blobs/new" "$hub/blobs/$digest"
  ln -s "../../blobs/$digest" "$hub/snapshots/$commit/model.safetensors"
  printf '%s' "$commit" >"$hub/refs/main"
}

# Nothing here opens anything.
secrets() {
  local never='not-a-real-secret-0000000000'
  mkdir -p home/.ssh
  printf 'machine example.com login test password %s\n' "$never" >home/.netrc
  printf '//registry.example.com/:_authToken=%s\n' "$never" >home/.npmrc
  printf -- '-----BEGIN %s KEY-----\n%s\n-----END %s KEY-----\n' 'RSA PRIVATE' "$(noise 900 /dev/stdout | base64)" 'RSA PRIVATE' >home/.ssh/id_rsa
  printf 'DATABASE_PASSWORD=%s\n' "$never" >app/.env
}

near_misses() {
  mkdir -p near/cache/pip-notes near/my.git-notes near/node_modules.d near/wheels-of-fortune near/lists near/.ssh
  noise 90000 near/cache/pip-notes/notes.bin
  noise 90000 near/my.git-notes/notes.bin
  noise 90000 near/node_modules.d/module.bin
  noise 90000 near/wheels-of-fortune/game.bin
  noise 90000 near/lists/Packages
  noise 60000 near/small.bin # under 64 KiB, twice: too small to be a duplicate
  cp near/small.bin near/small-again.bin
  printf 'DATABASE_PASSWORD=\n' >near/.env.example
  printf -- '-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n' "$(noise 900 /dev/stdout | base64)" >near/ca.pem
  printf 'fund=false\n' >near/.npmrc
}

# Bytes that nothing compresses and nothing else has.
noise() { head -c "$1" /dev/urandom >"$2"; }

[ "$0" != "${BASH_SOURCE[0]}" ] || main "$@"
