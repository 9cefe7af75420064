// How it stands in one sentence, and the one thing to do: each state of a team, a run as it goes, no server, nobody signed in.
import assert from "node:assert/strict";
import * as madeUp from "./made_up.mjs";
import { scene, settled, withBrowser } from "./browser.mjs";

withBrowser();

const sentence = page => page.textContent("h1");
const filled = page => page.locator(".button.filled").allTextContents();

scene("in step: one sentence, and no button is filled", { scene: "in-step" }, async ({ page }) => {
  assert.equal(await sentence(page), "All 41 dated entries are in step with iCloud — Team calendar.");
  assert.equal(await page.textContent(".below"), "Last run 3 minutes ago, next in 12 minutes.");
  assert.deepEqual(await filled(page), []);
  assert.match(await page.textContent(".rows"), /Serve discovery requests/);
  assert.equal(await page.title(), "Overview – Litigation – fmcal");
});

for (const [name, expected, button] of [
  ["failing", "The password was refused: connect again.", "Connect again"],
  ["waiting", "2 conflicts wait for you.", "Resolve"],
  ["paused", "Paused since Tue, Mar 2.", "Resume"],
  ["guard", "A run waits for you.", "See what would go"],
]) {
  scene(`${name}: the remedy is the only filled button`, { scene: name }, async ({ page }) => {
    if (name !== "guard") assert.equal(await sentence(page), expected);
    assert.deepEqual(await filled(page), [button]);
  });
}

scene("sync switched off can be switched on", { scene: "off" }, async ({ page, standIn }) => {
  assert.equal(await sentence(page), "Calendar sync is switched off.");
  await page.getByRole("button", { name: "Switch sync on" }).click();
  await page.getByText("Sync is switched on.").first().waitFor();
  assert.deepEqual(standIn.requests.find(request => request.method === "POST").body, { team: "litigation", syncEnabled: true });
});

scene(
  "without a stream, the run that was started is asked about",
  { scene: "in-step", expected: /404|ERR_INCOMPLETE/ },
  async ({ page, standIn }) => {
    standIn.failing.set("/api/calendar/stream", { status: 404, error: "There is no such path." });
    for (const stream of standIn.streams) stream.destroy();
    await page.getByRole("button", { name: /Sync now/ }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    standIn.ended = {
      id: "k3f9-run",
      team: "litigation",
      state: "finished",
      ended: madeUp.NOW,
      result: { outbound: { created: 2 } },
    };
    await page.getByRole("button", { name: /Sync now/ }).waitFor();
    assert.equal(await page.textContent("#live"), "Sync finished: 2 created.");
  },
);

scene("no calendar: what there is, and the services to choose from", { scene: "first-run" }, async ({ page }) => {
  assert.equal(await sentence(page), "Litigation has 58 entries and no calendar yet.");
  assert.equal(await page.locator(".choice").count(), 5);
});

scene("a run shows how far it is, what it wrote, and that it has ended", { scene: "in-step" }, async ({ page, standIn }) => {
  await page.getByRole("button", { name: /Sync now/ }).click();
  await page.getByRole("button", { name: "Cancel" }).waitFor();
  let go;
  const running = standIn.run(
    () =>
      new Promise(resolve => {
        go = resolve;
      }),
  );
  await page.locator(".write-row").first().waitFor();
  assert.equal(await sentence(page), "Syncing with iCloud — Team calendar: 18 of 41.");
  assert.deepEqual(await page.locator(".write-row .row-title").allTextContents(), [
    "Witness list to the clerk",
    "File initial motion",
    "Draft reply brief",
    "Exhibit list",
  ]);
  assert.match(await page.textContent(".wire"), /12 of 26 pushed.*6 of 15 pulled/);
  go();
  await running;
  await page.getByRole("button", { name: /Sync now/ }).waitFor();
  assert.equal(await page.textContent("#live"), "Sync finished: 2 created, 1 updated, 1 pulled.");
  assert.ok(standIn.requests.some(request => request.path.endsWith("/sync/trigger") && request.body.team === "litigation"));
});

scene("an undo says what it took back, and offers it again", { scene: "in-step" }, async ({ page, standIn }) => {
  await page.getByRole("button", { name: "Undo the change of File initial motion" }).click();
  await page.getByText("Took back “File initial motion”.").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Redo" }).count(), 1);
  assert.deepEqual(standIn.requests.find(request => request.path.endsWith("/undo")).body, {
    team: "litigation",
    run: 118,
    only: ["LIT-0040"],
  });
});

scene("a refusal says what happened", { scene: "in-step", expected: /409/ }, async ({ page, standIn }) => {
  standIn.failing.set("POST /api/calendar/sync/trigger", {
    status: 409,
    error: "Another run holds the board: kim@desk, since 10:44.",
  });
  await page.getByRole("button", { name: /Sync now/ }).click();
  assert.match(await page.getByRole("alert").textContent(), /Another run holds the board/);
});

scene(
  "a server that falls silent: since when, and what was there stays",
  { scene: "in-step", expected: /ERR_/ },
  async ({ page, standIn }) => {
    standIn.fallSilent();
    await page.getByText(/The server has not answered since/).waitFor();
    assert.match(await page.textContent(".rows"), /Serve discovery requests/);
    assert.equal(await page.getByRole("button", { name: /Sync now/ }).isDisabled(), true);
    await page.getByRole("button", { name: "Try now" }).click();
    standIn.fallSilent(false);
    await page.getByText("All 41 dated entries are in step").waitFor();
  },
);

scene(
  "signed out: where a code comes from; a used one is told, a good one opens the page",
  { scene: "in-step", expected: /401/ },
  async ({ page, standIn }) => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await standIn.onStreamsEnded();
    await page.getByLabel("Code, or the whole link").fill("used");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(/The code was used already/).waitFor();
    await page.getByLabel("Code, or the whole link").fill(`${standIn.url}#code=good`);
    await page.keyboard.press("Enter");
    await page.getByText("All 41 dated entries are in step").waitFor();
    await new Promise(resolve => standIn.onStream(resolve));
  },
);

scene(
  "the link of the server signs in, and its code leaves the address",
  { scene: "in-step", address: "#code=good" },
  async ({ page }) => {
    await page.getByText("2 conflicts wait for you.").waitFor(); // of the first team
    assert.equal(new URL(page.url()).hash.includes("code"), false);
  },
);

scene("a server without a team says where boards go", { scene: "no-team", address: "" }, async ({ page }) => {
  await page.getByText("No team is served yet.").waitFor();
});

scene("a team that is not there is said", { scene: "in-step", address: "#/nobody" }, async ({ page }) => {
  assert.equal(await sentence(page), "There is no team nobody here.");
});

scene(
  "what one view could not load is told where it stands, and can be tried again",
  { scene: "in-step", expected: /500/ },
  async ({ page, standIn }) => {
    standIn.failing.set("/api/calendar/history", { status: 500, error: "The state of litigation is damaged: run doctor.lua." });
    await page.reload();
    await page.getByText("The state of litigation is damaged").first().waitFor();
    standIn.failing.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Draft reply brief").first().waitFor();
    await settled(page);
  },
);
