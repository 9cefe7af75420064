// A plan: exactly what a run would do, by where it goes; Apply carries out that one, or says what has moved; the guard leads here.
import assert from "node:assert/strict";
import { scene, withBrowser } from "./browser.mjs";

withBrowser();

const PLAN = { scene: "in-step", address: "#/litigation/plan" };
const posts = (standIn, end) =>
  standIn.requests.filter(request => request.method === "POST" && request.path.endsWith(end)).map(request => request.body);
const text = async locator => (await locator.allTextContents()).map(one => one.trim());

scene("what would go to the calendar, what to the board, what is left out", PLAN, async ({ page }) => {
  assert.equal(await page.textContent("h1"), "A sync now would make 6 changes");
  assert.equal(
    await page.textContent(".below"),
    "1 created, 3 changed, 1 deleted, 1 conflict settled. 35 entries stay as they are.",
  );
  assert.deepEqual(await text(page.locator(".plan-head h2")), ["To iCloud", "To the board"]);
  const rows = await text(page.locator(".plan-row"));
  assert.equal(rows.length, 6);
  assert.match(
    rows[1],
    /Draft reply brief.*TitleDraft reply becomes Draft reply brief.*Thu, Mar 18 becomes Fri, Mar 19.*Only the board changed it/,
  );
  assert.match(rows[5], /The board’s title, “Harbour Lease II”, goes to the history\./);
  assert.match(await page.textContent(".left-out"), /Deposition, Acme v. Widget Co.: people are invited to it/);
});

scene("one kind of change alone", PLAN, async ({ page }) => {
  await page.getByRole("button", { name: "Deleted 1" }).click();
  assert.equal(await page.locator(".plan-row").count(), 1);
  assert.equal(await page.locator(".foot .filled").textContent(), "Apply 6 changes");
});

scene("Apply carries out the plan that was shown", PLAN, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "Apply 6 changes" }).click();
  await page.getByText("Made 6 changes.").first().waitFor();
  assert.deepEqual(posts(standIn, "/apply"), [{ team: "litigation", plan: "p-81c2" }]);
  assert.equal(await page.getByRole("button", { name: "Undo", exact: true }).count(), 1);
});

scene("a plan that is stale says what has moved, and is made again", { ...PLAN, expected: /409/ }, async ({ page, standIn }) => {
  standIn.failing.set("POST /api/calendar/apply", {
    status: 409,
    error: "LIT-0040 has been edited on the board since; nothing was written.",
  });
  await page.getByRole("button", { name: "Apply 6 changes" }).click();
  assert.match(await page.getByRole("alert").textContent(), /LIT-0040 has been edited/);
  assert.equal(await page.locator(".filled").count(), 0);
  await page.getByRole("button", { name: "Plan again" }).click();
  await page.getByRole("button", { name: "Apply 6 changes" }).waitFor();
  assert.equal(posts(standIn, "/plan").length, 2);
});

scene(
  "the guard: what would go, and allowing it for this plan alone",
  { scene: "guard", address: "#/litigation/plan" },
  async ({ page, standIn }) => {
    await page.getByText("This would delete 14 of 41 events").waitFor();
    assert.equal(await page.locator(".plan-row").count(), 14);
    assert.deepEqual(posts(standIn, "/plan"), [{ team: "litigation" }]);
    await page.getByRole("button", { name: "Allow this once: 14 changes" }).click();
    await page.getByText("Made 14 changes.").first().waitFor();
    assert.deepEqual(posts(standIn, "/apply"), [{ team: "litigation", plan: "p-9d10" }]);
  },
);

scene("nothing to do", { scene: "empty", address: "#/litigation/plan" }, async ({ page }) => {
  assert.equal(await page.textContent("h1"), "A sync now would change nothing");
  assert.equal(await page.locator(".filled").count(), 0);
});

scene("what could not be planned is said, and can be tried again", { ...PLAN, expected: /503/ }, async ({ page, standIn }) => {
  standIn.failing.set("/api/calendar/plan", { status: 503, error: "The calendar did not answer." });
  await page.reload();
  await page.getByRole("heading", { name: "The calendar did not answer." }).waitFor();
  standIn.failing.clear();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".plan-row").first().waitFor();
});
