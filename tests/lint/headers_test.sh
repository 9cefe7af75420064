# Each public header compiles alone, as strict C11 and as C++11.
set -eu
cd "$SOURCE_DIR"
status=0
for header in src/include/fmcal/*.h; do
  name=fmcal/$(basename "$header")
  printf '#include "%s"\nint main(void) { return 0; }\n' "$name" >"$BUILD_DIR/header_alone.c"
  cc -std=c11 -pedantic-errors -Wall -Wextra -Werror -Isrc/include -fsyntax-only "$BUILD_DIR/header_alone.c" || status=1
  c++ -x c++ -std=c++11 -pedantic-errors -Wall -Wextra -Werror -Isrc/include -fsyntax-only "$BUILD_DIR/header_alone.c" || status=1
done
exit $status
