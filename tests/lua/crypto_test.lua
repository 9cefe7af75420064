local lu = require("luaunit")
local crypto = require("fmcal.crypto")

local function unhex(text)
  return assert(crypto.decode("hex", text))
end

local function hex(bytes)
  return crypto.encode("hex", bytes)
end

local function fixture(name)
  local file = assert(io.open(os.getenv("TESTS_DIR") .. "/fixtures/crypto/" .. name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

TestCrypto = {}

function TestCrypto.testHashes()
  lu.assertEquals(hex(crypto.sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d")
  lu.assertEquals(hex(crypto.sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  lu.assertEquals(#crypto.sha512(""), 64)
  lu.assertError(crypto.sha256)
end

function TestCrypto.testHmac()
  local data = "what do ya want for nothing?"
  lu.assertEquals(hex(crypto.hmac("sha1", "Jefe", data)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
  lu.assertEquals(
    hex(crypto.hmac("sha256", "Jefe", data)),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  )
  lu.assertErrorMsgContains("invalid option 'md5'", crypto.hmac, "md5", "k", "d")
  lu.assertErrorMsgContains("string or secret expected", crypto.hmac, "sha256", {}, "d")
end

function TestCrypto.testEncodings()
  lu.assertEquals(crypto.encode("base64", "foob"), "Zm9vYg==")
  lu.assertEquals(crypto.encode("base64url", "\xfb\xff\xfe\x00"), "-__-AA")
  lu.assertEquals(crypto.encode("base32hex", "foobar"), "cpnmuoj1e8")
  lu.assertEquals(crypto.decode("base64", "Zm9vYg=="), "foob")
  lu.assertEquals(crypto.decode("base64", ""), "")
  local all = {}
  for byte = 0, 255 do all[#all + 1] = string.char(byte) end
  local bytes = table.concat(all)
  for _, encoding in ipairs({ "hex", "base32hex", "base64", "base64url" }) do
    lu.assertEquals(crypto.decode(encoding, crypto.encode(encoding, bytes)), bytes)
  end
end

function TestCrypto.testTextThatIsNoEncoding()
  local value, err = crypto.decode("base64", "Zm9v\n")
  lu.assertNil(value)
  lu.assertEquals(err.code, "parse")
  lu.assertEquals(tostring(err), "the text is no base64")
  lu.assertErrorMsgContains("invalid option 'base58'", crypto.decode, "base58", "x")
end

function TestCrypto.testRandom()
  lu.assertEquals(#crypto.random(33), 33)
  lu.assertNotEquals(crypto.random(16), crypto.random(16))
  lu.assertErrorMsgContains("length out of range", crypto.random, 0)
  lu.assertErrorMsgContains("length out of range", crypto.random, 1 << 40)
end

function TestCrypto.testDerivations()
  lu.assertEquals(
    hex(crypto.pbkdf2_sha256("passwd", "salt", 1, 16)),
    "55ac046e56e3089fec1691c22544b605"
  )
  lu.assertEquals(
    hex(crypto.hkdf_sha256(("\x0b"):rep(22), "", "", 42)),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
  )
  lu.assertErrorMsgContains("iterations out of range", crypto.pbkdf2_sha256, "p", "s", 0, 16)
  lu.assertErrorMsgContains("length out of range", crypto.hkdf_sha256, "k", "", "", 255 * 32 + 1)
end

function TestCrypto.testGcm()
  local key, nonce = unhex(("feffe9928665731c6d6a8f9467308308"):rep(2)), unhex("cafebabefacedbaddecaf888")
  local aad = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
  local plain = unhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
  )
  local sealed = crypto.aes_gcm_seal(key, nonce, aad, plain)
  lu.assertEquals(hex(sealed:sub(-16)), "76fc6ece0f4e1768cddf8853bb2d551b")
  lu.assertEquals(crypto.aes_gcm_open(key, nonce, aad, sealed), plain)
  for _, broken in ipairs({ "", sealed:sub(2), sealed:sub(1, -2), sealed .. "x" }) do
    local value, err = crypto.aes_gcm_open(key, nonce, aad, broken)
    lu.assertNil(value)
    lu.assertEquals(err.code, "crypto")
  end
  lu.assertEquals(crypto.aes_gcm_open(key, nonce, "", crypto.aes_gcm_seal(key, nonce, "", "")), "")
  lu.assertErrorMsgContains("32 bytes", crypto.aes_gcm_seal, "short", nonce, aad, plain)
  lu.assertErrorMsgContains("12 bytes", crypto.aes_gcm_seal, key, "short", aad, plain)
end

function TestCrypto.testRs256()
  local input = "eyJhbGciOiJSUzI1NiJ9."
    .. "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
  local signature = assert(crypto.sign_rs256(fixture("rfc7515_a2.pem"), input))
  lu.assertEquals(#signature, 256)
  lu.assertEquals(crypto.encode("base64url", signature):sub(1, 32), "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dz")
  local value, err = crypto.sign_rs256(fixture("rsa_1024.pem"), input)
  lu.assertNil(value)
  lu.assertEquals(err.code, "invalid")
end

function TestCrypto.testEqual()
  lu.assertTrue(crypto.equal("abc", "abc"))
  lu.assertFalse(crypto.equal("abc", "abd"))
  lu.assertFalse(crypto.equal("abc", "abcd"))
end

os.exit(lu.LuaUnit.run())
