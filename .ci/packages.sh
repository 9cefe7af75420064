#!/bin/sh
# Installs Debian packages. The lists below are the only place that names them.
#   sh .ci/packages.sh build          what a build needs
#   sh .ci/packages.sh build test     and what the tests start or run
#   sh .ci/packages.sh build package  and what makes the Debian packages and tries them out
#   sh .ci/packages.sh --refresh ...  fetches the package lists first, even when nothing is missing
set -eu

build="build-essential ca-certificates cmake libcjson-dev libcurl4-openssl-dev libedit-dev libexpat1-dev libical-dev
  liblua5.4-dev libmicrohttpd-dev libpsl-dev libseccomp-dev libsqlite3-dev libssl-dev lua-argparse lua5.4 ninja-build pkg-config tzdata"
test="chromium clang-format clang-tidy cppcheck curl expect fish git khal libcmocka-dev lua-cjson lua-check lua-unit mandoc nginx-light nodejs npm
  procps python3 python3-dateutil radicale reuse shellcheck strace vdirsyncer xandikos zsh"
package="debhelper dpkg-dev git lintian luarocks mmdebstrap"

refresh=no wanted=
for word in "$@"; do
  case $word in
    --refresh) refresh=yes ;;
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    package) wanted="$wanted $package" ;;
    *) echo "packages.sh: unknown list '$word': use build, test or package" >&2; exit 2 ;;
  esac
done

# Node.js from elsewhere brings its own npm, beside which Debian's cannot be installed.
is_installed() {
  case $1 in
    nodejs) command -v node >/dev/null && return ;;
    npm) command -v npm >/dev/null && return ;;
  esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing=
for package in $wanted; do
  is_installed "$package" || missing="$missing $package"
done

if [ -n "$missing" ] || [ "$refresh" = yes ]; then
  as_root apt-get -q update
fi
if [ -n "$missing" ]; then
  echo "Installing:$missing"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing
fi
