// One appeal's whole journey: reported by a visitor, dispatched, accepted, contacted, answered, appraised as not solved,
// handled once more, appraised as solved, closed. In both languages, with and without JavaScript, on phone and desktop.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings, launch, picture, reader } from "./lib/browser.mjs";
import { startCity } from "./lib/city.mjs";
import { Person } from "./lib/people.mjs";

const ORGAN = { "zh-CN": "市城市管理局", en: "City Management Bureau" };
const WORDS = {
  "zh-CN": {
    report: "梧桐里 12 号门口的路灯坏了一周，晚上老人出门看不清路，希望尽快修好。",
    note: "已电话联系，约好明天上门查看。",
    first: "您好，我们已经派人到现场查看，更换了灯泡，请您今晚再看看是否正常。",
    missing: "只修好了一盏，另外一盏还是不亮。",
    second: "您好，第二盏路灯的线路已经更换，现场试亮正常，感谢您的耐心等待。",
    thanks: "都亮了，谢谢。",
  },
  en: {
    report: "The street light at the door of No. 12 has been out for a week and older neighbours cannot see their way at night.",
    note: "Called back; we will come and look tomorrow.",
    first: "Our crew has visited the place and replaced the lamp. Please have a look tonight.",
    missing: "Only one lamp works, the other one is still dark.",
    second: "The cable of the second lamp has been replaced and tested on site. Thank you for your patience.",
    thanks: "Both work now, thank you.",
  },
};

let city;
let browser;
before(async () => {
  [city, browser] = await Promise.all([startCity({ cases: 200 }), launch()]);
});
after(async () => {
  await browser?.close();
  const outcome = await city?.stop();
  if (outcome) assert.equal(outcome.code, 0, "asked to stop, the city ends well");
});

for (const language of ["zh-CN", "en"]) {
  for (const javaScript of [true, false]) {
    for (const width of ["phone", "desktop"]) {
      const name = `${language}-${javaScript ? "js" : "plain"}-${width}`;
      test(`an appeal's journey: ${name}`, { timeout: 300_000 }, () => journey({ name, language, javaScript, width }));
    }
  }
}

async function journey({ name, language, javaScript, width }) {
  const words = WORDS[language];
  const contexts = [];
  const complaints = [];
  const wrong = [];
  const person = async (who) => {
    const made = await reader(browser, city.base, { language, javaScript, width });
    contexts.push(made.context);
    complaints.push(made.complaints);
    const look = async (what) => {
      wrong.push(...(await findings(made.page, `${who} ${what}`, { axe: javaScript })));
      await picture(made.page, `${name}-${who}-${what}`);
    };
    return new Person({ page: made.page, language, look });
  };
  try {
    const visitor = await person("visitor");
    const receipt = await visitor.reports({ words: words.report, phone: "19900001234", name: "林女士" });

    const operator = await person("operator");
    await operator.signsIn("operator");
    await operator.dispatches(receipt.number, ORGAN[language]);

    const official = await person("official");
    await official.signsIn("department");
    await official.accepts(receipt.number);
    await official.readsReporter(receipt.number, official.t("work-reporter-purpose-contact"));
    await official.page.getByText("19900001234").first().waitFor();
    await official.contacts(receipt.number, words.note);
    await official.answers(receipt.number, words.first);

    const reporter = await person("reporter");
    await reporter.tracks(receipt);
    await reporter.page.getByText(words.first).first().waitFor();
    assert.equal(await reporter.page.getByText(words.note).count(), 0, "notes of the office stay in the office");
    await reporter.appraises({ solved: false, satisfied: 1, comment: words.missing, again: true });
    await reporter.says("case-second-round");

    await official.accepts(receipt.number);
    await official.contacts(receipt.number, words.note);
    await official.answers(receipt.number, words.second);

    await reporter.tracks(receipt);
    await reporter.appraises({ solved: true, satisfied: 5, comment: words.thanks });
    await reporter.says("state-closed");
    assert.equal(await reporter.page.locator("#again").count(), 0, "it is reopened once only");

    // What everybody sees: the answers and the outcome, not who reported.
    const anybody = await person("anybody");
    await anybody.go(`/appeals/${receipt.number}`, "case");
    await anybody.says("state-closed");
    await anybody.page.getByText(words.second).first().waitFor();
    const shown = await anybody.page.locator("body").innerText();
    for (const secret of ["19900001234", "林女士", words.note, receipt.code]) {
      assert.ok(!shown.includes(secret), `the public page shows ${secret}`);
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
