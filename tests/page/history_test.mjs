// History: runs by day, those that changed nothing folded, what one changed and overwrote, and taking it back.
import assert from "node:assert/strict";
import { scene, withBrowser } from "./browser.mjs";

withBrowser();

const HISTORY = { scene: "in-step", address: "#/litigation/history" };
const text = async locator => (await locator.allTextContents()).map(one => one.trim());
const undone = standIn => standIn.requests.filter(request => request.path.endsWith("/undo")).map(request => request.body);

scene("runs by day, with why and by whom; those that changed nothing are folded", HISTORY, async ({ page }) => {
  assert.deepEqual(await text(page.locator(".run-day")), ["Today", "Yesterday"]);
  assert.deepEqual(await text(page.locator(".run-why")), [
    "Scheduled",
    "Board changed",
    "Sync now by lead",
    "Scheduled",
    "Conflict resolved by lead",
    "Undo by lead",
    "Board changed",
    "Plan applied by lead",
  ]);
  assert.deepEqual(await text(page.locator(".run-none")), [
    "2 runs changed nothing",
    "7 runs changed nothing",
    "31 runs changed nothing",
  ]);
});

scene("one run, at its own address", { ...HISTORY, address: "#/litigation/history/105" }, async ({ page }) => {
  assert.equal(await page.textContent("h1"), "Yesterday, 4:10 PM");
  assert.match(await page.textContent(".made"), /Smith v. Jones.*DateThu, Mar 18, 9:00 AM becomes Fri, Mar 19, 9:00 AM/);
  assert.match(await page.textContent(".gave-way"), /iCloud had Thu, Mar 18, 9:00 AM/);
});

scene("what undo would do comes before undo", HISTORY, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "Undo this run" }).click();
  await page.getByText("Undo would take back 2 of 3 changes").waitFor();
  assert.deepEqual(await text(page.locator(".undo li")), [
    "The event “Witness list to the clerk” goes from iCloud.",
    "“File initial motion”: date goes back to Wed, Mar 10.",
    "“Draft reply brief” stays: its title was edited on the board at 10:44 AM",
  ]);
  await page.getByRole("button", { name: "Undo 2 changes" }).click();
  await page.getByText("Took back 2 changes.").first().waitFor();
  assert.deepEqual(undone(standIn), [
    { team: "litigation", run: 118, dryRun: true },
    { team: "litigation", run: 118 },
  ]);
  await page.getByRole("button", { name: "Redo" }).click();
  await page.getByText("Did 2 changes again.").first().waitFor();
  assert.deepEqual(undone(standIn)[2], { team: "litigation", redo: true });
});

scene("one entry of a run", HISTORY, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "Undo the change of Draft reply brief" }).click();
  await page.getByText("Took back “Draft reply brief”.").first().waitFor();
  assert.deepEqual(undone(standIn), [{ team: "litigation", run: 118, only: ["LIT-0047"] }]);
});

scene("one that was taken back has no undo", { ...HISTORY, address: "#/litigation/history/103" }, async ({ page }) => {
  assert.match(await page.textContent(".run-open .below"), /It was taken back/);
  assert.equal(await page.getByRole("button", { name: /Undo/ }).count(), 0);
});

scene("a run that failed says why", { ...HISTORY, address: "#/litigation/history/113" }, async ({ page }) => {
  assert.match(await page.textContent(".run-open"), /The calendar did not answer/);
});

scene("no run yet", { scene: "empty", address: "#/litigation/history" }, async ({ page }) => {
  await page.getByText("No run has changed anything yet.").waitFor();
});

scene("narrow: the list, then the run, and back", { ...HISTORY, width: 360, height: 640 }, async ({ page }) => {
  assert.equal(await page.locator(".run-open").isVisible(), false);
  await page.getByRole("link", { name: /Sync now by lead/ }).click();
  await page.locator(".run-open h1").waitFor();
  assert.equal(await page.locator(".runs").isVisible(), false);
  await page.getByRole("link", { name: "All runs" }).click();
  await page.locator(".runs").waitFor();
});
