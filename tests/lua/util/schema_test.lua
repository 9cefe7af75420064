local json = require "fmcal.json"
local lu = require "luaunit"
local schema = require "fmcal.util.schema"

TestSchema = {}

local MEMBERS = { title = "text", id = "name", count = "number", on = "boolean", tags = "texts", words = "names",
  place = "place", list = "objects", inner = { id = "name" }, free = "any" }

local function wrong(text)
  return schema.wrong(MEMBERS, assert(json.decode(text)))
end

function TestSchema.test_what_is_right()
  for _, text in ipairs { "{}", '{"title":null,"id":null,"inner":null}', '{"title":"a","id":"b","count":1.5,"on":false}',
    '{"title":7,"tags":["a",7],"words":["a"],"place":"x","free":[[1]]}', '{"place":{"api":"x"},"list":[{},{"a":1}]}',
    '{"tags":[],"list":{},"inner":[],"place":{}}', '{"tags":{},"inner":{"id":"x","other":1}}', '{"title":"a\\u0000b"}' } do
    lu.assertNil(wrong(text), text)
  end
end

function TestSchema.test_what_is_wrong_is_named()
  local cases = {
    ['{"title":["a"]}'] = "title must be a text, not a list",
    ['{"title":true}'] = "title must be a text, not true or false",
    ['{"title":{"a":1}}'] = "title must be a text, not an object",
    ['{"id":7}'] = "id must be a text, not a number",
    ['{"id":"a\\u0000b"}'] = "id must be a text, not one with a zero byte",
    ['{"count":"1"}'] = "count must be a number, not a text",
    ['{"on":1}'] = "on must be true or false, not a number",
    ['{"tags":"a"}'] = "tags must be a list of texts, not a text",
    ['{"tags":{"a":1}}'] = "tags must be a list of texts, not an object",
    ['{"tags":["a",null]}'] = "tags must be a list of texts, not one that holds something else",
    ['{"words":[7]}'] = "words must be a list of texts, not one that holds something else",
    ['{"place":7}'] = "place must be a text or an object, not a number",
    ['{"list":[{},7]}'] = "list must be a list of objects, not one that holds something else",
    ['{"inner":7}'] = "inner must be an object, not a number",
    ['{"inner":[7]}'] = "inner must be an object, not a list",
    ['{"inner":{"id":[]}}'] = "inner.id must be a text, not a list",
    ['{"on":1,"count":"1"}'] = "count must be a number, not a text",
  }
  for text, sentence in pairs(cases) do lu.assertEquals(wrong(text), sentence) end
end

function TestSchema.test_unknown_members()
  lu.assertEquals(schema.unknown(MEMBERS, { titel = 1, quite_another_thing = 2, id = "a" }, "x."),
    { "x.quite_another_thing is not known", "x.titel is not known: did you mean title?" })
end

function TestSchema.test_the_right_part()
  local right = schema.right(MEMBERS, json.decode '{"title":"a","count":"1","on":null,"other":1,"inner":{"id":5}}')
  lu.assertEquals(right, { title = "a", on = json.null, inner = { id = 5 } })
end

os.exit(lu.LuaUnit.run())
