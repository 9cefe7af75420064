#!/bin/sh
# Tries the packages out in a fresh Debian 12: they install, the tests of .packaging/debian/tests pass, and what is left once they
# are purged is what the person made.
#   sh .packaging/try.sh FOLDER [ROOT.tar]    FOLDER is what build.sh filled; ROOT.tar keeps the fresh root for the next time
# As root, for it works in a root of its own; needs what `.ci/packages.sh package` installs.
set -eu
packages=$(cd "$1" && pwd)
debian=$(cd "$(dirname "$0")/debian" && pwd)
work=$(mktemp -d)
fresh=${2:-$work/fresh.tar}
root=$work/root

finish() {
  umount "$root/proc" 2>/dev/null || :
  rm -rf --one-file-system "$work"
}
trap finish EXIT

fail() {
  echo "try.sh: $1" >&2
  exit 1
}

inside() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# What there is, but for homes and for what Debian's own programs write down.
list_files() {
  (cd "$root" && find etc opt srv usr var -path var/cache -prune -o -path var/log -prune -o -path var/lib/apt -prune \
    -o -path var/lib/dpkg -prune -o -print) | sort
}

[ -s "$fresh" ] || mmdebstrap --variant=apt bookworm "$fresh"
mkdir "$root"
tar -x -f "$fresh" -C "$root"
mount -t proc proc "$root/proc"
[ -e "$root/dev/fd" ] || ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/tmp/packages"
cp "$packages"/*.deb "$root/tmp/packages"
rm -f "$root"/tmp/packages/*-dbgsym_*
cp -r "$debian/tests" "$root/tmp/tests"

# What fmcal and its tests need of others is there before, and stays.
inside apt-get -q update
needed=$(sed -n 's/^Depends: //p' "$debian/tests/control" | tr ',' '\n' | grep -v fmcal | sort -u)
# shellcheck disable=SC2086
inside apt-get -q install -y --no-install-recommends $needed
depends=$(for package in "$root"/tmp/packages/*.deb; do dpkg-deb -f "$package" Depends; done | tr ',' '\n' \
  | grep -v '^ *libfmcal0\|^$' | paste -s -d ,)
inside apt-get -q satisfy -y --no-install-recommends "$depends"
list_files >"$work/before"

inside sh -c 'apt-get -q install -y --no-install-recommends /tmp/packages/*.deb'
for test in "$debian"/tests/*; do
  name=$(basename "$test")
  [ "$name" = control ] && continue
  echo "== $name"
  mkdir "$root/home/$name"
  inside env AUTOPKGTEST_TMP="/home/$name" "/tmp/tests/$name" || fail "the test $name failed"
done

inside apt-get -q purge -y fmcal libfmcal0 libfmcal-dev lua-fmcal fmcal-doc
list_files >"$work/after"
comm -13 "$work/before" "$work/after" >"$work/left"
[ -s "$work/left" ] && fail "purging leaves $(cat "$work/left")"
for kept in board.json calendars/academy .fmcal/academy.db; do
  [ -e "$root/home/quickstart/$kept" ] || fail "purging took a person's $kept"
done
echo "The packages install, pass their tests, and leave nothing."
