local forms = require "fmcal.cli.completion.forms"
local lu = require "luaunit"

TestForms = {}

function TestForms.test_what_comes_next()
  local cases = {
    { "show PLAN | diff PLAN PLAN2", {}, { "show", "diff" } },
    { "show PLAN | diff PLAN PLAN2", { "diff" }, { "PLAN" } },
    { "show PLAN | diff PLAN PLAN2", { "diff", "a.json" }, { "PLAN2" } },
    { "show PLAN | diff PLAN PLAN2", { "show", "a.json" }, {} },
    { "show PLAN | diff PLAN PLAN2", { "shwo" }, {} },
    { "[BOARD] ID", {}, { "BOARD", "ID" } },
    { "[BOARD] ID", { "board.json" }, { "ID" } },
    { "[BOARD] ID", { "XACA-0040" }, {} },
    { "[BOARD] [list | show ID]", { "show" }, { "ID" } },
    { "[BOARD] [list | show ID]", { "board.json" }, { "list", "show" } },
    { "[BOARDS ...]", {}, { "BOARDS" } },
    { "[BOARDS ...]", { "a.json", "b.json", "c.json" }, { "BOARDS" } },
    { "merge MEMBER=VALUE ...", { "merge", "title=A" }, { "MEMBER=VALUE" } },
    { "", {}, {} },
  }
  for _, case in ipairs(cases) do
    lu.assertEquals(forms.next(case[1], case[2]), case[3], case[1] .. " behind " .. table.concat(case[2], " "))
  end
end

os.exit(lu.LuaUnit.run())
