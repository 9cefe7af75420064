#!/bin/sh
# Builds the Debian packages of what is committed, has lintian look at them, and says what they consist of (CycloneDX).
#   sh .packaging/build.sh FOLDER    where the packages and fmcal.cdx.json go
# Needs what `.ci/packages.sh build package` installs.
set -eu
output=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/fmcal"
git archive HEAD | tar -x -C "$work/fmcal"
cp -r "$work/fmcal/.packaging/debian" "$work/fmcal/debian"

cd "$work/fmcal"
version=$(sed -n 's/^return "fmcal \(.*\)"$/\1/p' lua/fmcal/version.lua)
packaged=$(dpkg-parsechangelog --show-field Version)
[ "$version" = "$packaged" ] || { echo "build.sh: debian/changelog says $packaged, lua/fmcal/version.lua $version" >&2; exit 1; }

dpkg-buildpackage --unsigned-source --unsigned-changes --build=full
lintian --pedantic --display-info --fail-on error,warning,info,pedantic "$work"/*.changes
program=$(echo obj-*/fmcal-lua)
"$program" .packaging/sbom.lua "$program" >"$output/fmcal.cdx.json"
cp "$work"/*.deb "$work"/*.dsc "$work"/*.tar.* "$work"/*.buildinfo "$work"/*.changes "$output"
