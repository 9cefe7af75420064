// The month: what a screen reader is told of it (month.txt), and every way through it by keys alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { scene, withBrowser } from "./browser.mjs";

withBrowser();

const MONTH = { scene: "waiting", address: "#/litigation/month" };
const chosen = page =>
  page.evaluate(
    () =>
      document.activeElement.dataset.day ||
      document.activeElement.getAttribute("aria-label") ||
      document.activeElement.querySelector(".unseen")?.textContent,
  );

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
  return chosen(page);
}

// Its one tab stop.
async function enter(page) {
  await page.locator('.month-grid [tabindex="0"]').focus();
}

scene("what a screen reader is told", MONTH, async ({ page }) => {
  const told = await page.locator(".month-grid").ariaSnapshot();
  const golden = new URL("month.txt", import.meta.url);
  if (process.env.UPDATE) (await import("node:fs")).writeFileSync(golden, `${told}\n`);
  assert.equal(`${told}\n`, readFileSync(golden, "utf8"));
});

scene("one tab stop, at today", MONTH, async ({ page }) => {
  assert.equal(await page.locator('.month-grid [tabindex="0"]').count(), 1);
  await enter(page);
  assert.equal(await chosen(page), "2027-03-10");
  assert.equal(await page.locator('[aria-current="date"]').getAttribute("data-day"), "2027-03-10");
});

scene("arrows, Home, End, PageUp, PageDown, with Shift a year", MONTH, async ({ page }) => {
  await enter(page);
  assert.equal(await press(page, "ArrowRight", "ArrowDown"), "2027-03-18");
  assert.equal(await press(page, "ArrowLeft", "ArrowUp"), "2027-03-10");
  assert.equal(await press(page, "Home"), "2027-03-07");
  assert.equal(await press(page, "End"), "2027-03-13");
  await page.keyboard.press("PageDown");
  await page.waitForFunction(() => document.activeElement.dataset.day === "2027-04-13");
  await page.keyboard.press("Shift+PageUp");
  await page.waitForFunction(() => document.activeElement.dataset.day === "2026-04-13");
  await page.keyboard.press("t");
  await page.waitForFunction(() => document.activeElement.dataset.day === "2027-03-10");
});

scene("Enter into a day, arrows among its entries, Escape out", MONTH, async ({ page }) => {
  await enter(page);
  await press(page, "ArrowRight", "ArrowRight");
  assert.match(
    await press(page, "Enter"),
    /^File initial motion, item, Friday, March 12, 2027, 5:00 PM, conflict: the date of board$/,
  );
  assert.match(await press(page, "ArrowDown"), /^Bundle to chambers/);
  assert.equal(
    await press(page, "Escape")
      .then(() => page.waitForFunction(() => document.activeElement.dataset.day))
      .then(() => chosen(page)),
    "2027-03-12",
  );
  await press(page, "Enter", "Enter");
  await page.getByRole("heading", { name: "File initial motion" }).waitFor();
  assert.match(page.url(), /conflicts\/LIT-0040$/);
});

scene("what does not fit is in a popover, by keys too", MONTH, async ({ page }) => {
  await page.locator('[data-day="2027-03-18"]').focus();
  await press(page, "Enter", "End");
  assert.match(await chosen(page), /more on Thursday, March 18, 2027/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.equal(await page.getByRole("dialog").locator(".chip").count(), 6);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

scene("a conflict of dates stands on both days", MONTH, async ({ page }) => {
  assert.match(await page.locator('[data-day="2027-03-12"] .clash.here').textContent(), /File initial motionboard, 5 PM/);
  assert.match(await page.locator('[data-day="2027-03-15"] .clash.there').textContent(), /File initial motioniCloud, 9 AM/);
});

scene("weeks and dates are the reader's", { ...MONTH, locale: "de-DE" }, async ({ page }) => {
  assert.equal(await page.locator(".month-grid th").first().textContent(), "Mo");
  assert.equal(await page.textContent("h1"), "März 2027");
});

scene("keys: strip, places, and single keys switched off", MONTH, async ({ page }) => {
  await press(page, "?");
  await page.getByRole("region", { name: "Keys" }).waitFor();
  await press(page, "g", "c");
  await page.waitForURL(/conflicts/);
  await page.getByRole("switch", { name: /Single keys/ }).uncheck();
  await press(page, "g", "h");
  assert.match(page.url(), /conflicts/);
});

scene("on paper: the month without what is for the screen", MONTH, async ({ page }) => {
  await page.emulateMedia({ media: "print" });
  for (const gone of [".side", ".tabs", ".top-actions", ".steps"])
    assert.equal(await page.locator(gone).first().isVisible(), false, gone);
  assert.equal(await page.locator(".month-grid").isVisible(), true);
});

scene("reduced motion: nothing moves", { scene: "in-step", reducedMotion: "reduce" }, async ({ page, standIn }) => {
  standIn.run(() => new Promise(() => {}));
  await page.locator(".turns").first().waitFor();
  const running = await page.evaluate(() => document.getAnimations().filter(one => one.playState === "running").length);
  assert.equal(running, 0);
});
