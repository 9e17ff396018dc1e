// Chromium, the contexts in which people read, and what must hold on every page.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, selectors } from "playwright-core";

selectors.setTestIdAttribute("data-test");

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const out = join(import.meta.dirname, "../out");
mkdirSync(out, { recursive: true });

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts the machine's own Chromium; it talks to the city only. */
export async function launch() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
  if (!executablePath) throw new Error("chromium is not installed: run `make test`, or set CHROMIUM");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--force-color-profile=srgb",
    ],
  });
}

export const WIDTHS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

/** A reader: language, width, JavaScript or not. Collects what the browser complains of. */
export async function reader(browser, base, { language = "zh-CN", width = "desktop", javaScript = true, dark = false } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    locale: language,
    timezoneId: "Asia/Shanghai",
    viewport: WIDTHS[width],
    isMobile: width === "phone",
    hasTouch: width === "phone",
    javaScriptEnabled: javaScript,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    extraHTTPHeaders: { "accept-language": language },
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} ${response.url()}`);
  });
  return { context, page, complaints };
}

/**
 * What is wrong with a page, in sentences: findings of axe, things wider than the window, a missing heading, title or text.
 * Axe needs JavaScript in the page; without it only the structure is looked at.
 */
export async function findings(page, name, { axe = true } = {}) {
  const found = [];
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return null;
    const culprits = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > room + 1);
    return culprits.slice(0, 5).map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
  });
  if (wide) found.push(`${name}: wider than the window: ${wide.join(", ")}`);
  const headings = await page.locator("h1").count();
  if (headings !== 1) found.push(`${name}: ${headings} first headings`);
  if ((await page.title()).length < 3) found.push(`${name}: no title`);
  if (!(await page.locator("html[lang]").count())) found.push(`${name}: no language`);
  const words = await page.locator("body").innerText();
  const raw = words.match(/\b(undefined|NaN|null|Some\(|\{ ?\$)/);
  if (raw) found.push(`${name}: a raw value shows: ${raw[0]}`);
  // A message without its text shows its key.
  const key = words.match(/(?<![\w./@-])(?:shell|appeals?|work|track|report|error|state|kind|home|list|case|step|receipt|account)-[a-z]+(?:-[a-z]+)*(?![\w@/-])/);
  if (key) found.push(`${name}: a text is missing: ${key[0]}`);
  if (!axe) return found;
  const violations = await page.evaluate(
    async ([source]) => {
      if (!window.axe) (0, eval)(source);
      const { violations } = await window.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      return violations.map(
        (one) => `${one.id} (${one.impact}): ${one.help}\n    ${one.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 160)}\n      ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""}`).join("\n    ")}`,
      );
    },
    [axeSource],
  );
  return found.concat(violations.map((one) => `${name}: axe: ${one}`));
}

/** A picture for people to look at: of the whole page, or of its first screen where it is very long. */
export async function picture(page, name) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: height < 4000, timeout: 60_000 });
}
