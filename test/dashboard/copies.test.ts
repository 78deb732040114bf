import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Client } from "../e2e/client.ts";
import { freePort } from "../e2e/gateway.ts";
import { hasChromium } from "./browser.ts";
import { confirm, Desk } from "./desk.ts";

setDefaultTimeout(90_000);

describe.skipIf(!hasChromium)("drop copy sessions at the dashboard", () => {
  const port = freePort();
  let desk: Desk;
  let risk: Client;

  beforeAll(async () => {
    desk = await Desk.open(`[dropCopy]\nlisten = "127.0.0.1:${port}"\n[dropCopy.sessions.RISK]`);
    risk = new Client("RISK", port);
    await risk.logon();
    await desk.alice.report(desk.alice.order({ 38: 7, 44: "149" }), "0");
  });

  afterAll(() => desk.close());

  test("have a table of their own, with how far the copies are, and are logged out and disconnected there", async () => {
    const page = await desk.loggedIn({}, "sessions");
    const row = page.getByRole("table", { name: "Drop copy sessions" }).getByRole("row", { name: /^RISK/ });
    await row.getByText("logged on").waitFor();
    await row.getByText("going on").waitFor();
    await row.getByRole("cell", { name: "0 B", exact: true }).waitFor();
    await row.getByText("More").click();
    await row.getByRole("button", { name: "Numbers" }).waitFor();
    expect(await row.getByRole("button", { name: "Skip" }).count()).toBe(0);
    await row.getByRole("button", { name: "Log out" }).click();
    expect(await confirm(page, "Log out", "its desk is closed")).toMatch(/^applied/);
    await risk.waitClosed();
    await row.getByText("disconnected").waitFor();
    expect(await desk.offences()).toEqual([]);
  });
});
