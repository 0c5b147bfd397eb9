// Looks at every HTML report of the folders that are named: html-validate reads it, then Chromium opens it, light and dark, 320 and
// 1,280 pixels wide, and axe-core looks for violations. No request may leave the file, and nothing may stick out of a narrow screen.
// Reports of single pages and rules are many and made from two templates: of each folder the first, the longest and the last are looked at.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";
import { HtmlValidate } from "html-validate";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

function reports(folder) {
  const names = readdirSync(folder).sort();
  const files = names.map((name) => join(folder, name));
  const pages = files.filter((file) => file.endsWith(".html"));
  const inner = files.filter((file) => statSync(file).isDirectory()).flatMap(reports);
  const many = /\/(pages|rules\/[^/]+)$/.test(folder) && pages.length > 3;
  const longest = pages.reduce((a, b) => (a && statSync(a).size >= statSync(b).size ? a : b), undefined);
  return [...(many ? new Set([pages[0], longest, pages.at(-1)]) : pages), ...inner];
}

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard"],
  rules: {
    // A matter of taste, or of a style that is not ours.
    "long-title": "off", "no-inline-style": "off", "attribute-boolean-style": "off", "doctype-style": "off", "void-style": "off",
    "no-trailing-whitespace": "off", "no-raw-characters": "off", "tel-non-breaking": "off", "attr-quotes": "off", "prefer-native-element": "off",
  },
});

let mistakes = 0;
const wrong = (file, what) => { mistakes += 1; if (mistakes <= 40) console.error(`${file}: ${what}`); };

const files = process.argv.slice(2).flatMap((folder) => reports(resolve(folder)));
for (const file of files) {
  const told = await validator.validateString(readFileSync(file, "utf8"), file);
  for (const result of told.results) for (const m of result.messages) wrong(file, `${m.line}:${m.column} ${m.message} (${m.ruleId})`);
}
console.log(`html-validate: ${files.length} reports`);

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const page = await browser.newPage();
let asked = [];
page.on("request", (request) => { if (!request.url().startsWith("data:")) asked.push(request.url()); });
page.on("dialog", async (dialog) => { asked.push(`a dialog: ${dialog.message()}`); await dialog.dismiss(); });
await page.setBypassCSP(true);
for (const file of files) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const width of [320, 1280]) {
      asked = [];
      await page.setViewport({ width, height: 900 });
      const address = pathToFileURL(file).href;
      await page.goto(address, { waitUntil: "load" });
      for (const other of asked.filter((url) => url !== address)) wrong(file, `asks for ${other}`);
      const outer = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (outer > 0) wrong(file, `${outer} pixels stick out at ${width}`);
      await page.evaluate(() => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
      await page.evaluate(axe);
      const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
      for (const violation of found.violations) {
        wrong(file, `${scheme}, ${width}: ${violation.id}: ${violation.nodes.length} × ${violation.nodes[0].html.slice(0, 160)}`);
      }
    }
  }
}
await browser.close();
console.log(`axe-core in Chromium: ${files.length} reports, light and dark, at 320 and 1280 pixels`);
if (mistakes > 0) { console.error(`${mistakes} mistakes`); process.exit(1); }
