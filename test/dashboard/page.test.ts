import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { ask } from "../e2e/api.ts";
import { hasChromium } from "./browser.ts";
import { confirm, Desk, go, logIn, SECTIONS } from "./desk.ts";
import { unreadableTexts } from "./inspect.ts";

setDefaultTimeout(90_000);

/** What each section shows once it has read what it shows. */
const CONTENTS: Readonly<Record<(typeof SECTIONS)[number], string | RegExp>> = {
  overview: "received → decided",
  sessions: /^ALICE$/,
  orders: /^ALICE-\d+$/,
  limits: "referencePrice",
  alarms: /test/,
  control: "for the table of actions",
  "manual/risk": "RISK-012 PRICE_COLLAR",
};

if (!hasChromium) console.warn("skipped: the dashboard needs /usr/bin/chromium (Debian's package chromium)");

describe.skipIf(!hasChromium)("the dashboard's page", () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open();
    const resting = desk.alice.order({ 38: 7, 44: "149" });
    await desk.alice.report(resting, "0");
    await ask(desk.gateway, "POST", "/v1/notes", { why: "for the table of actions" });
    await ask(desk.gateway, "POST", "/v1/alarms/test", { why: "for the table of alarms" });
  });

  afterEach(async () => {
    const offences = await desk.offences();
    await desk.closePages();
    expect(offences).toEqual([]);
  });

  afterAll(() => desk.close());

  test("a wrong token is refused in the API's words; the right one stays out of the address and in this tab", async () => {
    const page = await desk.page();
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    const refusal = page.getByRole("alert").filter({ hasText: "no-token" });
    await refusal.waitFor();
    expect(await refusal.textContent()).toBe(
      "no-token: authorization: expected the token of one of admin.tokens, got another",
    );
    await logIn(page, desk.token);
    expect(page.url()).toBe(desk.origin);
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, document.cookie]))).not.toContain(desk.token);
    await page.reload();
    await page.locator("#connection[data-state=good]").waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Token").waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  test("its files have a policy that lets in nothing from elsewhere and nothing inline", async () => {
    for (const path of ["", "dashboard.js", "dashboard.css", "icon.svg"]) {
      const response = await fetch(`${desk.origin}${path}`);
      expect(response.status).toBe(200);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain("unsafe");
    }
    const page = await desk.page();
    await page.evaluate(() => {
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(style);
    });
    // The policy is in force, and the test sees what it forbids.
    await page.waitForFunction(() => window.violations.length > 0);
    expect(await page.evaluate(() => window.violations.splice(0).length)).toBe(1);
  });

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const)("%s, %i px: every section is readable and no wider than the page", async (scheme, width) => {
    const page = await desk.page({ scheme, width, height: 844 });
    expect(await page.evaluate(unreadableTexts)).toEqual([]);
    await logIn(page, desk.token);
    for (const section of SECTIONS) {
      await go(page, section);
      await page.getByText(CONTENTS[section]).first().waitFor();
      if (section === "orders") await showTimeline(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), section).toBeLessThanOrEqual(
        0,
      );
      expect(await page.evaluate(unreadableTexts), section).toEqual([]);
    }
    await go(page, "control");
    await page.getByRole("button", { name: "Engage the kill switch" }).click();
    expect(await page.evaluate(unreadableTexts)).toEqual([]);
    expect(await background(page)).toBe(scheme === "dark" ? "rgb(15, 21, 28)" : "rgb(245, 246, 248)");
  });

  test("the switch changes the colours, and the choice outlives the page", async () => {
    const page = await desk.loggedIn();
    expect(await background(page)).toBe("rgb(245, 246, 248)");
    await page.getByRole("button", { name: "Use the dark colours" }).click();
    expect(await background(page)).toBe("rgb(15, 21, 28)");
    await page.reload();
    await page.locator("#connection[data-state=good]").waitFor();
    expect(await background(page)).toBe("rgb(15, 21, 28)");
  });

  test("with the keyboard alone: log in, move, open a dialog, leave it; the focus is always seen", async () => {
    const page = await desk.page();
    await page.getByLabel("Token").waitFor();
    await page.keyboard.type(desk.token);
    await page.keyboard.press("Enter");
    await page.locator("#connection[data-state=good]").waitFor();
    await tabTo(page, "Control");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Control" }).waitFor();
    await tabTo(page, "Engage the kill switch");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Engage the kill switch" });
    await dialog.waitFor();
    expect(await focused(page)).toContain("SELECT");
    // Without its word it can't be confirmed.
    expect(await dialog.getByRole("button", { name: "Engage", exact: true }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(await focused(page)).toBe("BUTTON Engage the kill switch");
  });

  test("tables have captions and headings, figures have descriptions, the language is said", async () => {
    const page = await desk.loggedIn();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
    for (const section of SECTIONS.filter((one) => !one.startsWith("manual"))) {
      await go(page, section);
      const missing = await page.evaluate(
        () =>
          [...document.querySelectorAll("main table")].filter(
            (table) => table.querySelector("caption") === null || table.querySelector("th[scope=col]") === null,
          ).length,
      );
      expect(missing, section).toBe(0);
    }
    await go(page, "overview");
    const chart = page.getByRole("img", { name: /^Messages a second, last five minutes\. Now: orders / });
    await chart.waitFor();
  });

  test("the manual is this version's, as text: what looks like HTML stays text, and links lead to its pages", async () => {
    const page = await desk.loggedIn({}, "manual/risk");
    await page.getByRole("heading", { level: 1, name: /^Risk: limits/ }).waitFor();
    await page.getByRole("cell", { name: "RISK-012 PRICE_COLLAR" }).first().waitFor();
    await page.locator("article").getByRole("link").first().click();
    await page.waitForFunction(() => location.hash.startsWith("#manual/") && location.hash !== "#manual/risk");
    await page.evaluate(() => {
      location.hash = "manual/nowhere";
    });
    await page.getByText("not-found: page: expected a page of the manual").waitFor();
  });

  test("a note: asks for a reason, shows the answer, and is among what operators did", async () => {
    const page = await desk.loggedIn({}, "control");
    await page.getByRole("button", { name: "Write a note" }).click();
    expect(await confirm(page, "Write it", "VENUE called: no auction today")).toMatch(/^applied \(action \d+\)$/);
    const row = page.getByRole("row").filter({ hasText: "VENUE called: no auction today" });
    await row.waitFor();
    expect(await row.textContent()).toContain("note.add");
  });
});

async function showTimeline(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Timeline" }).first().click();
  await page.getByText("35=D|").first().waitFor();
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}

/** Presses Tab until what has this text has the focus; each stop on the way must be seen. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const name = await focused(page);
    if (name === "BODY ") continue;
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineWidth);
    expect(Number.parseFloat(outline), `outline of ${name}`).toBeGreaterThanOrEqual(2);
    if (name.endsWith(` ${text}`)) return;
  }
  throw new Error(`expected to reach ${text} with Tab, got to ${await focused(page)}`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent?.slice(0, 60)}`);
}
