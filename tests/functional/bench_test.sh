# The benchmarks with servers, made small: they say what they measure, and leave out what cannot be started.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bench=$TESTS_DIR/bench
fail() { echo "FAILED: $1"; cat "$work/out" "$work/errors"; exit 1; }

"$bench/distant.sh" "$FMCAL_LUA" 5 1 >"$work/out" 2>"$work/errors"
[ ! -s "$work/errors" ] || fail "distant.sh: something on standard error"
[ "$(grep -c 'exit \[0\]' "$work/out")" = 3 ] || fail "distant.sh: not three measurements"

status=0
timeout 60 "$bench/push.sh" "$FMCAL_LUA" none 5 >"$work/out" 2>"$work/errors" || status=$?
[ "$status" = 77 ] || fail "push.sh: status $status"
grep -q '^left out: none cannot be started here$' "$work/out" || fail "push.sh: not left out"
