import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { hasChromium } from "./browser.ts";
import { confirm, Desk } from "./desk.ts";

setDefaultTimeout(90_000);

describe.skipIf(!hasChromium)("an operator at the dashboard", () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open('confirm = ["note.add"]');
  });

  afterEach(async () => {
    const offences = await desk.offences();
    await desk.closePages();
    expect(offences).toEqual([]);
  });

  afterAll(() => desk.close());

  test("disables a session, which is logged out, and enables it again", async () => {
    const page = await desk.loggedIn({}, "sessions");
    const row = page.getByRole("row", { name: /^ALICE/ });
    await row.getByText("logged on").waitFor();
    await row.getByText("More").click();
    await row.getByRole("button", { name: "Disable" }).click();
    expect(await confirm(page, "Set the state", "the client's desk is closed")).toMatch(/^applied: before on, now off/);
    await row.getByText("switched off by an operator").waitFor();
    await row.getByText("off", { exact: true }).waitFor();
    await row.getByRole("button", { name: "Enable" }).click();
    expect(await confirm(page, "Set the state", "it is open again")).toMatch(/^applied: before off, now on/);
    await desk.alice.logon();
    await row.getByText("logged on").waitFor();
  });

  test("what a second person must confirm waits, is not confirmed by the first, and is done by another", async () => {
    const page = await desk.loggedIn({}, "control");
    await page.getByRole("button", { name: "Write a note" }).click();
    expect(await confirm(page, "Write it", "limits agreed by telephone")).toMatch(
      /^Waits for a second person: confirmation \d+$/,
    );
    const waiting = (one: Page) =>
      one
        .getByRole("table", { name: "Actions that wait for a second person" })
        .getByRole("row")
        .filter({ hasText: "note.add" });
    await waiting(page).getByRole("button", { name: "Confirm" }).click();
    const own = await confirm(page, "Confirm", "it is right", "CONFIRM");
    expect(own).toBe("second-person: expected another person than desk, who has asked for it");
    const other = await desk.loggedIn({}, "control", desk.chiefsToken);
    await waiting(other).getByRole("button", { name: "Confirm" }).click();
    expect(await confirm(other, "Confirm", "it is right", "CONFIRM")).toStartWith("applied");
    await waiting(page).waitFor({ state: "detached" });
    const done = page
      .getByRole("table", { name: "What operators did" })
      .getByRole("row")
      .filter({ hasText: "by telephone" });
    await done.waitFor();
    expect(await done.textContent()).toContain("desk, confirmed by chief");
  });

  test("asks for an override, which another person confirms; withdrawn, it is no more", async () => {
    const page = await desk.loggedIn({}, "control");
    await page.getByRole("button", { name: "Ask for an override" }).click();
    const terms = {
      "Client session": "ALICE",
      Account: "ACC1",
      Symbol: "AAPL",
      Quantity: "500",
      Check: "MAX_ORDER_QTY",
    };
    for (const [label, value] of Object.entries(terms))
      await page.getByRole("dialog").getByLabel(label, { exact: true }).fill(value);
    expect(await confirm(page, "Ask", "a block")).toMatch(/^Waits for a second person: confirmation \d+$/);
    const other = await desk.loggedIn({}, "control", desk.chiefsToken);
    const waiting = other.getByRole("row").filter({ hasText: "override.grant" });
    await waiting.getByRole("button", { name: "Confirm" }).click();
    expect(await confirm(other, "Confirm", "agreed", "CONFIRM")).toStartWith("applied");
    const row = page.getByRole("table", { name: "Overrides of checks" }).getByRole("row").filter({ hasText: "AAPL" });
    await row.getByText("granted").waitFor();
    expect(await row.textContent()).toMatch(/buy 500 AAPL at market.*desk, confirmed by chief/);
    await row.getByRole("button", { name: "Withdraw" }).click();
    expect(await confirm(page, "Withdraw", "called off")).toStartWith("applied");
    await row.getByText("withdrawn").waitFor();
  });

  test("acknowledges an alarm", async () => {
    const page = await desk.loggedIn({}, "alarms");
    await page.getByRole("button", { name: "Send a test alarm" }).click();
    expect(await confirm(page, "Send it", "does the pager ring?")).toStartWith("applied");
    const row = page.getByRole("row").filter({ hasText: "test" }).first();
    await row.getByRole("button", { name: "Acknowledge" }).click();
    expect(await confirm(page, "Acknowledge", "it does")).toMatch(/^applied: before firing, now acknowledged/);
    await row.getByText("acknowledged by desk").waitFor();
  });
});
