#!/bin/sh
# Installs what is missing, builds, and runs every test.
#   sh tests/run.sh        the optimised build, with the checks of the sources
#   sh tests/run.sh --ci   that with warnings as errors, then everything again under ASan and UBSan
# The last line is ctest's own: "100% tests passed, 0 tests failed out of N".
set -eu
cd "$(dirname "$0")/.."

ci=no
case ${1:-} in
  --ci) ci=yes ;;
  "") ;;
  *) echo "run.sh: unknown option '$1': only --ci is known" >&2; exit 2 ;;
esac

jobs=$(nproc)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0

# build PRESET [CMAKE-OPTION...]
build() {
  preset=$1; shift
  cmake --preset "$preset" -DFMCAL_TESTS=ON "$@"
  cmake --build --preset "$preset" -j "$jobs"
}

# check PRESET [CTEST-OPTION...]: runs tests and adds their numbers to the sum
check() {
  preset=$1; shift
  { ctest --preset "$preset" -j "$jobs" "$@" || echo "ctest failed"; } 2>&1 | tee "$log"
  line=$(grep 'tests failed out of' "$log" || echo "0% tests passed, 1 tests failed out of 1")
  total=${line##* }
  bad=${line#*, } bad=${bad%% *}
  passed=$((passed + total - bad)) failed=$((failed + bad))
}

if [ "$ci" = yes ]; then
  sh .ci/packages.sh --refresh build test
  build release -DFMCAL_WERROR=ON
  check release -LE lint
  build asan
  check asan -LE lint
  check release -L lint
else
  sh .ci/packages.sh build test
  build release -DFMCAL_WERROR=OFF
  check release
fi

all=$((passed + failed))
echo
echo "$((100 * passed / all))% tests passed, $failed tests failed out of $all"
[ "$failed" = 0 ]
