// Loaded before emulate. It listens on all interfaces and has no option for that: here it listens on this machine's own.
// The Node.js 18 of Debian 12 has no global `crypto`, which it takes for granted.
const net = require("net");
const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (first, ...rest) {
  if (first !== null && typeof first === "object") {
    return listen.call(this, { ...first, host: "127.0.0.1" }, ...rest);
  }
  const others = typeof rest[0] === "string" || rest[0] === undefined ? rest.slice(1) : rest;
  return listen.call(this, first, "127.0.0.1", ...others);
};

if (!globalThis.crypto) {
  globalThis.crypto = require("crypto").webcrypto;
}
