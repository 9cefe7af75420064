// Debian's Chromium for the tests of the page: one browser a test file, a stand-in for the server, and an ear for the console.
// playwright-core and axe-core are installed once below BUILD_DIR with `npm ci`, from the lock file beside this file.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as madeUp from "./made_up.mjs";
import { StandIn } from "./stand_in.mjs";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// The folder with the packages, installed as the lock file says.
function install() {
  const folder = path.join(process.env.BUILD_DIR || os.tmpdir(), "page-packages");
  const marker = path.join(folder, "installed");
  const lock = readFileSync(path.join(HERE, "package-lock.json"), "utf8");
  if (existsSync(marker) && readFileSync(marker, "utf8") === lock) return folder;
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) copyFileSync(path.join(HERE, name), path.join(folder, name));
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], {
    cwd: folder,
    env: { NODE_EXTRA_CA_CERTS: SYSTEM_AUTHORITIES, ...process.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  writeFileSync(marker, lock);
  return folder;
}

const load = createRequire(path.join(install(), "package.json"));
const { chromium } = load("playwright-core");
export const axeSource = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

/** A browser with a profile of its own; `close` ends both. */
export async function launch() {
  const profile = mkdtempSync(path.join(os.tmpdir(), "fmcal-page-"));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
    env: { ...process.env, HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** How long anything is waited for: only a test that fails waits so long, on a machine that is busy too. */
export const PATIENCE_MS = 60000;

/** Keeps what the console of a page says. */
export function listen(page, messages) {
  page.on("console", message => messages.push(`${message.type()}: ${message.text()} ${message.location().url}`));
  page.on("pageerror", error => messages.push(`error: ${error.message}`));
}

/**
 * Opens the page of a scene.
 * @param options { scene, address, width, height, theme, locale, zone, reducedMotion, isTouch, standIn }
 * @return { page, context, standIn, messages, close }: `messages` is what the console said
 */
export async function open(browser, options = {}) {
  const standIn = options.standIn || (await new StandIn(options.scene).listen());
  const context = await browser.newContext({
    viewport: { width: options.width || 1280, height: options.height || 800 },
    colorScheme: options.theme || "light",
    locale: options.locale || "en-US",
    timezoneId: options.zone || madeUp.ZONE,
    reducedMotion: options.reducedMotion || "reduce",
    hasTouch: Boolean(options.isTouch),
  });
  const messages = [];
  context.on("page", page => listen(page, messages));
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.clock.install({ time: new Date(madeUp.NOW) });
  await page.goto(`${standIn.url}${options.address ?? "#/litigation"}`);
  await page.waitForSelector("#heading, main h1");
  await settled(page);
  return {
    page,
    context,
    standIn,
    messages,
    close: async () => {
      await context.close();
      if (!options.standIn) await standIn.close();
    },
  };
}

/** Waits until nothing is loaded any more. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector(".loading"));
}

let browser;

/** The browser that the tests of a file share. */
export const shared = () => browser.browser;

/** Starts a browser before the tests of a file, and ends it behind them. */
export function withBrowser() {
  before(async () => {
    browser = await launch();
  });
  after(async () => {
    await browser.close();
  });
}

/** A test of a scene: the console must have said nothing, but for what `expected` allows. */
export function scene(name, options, body) {
  test(name, async () => {
    const opened = await open(shared(), options);
    try {
      await body(opened);
      assert.deepEqual(
        opened.messages.filter(message => !(options.expected && options.expected.test(message))),
        [],
        "what the console said",
      );
    } finally {
      await opened.close();
    }
  });
}
