# What `cmake --install` puts down works for others: headers, library, pkg-config, CMake package, Lua module, program.
set -eu
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$BUILD_DIR" --prefix "$prefix" >/dev/null
libdir=$(dirname "$(find "$prefix" -name 'libfmcal.so' )")
sanitize=$(echo "${SANITIZE:-}" | tr ';' ' ')

fail() {
  echo "install_test: $1" >&2
  exit 1
}

expect() { # expect WHAT TEXT COMMAND...: the command's output holds the text
  what=$1 text=$2
  shift 2
  output=$("$@" 2>&1) || fail "$what: $output"
  case $output in *"$text"*) ;; *) fail "$what: no \"$text\" in: $output" ;; esac
}

# The library shows its interface and nothing else.
foreign=$(nm -D --defined-only "$libdir/libfmcal.so" | awk '{print $3}' | grep -vE '^(fm_|luaopen_fmcal$|__|_init|_fini|_edata|_end)' || true)
[ -z "$foreign" ] || fail "libfmcal.so exports $foreign"
[ -f "$libdir/libfmcal.so.0" ] || fail "there is no libfmcal.so.0"

# A program built with the CMake package.
export CFLAGS="$sanitize" LD_LIBRARY_PATH="$libdir"
cmake -S "$SOURCE_DIR/examples/embed" -B "$prefix/embed" -DCMAKE_PREFIX_PATH="$prefix" >"$prefix/log" 2>&1 || fail "$(cat "$prefix/log")"
cmake --build "$prefix/embed" >"$prefix/log" 2>&1 || fail "$(cat "$prefix/log")"
expect "embed" "announced: File initial motion on 2026-02-15" "$prefix/embed/embed"
expect "embed" 'status "script": embed:1: as an example' "$prefix/embed/embed"
expect "embed" "log: embed: mapping XACA-0040" "$prefix/embed/embed"

# The same with pkg-config, shared and static.
export PKG_CONFIG_PATH="$libdir/pkgconfig"
# shellcheck disable=SC2046,SC2086
"$CC" -std=c11 $sanitize "$SOURCE_DIR/examples/embed/embed.c" $(pkg-config --cflags --libs fmcal) -o "$prefix/shared"
expect "pkg-config" "announced" "$prefix/shared"
requires=$(pkg-config --print-requires-private fmcal | tr '\n' ' ')
# shellcheck disable=SC2046,SC2086
"$CC" -std=c11 $sanitize "$SOURCE_DIR/examples/embed/embed.c" $(pkg-config --cflags fmcal) "$libdir/libfmcal.a" \
  $(pkg-config --libs lua5.4 "$requires") -lm -lresolv -o "$prefix/static"
expect "the archive" "announced" env -u LD_LIBRARY_PATH "$prefix/static"

# A stock lua5.4 has the same modules.
stock() {
  preload=
  [ -z "$sanitize" ] || preload=$("$CC" -print-file-name=libasan.so)
  env -u LUA_PATH_5_4 LD_PRELOAD="$preload" ASAN_OPTIONS=detect_leaks=0 \
    LUA_CPATH="$libdir/lua/5.4/?.so" lua5.4 "$@"
}
expect "lua5.4" "fmcal 0.1.0" stock -e 'print(require("fmcal")._VERSION)'
expect "lua5.4" "XACA-1" stock -e 'print(require("fmcal").event.from_kanban_item({id = "XACA-1", title = "T", dueDate = "2026-02-15"}).kanbanId)'
expect "lua5.4" "2026-02-16" stock -l fmcal -e 'print(require("fmcal.time").add_days("2026-02-15", 1))'

# Rules run in the worker that is installed with the library.
echo 'return { select = function(entry) return entry.id == "XACA-1" end }' >"$prefix/rules.lua"
load="rules, err = require('fmcal.rules').load('$prefix/rules.lua', { team = 't', provider = 'mock', config = {} })"
worker=$(find "$prefix" -path '*/libexec/fmcal/worker' -perm -u+x)
[ -n "$worker" ] || fail "there is no libexec/fmcal/worker"
export FMCAL_WORKER="$worker"
expect "rules in lua5.4" "true" stock -l fmcal -e "$load assert(rules, err) print(rules:select('a', { id = 'XACA-1' }))"
export FMCAL_WORKER="$prefix/absent"
expect "no worker" "runs rules, $prefix/absent, is not there: install fmcal" stock -l fmcal -e "$load print(err)"
unset FMCAL_WORKER

export FMCAL_LUA_PATH="$SOURCE_DIR/lua"
expect "lua5.4 with a checkout" "@$SOURCE_DIR/lua/fmcal/event.lua" \
  stock -l fmcal -e 'print(debug.getinfo(fmcal.event.from_epic).source)'
unset FMCAL_LUA_PATH

# The program, alone in another folder.
cp "$prefix/bin/fmcal-lua" "$prefix/elsewhere"
expect "fmcal-lua" "fmcal 0.1.0" env -u LD_LIBRARY_PATH "$prefix/elsewhere" -e 'print(fmcal._VERSION)'
for page in man1/fmcal-lua.1 man1/fmcal-sync.1 man5/fmcal-config.5 man7/fmcal.7; do
  [ -s "$prefix/share/man/$page" ] || fail "there is no manual page $page"
done
