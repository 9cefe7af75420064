# luacheck finds nothing in the Lua sources; .luacheckrc says which globals there are.
set -eu
cd "$SOURCE_DIR"
find .packaging docs lua scripts examples tests src -name '*.lua' -print0 | xargs -0 luacheck --quiet --no-color
