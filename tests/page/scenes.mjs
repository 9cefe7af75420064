// Every view in each of its states, by name: { scene, address, during }, for what is asked of all of them, and for pictures.

import { FILE_MOTION } from "./made_up.mjs";

const DURING = {
  async run(page, standIn) {
    await page.getByRole("button", { name: /Sync now/ }).click();
    standIn.run(() => new Promise(() => {}));
    await page.locator(".write-row").first().waitFor();
  },
  async silence(page, standIn) {
    standIn.fallSilent();
    await page.getByText(/has not answered since/).waitFor();
  },
  async "signed-out"(page) {
    await page.evaluate(() => fetch("/api/session", { method: "DELETE" }));
    await page.reload();
    await page.getByRole("heading", { name: /signed out/i }).waitFor();
  },
  async keys(page) {
    await page.keyboard.press("?");
    await page.locator(".bottom").waitFor({ state: "attached" });
  },
  async menu(page) {
    const menu = page.locator(".team-menu");
    if (await menu.isVisible()) await menu.click();
  },
  popover: page => page.getByRole("button", { name: /^\d+ more on/ }).click(),
  async decided(page) {
    for (const key of ["1", "2"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Write something else as description" }).click();
  },
  async undo(page) {
    await page.getByRole("button", { name: "Undo this run" }).click();
    await page.locator(".undo").waitFor();
  },
  async choosing(page) {
    await page.locator("#account").fill("office@example.org");
    await page.locator("#secret").fill("abcd");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Choose a calendar" }).waitFor();
  },
  feed: page => page.getByRole("button", { name: "New feed" }).click(),
  leaving: page => page.getByRole("button", { name: /^Disconnect iCloud/ }).click(),
};

export const SCENES = {
  overview: {},
  failing: { scene: "failing" },
  waiting: { scene: "waiting" },
  paused: { scene: "paused" },
  syncing: { during: "run" },
  offline: { during: "silence" },
  off: { scene: "off" },
  "first-run": { scene: "first-run" },
  month: { scene: "waiting", address: "/month" },
  popover: { scene: "waiting", address: "/month", during: "popover", isWide: true },
  agenda: { scene: "waiting", address: "/agenda" },
  conflict: { scene: "waiting", address: "/conflicts" },
  decided: { scene: "waiting", address: "/conflicts", during: "decided" },
  "no-conflict": { address: "/conflicts" },
  entry: { address: `/entry/${FILE_MOTION}` },
  plan: { address: "/plan" },
  guard: { scene: "guard", address: "/plan" },
  "no-change": { scene: "empty", address: "/plan" },
  history: { address: "/history/118" },
  undo: { address: "/history/118", during: "undo" },
  "no-run": { scene: "empty", address: "/history" },
  calendars: { scene: "two-calendars", address: "/calendars" },
  leaving: { scene: "two-calendars", address: "/calendars", during: "leaving" },
  feed: { scene: "two-calendars", address: "/calendars", during: "feed" },
  connect: { scene: "first-run", address: "/calendars/connect/apple" },
  choosing: { scene: "first-run", address: "/calendars/connect/apple", during: "choosing" },
  "signed-out": { during: "signed-out" },
  keys: { scene: "waiting", address: "/conflicts", during: "keys" },
  menu: { during: "menu" },
  unknown: { team: "nobody" },
};

/** What `open` is told of a scene. */
export const optionsOf = name => ({
  scene: SCENES[name].scene || "in-step",
  address: `#/${SCENES[name].team || "litigation"}${SCENES[name].address || ""}`,
});

/** Brings a page that was opened into the state of the scene. */
export async function enter(name, page, standIn) {
  const { during } = SCENES[name];
  if (during) await DURING[during](page, standIn);
}
