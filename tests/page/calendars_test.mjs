// Calendars: connecting one step by step, another calendar, pause, disconnect, how it syncs, feeds.
import assert from "node:assert/strict";
import { scene, withBrowser } from "./browser.mjs";

withBrowser();

const CALENDARS = { scene: "two-calendars", address: "#/litigation/calendars" };
const posts = (standIn, part) => standIn.requests.filter(request => request.method === "POST" && request.path.includes(part));

scene(
  "connecting: sign in, choose, then the plan; a refusal stays beside what was typed",
  { scene: "first-run", expected: /422/ },
  async ({ page, standIn }) => {
    await page.getByRole("link", { name: /iCloud/ }).click();
    await page.getByLabel("Apple Account").fill("office@example.org");
    await page.getByLabel("App-specific password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.match(await page.getByRole("alert").textContent(), /wants an app-specific password/);
    assert.equal(await page.getByLabel("Apple Account").inputValue(), "office@example.org");
    await page.getByLabel("App-specific password").fill("abcd-efgh-ijkl-mnop");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Choose a calendar" }).waitFor();
    assert.equal(await page.getByRole("radio", { name: /Birthdays/ }).isDisabled(), true);
    assert.equal(await page.getByRole("button", { name: "Use this calendar" }).isDisabled(), true);
    await page.getByRole("radio", { name: /Team calendar/ }).check();
    await page.getByRole("button", { name: "Use this calendar" }).click();
    await page.getByRole("heading", { name: "A sync now would make 6 changes" }).waitFor();
    const last = posts(standIn, "/connect/apple").pop();
    assert.deepEqual(last.body, {
      team: "litigation",
      username: "office@example.org",
      password: "abcd-efgh-ijkl-mnop",
      calendarId: "c1",
    });
    await page.goto(`${standIn.url}#/litigation/calendars/connect/apple`);
    assert.equal(await page.getByLabel("App-specific password").inputValue(), "", "the password is forgotten");
  },
);

scene(
  "a password is hidden until it is asked for",
  { scene: "first-run", address: "#/litigation/calendars/connect/nextcloud" },
  async ({ page }) => {
    const field = page.getByLabel("App password", { exact: true });
    assert.equal(await field.getAttribute("type"), "password");
    await page.getByRole("button", { name: "Show" }).click();
    assert.equal(await field.getAttribute("type"), "text");
    assert.equal(await page.getByLabel("Nextcloud server").count(), 1);
  },
);

scene("pause and resume, with the way back", CALENDARS, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "Pause iCloud — Team calendar" }).click();
  await page.getByText("Paused: nothing is read or written.").first().waitFor();
  await page.getByRole("button", { name: "Resume Google — Court diary" }).click();
  await page.getByText("Resumed.").first().waitFor();
  assert.deepEqual(
    posts(standIn, "calendar-config").map(request => request.path),
    ["/api/calendar-config/litigation/apple/pause", "/api/calendar-config/litigation/google/resume"],
  );
});

scene("disconnecting asks what becomes of its events", CALENDARS, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "Disconnect iCloud — Team calendar" }).click();
  assert.equal(posts(standIn, "/disconnect/").length, 0);
  await page.getByRole("button", { name: "Disconnect, leave its events" }).click();
  await page.getByText("Disconnected iCloud — Team calendar; its events stayed.").first().waitFor();
  assert.deepEqual(posts(standIn, "/disconnect/apple")[0].body, { team: "litigation", removeEvents: false });
});

scene("another calendar of the account", CALENDARS, async ({ page, standIn }) => {
  await page.getByRole("link", { name: "Other calendar than iCloud — Team calendar" }).click();
  await page.getByRole("radio", { name: "Home" }).check();
  await page.getByRole("button", { name: "Use this calendar" }).click();
  await page.getByRole("heading", { name: "A sync now would make 6 changes" }).waitFor();
  assert.deepEqual(posts(standIn, "/apple/select")[0].body, { calendarId: "c2" });
});

scene("how it syncs: a choice is saved, and keeps the other settings", CALENDARS, async ({ page, standIn }) => {
  await page.getByLabel("A field changes on both sides").selectOption("manual");
  await page.getByText("Saved: it counts from the next run.").first().waitFor();
  await page.getByLabel("How often").selectOption("60");
  await page.getByText("Syncs every hour.").first().waitFor();
  assert.deepEqual(
    posts(standIn, "/config").map(request => request.body),
    [
      { team: "litigation", syncOptions: { conflictResolution: "manual", onEventDeleted: "clear-due-date" } },
      { team: "litigation", syncInterval: 60 },
    ],
  );
});

scene("a feed: its address is shown once", CALENDARS, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "New feed" }).click();
  await page.getByLabel("Who is it for?").fill("Reception");
  await page.getByLabel("epics").uncheck();
  await page.getByLabel("What it says").selectOption("busy");
  await page.getByRole("button", { name: "Make the feed" }).click();
  const field = page.getByLabel("The address of “Reception”. It is not shown again.");
  assert.match(await field.inputValue(), /litigation\.ics\?token=/);
  assert.deepEqual(posts(standIn, "/feeds")[0].body, {
    team: "litigation",
    name: "Reception",
    include: ["items", "court-dates"],
    details: "busy",
  });
  await page.getByRole("button", { name: "Close" }).click();
  assert.equal(await field.count(), 0);
  await page.getByRole("button", { name: "Remove the feed Court dates" }).click();
  await page
    .getByText(/Removed the feed “Court dates”/)
    .first()
    .waitFor();
});
