# The shell checker finds nothing in the shell scripts.
set -eu
cd "$SOURCE_DIR"
find .ci .packaging examples tests -name "*.sh" -print0 | sort -z | xargs -0 shellcheck --shell=sh --external-sources --source-path="$SOURCE_DIR"
shellcheck .ci/run
find .packaging/debian/tests -type f ! -name control -print0 | xargs -0 shellcheck
shellcheck --shell=bash scripts/completion/fmcal-lua.bash
