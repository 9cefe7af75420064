# The manual pages are well formed. References to pages of other packages cannot be looked up everywhere.
set -eu
cd "$SOURCE_DIR"
if mandoc -T lint -W warning docs/*.1 | grep -v "lacks .* entry, run makewhatis"; then exit 1; fi
