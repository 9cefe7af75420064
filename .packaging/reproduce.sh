#!/bin/sh
# Builds the Debian packages of what is committed twice, in folders, time zones (of two dates) and locales of their own: the bytes
# must be the same.
#   sh .packaging/reproduce.sh
# Needs what `.ci/packages.sh build package` installs.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build FOLDER [VARIABLE=VALUE...]
build() {
  mkdir -p "$work/$1/fmcal"
  git archive HEAD | tar -x -C "$work/$1/fmcal"
  cp -r "$work/$1/fmcal/.packaging/debian" "$work/$1/fmcal/debian"
  folder=$1; shift
  (cd "$work/$folder/fmcal" && env "$@" dpkg-buildpackage --unsigned-changes --build=binary >"$work/log" 2>&1) || { cat "$work/log"; exit 1; }
  (cd "$work/$folder" && sha256sum ./*.deb) >"$work/$folder.sums"
}

build here LC_ALL=C.UTF-8 TZ=Pacific/Pago_Pago
build there/and_deeper LC_ALL=C TZ=Pacific/Kiritimati CCACHE_DISABLE=1
diff "$work/here.sums" "$work/there/and_deeper.sums"
echo "The same bytes, twice."
