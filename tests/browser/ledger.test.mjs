// The public log in a real browser: its pages are sound, and a receipt is checked there without the server.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { findings, launch, picture, reader } from "./lib/browser.mjs";
import { startCity } from "./lib/city.mjs";
import { text } from "./lib/texts.mjs";

let city;
let browser;
before(async () => {
  [city, browser] = await Promise.all([startCity({ cases: 60 }), launch()]);
});
after(async () => {
  await browser?.close();
  await city?.stop();
});

/** How many entries are signed, once everything of the sample is. */
async function signed() {
  for (let before = -1, tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${city.base}/ledger/checkpoint`);
    const size = answer.ok ? Number((await answer.text()).split("\n")[1]) : 0;
    if (size > 100 && size === before) return size;
    before = size;
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  throw new Error("the log does not grow");
}

async function caseNumber() {
  const list = await (await fetch(`${city.base}/api/v1/appeals?status=closed`)).json();
  return list.items[0].number;
}

/** A witness of this test: its key, and what it puts under a receipt. */
function witness(name) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const material = Buffer.concat([Buffer.of(4), publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
  const mark = createHash("sha256").update(`${name}\n`).update(material).digest().subarray(0, 4);
  return {
    key: `${name}+${mark.toString("hex")}+${material.toString("base64")}`,
    under(receipt) {
      const body = receipt.slice(receipt.indexOf("\n\n") + 2, receipt.lastIndexOf("\n\n") + 1);
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(1_772_413_200n);
      const signature = sign(null, Buffer.from(`cosignature/v1\ntime 1772413200\n${body}`), privateKey);
      return `${receipt}— ${name} ${Buffer.concat([mark, time, signature]).toString("base64")}\n`;
    },
  };
}

for (const language of ["zh-CN", "en"]) {
  for (const width of ["phone", "desktop"]) {
    test(`the public log is sound: ${language}-${width}`, { timeout: 300_000 }, async () => {
      const size = await signed();
      const { context, page, complaints } = await reader(browser, city.base, { language, width });
      const t = (key) => text(language, key);
      const wrong = [];
      const visit = async (what, path) => {
        const answer = await page.goto(path);
        assert.equal(answer.status(), 200, `${path} answers ${answer.status()}`);
        await picture(page, `ledger-${language}-${width}-${what}`);
        wrong.push(...(await findings(page, what)));
      };
      await visit("log", "/ledger");
      const next = await page.getByRole("link", { name: t("ledger-next-time-link") }).getAttribute("href");
      assert.equal(next, `/ledger?since=${size}`);
      await visit("nothing-new", next);
      assert.equal(await page.locator(".ledger-lines li").count(), 0);
      await visit("since", `/ledger?since=${size - 40}`);
      assert.equal(await page.locator(".ledger-lines li").count(), 30);
      await page.locator('.pager a[rel="next"], .pager a').last().click();
      await page.waitForLoadState();
      assert.equal(await page.locator(".ledger-lines li").count(), 10);
      await visit("entry", `/ledger/entry/${size}`);
      const number = await caseNumber();
      await visit("case", `/appeals/${number}`);
      await page.locator(".stamp a").click();
      await page.waitForURL(`**/ledger/subject/appeal/${number}`);
      await picture(page, `ledger-${language}-${width}-subject`);
      wrong.push(...(await findings(page, "subject")));
      assert.ok(await page.locator(".ledger-qr img").evaluate((image) => image.complete && image.naturalWidth > 0));
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: t("ledger-receipt"), exact: true }).click(),
      ]);
      assert.match(download.suggestedFilename(), /^entry-\d+\.tlog-proof$/);
      const receipt = readFileSync(await download.path(), "utf8");

      await visit("verify", "/ledger/verify");
      // Nothing is asked of the server from here on.
      await context.setOffline(true);
      const check = async (receiptText, witnesses = "") => {
        await page.locator("#receipt-witnesses").fill(witnesses);
        const file = { name: "mine.tlog-proof", mimeType: "text/plain", buffer: Buffer.from(receiptText) };
        await page.locator("#receipt-file").setInputFiles(file);
        await page.locator(".ledger-outcome > *").first().waitFor();
        return page.locator(".ledger-outcome").innerText();
      };
      assert.match(await check(receipt), new RegExp(`✓ ${t("ledger-verify-good")}`));
      const index = Number(receipt.match(/^index (\d+)$/m)[1]);
      const forged = await check(receipt.replace(/^index \d+$/m, `index ${index - 1}`));
      assert.ok(forged.includes(t("ledger-verify-elsewhere")), forged);
      const [one, other] = [witness("paper.example/w"), witness("absent.example/w")];
      const seen = await check(one.under(receipt), `${one.key}\n${other.key}`);
      assert.ok(seen.includes(`✓ paper.example/w: ${t("ledger-verify-witnessed")}`), seen);
      assert.ok(seen.includes(`absent.example/w: ${t("ledger-verify-unwitnessed")}`), seen);
      await picture(page, `ledger-${language}-${width}-checked`);
      wrong.push(...(await findings(page, "checked")));
      await context.close();
      assert.equal(wrong.join("\n"), "");
      assert.deepEqual(complaints, [], "the browser complains");
    });
  }
}
