// How heavy the page is: 80 kB of script and 30 kB of style at most, compressed.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const PAGE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../src/page");

// Each file is compressed by itself, as it is sent.
function weightOf(extension) {
  const names = readdirSync(PAGE, { recursive: true }).filter(name => name.endsWith(extension));
  assert.ok(names.length > 0);
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(PAGE, name))).length, 0);
}

test("script", () => assert.ok(weightOf(".js") <= 80_000, `${weightOf(".js")} bytes`));
test("style", () => assert.ok(weightOf(".css") <= 30_000, `${weightOf(".css")} bytes`));
