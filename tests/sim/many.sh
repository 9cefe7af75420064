#!/bin/sh
# Many random histories on all processors, for longer than the tests take: about an hour a hundred thousand on two.
#   sh tests/sim/many.sh [HISTORIES [PROVIDER [FIRST-SEED]]]      200,000 on the mock provider from a seed of today
# BUILD_DIR is the build, build/release by default. A failure prints its seed and the smallest script that still fails.
set -eu
cd "$(dirname "$0")/../.."
histories=${1:-200000} provider=${2:-mock} first=${3:-$(date +%Y%m%d000000)}
build=${BUILD_DIR:-$PWD/build/release}
export TESTS_DIR="$PWD/tests" LC_ALL=C.UTF-8 TMPDIR=/dev/shm LUA_PATH_5_4="$PWD/tests/support/?.lua;;"
seq "$first" 500 $((first + histories - 1)) | xargs -P "$(nproc)" -I {} \
  "$build/tests/sim_host" tests/sim/histories.lua --provider "$provider" --histories 500 --seed {}
