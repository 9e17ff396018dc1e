// Takes the pictures of the READMEs anew: `make pictures`. Small PNGs, in docs/pictures.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, reader } from "./lib/browser.mjs";
import { startCity } from "./lib/city.mjs";
import { Person } from "./lib/people.mjs";

const folder = join(import.meta.dirname, "../../docs/pictures");
mkdirSync(folder, { recursive: true });

const [city, browser] = await Promise.all([startCity({ cases: 3000 }), launch()]);
try {
  for (const language of ["zh-CN", "en"]) {
    const short = language === "en" ? "en" : "zh";
    const shoot = async (page, name) => {
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(folder, `${name}-${short}.png`) });
    };
    const desktop = await reader(browser, city.base, { language });
    await desktop.page.setViewportSize({ width: 1120, height: 760 });
    await desktop.page.goto("/");
    await shoot(desktop.page, "home");
    // The sample city speaks both languages; a picture shows one.
    const spoken = language === "en" ? /^[ -~’]+$/ : /\p{Script=Han}/u;
    let told = null;
    for (let before = ""; !told; ) {
      const page = await (await fetch(`${city.base}/api/v1/appeals?status=closed&limit=100${before}`)).json();
      told = page.items.find((item) => item.reply && spoken.test(item.title)) ?? (page.next ? null : page.items[0]);
      before = `&before=${page.items.at(-1).number}`;
    }
    await desktop.page.goto(`/appeals/${told.number}`);
    await shoot(desktop.page, "case");
    const official = new Person({ page: desktop.page, language });
    await official.signsIn("department");
    await desktop.page.goto("/work");
    const first = desktop.page
      .locator(".queue-row")
      .filter({ has: desktop.page.locator(".queue-title", { hasText: spoken }) })
      .first();
    if (await first.count()) await first.click();
    await desktop.page.waitForLoadState();
    await shoot(desktop.page, "work");
    await desktop.context.close();

    const phone = await reader(browser, city.base, { language, width: "phone" });
    await phone.page.goto("/appeals/new");
    await shoot(phone.page, "report-phone");
    await phone.page.goto("/");
    await phone.page.getByRole("link", { name: new Person({ page: phone.page, language }).t("shell-edition-elder") }).first().click();
    await phone.page.locator('html[data-edition="elder"]').waitFor();
    await shoot(phone.page, "elder-phone");
    await phone.context.close();
  }
} finally {
  await browser.close();
  await city.stop();
}
