# cppcheck finds nothing in the C sources.
set -eu
cd "$SOURCE_DIR"
cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,performance,portability \
  --suppress=missingIncludeSystem --suppress=unusedStructMember --suppress=readdirCalled --library=posix \
  -j "$(nproc)" -D_GNU_SOURCE -DFMCAL_VERSION='"0"' -I src/include -I src src
