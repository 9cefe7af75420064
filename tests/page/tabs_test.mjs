// Twelve tabs of one browser over HTTP/1.1, which gives them six connections: one holds the stream, all are live; and when that
// one closes, another takes over.
import assert from "node:assert/strict";
import { PATIENCE_MS, open, shared, withBrowser } from "./browser.mjs";
import { test } from "node:test";

withBrowser();

const TABS = 12;

async function openTabs(context, url) {
  const tabs = context.pages();
  while (tabs.length < TABS) {
    const tab = await context.newPage();
    tab.setDefaultTimeout(PATIENCE_MS);
    await tab.goto(`${url}#/litigation`);
    tabs.push(tab);
  }
  for (const tab of tabs) await tab.getByText("All 41 dated entries are in step").first().waitFor();
  return tabs;
}

const isLive = tab => tab.getByRole("button", { name: "Cancel" }).waitFor();
const hasEnded = tab => tab.getByRole("button", { name: /Sync now/ }).waitFor();

// A run begins: every tab must show it, and that it ends.
async function allSeeARun(standIn, tabs) {
  let end;
  const run = standIn.run(
    () =>
      new Promise(resolve => {
        end = resolve;
      }),
  );
  await Promise.all(tabs.map(isLive));
  end();
  await run;
  await Promise.all(tabs.map(hasEnded));
}

test("twelve tabs are live with one stream, and stay so when the tab that holds it closes", async () => {
  const { context, standIn, close } = await open(shared(), {});
  try {
    const tabs = await openTabs(context, standIn.url);
    assert.equal(standIn.streams.size, 1);
    await allSeeARun(standIn, tabs);
    await tabs[0].close();
    const left = tabs.slice(1);
    await new Promise(resolve => standIn.onStream(resolve));
    assert.equal(standIn.streams.size, 1);
    await allSeeARun(standIn, left);
  } finally {
    await close();
  }
});
