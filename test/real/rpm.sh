#!/usr/bin/env bash
# Roots with packages of rpm, as layers would leave them: made with rpmbuild, installed by rpm itself. Needs rpm, and root.
#
#   rpm.sh <dir>     a new folder; makes <dir>/installed, <dir>/upgraded and <dir>/erased
#
# fixtures/rpm/*.sqlite.gz are the databases of these three, by gzip -9n.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
mkdir "$1" && cd "$1"

# package <name> <version> [<more of the head>]
package() {
  cat >"$1.spec" <<SPEC
Name: $1
Version: $2
Release: 1
Summary: A package of two files
License: None
BuildArch: noarch
${3-}
%description
It says which version it is.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/$1/empty %{buildroot}/etc
echo 'echo $1 $2' >%{buildroot}/usr/bin/$1
ln -s $1 %{buildroot}/usr/bin/$1-link
echo 'data of $1 $2' >%{buildroot}/usr/lib/$1/data-$2
echo 'its name is not ASCII' >%{buildroot}/usr/lib/$1/dätä
echo 'setting = 1' >%{buildroot}/etc/$1.conf
%files
/usr/bin/$1
/usr/bin/$1-link
/usr/lib/$1
%config(noreplace) /etc/$1.conf
%ghost /var/log/$1.log
SPEC
  rpmbuild -bb --quiet --define "_topdir $PWD/build" --define "_rpmdir $PWD" "$1.spec"
}

# step <name of the root> <arguments of rpm>: a change of the root before, kept under this name
step() {
  local name=$1; shift
  # Debian's rpm warns that Debian has dpkg.
  rpm --root "$PWD/root" --dbpath /var/lib/rpm --define '_db_backend sqlite' "$@" 2>>warnings
  mkdir -p root/var/log && echo run >root/var/log/alpha.log
  cp -a root "$name"
}

package alpha 1.0 'Provides: greek(letter)'
package alpha 2.0 'Provides: greek(letter)'
package beta 1.0 'Epoch: 3
Requires: (greek(letter) >= 1 or omega), /usr/bin/alpha
Recommends: gamma'
mkdir root
step installed --install noarch/alpha-1.0-1.noarch.rpm noarch/beta-1.0-1.noarch.rpm
step upgraded --upgrade noarch/alpha-2.0-1.noarch.rpm
step erased --erase beta
