// The page and the server itself: signing in with the link, a sync, an event that moves, a conflict, what explains it.
// Run by hand until the page and the server agree again on how the end of a run is told: node --test server_by_hand.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PATIENCE_MS, launch, listen } from "./browser.mjs";
import { Server } from "./server.mjs";

const BOARD = {
  team: "academy",
  teamName: "Academy",
  calendarConfig: {
    provider: "vdir",
    endpoint: "calendars",
    calendarId: "academy",
    syncOptions: { autoSync: false, conflictResolution: "manual", timeZone: "America/Los_Angeles" },
  },
  epics: [{ id: "E-1", title: "Smith v. Jones" }],
  items: [
    { id: "A-1", title: "File motion", dueDate: "2027-03-10", epicId: "E-1" },
    { id: "A-2", title: "Call the clerk", dueDate: "2027-03-11T14:00:00" },
  ],
};
const MISSING = /404.*\/(events|feeds)/; // calls that the server does not have yet

let server, chromium, page;
const messages = [];

before(async () => {
  server = await Server.start(BOARD);
  chromium = await launch();
  const context = await chromium.browser.newContext({
    locale: "en-US",
    timezoneId: "America/Los_Angeles",
    reducedMotion: "reduce",
  });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  listen(page, messages);
});

after(async () => {
  await chromium.close();
  await server.close();
});

const view = name => page.goto(`${server.url}/#/academy${name}`);

async function sync() {
  await view("");
  await page.getByRole("button", { name: "Sync now" }).click();
  await page.waitForFunction(() => /^Sync finished/.test(document.getElementById("live").textContent));
  await page.getByRole("button", { name: "Sync now" }).waitFor();
  const told = await page.textContent("#live");
  await page.reload();
  return told;
}

test("without the link nobody sees anything; with it, the team", async () => {
  await page.goto(server.url);
  await page.getByRole("heading", { name: "Sign in to fmcal." }).waitFor();
  await page.goto(server.link("lead"));
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.getByRole("link", { name: /Academy/ }).waitFor();
  assert.equal(new URL(page.url()).hash.includes("code"), false);
});

test("a sync writes the events", async () => {
  assert.equal(await sync(), "Sync finished: 2 created.");
  assert.match(server.event("A-1"), /SUMMARY:File motion/);
  await page.getByRole("heading", { name: "All 2 dated entries are in step with Folder — academy." }).waitFor();
  await page.locator(".wire").getByText("2 events").waitFor();
});

test("an event that moves in the calendar moves on the page and on the board", async () => {
  server.editEvent("A-1", "DTSTART;VALUE=DATE:20270310", "DTSTART;VALUE=DATE:20270312");
  server.editEvent("A-1", "DTEND;VALUE=DATE:20270311", "DTEND;VALUE=DATE:20270313");
  assert.equal(await sync(), "Sync finished: 1 pulled.");
  assert.equal(server.board.items[0].dueDate, "2027-03-12");
  await view("/month/2027-03");
  await page.locator('[data-day="2027-03-12"]').getByText("File motion", { exact: true }).waitFor();
  await page.locator('[data-day="2027-03-11"]').getByText("2 PM").waitFor();
  await view("/entry/A-1");
  await page.getByText("because only Folder had changed it.").waitFor();
  assert.match(await page.textContent(".facts"), /Item of Smith v. Jones/);
});

test("the page hears of a run that it did not start", async () => {
  await view("");
  await page.getByRole("button", { name: "Sync now" }).waitFor();
  const answer = await page.request.post(`${server.url}/api/calendar/sync/trigger`, { data: { team: "academy", only: ["A-1"] } });
  assert.equal(answer.status(), 200);
  await page.getByText("Sync finished: nothing to do.").waitFor({ state: "attached" });
});

test("the history says what the run changed, and by whom", async () => {
  await view("/history");
  await page.getByText("Sync now by lead").first().waitFor();
  assert.match(await page.textContent(".made"), /File motion.*DateWed, Mar 10, 2027 becomes Fri, Mar 12, 2027/);
});

test("a conflict shows both sides", async () => {
  const board = server.board;
  board.items[1].title = "Call the clerk again";
  server.write(board);
  server.editEvent("A-2", "SUMMARY:Call the clerk", "SUMMARY:Call the registry");
  await sync();
  await view("/conflicts");
  await page.getByRole("heading", { name: "Call the clerk again" }).waitFor();
  assert.deepEqual(await page.locator(".choice-value").allTextContents(), ["Call the clerk again", "Call the registry"]);
});

test("signed out, nothing stays", async () => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You are signed out." }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: /sign/i }).waitFor();
  assert.equal((await page.textContent("body")).includes("clerk"), false);
});

test("the console said nothing", () => {
  assert.deepEqual(
    messages.filter(message => !MISSING.test(message) && !/401/.test(message)),
    [],
  );
});
