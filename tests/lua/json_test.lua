local lu = require "luaunit"
local json = require "fmcal.json"

TestDecode = {}

function TestDecode.test_types()
  local value = json.decode('{"s":"x","t":true,"f":false,"n":null,"i":1,"r":1.0,"a":[1,2],"o":{}}')
  lu.assertEquals(value.s, "x")
  lu.assertIsTrue(value.t)
  lu.assertIsFalse(value.f)
  lu.assertEquals(value.n, json.null)
  lu.assertEquals(math.type(value.i), "integer")
  lu.assertEquals(math.type(value.r), "float")
  lu.assertEquals(#value.a, 2)
  lu.assertNil(next(value.o))
end

function TestDecode.test_integers_are_exact_in_64_bits()
  local list = json.decode("[9223372036854775807,-9223372036854775808,9007199254740993,9223372036854775808,-0]")
  lu.assertEquals({ list[1], list[2], list[3] }, { math.maxinteger, math.mininteger, 9007199254740993 })
  lu.assertEquals(math.type(list[3]), "integer")
  lu.assertEquals(list[4], 2.0 ^ 63)
  lu.assertEquals(1 / list[5], -math.huge)
end

function TestDecode.test_strings_keep_zero_bytes_and_escapes_mean_characters()
  lu.assertEquals(json.decode('"a\\u0000b"'), "a\0b")
  lu.assertEquals(json.decode('"\\ud83d\\ude00 \\u00e9é"'), "😀 éé")
  lu.assertEquals(json.decode('"\\ud83d"'), "\u{FFFD}")
end

function TestDecode.test_the_last_duplicate_counts()
  lu.assertEquals(json.decode('{"a":1,"\\u0061":2}').a, 2)
end

function TestDecode.test_a_byte_order_mark_is_skipped()
  lu.assertEquals(json.decode("\xEF\xBB\xBF{\"a\":1}").a, 1)
end

function TestDecode.test_sizes_guessed_from_siblings_do_no_harm()
  local list = json.decode('[{"a":1,"b":2,"c":3},{},{"a":1},[1,2,3,4,5],[],[1],{"a":{"b":[1,2,3]}},{"a":{"b":[]}}]')
  lu.assertEquals(json.encode(list, { sort = true }),
    '[{"a":1,"b":2,"c":3},{},{"a":1},[1,2,3,4,5],[],[1],{"a":{"b":[1,2,3]}},{"a":{"b":[]}}]')
end

function TestDecode.test_failures_name_the_place()
  local value, err = json.decode('{\n  "a": 01\n}')
  lu.assertNil(value)
  lu.assertEquals({ err.code, err.domain, err.line, err.column }, { "parse", "json", 2, 8 })
  lu.assertStrContains(tostring(err), "line 2, column 8")
  for _, text in ipairs({ "", "{", "[1,]", '{"a" 1}', '"\t"', '"\xFF"', "[1] 2", "nil", '["a', '{"a":[{"b":' }) do
    lu.assertEquals(select(2, json.decode(text)).code, "parse")
  end
end

function TestDecode.test_the_stack_is_balanced_after_a_failure()
  local before = json.decode("[1]")
  for _ = 1, 1000 do json.decode('[[[{"a":{"b":[1,2,') end
  lu.assertEquals(before[1], 1)
end

function TestDecode.test_depth()
  local deep = ("["):rep(64) .. ("]"):rep(64)
  lu.assertNotNil(json.decode(deep))
  lu.assertEquals(select(2, json.decode("[" .. deep .. "]")).code, "limit")
  lu.assertNotNil(json.decode("[" .. deep .. "]", { max_depth = 65 }))
  lu.assertEquals(select(2, json.decode("[[1]]", { max_depth = 1 })).code, "limit")
  lu.assertNotNil(json.decode(("["):rep(1000) .. ("]"):rep(1000), { max_depth = 1000 }))
  lu.assertErrorMsgContains("max_depth", json.decode, "1", { max_depth = 1001 })
  lu.assertErrorMsgContains("max_depth", json.decode, "1", { max_depth = 0 })
  lu.assertErrorMsgContains("string expected", json.decode, {})
end

function TestDecode.test_strings_below_a_secret_member_are_opaque()
  local value = json.decode('{"a":{"credentials":{"p":"hunter2","q":["\\u0078"],"n":1}},"b":"plain"}',
    { secret = "credentials" })
  local secrets = value.a.credentials
  lu.assertEquals({ tostring(secrets.p), tostring(secrets.q[1]), secrets.n, value.b }, { "[secret]", "[secret]", 1, "plain" })
  lu.assertEquals(type(secrets.p), "userdata")
  lu.assertNil(json.encode(secrets))
end

function TestDecode.test_several_secret_members()
  local value = json.decode('{"access_token":"ya29","expires_in":3599,"refresh_token":"1//","scope":"a b"}',
    { secret = { "access_token", "refresh_token" } })
  lu.assertEquals({ tostring(value.access_token), tostring(value.refresh_token), value.scope, value.expires_in },
    { "[secret]", "[secret]", "a b", 3599 })
  lu.assertErrorMsgContains("'secret'", json.decode, "{}", { secret = 1 })
  lu.assertErrorMsgContains("name of a secret 1 is a number", json.decode, "{}", { secret = { 1 } })
  lu.assertErrorMsgContains("0 to 16 elements, not 17", json.decode, "{}", { secret = table.pack(("x"):rep(17):byte(1, -1)) })
end

TestEncode = {}

function TestEncode.test_a_digest_is_that_of_the_sorted_text()
  local crypto = require "fmcal.crypto"
  for _, value in ipairs { "", "é", { b = 1, a = { true, json.null } }, json.array(), { [""] = "x", ["\0"] = 2 } } do
    local text = json.encode(value, { sort = true })
    lu.assertEquals(json.digest(value), crypto.encode("base64", crypto.sha256(text)), text)
  end
  local digest, err = json.digest { a = 0 / 0 }
  lu.assertNil(digest)
  lu.assertEquals(err.message, "a: " .. select(2, json.encode(0 / 0)).message)
end

function TestEncode.test_values()
  lu.assertEquals(json.encode("é\n\"\\\0"), '"é\\n\\"\\\\\\u0000"')
  lu.assertEquals(json.encode(true), "true")
  lu.assertEquals(json.encode(nil), "null")
  lu.assertEquals(json.encode(json.null), "null")
  lu.assertEquals(json.encode(math.mininteger), "-9223372036854775808")
  lu.assertEquals(json.encode(0.1), "0.1")
  lu.assertEquals(json.encode(60.0), "60")
  lu.assertEquals(json.encode({}), "{}")
  lu.assertEquals(json.encode(json.array({})), "[]")
  lu.assertEquals(json.encode(json.array()), "[]")
  lu.assertEquals(json.encode({ 1, { 2 } }), "[1,[2]]")
end

function TestEncode.test_decoded_arrays_stay_arrays()
  local text = '{"a":[],"b":{},"c":[[],{}]}'
  lu.assertEquals(json.encode(json.decode(text), { sort = true }), text)
  lu.assertEquals(getmetatable(json.decode("[]")), getmetatable(json.array({})))
  lu.assertNil(getmetatable(json.decode("{}")))
end

function TestEncode.test_sorted_by_bytes()
  lu.assertEquals(json.encode({ b = 1, a = 2, ["é"] = 3, B = 4, aa = 5 }, { sort = true }), '{"B":4,"a":2,"aa":5,"b":1,"é":3}')
end

function TestEncode.test_indented()
  lu.assertEquals(json.encode({ a = { 1, { b = json.array({}) } } }, { indent = 2 }),
    '{\n  "a": [\n    1,\n    {\n      "b": []\n    }\n  ]\n}')
  lu.assertEquals(json.encode({ 1 }, { indent = 0 }), "[\n1\n]")
end

function TestEncode.test_what_json_cannot_say()
  local function refused(value, ...)
    local text, err = json.encode(value)
    lu.assertNil(text)
    lu.assertEquals(err.code, "invalid")
    for _, word in ipairs({ ... }) do lu.assertStrContains(err.message, word) end
  end
  refused(0 / 0, "NaN")
  refused({ items = { { due = math.huge } } }, "items", "[1]", "due", "infinity")
  refused({ 1, 2, x = 3 })
  refused({ [1] = 1, [3] = 3 })
  refused({ [2.5] = 1 })
  refused({ [true] = 1 })
  refused(json.array({ x = 1 }))
  refused(print, "function")
  refused({ io.stdout }, "userdata")
  refused("\xFF", "UTF-8")
  refused({ ["\xFF"] = 1 }, "UTF-8")
  lu.assertNil(json.encode({ [true] = 1 }, { sort = true }))
end

function TestEncode.test_cycles_end()
  local cycle = {}
  cycle[1] = cycle
  lu.assertEquals(select(2, json.encode(cycle)).code, "limit")
  local named = {}
  named.x = named
  lu.assertEquals(select(2, json.encode(named, { sort = true, max_depth = 1000 })).code, "limit")
end

function TestEncode.test_metamethods_are_not_called()
  local list = setmetatable({ 1 }, { __len = error, __index = error, __pairs = error })
  lu.assertEquals(json.encode(list), "[1]")
end

function TestEncode.test_round_trip_of_random_values()
  math.randomseed(7)
  local function random_value(depth)
    local kind = math.random(depth > 4 and 5 or 7)
    if kind == 1 then return math.random(0) end
    if kind == 2 then return (math.random() - 0.5) * 10.0 ^ math.random(-300, 300) end
    if kind == 3 then return utf8.char(math.random(0, 0xD7FF), math.random(0x10000, 0x10FFFF), math.random(0, 127)) end
    if kind == 4 then return json.null end
    if kind == 5 then return math.random() < 0.5 end
    local table_ = kind == 6 and json.array({}) or {}
    for i = 1, math.random(0, 5) do
      table_[kind == 6 and i or utf8.char(math.random(0, 0x7FF), 97 + i)] = random_value(depth + 1)
    end
    return table_
  end
  for _ = 1, 500 do
    local value = random_value(0)
    local indent = math.random(0, 4)
    lu.assertEquals(json.decode(json.encode(value)), value)
    lu.assertEquals(json.decode(json.encode(value, { sort = true, indent = indent })), value)
  end
end

TestDocument = {}

function TestDocument.test_edits_leave_everything_else_alone()
  local doc = json.document('{ "big": 12345678901234567890, "p": 1.10,\r\n\t"e": "\\u00e9é", "m": {"courtDate": null} }')
  lu.assertIsTrue(doc:set({ "m", "courtDate" }, "2026-03-20"))
  lu.assertIsTrue(doc:set({ "p" }, 1.1))
  lu.assertIsTrue(doc:set({ "e" }, "éé"))
  lu.assertIsTrue(doc:append({ "list" }, { a = 1 }))
  lu.assertIsTrue(doc:remove({ "nothing" }))
  lu.assertEquals(doc:text(), '{ "big": 12345678901234567890, "p": 1.10,\r\n\t"e": "\\u00e9é", ' ..
    '"m": {"courtDate": "2026-03-20"}, "list": [{ "a": 1 }] }')
end

function TestDocument.test_get()
  local doc = json.document('{"a":[1,{"b":null}],"a":[2,{"b":null}]}')
  lu.assertEquals(doc:get({ "a", 1 }), 2)
  lu.assertEquals(doc:get({ "a", 2, "b" }), json.null)
  lu.assertNil(doc:get({ "a", 3 }))
  lu.assertNil(doc:get({ "x", "y" }))
  lu.assertEquals(#doc:get({}).a, 2)
end

function TestDocument.test_failures_are_returned_and_change_nothing()
  local doc = json.document('{"a":1}')
  lu.assertEquals(select(2, doc:set({ "a", "b" }, 1)).code, "invalid")
  lu.assertStrContains(select(2, doc:set({ "a", "b" }, 1)).message, "'a'")
  lu.assertEquals(select(2, doc:set({ "b" }, 0 / 0)).code, "invalid")
  lu.assertEquals(select(2, doc:append({ "a" }, 1)).code, "invalid")
  lu.assertEquals(doc:text(), '{"a":1}')
  lu.assertEquals(select(2, json.document("{")).line, 1)
end

function TestDocument.test_misuse_raises()
  local doc = json.document("{}")
  lu.assertErrorMsgContains("path", doc.set, doc, { true }, 1)
  lu.assertErrorMsgContains("path", doc.get, doc, { 0 })
  lu.assertErrorMsgContains("table expected", doc.get, doc, "a")
  lu.assertErrorMsgContains("path is empty", doc.remove, doc, {})
  lu.assertError(doc.set, doc, { "a" })
  lu.assertErrorMsgContains("fmcal.json.document", doc.text, {})
end

function TestDocument.test_close()
  local doc = json.document("{}")
  doc:close()
  doc:close()
  lu.assertErrorMsgContains("closed", doc.text, doc)
  lu.assertStrContains(tostring(doc), "closed")
  do
    local closing <close> = json.document("[]")
    lu.assertStrContains(tostring(closing), "2 bytes")
  end
end

os.exit(lu.LuaUnit.run())
