local lu = require "luaunit"
local openapi = require "fmcal.serve.http.openapi"
local routes = require "fmcal.serve.http.routes"
local types = require "fmcal.serve.http.problem_types"

TestOpenapi = {}

function TestOpenapi.test_every_route_is_in_it()
  local document = openapi.document()
  for _, route in ipairs(routes.LIST) do
    local operation = document.paths[route.path][route.method:lower()]
    lu.assertEquals(operation.summary, route.about)
    lu.assertEquals(#operation.security == 0, route.scope == "public")
    for name in route.path:gmatch("{(%w+)}") do
      lu.assertEquals(operation.parameters[1]["in"], "path", name)
    end
  end
end

function TestOpenapi.test_operations_have_names_of_their_own()
  local seen = {}
  for _, path in pairs(openapi.document().paths) do
    for _, operation in pairs(path) do
      lu.assertNil(seen[operation.operationId], operation.operationId)
      seen[operation.operationId] = true
    end
  end
end

function TestOpenapi.test_every_problem_is_explained()
  local known = {}
  for _, route in ipairs(routes.LIST) do
    for _, status in ipairs(openapi.statuses(route)) do known[status] = true end
  end
  for name, kind in pairs(types) do
    lu.assertTrue(#kind.title > 0 and kind.means:find("%.$") ~= nil and kind.help:find("%.$") ~= nil, name)
  end
  for status in pairs(known) do
    local is_explained = status < 400
    for _, kind in pairs(types) do is_explained = is_explained or kind.status == status end
    lu.assertTrue(is_explained, status)
  end
end

os.exit(lu.LuaUnit.run())
