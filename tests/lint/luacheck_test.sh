# luacheck finds nothing in the Lua sources; .luacheckrc says which globals there are.
set -eu
cd "$SOURCE_DIR"
luacheck --quiet --no-color lua scripts examples tests src
