#!/usr/bin/env bash
# The real container engines that the tests run against. No systemd is needed, and no engine of the machine is touched.
#
#   engines.sh install        Debian packages: Docker 20.10, Podman, Buildah, skopeo, umoci, registry, debootstrap
#   engines.sh build          current Docker (containerd image store, BuildKit), built from its Go modules, once
#   engines.sh peers          dive and syft, for benchmarks only
#   engines.sh check          name the engines that cannot start and what they lack, one a line; nothing when all can
#   engines.sh start <dir> [overlay2|fuse-overlayfs|vfs|containerd|podman …]   start engines that keep everything below
#                             <dir>; print NAME=value lines
#   engines.sh stop <dir>     end them and remove what they kept
#
# What is built is kept in $IMGAUDIT_ENGINES (default: ~/.cache/imgaudit/engines); delete the folder to build anew.
set -euo pipefail

engines=${IMGAUDIT_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/imgaudit/engines}
bin=$engines/bin

packages=(
  docker.io podman buildah skopeo umoci docker-registry # engines, and tools that read and write their images
  debootstrap iptables fuse-overlayfs uidmap             # what they and the test images need
  libseccomp-dev pkg-config gcc libc6-dev                # to build runc
  musl-tools                                             # with gcc: programs for the loaders to load
  zstd pigz libarchive-tools cpio pax rpm jq git ca-certificates procps
  binutils strace                                        # what readelf and strip say of programs, and what a program asks the system for
  zsh fish mandoc groff-base                             # shells to complete in, and what reads man pages
)

containerd_version=v2.4.2
docker_version=v2.0.0-beta.24
runc_version=v1.5.2
buildx_version=v0.30.1
buildkit_version=v0.26.3
# Of what amd64's programs are built from, every module with the sum of its source: `modules_of` below.
declare -A modules=(
  [containerd]=79849dc2f3c3a25dfa8cd60428c453e3192749b27cdebb1ad0873db900e9f271
  [ctr]=31428c1ac9c4707f299238fecbbafdad50ca8daf035458c946093d70ffb493eb
  [containerd-shim-runc-v2]=0473fd0919fecef391f254ec7746e0050e68ea428dab769461f2d6a28544efdd
  [dockerd]=88bffa9ecf8a4103807fb32f9768b993bd606273733bfd9336452ada07397d81
  [runc]=9e9e365051820e3976ec057e4157533459dd0d04ad320a20acce650a4afa2cc2
  [buildx]=2503f6fd767402a491f0142ef17fc50342494d0c1efac25138bf45de597ccf4c
)
dive_version=v0.13.1
syft_version=v1.38.0

main() {
  local command=${1:-help}
  shift || true
  case $command in
    install | build | peers | check) "$command" ;;
    start | stop) [ $# -ge 1 ] || usage; "$command" "$@" ;;
    *) usage ;;
  esac
}

usage() {
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2
  exit 2
}

say() { echo "engines: $*" >&2; }
fail() { say "$*"; exit 1; }

# As root: root itself, or sudo without a question.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n --preserve-env=DEBIAN_FRONTEND "$@"; fi
}

# ---- install

