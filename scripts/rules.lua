#!/usr/bin/env fmcal-lua
-- For those who write rules: new ones, checks, tests, differences, recordings.
local cli = require "fmcal.cli"
local rules = require "fmcal.cli.rules"

cli.main(rules.of(arg))
