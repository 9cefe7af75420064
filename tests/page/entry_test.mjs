// One entry, explained: why it was changed, both sides beside the base, what the next run would do, and the way back.
import assert from "node:assert/strict";
import { FILE_MOTION } from "./made_up.mjs";
import { scene, withBrowser } from "./browser.mjs";

withBrowser();

const ENTRY = { scene: "in-step", address: `#/litigation/entry/${FILE_MOTION}` };
const rows = async page => (await page.locator(".fields tbody tr").allTextContents()).map(text => text.trim());

scene("why it was changed, in words and field by field", ENTRY, async ({ page }) => {
  assert.equal(await page.textContent(".why"), "The last change pulled the date, because only iCloud had changed it.");
  assert.deepEqual(await rows(page), [
    "DateWed, Mar 10as beforeFri, Mar 12pulled to the board",
    "DescriptionDraft in the shared folder.Draft in the shared folder. Exhibit 7 missing.as beforegoes to iCloud",
    "TitleFile initial motionas beforeas beforenothing to do",
  ]);
});

scene("what the next run would do", ENTRY, async ({ page }) => {
  await page.getByRole("button", { name: "Now", exact: true }).click();
  assert.match((await rows(page))[1], /pushed to iCloud$/);
  assert.equal(await page.textContent(".entry-side .below"), "The next run writes its event.");
});

scene("fields that are the same everywhere are folded", ENTRY, async ({ page }) => {
  const fold = page.getByRole("button", { name: /same everywhere/ });
  assert.equal(await fold.getAttribute("aria-expanded"), "false");
  await fold.click();
  assert.equal(await page.locator(".fields tbody tr").count(), 7);
});

scene("its last change can be taken back", ENTRY, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "Undo last change" }).click();
  await page.getByText("Took back “File initial motion”.").first().waitFor();
  const { body } = standIn.requests.find(request => request.path.endsWith("/undo"));
  assert.deepEqual(body, { team: "litigation", run: 118, only: [FILE_MOTION] });
});

scene("Escape leads back", { scene: "in-step", address: "#/litigation/month" }, async ({ page }) => {
  await page.getByRole("link", { name: /^File initial motion/ }).click();
  await page.waitForSelector(".why");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".month-grid");
});

scene(
  "an entry that is not there",
  { scene: "in-step", address: "#/litigation/entry/LIT-9999", expected: /404/ },
  async ({ page }) => {
    await page.getByText("There is no entry LIT-9999 on this board.").waitFor();
  },
);
