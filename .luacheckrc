std = "lua54"
max_line_length = 130
self = false -- methods need not use it
exclude_files = { "lua/fmcal/_meta", "build*" }
files["examples/rules*"] = { unused_args = false, read_globals = { "lib" } }
-- lua-unit finds its test tables among the globals
files["tests"] = { allow_defined_top = true, max_line_length = 150 }
