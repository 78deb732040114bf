import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { hasChromium } from "./browser.ts";
import { confirm, Desk } from "./desk.ts";

setDefaultTimeout(90_000);

describe.skipIf(!hasChromium)("an operator at the dashboard", () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open();
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
