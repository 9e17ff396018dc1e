// What people do on the pages, in words: a visitor reports, an official works, a reporter appraises.
// They find things by what stands on the page, in the language of the page.
import assert from "node:assert/strict";
import { pattern, text } from "./texts.mjs";

const PASSWORD = "yunlan-demo-2026";

/** Somebody with a page, reading in one language. */
export class Person {
  constructor({ page, language, look = async () => {} }) {
    this.page = page;
    this.language = language;
    /** Called on every page that they come to. */
    this.look = look;
  }

  t(key, values) {
    return text(this.language, key, values);
  }

  async go(path, name) {
    const answer = await this.page.goto(path);
    assert.ok(answer.status() < 400, `${path}: ${answer.status()}`);
    await this.look(name);
  }

  button(key, values) {
    return this.page.getByRole("button", { name: this.t(key, values), exact: true });
  }

  /** The field with this label; an optional one says so beside it. */
  field(key) {
    return this.page.getByLabel(pattern(this.language, key)).first();
  }

  async choose(groupKey, choiceKey) {
    const group = this.page.getByRole("group", { name: pattern(this.language, groupKey) });
    await group.getByRole("radio", { name: this.t(choiceKey), exact: true }).check();
  }

  async says(key, values) {
    const words = values ? this.t(key, values) : pattern(this.language, key);
    await this.page.getByText(words).first().waitFor();
  }

  /** Through the form, whether it stands on one page or is shown in steps. */
  async towardsCheck(seen) {
    const next = this.button("report-next");
    for (let step = 0; step < 6; step += 1) {
      await seen(step);
      if (!(await next.isVisible())) break;
      await next.click();
    }
    await this.page.getByRole("button", { name: this.t("report-to-check"), exact: true }).filter({ visible: true }).click();
  }

  /** Reports from the home page on; the receipt's number and code. */
  async reports({ words, phone, name }) {
    await this.go("/", "home");
    await this.field("home-text-label").fill(words);
    await this.button("home-go").click();
    await this.page.locator("form.report").waitFor();
    assert.equal(await this.field("report-text").inputValue(), words, "what was typed on the home page is kept");
    await this.towardsCheck(async (step) => {
      await this.look(step === 0 ? "report" : `report-step-${step + 1}`);
      const kind = this.page.getByRole("radio", { name: this.t("kind-complaint"), exact: true });
      if (await kind.isVisible()) await kind.check();
      const unsure = this.page.getByLabel(this.t("report-category-unsure"));
      if (await unsure.isVisible()) await unsure.check();
      const address = this.field("report-address");
      if (await address.isVisible()) await address.fill("梧桐里 12 号门口");
      const phoneField = this.field("report-phone");
      if (await phoneField.isVisible()) {
        await this.field("report-name").fill(name);
        await phoneField.fill(phone);
      }
    });
    await this.page.getByRole("heading", { name: this.t("report-check-title") }).waitFor();
    await this.look("check");
    // A change goes back to its step and keeps everything.
    await this.page.getByRole("button", { name: pattern(this.language, "report-change-of") }).first().click();
    await this.page.locator("form.report").waitFor();
    assert.equal(await this.field("report-text").inputValue(), words, "going back keeps everything");
    await this.towardsCheck(async () => {});
    await this.button("report-send").click();
    await this.page.getByTestId("number").waitFor();
    await this.look("receipt");
    const receipt = {
      number: (await this.page.getByTestId("number").innerText()).replace(/\D/g, ""),
      code: (await this.page.getByTestId("code").innerText()).trim(),
    };
    assert.match(receipt.number, /^\d{16}$/);
    assert.match(receipt.code.replace(/[\s-]/g, ""), /^[0-9A-HJKMNP-TV-Z]{10}$/);
    // On a public computer: afterwards the page no longer shows the code.
    await this.page.locator("main").getByRole("button", { name: this.t("track-leave") }).click();
    await this.says("track-left");
    return receipt;
  }

  async signsIn(login) {
    await this.go("/sign-in", "sign-in");
    await this.page.getByLabel(this.t("sign-in-login"), { exact: true }).fill(login);
    await this.page.getByLabel(this.t("sign-in-password"), { exact: true }).fill(PASSWORD);
    await this.page.locator("main").getByRole("button", { name: this.t("sign-in-button"), exact: true }).click();
    await this.page.locator('a[href="/account"]').waitFor();
  }

  async opens(number) {
    await this.go(`/work/${number}`, "work");
  }

  async dispatches(number, organ) {
    await this.opens(number);
    await this.page.getByLabel(this.t("work-dispatch-organ"), { exact: true }).selectOption({ label: organ });
    await this.button("work-dispatch-go").click();
    await this.says("work-dispatched");
    await this.look("work-dispatched");
  }

  /** Opens a folded action, if it is folded. */
  async unfolds(key) {
    const details = this.page.locator("details.act-more", { has: this.page.locator("summary", { hasText: this.t(key) }) });
    if (!(await details.evaluate((one) => one.open))) await details.locator(":scope > summary").click();
    return details;
  }

  async accepts(number) {
    await this.opens(number);
    await this.button("work-accept").click();
    await this.says("work-accepted");
  }

  async contacts(number, note) {
    await this.opens(number);
    const form = await this.unfolds("work-contact");
    await form.getByLabel(pattern(this.language, "work-contact-note")).fill(note);
    await form.getByRole("button", { name: this.t("work-contact"), exact: true }).click();
    await this.says("work-contacted");
    await this.look("work-contacted");
  }

  async answers(number, reply) {
    await this.opens(number);
    const form = await this.unfolds("work-answer");
    await form.getByLabel(pattern(this.language, "work-answer-text")).fill(reply);
    await form.getByRole("button", { name: this.t("work-answer-go"), exact: true }).click();
    await this.says("work-answered");
    await this.look("work-answered");
  }

  async readsReporter(number, purpose) {
    await this.opens(number);
    await this.field("work-reporter-purpose").fill(purpose);
    await this.button("work-reporter-go").click();
    await this.says("work-reporter-shown");
    await this.look("work-reporter");
  }

  /** Number and code typed as people type them: grouped, in lower case. */
  async tracks({ number, code }) {
    await this.go("/track", "track");
    await this.page.getByLabel(this.t("track-number"), { exact: true }).fill(number.replace(/(\d{4})(?=\d)/g, "$1 "));
    await this.page.getByLabel(this.t("track-code"), { exact: true }).fill(` ${code.toLowerCase()} `);
    await this.button("track-go").click();
    await this.page.locator("article.case").waitFor();
    await this.look("track-case");
  }

  async appraises({ solved, satisfied, comment, again = false }) {
    await this.choose("track-appraise-solved", solved ? "track-appraise-yes" : "track-appraise-no");
    await this.choose("track-appraise-satisfied", `satisfied-${satisfied}`);
    await this.field("track-appraise-comment").fill(comment);
    if (again) await this.page.locator("#again").check();
    await this.button("track-appraise-go").click();
    await this.page.locator(".flash").waitFor();
    await this.look("track-appraised");
  }
}
