-- OpenAPI 3.1, made from the table of routes.

local json = require "fmcal.json"
local routes = require "fmcal.serve.http.routes"
local sorted_names = require "fmcal.util.sorted_names"
local types = require "fmcal.serve.http.problem_types"
local version = require "fmcal.version"

local openapi = {}

local TEXTS = { type = "array", items = { type = "string" } }
local OF_TYPE = { text = { type = "string" }, name = { type = "string" }, secret = { type = "string" },
  number = { type = "integer" }, boolean = { type = "boolean" }, names = TEXTS, texts = TEXTS, object = { type = "object" },
  objects = { type = "array", items = { type = "object" } }, any = {} }

local PROBLEM = { type = "object", required = json.array { "type", "title", "status", "detail", "success", "error" },
  properties = { type = { type = "string" }, title = { type = "string" }, status = { type = "integer" },
    detail = { type = "string" }, success = { const = false }, error = { type = "string" }, member = { type = "string" },
    line = { type = "integer" }, column = { type = "integer" }, run = { type = "string" } } }

local MEANS = { [200] = "Done.", [202] = "Under way: `Location` says where to look.", [204] = "Done; there is nothing to say.",
  [304] = "You have it already." }

-- What may come of every call: of its head, and of the server's limits.
local ALWAYS = { 400, 408, 421, 431, 500, 503 }
local UNSAFE = { POST = true, DELETE = true }

local function schema_of(kind)
  if type(kind) ~= "table" then return assert(OF_TYPE[kind], kind) end
  local properties = {}
  for name, inner in pairs(kind) do properties[name] = schema_of(inner) end
  return { type = "object", properties = properties }
end

-- ---------------------------------------------------------------- statuses

local function add(set, ...)
  for _, status in ipairs { ... } do set[status] = true end
end

local function has_success(route)
  for _, status in ipairs(route.answers or {}) do
    if status < 300 then return true end
  end
  return false
end

--- The statuses that a route can answer with, sorted.
function openapi.statuses(route)
  local set, list = {}, {}
  add(set, table.unpack(ALWAYS))
  add(set, table.unpack(route.answers or {}))
  if not has_success(route) then add(set, 200) end
  if route.scope ~= "public" then add(set, 401, 403, 429) end
  if route.team ~= "all" then add(set, 404) end
  if route.query or route.body or route.team ~= "all" then add(set, 422) end
  if UNSAFE[route.method] then add(set, 403) end
  if route.method == "POST" then add(set, 409, 413, 415, 422) end
  for status in pairs(set) do list[#list + 1] = status end
  table.sort(list)
  return list
end

local function kinds_of(status)
  local names = {}
  for _, name in ipairs(sorted_names(types)) do
    if types[name].status == status then names[#names + 1] = "`" .. name .. "`" end
  end
  return table.concat(names, ", ")
end

local function response(status)
  if MEANS[status] then return { description = MEANS[status] } end
  return { description = kinds_of(status), content = { ["application/problem+json"] =
    { schema = { ["$ref"] = "#/components/schemas/problem" } } } }
end

-- ---------------------------------------------------------------- operations

local function parameter(place, name, kind, is_needed)
  return { ["in"] = place, name = name, required = is_needed, schema = schema_of(kind) }
end

local function parameters_of(route)
  local list = json.array {}
  for name in route.path:gmatch("{(%w+)}") do list[#list + 1] = parameter("path", name, "name", true) end
  if route.team == "query" or route.team == "perhaps" then
    list[#list + 1] = parameter("query", "team", "name", route.team == "query")
  end
  for _, name in ipairs(sorted_names(route.query or {})) do
    list[#list + 1] = parameter("query", name, route.query[name], false)
  end
  return list
end

local function body_of(route)
  if route.method ~= "POST" then return nil end
  local schema = schema_of(route.body or {})
  local needs = json.array { route.team == "body" and "team" or nil }
  if route.team == "body" then schema.properties.team = OF_TYPE.name end
  for _, name in ipairs(route.needs or {}) do needs[#needs + 1] = name end
  schema.required, schema.additionalProperties = needs[1] and needs or nil, false
  return { required = #needs > 0, content = { ["application/json"] = { schema = schema } } }
end

local function operation(route)
  local responses = {}
  for _, status in ipairs(openapi.statuses(route)) do responses[tostring(status)] = response(status) end
  return { operationId = route.call .. route.path:gsub("%W+", "_"), summary = route.about, parameters = parameters_of(route),
    requestBody = body_of(route), responses = responses,
    security = route.scope == "public" and json.array {} or json.array { { token = json.array { route.scope } } } }
end

--- The whole document.
function openapi.document()
  local paths = {}
  for _, route in ipairs(routes.LIST) do
    paths[route.path] = paths[route.path] or {}
    paths[route.path][route.method:lower()] = operation(route)
  end
  return { openapi = "3.1.0", info = { title = "fmcal", version = version }, paths = paths,
    components = { schemas = { problem = PROBLEM },
      securitySchemes = { token = { type = "http", scheme = "bearer" } } } }
end

return openapi
