// Conflicts: nothing is chosen beforehand, each field is decided by mouse, by keys or in words of one's own, and what is sent is
// what was chosen, with the tag of what was shown.
import assert from "node:assert/strict";
import { FILE_MOTION } from "./made_up.mjs";
import { scene, withBrowser } from "./browser.mjs";

withBrowser();

const CONFLICTS = { scene: "waiting", address: "#/litigation/conflicts" };
const foot = page => page.locator(".foot p");
const asked = standIn => standIn.requests.find(request => request.path.endsWith("/resolve"));

scene("nothing is chosen beforehand, and nothing can be resolved before all is", CONFLICTS, async ({ page }) => {
  assert.equal(await page.textContent("h1"), "File initial motion");
  assert.equal(await page.locator("input[type=radio]:checked").count(), 0);
  assert.equal(await foot(page).textContent(), "3 fields to decide. Nothing is written yet.");
  assert.equal(await page.getByRole("button", { name: "Resolve" }).count(), 0);
});

scene("what differs is marked, and said in words", CONFLICTS, async ({ page }) => {
  assert.deepEqual(await page.locator(".choice-value mark").allTextContents(), [
    "Fri, Mar 12",
    "Mon, Mar 15",
    "9:00 AM",
    "initial",
    ", room 4",
    "Exhibit 7 still missing.",
    "Bring two copies.",
  ]);
  assert.deepEqual(await page.locator(".choice-words").allTextContents(), [
    "two days later",
    "five days later, in the morning",
    "one word added",
    "two words added",
    "one sentence added",
    "one sentence added",
  ]);
});

scene("a side, a text of one's own, both sentences: what is chosen is what is sent", CONFLICTS, async ({ page, standIn }) => {
  await page.getByRole("radio", { name: /Board: Fri, Mar 12/ }).check();
  await page.getByRole("button", { name: "Write something else as title" }).click();
  await page.getByLabel("Title, your own").fill("File initial motion, room 4");
  await page.getByRole("button", { name: "Keep both sentences" }).click();
  assert.equal(await foot(page).textContent(), "Writes 3 fields to iCloud and 2 to the board. You can undo it.");
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.getByText("Resolved “File initial motion”.").first().waitFor();
  const { body, headers, path } = asked(standIn);
  assert.equal(path, `/api/calendar/conflicts/${FILE_MOTION}/resolve`);
  assert.equal(headers["if-match"], '"c40"');
  assert.deepEqual(body, {
    team: "litigation",
    calendar: "apple",
    fields: {
      dueDate: "local",
      title: { value: "File initial motion, room 4" },
      description: { value: "Draft is in the shared folder. Exhibit 7 still missing. Bring two copies." },
    },
  });
});

scene("keys alone: 1 and 2 go from field to field, r resolves", CONFLICTS, async ({ page, standIn }) => {
  for (const key of ["1", "2", "2"]) await page.keyboard.press(key);
  assert.equal(await page.locator("input[type=radio]:checked").count(), 3);
  await page.keyboard.press("r");
  await page.getByText("Resolved “File initial motion”.").first().waitFor();
  assert.deepEqual(asked(standIn).body.fields, { dueDate: "local", title: "external", description: "external" });
});

scene("all from one side; the next conflict follows", CONFLICTS, async ({ page }) => {
  await page.locator(".take-all").getByRole("button", { name: "iCloud" }).click();
  assert.equal(await foot(page).textContent(), "Writes 3 fields to the board. You can undo it.");
  await page.keyboard.press("j");
  await page.getByRole("heading", { name: "Smith v. Jones" }).waitFor();
  assert.match(new URL(page.url()).hash, /conflicts\/ELIT-0001.court-date\/apple$/);
});

scene("a date that is none is not sent", CONFLICTS, async ({ page }) => {
  await page.locator(".take-all").getByRole("button", { name: "Board" }).click();
  await page.getByRole("button", { name: "Write something else as date" }).click();
  await page.getByLabel("Date, your own").fill("12 March");
  assert.equal(await page.getByRole("button", { name: "Resolve" }).isDisabled(), true);
  await page.getByLabel("Date, your own").fill("2027-03-13T09:30:00");
  assert.equal(await page.getByRole("button", { name: "Resolve" }).isDisabled(), false);
});

scene("one that changed meanwhile is told, and stays", { ...CONFLICTS, expected: /412/ }, async ({ page, standIn }) => {
  const error = "The conflict is not what you saw: the board was edited since. Look again.";
  standIn.failing.set(`POST /api/calendar/conflicts/${FILE_MOTION}/resolve`, { status: 412, error });
  await page.locator(".take-all").getByRole("button", { name: "Board" }).click();
  const reads = () => standIn.requests.filter(request => request.path === "/api/calendar/conflicts").length;
  const before = reads();
  await page.getByRole("button", { name: "Resolve" }).click();
  assert.match(await page.getByRole("alert").textContent(), /not what you saw/);
  await page.waitForFunction(() => !document.querySelector(".foot .filled:disabled"));
  assert.equal(reads(), before + 1, "what is there now is read");
  assert.equal(await page.textContent("h1"), "File initial motion");
});

scene("no conflict", { scene: "in-step", address: "#/litigation/conflicts" }, async ({ page }) => {
  await page.getByText("No conflict waits.").waitFor();
});

scene("one that was settled elsewhere", { scene: "waiting", address: "#/litigation/conflicts/LIT-0001" }, async ({ page }) => {
  await page.getByText("LIT-0001 is settled.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Next conflict" }).count(), 1);
});
