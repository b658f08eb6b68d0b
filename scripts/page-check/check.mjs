// Looks at report pages as a browser does: no request leaves the page, nothing is
// cut off or overlaps, axe-core has no serious finding, and it opens in time.
// Leaves screenshots at two widths, light and dark, and the print, beside each
// other for people to look at.
//
//   node check.mjs OUT PAGE.html...
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const MAX_BYTES = 2 * 1000 * 1000;
const MAX_OPEN_MS = 1000;
const views = [
  { name: "wide", width: 1440, height: 900 },
  { name: "phone", width: 390, height: 844 },
];
const schemes = ["light", "dark"];

const [out, ...pages] = process.argv.slice(2);
if (!out || pages.length === 0) {
  console.error("usage: node check.mjs OUT PAGE.html...");
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const problems = [];

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // A container seldom allows Chromium its own sandbox. The pages are ours.
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  for (const file of pages) {
    await check(resolve(file));
  }
} finally {
  await browser.close();
}
for (const p of problems) console.error(p);
process.exit(problems.length === 0 ? 0 : 1);

// check looks at one page in every view.
async function check(file) {
  // The folder tells pages apart that are all called index.html.
  const name = basename(file) === "index.html" ? basename(dirname(file)) : basename(file, ".html");
  const say = (text) => problems.push(`${name}: ${text}`);
  const bytes = statSync(file).size;
  if (bytes > MAX_BYTES) say(`${bytes} bytes, at most ${MAX_BYTES}`);
  let fastest = Infinity;
  let serious = 0;
  for (const view of views) {
    for (const scheme of schemes) {
      const where = `${view.name} ${scheme}`;
      const page = await browser.newPage();
      await page.setViewport({ width: view.width, height: view.height });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      const opened = await open(page, file, (text) => say(`${where}: ${text}`));
      fastest = Math.min(fastest, opened);
      await page.screenshot({ path: join(out, `${name}-${view.name}-${scheme}-first.png`) });
      await page.screenshot({ path: join(out, `${name}-${view.name}-${scheme}.png`), fullPage: true });
      for (const text of await page.evaluate(layout)) say(`${where}: ${text}`);
      // What is folded has to be sound as well.
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      for (const text of await page.evaluate(layout)) say(`${where}, unfolded: ${text}`);
      const findings = await audit(page);
      for (const text of findings) say(`${where}: ${text}`);
      serious += findings.length;
      await page.close();
    }
  }
  // The machine may be busy with other things: the fastest time says most of the page.
  if (fastest > MAX_OPEN_MS) say(`opened in ${fastest} ms, at most ${MAX_OPEN_MS}`);
  console.log(`${name}: ${bytes} bytes, opened in ${fastest} ms, ${serious} serious findings of axe-core`);
  const page = await browser.newPage();
  await open(page, file, (text) => say(`print: ${text}`));
  await page.pdf({ path: join(out, `${name}.pdf`), preferCSSPageSize: true, printBackground: true });
  await page.close();
}

// open loads the page and returns the milliseconds until its content was there.
// Every request but for the file itself is refused and told.
async function open(page, file, say) {
  const url = pathToFileURL(file).href;
  await page.setRequestInterception(true);
  page.on("request", (r) => {
    const inside = r.url() === url || r.url().startsWith("data:");
    if (!inside) say(`asks for ${r.url()}`);
    return inside ? r.continue() : r.abort();
  });
  page.on("console", (m) => m.type() === "error" && say(`console: ${m.text()}`));
  page.on("pageerror", (e) => say(`error: ${e.message}`));
  await page.goto(url, { waitUntil: "load" });
  return page.evaluate(() => Math.round(performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd));
}

// audit returns the findings of axe-core that matter. The page's own policy forbids
// scripts, so that axe goes in over the debugging protocol.
async function audit(page) {
  await page.evaluate(readFileSync(axe, "utf8"));
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `axe ${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(", ")}`);
}

// layout runs in the page and says what sticks out, is cut off or overlaps.
function layout() {
  const said = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) said.push(`is ${wide} pixels wide, the window ${innerWidth}`);
  const shown = (e) => e.getClientRects().length > 0 && e.checkVisibility({ contentVisibilityAuto: true });
  for (const svg of document.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const frame = svg.getBoundingClientRect();
    const title = svg.closest("figure")?.querySelector("h3")?.textContent ?? "a drawing";
    const bars = [...svg.querySelectorAll("path")].filter((p) => svg.classList.contains("bars") && p.style.fill.startsWith("var(--s")).map((p) => p.getBoundingClientRect().left);
    const boxes = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim() !== "").map((t) => ({ text: t.textContent, box: t.getBoundingClientRect() }));
    for (const { text, box } of boxes) {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) said.push(`${title}: ${JSON.stringify(text)} is cut off`);
    }
    // Names at bars end where the bars begin.
    const axis = Math.min(...bars);
    const names = [...svg.querySelectorAll('text[text-anchor="end"]')];
    for (const t of names) if (t.getBoundingClientRect().right > axis) said.push(`${title}: ${JSON.stringify(t.textContent)} lies under its bar`);
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const a = boxes[i].box, b = boxes[j].box;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 4) said.push(`${title}: ${JSON.stringify(boxes[i].text)} overlaps ${JSON.stringify(boxes[j].text)}`);
      }
    }
  }
  // Whatever is wider than its box must be in a box that scrolls.
  for (const e of document.querySelectorAll("h1,h2,h3,p,li,dd,dt,td,th,caption,summary,span")) {
    if (!shown(e) || e.closest(".skip")) continue;
    const box = e.getBoundingClientRect();
    if (box.right > innerWidth + 1 && !e.closest(".scroll")) said.push(`${e.tagName.toLowerCase()} ${JSON.stringify(e.textContent.slice(0, 40))} reaches out of the window`);
  }
  return said;
}
