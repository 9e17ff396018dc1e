// Every page that people can come to without an errand, in every edition: sound, readable, operable with the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings, launch, picture, reader } from "./lib/browser.mjs";
import { startCity } from "./lib/city.mjs";
import { Person } from "./lib/people.mjs";

const PAGES = {
  home: "/",
  list: "/appeals",
  search: `/appeals?q=${encodeURIComponent("路灯")}`,
  nothing: `/appeals?q=${encodeURIComponent("没有这样的事情呀")}`,
  report: "/appeals/new",
  track: "/track",
  "sign-in": "/sign-in",
  help: "/help",
  accessibility: "/accessibility",
  privacy: "/privacy",
  api: "/api",
  promises: "/promises",
  "open-data": "/open-data",
};
const STAFF = {
  work: "/work",
  account: "/account",
  security: "/account/security",
  data: "/account/data",
  prove: "/account/prove?next=/account/security",
  watch: "/watch",
  "watch-cases": "/watch/cases?indicator=solution",
  "watch-report": "/watch/report",
  "watch-screen": "/watch/screen",
};
const OPERATOR = { calls: "/work-calls" };
const AUDITOR = { audit: "/audit", "audit-some": "/audit?section=sign-in" };
// Once a chart is drawn, or at once where there is none.
const drawn = (page) => page.waitForFunction(() => document.querySelectorAll("[data-chart]").length === document.querySelectorAll(".chart-picture canvas").length);
const KEEPER = { books: "/books", rulebook: "/books/rulebook", categories: "/books/categories", catalogue: "/books/catalogue" };

let city;
let browser;
before(async () => {
  [city, browser] = await Promise.all([startCity({ cases: 400 }), launch()]);
});
after(async () => {
  await browser?.close();
  await city?.stop();
});

async function caseNumber() {
  const list = await (await fetch(`${city.base}/api/v1/appeals`)).json();
  return list.items[0].number;
}

for (const language of ["zh-CN", "en"]) {
  for (const look of ["light", "dark", "elder"]) {
    for (const width of ["phone", "desktop"]) {
      const name = `${language}-${look}-${width}`;
      test(`every page is sound: ${name}`, { timeout: 300_000 }, async () => {
        const { context, page, complaints } = await reader(browser, city.base, { language, width, dark: look === "dark" });
        const person = new Person({ page, language, look: async () => {} });
        const wrong = [];
        if (look === "elder") {
          await page.goto("/");
          await page.getByRole("link", { name: person.t("shell-edition-elder") }).first().click();
          await page.locator('html[data-edition="elder"]').waitFor();
        }
        const visit = async (what, path) => {
          const answer = await page.goto(path);
          assert.equal(answer.status(), 200, `${path} answers ${answer.status()}`);
          assert.equal(await page.locator("html").getAttribute("lang"), language, `${path} is in ${language}`);
          await drawn(page);
          await picture(page, `page-${name}-${what}`);
          wrong.push(...(await findings(page, what)));
          if (look === "elder") wrong.push(...(await tooSmall(page, what)));
        };
        for (const [what, path] of Object.entries(PAGES)) await visit(what, path);
        await visit("case", `/appeals/${await caseNumber()}`);
        await person.signsIn("department");
        for (const [what, path] of Object.entries(STAFF)) await visit(what, path);
        await page.goto("/account");
        await page.locator('main form[action="/sign-out"] button').click();
        await page.locator('a[href^="/sign-in"]').first().waitFor();
        for (const [who, pages] of [["operator", OPERATOR], ["admin", KEEPER], ["auditor", AUDITOR]]) {
          await person.signsIn(who);
          for (const [what, path] of Object.entries(pages)) await visit(what, path);
          await page.goto("/account");
          await page.locator('main form[action="/sign-out"] button').click();
          await page.locator('a[href^="/sign-in"]').first().waitFor();
        }
        await context.close();
        assert.equal(wrong.join("\n"), "", name);
        assert.deepEqual(complaints, [], `${name}: the browser complains`);
      });
    }
  }
}

/** The elder edition: nothing smaller than 18 px, nothing to press lower than 44 px, the great buttons 60 px. */
async function tooSmall(page, name) {
  return (await page.evaluate(() => {
    const found = [];
    const visible = (one) => {
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.clipPath === "none";
    };
    for (const one of document.querySelectorAll("main p, main li, main dd, main label, main a, main button")) {
      const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      const size = parseFloat(getComputedStyle(one).fontSize);
      if (own && visible(one) && size < 17.9) found.push(`${one.tagName.toLowerCase()} ${size}px "${one.textContent.trim().slice(0, 20)}"`);
    }
    for (const one of document.querySelectorAll("main button, main .button, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), main select")) {
      const { height } = one.getBoundingClientRect();
      if (visible(one) && !one.classList.contains("link") && height < 59.5) found.push(`${one.tagName.toLowerCase()} is ${Math.round(height)}px high: "${(one.textContent || one.name).trim().slice(0, 20)}"`);
    }
    return found.slice(0, 8);
  })).map((one) => `${name}: too small for the elder edition: ${one}`);
}

test("the keyboard alone reaches the report", { timeout: 60_000 }, async () => {
  const { context, page } = await reader(browser, city.base);
  await page.goto("/");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop leads to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.keyboard.press("Tab");
  await page.keyboard.type("楼下的垃圾桶满了两天没有人清，请派人看看。");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("form.report").waitFor();
  await context.close();
});

test("a wrong form keeps what was typed and leads to the field", { timeout: 60_000 }, async () => {
  for (const javaScript of [true, false]) {
    const { context, page } = await reader(browser, city.base, { javaScript });
    const person = new Person({ page, language: "zh-CN" });
    await page.goto("/track");
    await page.getByLabel(person.t("track-number"), { exact: true }).fill("123");
    await page.getByLabel(person.t("track-code"), { exact: true }).fill("ABC");
    await person.button("track-go").click();
    const summary = page.getByRole("alert").first();
    await summary.waitFor();
    assert.equal(await page.getByLabel(person.t("track-number"), { exact: true }).inputValue(), "123");
    await context.close();
  }
});

test("the counters on the home page move by themselves", { timeout: 60_000 }, async () => {
  const { context, page } = await reader(browser, city.base);
  await page.goto("/");
  const figures = page.locator("[data-live]").first();
  await figures.waitFor();
  const before = await figures.innerText();
  const answer = await fetch(`${city.base}/api/v1/appeals`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": `live-${Date.now()}` },
    body: JSON.stringify({ kind: "complaint", text: "文昌路口的红绿灯坏了，早高峰车和人挤在一起，很危险。" }),
  });
  assert.equal(answer.status, 201, await answer.text());
  await page.waitForFunction((old) => document.querySelector("[data-live]").innerText !== old, before, { timeout: 10_000 });
  await context.close();
});

test("pages that do not exist say so and lead on", { timeout: 60_000 }, async () => {
  const { context, page } = await reader(browser, city.base);
  for (const path of ["/no-such-page", "/appeals/0000000000000001", "/appeals/not-a-number"]) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 404, path);
    assert.deepEqual(await findings(page, path), []);
    assert.ok(await page.locator("main a").count(), `${path} offers a way on`);
  }
  await context.close();
});
