# C sources are laid out as .clang-format says.
set -eu
cd "$SOURCE_DIR"
find src tests examples -name '*.[ch]' -print0 | xargs -0 -P "$(nproc)" -n 16 clang-format --dry-run -Werror
