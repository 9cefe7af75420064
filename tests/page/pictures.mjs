// Pictures of the page, from the stand-in's made-up team.
//
//   node pictures.mjs FOLDER             those of docs/page.md
//   node pictures.mjs FOLDER all [VIEW…] every view in three widths and both themes, for looking at

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { launch, open } from "./browser.mjs";
import { SCENES, enter, optionsOf } from "./scenes.mjs";

async function take(browser, name, file, { width, height, theme, isWhole }) {
  const { page, standIn, messages, close } = await open(browser, { ...optionsOf(name), width, height, theme });
  await enter(name, page, standIn);
  const png = await page.screenshot({ fullPage: isWhole });
  for (const message of messages) if (!/ERR_|401/.test(message)) console.log(`${name}: ${message}`);
  await close();
  writeFileSync(file, file.endsWith(".webp") ? await asWebp(browser, png) : png);
}

// A picture as WebP, which is a fifth of a PNG: the browser makes it.
async function asWebp(browser, png) {
  const page = await browser.newPage();
  const text = await page.evaluate(async given => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${given}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.7 });
    return btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));
  }, png.toString("base64"));
  await page.close();
  return Buffer.from(text, "base64");
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
  for (const name of wanted.length ? wanted : Object.keys(SCENES)) {
    for (const [width, height] of [
      [320, 640],
      [800, 700],
      [1400, 800],
    ]) {
      if (SCENES[name].isWide && width < 640) continue; // a phone has no such state
      for (const theme of ["light", "dark"])
        await take(browser, name, path.join(folder, `${name}-${width}-${theme}.png`), { width, height, theme, isWhole: true });
    }
  }
} else {
  for (const [file, name, width, height, theme] of OF_MANUAL)
    await take(browser, name, path.join(folder, `${file}.webp`), { width, height, theme });
}
await close();
