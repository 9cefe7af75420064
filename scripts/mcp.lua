#!/usr/bin/env fmcal-lua
-- Boards for assistants: a server of the Model Context Protocol on standard input and output.
local cli = require "fmcal.cli"
local sys = require "fmcal.sys"

local parser = cli.parser {
  name = "mcp.lua",
  summary = "Serves boards to an assistant, as a Model Context Protocol server on standard input and output. It writes only "
    .. "plans that the assistant has made in the same session; with --read-only, nothing.",
  exits = { 0, 2, 3 },
  meanings = { [0] = "the assistant has left" },
  examples = { "mcp.lua board.json", "mcp.lua boards/ --read-only" },
}
parser:argument("places", "Boards, and folders with boards. Without one: FMCAL_BOARD, or this folder."):args("*")
parser:flag("--read-only", "Offer nothing that writes.")
parser:flag("--child"):hidden(true) -- does one call of a tool

local function words_of(values)
  if #values.places > 0 then return values.places end
  local board = os.getenv("FMCAL_BOARD")
  return { board and board ~= "" and board or "." }
end

local AT_A_TERMINAL = "this speaks with the program that an assistant runs in, one JSON message a line; name it in the "
  .. "configuration of that program, which starts it itself. Ctrl-D ends it."

cli.main(parser, function(values)
  if values.child then return require("fmcal.mcp.job").work() end
  if sys.is_terminal("stdin") then cli.complain(AT_A_TERMINAL) end
  local places = cli.check(require("fmcal.mcp.places").read(words_of(values)))
  return require("fmcal.mcp").serve { places = places, read_only = values.read_only }
end)
