---@meta

---Encrypted credentials and the sources of secrets. Scripts use fmcal.credentials, which adds what a board may say.
---
---A secret (`fmcal.secret`) is opaque. You can give it to a provider, to fmcal.crypto as a key, and to `keyring:seal`;
---tostring returns "[secret]", and nothing returns its bytes. It is in locked memory, which core dumps leave out and
---which is wiped when the secret is collected. Log lines show it as "[secret]" in every spelling.
---@class fmcal.credentials.core
local core = {}

---@class fmcal.secret

---The keyring of CALENDAR_ENCRYPTION_KEY and CALENDAR_ENCRYPTION_KEY_OLD as they were when fmcal-lua started (it
---removes them from the environment), or a keyring of the keys you give. A key is 32 bytes as hex or base64, or a
---passphrase of at least 16 characters. Missing keys are not a failure yet.
---@param keys? { key: string|fmcal.secret|nil, old: string|fmcal.secret|nil } old: only decrypts
---@return fmcal.keyring? keyring
---@return fmcal.error? err `err.code` "crypto": a text is no usable key
function core.keyring(keys) end

---Makes a secret of a string. Lua can read the string itself until it is collected.
---@param text string
---@return fmcal.secret
function core.secret(text) end

---@param value any
---@return boolean
function core.is_secret(value) end

---What the members of credentials are that anybody knows: "secret", "public", "path" (public too), "source" (says where
---the secret comes from) or "note" (of connect.lua).
---@return table<string, string>
function core.members() end

---The value of an environment variable.
---@param name string
---@return fmcal.secret?
---@return fmcal.error? err "invalid": it is not set
function core.from_environment(name) end

---The content of a file without the final line end.
---@param path string
---@return fmcal.secret?
---@return fmcal.error? err "invalid": it cannot be read, or is empty; "limit"
function core.from_file(path) end

---Standard input to its end, without the final line end. Read nothing from io.stdin before.
---@param as_text? boolean as a string, for the one use that needs it readable: writing it unencrypted into a file
---@return fmcal.secret|string|nil
---@return fmcal.error? err "invalid": it is empty; "limit"
function core.from_input(as_text) end

---A line that a person types on the terminal of the process, which does not show it. Afterwards the terminal is as
---before, even if a signal ends the call.
---@param prompt string
---@param as_text? boolean as for from_input
---@return fmcal.secret|string|nil
---@return fmcal.error? err "invalid": no terminal, or nothing was typed; "canceled": Ctrl-C or end of input
function core.from_terminal(prompt, as_text) end

---What a program prints, without the final line end. No shell is involved, its standard input is empty, and its
---environment does not have the master keys.
---@param argv string[]
---@param timeout_s? number seconds, 60 without it
---@return fmcal.secret?
---@return fmcal.error? err "invalid": it cannot be run; "auth": it failed or printed nothing; "timeout"; "limit"
function core.from_command(argv, timeout_s) end

---The password of an entry of the desktop's keyring, through libsecret, if that is installed.
---@param attributes table<string, string> all of them belong to the entry
---@return fmcal.secret?
---@return fmcal.error? err "unsupported": no libsecret; "auth": no keyring service; "invalid": no such entry
function core.from_desktop(attributes) end

---@class fmcal.keyring
local keyring = {}

---Decrypts a blob.
---@param blob string "fmcal:v1:…"
---@param team string the board's team
---@param provider string "apple", "google", …
---@return table<string, string|fmcal.secret>? members `username` and `clientId` as strings, the others as secrets
---@return fmcal.error? err "crypto": no key, or a wrong key or blob (always the same sentence)
function keyring:open(blob, team, provider) end

---Encrypts named values.
---@param members table<string, string|fmcal.secret>
---@param team string
---@param provider string
---@return string? blob
---@return fmcal.error? err "crypto": no key
function keyring:seal(members, team, provider) end

---Whether there is a key to encrypt with.
---@return boolean
function keyring:can_seal() end

---Whether a blob is as the current key would make it today.
---@param blob string
---@param team string
---@return boolean? current
---@return fmcal.error? err "crypto": there is no current key
function keyring:is_current(blob, team) end

---Forgets the keys. The end of its scope and the collector do the same.
function keyring:close() end

return core
