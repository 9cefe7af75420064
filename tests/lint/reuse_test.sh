# Each file says whose it is and under which license (.reuse/dep5, LICENSES), as REUSE asks for it.
set -eu
reuse --root "$SOURCE_DIR" lint
