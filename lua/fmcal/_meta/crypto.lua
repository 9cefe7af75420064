---@meta

---Cryptographic primitives over OpenSSL. Keys, hashes and random bytes are binary strings; `encode` makes text of
---them. A parameter called "secret" may also be the opaque userdata of fmcal.credentials, which never becomes a Lua
---string. Arguments of a wrong type or length raise; any other failure returns nil and an error.
---@class fmcal.crypto
local crypto = {}

---@alias fmcal.crypto.encoding "hex"|"base32hex"|"base64"|"base64url"
---@alias fmcal.crypto.digest "sha1"|"sha256"|"sha512"

---@param data string
---@return string hash 20 bytes
function crypto.sha1(data) end

---@param data string
---@return string hash 32 bytes
function crypto.sha256(data) end

---@param data string
---@return string hash 64 bytes
function crypto.sha512(data) end

---HMAC, RFC 2104.
---@param digest fmcal.crypto.digest
---@param key string|fmcal.secret secret
---@param data string
---@return string code as long as the digest
function crypto.hmac(digest, key, data) end

---Random bytes that are good enough for keys.
---@param length integer bytes, 1 to 64 Mi
---@return string|nil bytes
---@return fmcal.error? err "io": the system gave none
function crypto.random(length) end

---Bytes as text, RFC 4648. base64 is padded; base64url and base32hex are not; hex and base32hex are lower case.
---@param encoding fmcal.crypto.encoding
---@param bytes string
---@return string text
function crypto.encode(encoding, bytes) end

---Text as bytes. Strict: no white space, no unused bits; base64 and base64url with or without padding;
---hex and base32hex in either case.
---@param encoding fmcal.crypto.encoding
---@param text string
---@return string|nil bytes
---@return fmcal.error? err "parse"
function crypto.decode(encoding, text) end

---PBKDF2-HMAC-SHA256, RFC 8018.
---@param password string|fmcal.secret secret
---@param salt string
---@param iterations integer 600,000 or more for passwords people choose
---@param length integer bytes
---@return string key
function crypto.pbkdf2_sha256(password, salt, iterations, length) end

---HKDF-SHA256, RFC 5869.
---@param key string|fmcal.secret secret
---@param salt string may be ""
---@param info string may be ""
---@param length integer bytes, at most 8160
---@return string key
function crypto.hkdf_sha256(key, salt, info, length) end

---Encrypts with AES-256-GCM.
---@param key string|fmcal.secret secret, 32 bytes
---@param nonce string 12 bytes, never twice with one key
---@param aad string authenticated but not encrypted, may be ""
---@param plain string
---@return string sealed ciphertext and 16 bytes of tag
function crypto.aes_gcm_seal(key, nonce, aad, plain) end

---Decrypts what aes_gcm_seal made.
---@param key string|fmcal.secret secret
---@param nonce string
---@param aad string
---@param sealed string
---@return string|nil plain
---@return fmcal.error? err "crypto": another key, nonce or aad, or the data was changed
function crypto.aes_gcm_open(key, nonce, aad, sealed) end

---Signs with RSASSA-PKCS1-v1_5 and SHA-256 (the RS256 of JSON web tokens).
---@param pem string|fmcal.secret secret: an unencrypted private RSA key of at least 2048 bits
---@param data string
---@return string|nil signature
---@return fmcal.error? err "invalid": no such key
function crypto.sign_rs256(pem, data) end

---Compares in a time that does not depend on where they differ.
---@param a string|fmcal.secret secret
---@param b string|fmcal.secret secret
---@return boolean
function crypto.equal(a, b) end

return crypto
