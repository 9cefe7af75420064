# The manual pages are well formed, and the pages of ours that they name are there. Those of other packages cannot be looked up
# everywhere.
set -eu
pages=$BUILD_DIR/man
if mandoc -T lint "$pages"/man*/* 2>&1 | grep -vE "entry, run makewhatis|STYLE: referenced manual not found"; then exit 1; fi

# Each command has a page.
for script in "$SOURCE_DIR"/scripts/*.lua; do
  name=$(basename "$script" .lua)
  [ -s "$pages/man1/fmcal-$name.1" ] || { echo "$name.lua has no manual page"; exit 1; }
done

# A name and a section, in whatever font, is a page.
cat "$pages"/man*/* | sed -E 's/\\f[BIR]//g; s/\\-/-/g; s/^\.Xr ([a-z-]+) ([0-9]).*/\1(\2)/' | grep -oE '\bfmcal(-[a-z]+)?\([0-9]\)' | sort -u | while read -r named; do
  section=${named##*\(} section=${section%\)}
  [ -s "$pages/man$section/${named%\(*}.$section" ] || { echo "the manual names $named, which is not there"; exit 1; }
done