install() {
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip) # any Python's pip will do
  [ ${#missing[@]} -gt 0 ] || { say 'all Debian packages are installed'; return; }

  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq || say 'apt-get update failed for some source; going on with what it has'
  # docker.io and docker-registry start a daemon when they are installed; policy-rc.d says no.
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e $policy ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
  fi
  local status=0
  as_root apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >&2 || status=$?
  [ -z "$ours" ] || as_root rm -f $policy
  return $status
}

# ---- build

# Go with caches of its own, which leave with the build.
scratch=
with_go() {
  command -v go >/dev/null || fail 'needs Go 1.26 or newer: https://go.dev/dl'
  mkdir -p "$bin"
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/imgaudit-go.XXXXXX")
  trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$scratch"' EXIT
  export GOMODCACHE=$scratch/mod GOCACHE=$scratch/cache GOPATH=$scratch/path GOBIN=$scratch/bin
  export GOFLAGS="${GOFLAGS:-} -modcacherw -trimpath" GOTOOLCHAIN=local
  mkdir -p "$GOBIN"
  bin=$(cd "$bin" && pwd)
  cd "$scratch" # no go.mod or go.work of somebody else's has a say
}

build() {
  local missing=() name
  for name in containerd dockerd runc buildx; do [ -x "$bin/$name" ] || missing+=("$name"); done
  [ ${#missing[@]} -gt 0 ] || { say "already built in $bin"; return; }
  in_parallel "${missing[@]}"
}

peers() {
  local missing=() name
  for name in dive syft; do [ -x "$bin/$name" ] || missing+=("$name"); done
  [ ${#missing[@]} -gt 0 ] || { say "already built in $bin"; return; }
  in_parallel "${missing[@]}"
}

# One Go build per name; what a build made is moved into place whole.
in_parallel() {
  with_go
  say "building $* into $bin"
  local name jobs=() started=$SECONDS status=0
  for name in "$@"; do
    "build_$name" >"$scratch/$name.log" 2>&1 &
    jobs+=("$name:$!")
  done
  for name in "${jobs[@]}"; do
    if wait "${name#*:}"; then
      say "built ${name%%:*} after $((SECONDS - started)) s"
    else
      status=1
      say "could not build ${name%%:*}:"
      tail -n 30 "$scratch/${name%%:*}.log" >&2
    fi
  done
  return $status
}

keep() {
  local name
  for name in "$@"; do
    same_modules "$name" "$GOBIN/$name" || return
    mv "$GOBIN/$name" "$bin/$name"
  done
}

# Nothing of a program has run when this is told: Go compiles, and runs no code of modules.
same_modules() {
  [ "$(go env GOARCH)" = amd64 ] && [ -n "${modules[$1]:-}" ] || return 0
  local found
  found=$(modules_of "$2")
  [ "$found" = "${modules[$1]}" ] || { say "$1 was built from other modules than pinned: $found, of \`go version -m\`"; return 1; }
}

modules_of() {
  go version -m "$1" | awk '$1 == "mod" || $1 == "dep" || $1 == "=>" { print $2, $3, $4 }' | sha256sum | cut -d ' ' -f 1
}

build_containerd() {
  local module=github.com/containerd/containerd/v2/cmd
  go install -ldflags '-s -w' "$module"/{containerd,ctr,containerd-shim-runc-v2}@$containerd_version || return
  keep ctr containerd-shim-runc-v2 containerd
}

build_dockerd() {
  go install -ldflags '-s -w' github.com/moby/moby/v2/cmd/dockerd@$docker_version || return
  keep dockerd
}

# Debian's runc 1.1 is too old for this dockerd.
build_runc() {
  go install -ldflags '-s -w' -tags seccomp github.com/opencontainers/runc@$runc_version || return
  keep runc
}

# `go install` refuses modules with replace directives: a module of our own requires the program instead. Not tidied: that
# looks for what only tests of modules need, in its newest version.
build_buildx() {
  mkdir -p "$scratch/buildx" && cd "$scratch/buildx" || return
  go mod init scratch || return
  go get github.com/docker/buildx/cmd/buildx@$buildx_version github.com/moby/buildkit@$buildkit_version || return
  go build -ldflags '-s -w' -o "$GOBIN/buildx" github.com/docker/buildx/cmd/buildx || return
  keep buildx
}

build_dive() {
  go install -ldflags '-s -w' github.com/wagoodman/dive@$dive_version || return
  keep dive
}

build_syft() {
  go install -ldflags '-s -w' github.com/anchore/syft/cmd/syft@$syft_version || return
  keep syft
}

# ---- check

# What each engine runs on. Names are those that `start` takes.
check() {
  missing overlay2 /usr/sbin/dockerd /usr/bin/containerd docker
  missing fuse-overlayfs /usr/sbin/dockerd /usr/bin/containerd docker fuse-overlayfs
  missing vfs /usr/sbin/dockerd /usr/bin/containerd docker
  missing containerd "$bin"/{containerd,dockerd,runc,buildx} docker
  missing podman podman docker
}

missing() {
  local engine=$1 program; shift
  [ "$(id -u)" = 0 ] || echo "$engine: must be started as root"
  for program in "$@"; do
    command -v "$program" >/dev/null || echo "$engine: ${program##*/} is not installed"
  done
}

# ---- start, stop

start() {
  mkdir -p "$1" && cd "$1"
  local dir=$PWD engine; shift
  [ "$(id -u)" = 0 ] || fail 'engines are started as root'
  # One at a time: several test files can ask for the same engine at once.
  exec 9>"$dir/lock"
  flock 9
  [ $# -gt 0 ] || set -- overlay2 containerd podman
  for engine in "$@"; do
    case $engine in
      overlay2 | fuse-overlayfs | vfs) start_graph_driver "$dir" "$engine" ;;
      containerd | podman) "start_$engine" "$dir" ;;
      *) fail "no engine is called $engine: overlay2, fuse-overlayfs, vfs, containerd, podman" ;;
    esac
  done
}

# Docker 20.10, with a graph driver. It gets a containerd of its own, so that it looks for none of the machine's.
start_graph_driver() {
  local at=$1/$2 socket=unix://$1/$2/docker.sock variable=${2//-/_}
  local PATH=/usr/sbin:/usr/bin:/sbin:/bin
  if ! answers "$socket"; then
    start_containerd_for "$at" /usr/bin/containerd "$at/containerd"
    launch "$at" dockerd /usr/sbin/dockerd "${docker_flags[@]}" --storage-driver "$2"
    await "$socket" "$at" dockerd
  fi
  echo "IMGAUDIT_DOCKER_${variable^^}=$socket"
}

# Current Docker, with containerd's image store, which lies where a dockerd that runs containerd itself has it.
start_containerd() {
  local at=$1/containerd socket=unix://$1/containerd/docker.sock
  local root=$at/docker/containerd/daemon
  local PATH=$bin:/usr/sbin:/usr/bin:/sbin:/bin
  if ! answers "$socket"; then
    start_containerd_for "$at" "$bin/containerd" "$root"
    launch "$at" dockerd "$bin/dockerd" "${docker_flags[@]}" --ip6tables=false
    await "$socket" "$at" dockerd
  fi
  mkdir -p "$at/client/cli-plugins"
  ln -sf "$bin/buildx" "$at/client/cli-plugins/docker-buildx"
  echo "IMGAUDIT_DOCKER_CONTAINERD=$socket"
  echo "IMGAUDIT_DOCKER_CONTAINERD_CONFIG=$at/client" # as DOCKER_CONFIG: a client that has buildx
  echo "IMGAUDIT_CONTAINERD=$at/containerd.sock"
  echo "IMGAUDIT_CONTAINERD_ROOT=$root"
}

start_podman() {
  local at=$1/podman socket=unix://$1/podman/podman.sock
  local flags=(--root "$at/root" --runroot "$at/run" --tmpdir "$at/tmp" --storage-driver overlay
    --cgroup-manager cgroupfs --events-backend none)
  if ! answers "$socket"; then
    mkdir -p "$at/scratch"
    TMPDIR=$at/scratch launch "$at" podman podman "${flags[@]}" system service --time 0 "$socket"
    await "$socket" "$at" podman
  fi
  echo "IMGAUDIT_PODMAN=$socket"
  echo "IMGAUDIT_PODMAN_ROOT=$at/root"
  echo "IMGAUDIT_PODMAN_RUNROOT=$at/run"
}

# No CRI, no NRI and no /opt: what would reach out of <dir>.
start_containerd_for() {
  local at=$1 program=$2 root=$3
  mkdir -p "$at"
  cat >"$at/containerd.toml" <<'TOML'
version = 2
disabled_plugins = [
  "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime",
  "io.containerd.nri.v1.nri", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing",
]
TOML
  launch "$at" containerd "$program" --config "$at/containerd.toml" --address "$at/containerd.sock" \
    --root "$root" --state "$at/containerd-state"
  docker_flags=(
    --containerd "$at/containerd.sock" --data-root "$at/docker" --exec-root "$at/exec" --pidfile "$at/docker.pid"
    --config-file "$at/daemon.json" --host "unix://$at/docker.sock" --iptables=false --bridge=none
  )
  echo '{}' >"$at/daemon.json"
  local tries
  for tries in {1..100}; do
    [ ! -S "$at/containerd.sock" ] || return 0
    sleep 0.1
  done
  tail -n 20 "$at/containerd.log" >&2
  fail "containerd did not start in $((tries / 10)) s; its log ends as above"
}

# A daemon on its own: it outlives this script and holds neither its output nor its lock. Its process id goes on file.
launch() {
  local at=$1 name=$2; shift 2
  mkdir -p "$at"
  setsid "$@" >"$at/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$at/$name.process"
}

answers() { timeout 20 docker -H "$1" version >/dev/null 2>&1; }

await() {
  local socket=$1 at=$2 name=$3 tries
  for tries in {1..300}; do
    ! answers "$socket" || return 0
    runs "$(<"$at/$name.process")" || break
    sleep 0.1
  done
  tail -n 20 "$at/$name.log" >&2
  fail "$name did not answer on $socket; its log ends as above"
}

stop() {
  [ -f "$1/lock" ] || return 0 # nothing was started here
  local dir name at
  dir=$(cd "$1" && pwd -P)
  for name in dockerd podman containerd; do
    for at in "$dir"/{overlay2,fuse-overlayfs,vfs,containerd,podman}; do end "$at" "$name"; done
  done
  # A daemon that was killed leaves its containers behind: their shims have a path below <dir> on the command line.
  for at in /proc/[0-9]*/cmdline; do
    if tr '\0' ' ' 2>/dev/null <"$at" | grep -q "^[^ ]*containerd-shim.* -address $dir/"; then
      at=${at#/proc/}
      pkill -KILL -P "${at%/cmdline}" || true
      kill -KILL "${at%/cmdline}" 2>/dev/null || true
    fi
  done
  # Deepest mounts first.
  awk -v dir="$dir/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r at; do
    umount -l "$at" || true
  done
  rm -rf --one-file-system "$dir"/{overlay2,fuse-overlayfs,vfs,containerd,podman,lock}
  rmdir --ignore-fail-on-non-empty "$dir"
}

# End one process by the id on file, if that is still the one that was started there: politely, then not.
end() {
  local at=$1 name=$2 process tries
  [ -f "$at/$name.process" ] || return 0
  process=$(<"$at/$name.process")
  grep -qsF "$at/" "/proc/$process/cmdline" || return 0
  for tries in {0..200}; do
    runs "$process" || return 0
    [ "$tries" != 0 ] || kill -TERM "$process"
    sleep 0.1
  done
  say "process $process did not end in $((tries / 10)) s"
  kill -KILL "$process" 2>/dev/null || true
}

# A process that has ended and waits for its parent to notice does not run.
runs() { [ -r "/proc/$1/status" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

main "$@"
