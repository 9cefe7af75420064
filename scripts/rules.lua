#!/usr/bin/env fmcal-lua
-- For those who write rules: checks a rules file.
local cli = require "fmcal.cli"
local rules = require "fmcal.cli.rules"

cli.main(rules.of(arg))
