# fmcal-lua starts, has its modules, and reports errors.
set -eu
[ "$("$FMCAL_LUA" -e 'print(1 + 1)')" = 2 ]
[ "$("$FMCAL_LUA" -e 'print(type(require "fmcal"))')" = table ]
! "$FMCAL_LUA" -e 'error("no")' 2>/dev/null
