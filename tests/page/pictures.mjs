// Pictures of the page, from the stand-in's made-up team.
//
//   node pictures.mjs FOLDER             those of docs/page.md
//   node pictures.mjs FOLDER all [VIEW…] every view in three widths and both themes, for looking at

import { mkdirSync } from "node:fs";
import path from "node:path";
import { launch, open } from "./browser.mjs";
import { FILE_MOTION } from "./made_up.mjs";

const VIEWS = {
  overview: {},
  failing: { scene: "failing" },
  waiting: { scene: "waiting" },
  paused: { scene: "paused" },
  syncing: { during: "run" },
  offline: { during: "silence" },
  "first-run": { scene: "first-run" },
  month: { scene: "waiting", address: "/month" },
  agenda: { scene: "waiting", address: "/agenda" },
  conflict: { scene: "waiting", address: "/conflicts" },
  "no-conflict": { address: "/conflicts" },
  entry: { address: `/entry/${FILE_MOTION}` },
  plan: { address: "/plan" },
  guard: { scene: "guard", address: "/plan" },
  history: { address: "/history/118" },
  "history-empty": { scene: "empty", address: "/history" },
  calendars: { scene: "two-calendars", address: "/calendars" },
  connect: { scene: "first-run", address: "/calendars/connect/apple" },
  "signed-out": { during: "signed-out" },
  keys: { during: "keys", scene: "waiting", address: "/conflicts" },
  menu: { during: "menu" },
  unknown: { team: "nobody" },
};

const DURING = {
  async run(page, standIn) {
    await page.getByRole("button", { name: /Sync now/ }).click();
    standIn.run(() => new Promise(() => {}));
    await page.locator(".write-row").first().waitFor();
    await page.clock.runFor(1000);
  },
  async silence(page, standIn) {
    standIn.fallSilent();
    await page.getByText(/has not answered since/).waitFor();
  },
  async "signed-out"(page) {
    await page.evaluate(() => fetch("/api/session", { method: "DELETE" }));
    await page.reload();
    await page
      .getByText(/signed out/i)
      .first()
      .waitFor();
  },
  keys: page => page.keyboard.press("?"),
  async menu(page) {
    const menu = page.locator(".team-menu");
    if (await menu.isVisible()) await menu.click();
  },
};

async function take(browser, name, file, { width, height, theme, isWhole, scale }) {
  const view = VIEWS[name];
  const { page, standIn, messages, close } = await open(browser, {
    scene: view.scene || "in-step",
    address: `#/${view.team || "litigation"}${view.address || ""}`,
    width,
    height,
    theme,
    scale,
  });
  if (view.during) await DURING[view.during](page, standIn);
  await page.screenshot({ path: file, fullPage: isWhole });
  for (const message of messages) if (!/ERR_|401/.test(message)) console.log(`${name}: ${message}`);
  await close();
}

// [file, view, width, height, theme]
const OF_MANUAL = [
  ["overview", "overview", 1120, 640, "light"],
  ["month", "month", 1120, 760, "light"],
  ["conflict", "conflict", 1120, 640, "dark"],
  ["plan", "plan", 1120, 660, "light"],
  ["phone", "agenda", 360, 640, "light"],
];

const [folder, all, ...wanted] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { browser, close } = await launch();
if (all) {
  for (const name of wanted.length ? wanted : Object.keys(VIEWS)) {
    for (const [width, height] of [
      [320, 640],
      [800, 700],
      [1400, 800],
    ]) {
      for (const theme of ["light", "dark"])
        await take(browser, name, path.join(folder, `${name}-${width}-${theme}.png`), { width, height, theme, isWhole: true });
    }
  }
} else {
  for (const [file, name, width, height, theme] of OF_MANUAL)
    await take(browser, name, path.join(folder, `${file}.png`), { width, height, theme });
}
await close();
