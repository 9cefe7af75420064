-- For LuaRocks: the module fmcal for Lua 5.4, and the program fmcal-lua. What the build needs of Debian's packages is in
-- .ci/packages.sh.
--   luarocks make .packaging/fmcal-0.1.0-1.rockspec
rockspec_format = "3.0"
package = "fmcal"
version = "0.1.0-1"
source = { url = "file://fmcal-0.1.0.tar.gz" } -- what `git archive --prefix=fmcal-0.1.0/` makes
description = {
  summary = "Keeps a kanban board and a calendar in step",
  license = "MIT",
}
dependencies = { "lua ~> 5.4" }
build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "Release",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    CMAKE_INSTALL_LIBDIR = "native", -- LuaRocks takes all that is in lib for modules
    FMCAL_LUA_DIR = "$(LIBDIR)",
    FMCAL_TESTS = "OFF",
  },
}
test = { type = "command", command = [[lua5.4 -e 'local fmcal = require "fmcal" print(fmcal._VERSION)']] }
