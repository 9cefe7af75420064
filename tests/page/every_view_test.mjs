// What is asked of every view in every state, in both themes: axe finds nothing, nothing is wider than a window of 320 pixels,
// one heading, one filled button at most.
import assert from "node:assert/strict";
import { axeSource, scene, settled, withBrowser } from "./browser.mjs";
import { SCENES, enter, optionsOf } from "./scenes.mjs";

withBrowser();

const EXPECTED = /ERR_|401|Failed to fetch/; // of a server that falls silent or signs out, as the scenes have it

async function violations(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.flatMap(one =>
    one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)} ${node.any.map(check => check.message).join("; ")}`),
  );
}

async function look(page, name) {
  assert.deepEqual(await violations(page), [], name);
  assert.equal(await page.locator("h1").count(), 1, `one heading, ${name}`);
  assert.ok((await page.locator(".button.filled:visible").count()) <= 1, `one filled button at most, ${name}`);
}

for (const name of Object.keys(SCENES)) {
  scene(name, { ...optionsOf(name), expected: EXPECTED }, async ({ page, standIn }) => {
    await enter(name, page, standIn);
    await settled(page);
    await look(page, "light");
    await page.emulateMedia({ colorScheme: "dark" });
    await look(page, "dark");
    await page.setViewportSize({ width: 320, height: 640 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, "fits into 320 pixels");
    await look(page, "narrow");
  });
}
