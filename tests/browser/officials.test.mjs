// Five people work one case together: a resident reports, an operator dispatches, a street calls a department, the department
// reports for duty, the level above gives more time and supervises. In both languages, on phone and desktop.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings, launch, picture, reader } from "./lib/browser.mjs";
import { startCity } from "./lib/city.mjs";
import { Person } from "./lib/people.mjs";

const WORDS = {
  "zh-CN": {
    department: "市城市管理局",
    report: "小区东门外的窨井盖松动，车一压就响，老人走路也不安全，希望尽快处理。",
    call: "井盖产权单位不明，请城管局派员到场确认。",
    duty: "已派员到场，确认为市政雨水井，今日更换。",
    time: "需要等更换的井盖到货。",
    press: "请写明完成时间，并告知反映人。",
    reply: "井盖已到货，明天上午更换。",
    note: "物业联系人已记在台账。",
    answer: "您好，松动的井盖已经更换并做了加固，请您路过时再看看。",
  },
  en: {
    department: "City Management Bureau",
    report: "The manhole cover outside the east gate is loose, rattles under every car and is a danger to older people.",
    call: "It is unclear who owns the cover. Please send somebody to confirm on site.",
    duty: "We have been there: it is a storm drain of ours and will be replaced today.",
    time: "The new cover has to be delivered first.",
    press: "Please say when it will be done, and tell the reporter.",
    reply: "The cover has arrived and will be fitted tomorrow morning.",
    note: "The contact at the property company is in our book.",
    answer: "The loose cover has been replaced and fixed. Please have a look when you pass.",
  },
};

let city;
let browser;
before(async () => {
  [city, browser] = await Promise.all([startCity({ cases: 200 }), launch()]);
});
after(async () => {
  await browser?.close();
  await city?.stop();
});

for (const language of ["zh-CN", "en"]) {
  for (const width of ["phone", "desktop"]) {
    const name = `officials-${language}-${width}`;
    test(`five people work one case: ${name}`, { timeout: 300_000 }, () => journey({ name, language, width }));
  }
}

async function journey({ name, language, width }) {
  const words = WORDS[language];
  const contexts = [];
  const complaints = [];
  const wrong = [];
  const person = async (who, login) => {
    const made = await reader(browser, city.base, { language, javaScript: true, width });
    contexts.push(made.context);
    complaints.push(made.complaints);
    const look = async (what) => {
      wrong.push(...(await findings(made.page, `${who} ${what}`)));
      await picture(made.page, `${name}-${who}-${what}`);
    };
    const one = new Person({ page: made.page, language, look });
    if (login) await one.signsIn(login);
    return one;
  };
  /** Opens the form of a kind beside the case, fills it in and sends it. */
  const asks = async (one, number, kind, fill) => {
    await one.opens(number);
    const form = one.page.locator(`form:has(input[name="kind"][value="${kind}"])`).filter({ has: one.page.locator("textarea, select") });
    await form.locator("xpath=ancestor::details[1]").locator("> summary").click();
    await fill(form);
    await form.locator('button[type="submit"]').click();
    await one.page.locator(".flash").waitFor();
    await one.look(`asked-${kind}`);
  };
  /** Does something about the task that offers it. */
  const acts = async (one, number, what, fill) => {
    await one.opens(number);
    const form = one.page.locator(`form:has(input[name="what"][value="${what}"])`).first();
    await form.locator("xpath=ancestor::details[1]").locator("> summary").click();
    await fill(form);
    await form.locator('button[type="submit"]').click();
    await one.page.locator(".flash").waitFor();
    await one.look(`task-${what}`);
  };
  try {
    const resident = await person("resident");
    const receipt = await resident.reports({ words: words.report, phone: "19900001234", name: "林女士" });
    const number = receipt.number;

    const operator = await person("operator", "operator");
    await operator.opens(number);
    const select = operator.page.getByLabel(operator.t("work-dispatch-organ"), { exact: true });
    const street = await person("street", "street");
    await street.go("/work", "queue");
    const organ = (await street.page.locator(".work-organ").innerText()).trim();
    await select.selectOption({ label: organ });
    await operator.button("work-dispatch-go").click();
    await operator.says("work-dispatched");

    await street.accepts(number);
    await asks(street, number, "whistle", async (form) => {
      await form.locator('select[name="organ"]').selectOption({ label: words.department });
      await form.locator("textarea").fill(words.call);
    });
    await asks(street, number, "extension", async (form) => {
      await form.locator('input[name="days"]').fill("3");
      await form.locator("textarea").fill(words.time);
    });

    const department = await person("department", "department");
    await department.go("/work?tab=whistle", "whistle");
    assert.ok(await department.page.locator(`a.queue-row[href*="${number}"]`).count(), "the call lies on the department's desk");
    await acts(department, number, "reported", (form) => form.locator("textarea").fill(words.duty));

    const supervisor = await person("supervisor", "district");
    await supervisor.go("/work?tab=asked", "asked");
    await acts(supervisor, number, "approved", async () => {});
    await asks(supervisor, number, "supervision", (form) => form.locator("textarea").fill(words.press));

    await acts(street, number, "rated", (form) => form.locator("select").selectOption("4"));
    await street.go("/work?tab=supervised", "supervised");
    await acts(street, number, "reported", (form) => form.locator("textarea").fill(words.reply));
    await asks(street, number, "note", (form) => form.locator("textarea").fill(words.note));
    await acts(supervisor, number, "lifted", async () => {});
    await street.answers(number, words.answer);

    await operator.go("/work-calls", "calls");
    assert.ok(await operator.page.locator(`a[href="/work/${number}"]`).count(), "who was answered is to be called");

    await resident.tracks(receipt);
    const shown = await resident.page.locator("body").innerText();
    assert.ok(shown.includes(words.answer));
    for (const inside of [words.note, words.call, words.press]) {
      assert.ok(!shown.includes(inside), `the reporter's page shows ${inside}`);
    }
  } catch (error) {
    for (const [at, context] of contexts.entries()) {
      for (const page of context.pages()) await picture(page, `failed-${name}-${at}`).catch(() => {});
    }
    throw error;
  } finally {
    for (const context of contexts) await context.close();
  }
  assert.equal(wrong.join("\n"), "", name);
  assert.deepEqual(complaints.flat(), [], `${name}: the browser complains`);
}
