import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { ask } from "../e2e/api.ts";
import { Client } from "../e2e/client.ts";
import { hasChromium } from "./browser.ts";
import { confirm, Desk } from "./desk.ts";

setDefaultTimeout(90_000);

/** A client session whose orders need a trader. */
const TRADER =
  '[client.sessions.CAROL]\naccounts = ["ACC1"]\ntraders = ["TOM"]\n[risk.traders.TOM]\nmaxOpenOrders = 8\nmaxOrderQty = 1_000';

describe.skipIf(!hasChromium)("orders, limits and the kill switch at the dashboard", () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open(`${TRADER}\n[risk.rates]\nEUR = "1.08"`, 'currency = "USD"');
  });

  afterEach(async () => {
    const offences = await desk.offences();
    await desk.closePages();
    expect(offences).toEqual([]);
  });

  afterAll(() => desk.close());

  const settingsOf = (page: Page, some: string): Locator => page.getByRole("table", { name: `Settings of ${some}` });

  async function killTrader(engaged: boolean): Promise<void> {
    const body = { scope: "trader:TOM", engaged, why: "a test" };
    expect((await ask(desk.gateway, "PUT", "/v1/kill-switch", body)).status).toBe(200);
  }

  async function search(page: Page, text: string): Promise<void> {
    await page.getByLabel("Search").fill(text);
    await page.getByRole("button", { name: "Search" }).click();
  }

  test("finds an order by any of its ids, account, symbol, session or venue; reads its timeline; cancels it", async () => {
    const clOrdId = desk.alice.order({ 38: 4_321, 44: "149" });
    const orderId = (await desk.alice.report(clOrdId, "0")).get(37)!;
    const page = await desk.loggedIn({}, "orders");
    const row = page.getByRole("row").filter({ hasText: "4,321" });
    await row.waitFor();
    for (const text of [clOrdId, orderId, "ACC1", "AAPL", "ALICE", "VENUE"]) {
      await search(page, text);
      await page.getByText(new RegExp(`^1 orders with .* ${text}$`)).waitFor();
      expect(await row.textContent()).toContain(clOrdId);
    }
    await search(page, "NOBODY");
    await page.getByText("No order matches.").waitFor();
    await search(page, clOrdId);
    await row.getByRole("button", { name: "Timeline" }).click();
    await page.getByRole("heading", { name: `Timeline of order ${orderId}` }).waitFor();
    await page.getByRole("table", { name: "Entries of the journal" }).getByText(`11=${clOrdId}|`).first().waitFor();
    expect(await page.getByRole("table", { name: "Requests and their stages" }).textContent()).toContain(clOrdId);
    const cancelled = desk.venue.wait("the cancel", (message) => message.type === "F");
    await row.getByRole("button", { name: "Cancel" }).click();
    expect(await confirm(page, "Cancel the order", "the client asked by telephone")).toStartWith("applied");
    await cancelled;
    await desk.alice.wait("its report", (message) => message.get(37) === orderId && message.get(150) === "4");
    await search(page, "ACC1");
    await page.getByText("No order matches.").waitFor();
  });

  test("cancels all orders that match", async () => {
    const ids = [11, 12, 13].map((quantity) => desk.alice.order({ 38: quantity, 44: "149" }));
    for (const id of ids) await desk.alice.report(id, "0");
    const page = await desk.loggedIn({}, "orders");
    await search(page, "ACC1");
    await page.getByText("3 orders with account ACC1").waitFor();
    await page.getByRole("button", { name: "Cancel all that match" }).click();
    expect(await confirm(page, "Cancel the orders", "end of the desk's day", "CANCEL")).toContain('"matched":3');
    await page.getByText("No order matches.").waitFor();
  });

  test("changes a limit, which holds for the next order, and goes back to the file's", async () => {
    const page = await desk.loggedIn({}, "limits");
    await page.getByLabel("Account", { exact: true }).selectOption("ACC1");
    const row = settingsOf(page, "an account").getByRole("row", { name: /^maxOrderQty/ });
    await row.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").getByLabel("maxOrderQty").fill("50");
    expect(await confirm(page, "Change it", "a smaller desk")).toMatch(/^applied: .*50/);
    await row.getByText("desk").waitFor();
    const refused = await desk.alice.report(desk.alice.order({ 38: 51 }), "8");
    expect(refused.get(58)).toContain("MAX_ORDER_QTY");
    await row.getByRole("button", { name: "As in the file" }).click();
    expect(await confirm(page, "Change it", "as it was")).toStartWith("applied");
    await row.getByText("file").waitFor();
    const taken = desk.alice.order({ 38: 51 });
    await desk.alice.report(taken, "0");
    await desk.alice.report(desk.alice.cancel(taken), "4");
  });

  test("a value that is out of range is refused in the API's words", async () => {
    const page = await desk.loggedIn({}, "limits");
    await page.getByLabel("Account", { exact: true }).selectOption("ACC1");
    await settingsOf(page, "an account")
      .getByRole("row", { name: /^maxOpenOrders/ })
      .getByRole("button", { name: "Change" })
      .click();
    await page.getByRole("dialog").getByLabel("maxOpenOrders").fill("-1");
    expect(await confirm(page, "Change it", "a mistake")).toMatch(/expected .*, got -1/);
  });

  test("changes a limit of the firm's messages, whose use it shows, and the rate of a currency for a time", async () => {
    const page = await desk.loggedIn({}, "limits");
    const limit = settingsOf(page, "the firm").getByRole("row", { name: /^firmOrderMessages / });
    await limit.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").getByLabel("firmOrderMessages").fill("1000");
    expect(await confirm(page, "Change it", "a flood")).toMatch(/^applied: .*1,?000/);
    await page
      .getByRole("table", { name: "Use of the limits of the firm" })
      .getByRole("row", { name: /^firmOrderMessages/ })
      .getByText("1,000")
      .waitFor();
    await page.getByText("1 EUR = 1.08 USD; from the file; 0 symbols").waitFor();
    const rate = settingsOf(page, "a currency").getByRole("row", { name: /^rate/ });
    await rate.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").getByLabel("rate").fill("1.1");
    await page.getByRole("dialog").getByLabel("Duration, minutes").fill("30");
    expect(await confirm(page, "Change it", "a new fixing")).toMatch(/^applied: .*1.1/);
    await page.getByText(/^1 EUR = 1.1 USD; set by desk, since .* ago\), until .*, then 1.08; 0 symbols$/).waitFor();
  });

  test("shows how a trader and a client session use their limits, with alarm and kill switch, and changes a limit", async () => {
    const carol = new Client("CAROL", desk.gateway.clientPort);
    await carol.logon();
    let id = 0;
    const order = (quantity: number): string => {
      const clOrdId = `TOMS${++id}`;
      // In front: SenderSubID is of the header.
      carol.send("D", [[50, "TOM"], ...carol.orderBody({ 11: clOrdId, 38: quantity, 44: "149" })]);
      return clOrdId;
    };
    const open = order(1);
    await carol.report(open, "0");
    const page = await desk.loggedIn({}, "limits");
    await page.getByLabel("Client session", { exact: true }).selectOption("CAROL");
    await page.getByLabel("Trader", { exact: true }).selectOption("TOM");
    const used = page
      .getByRole("table", { name: "Use of the limits of a trader" })
      .getByRole("row", { name: /^maxOpenOrders/ });
    await used.getByText("12 %").waitFor();
    const row = settingsOf(page, "a trader").getByRole("row", { name: /^maxOpenOrders/ });
    await row.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").getByLabel("maxOpenOrders").fill("1");
    expect(await confirm(page, "Change it", "he learns")).toMatch(/^applied: .*1/);
    await used.getByText("100 %").waitFor();
    await used.getByText("critical").waitFor();
    expect((await carol.report(order(1), "8")).get(58)).toContain("MAX_OPEN_ORDERS");
    await killTrader(true);
    const panel = page.locator(".panel").filter({ has: page.getByLabel("Trader", { exact: true }) });
    await panel.getByRole("button", { name: "Read again" }).click();
    await panel.getByText("kill switch engaged: new orders are refused; 1 open orders").waitFor();
    await killTrader(false);
    await panel.getByRole("button", { name: "Read again" }).click();
    await panel.getByText("kill switch not engaged").waitFor();
    await row.getByRole("button", { name: "As in the file" }).click();
    expect(await confirm(page, "Change it", "he has learnt")).toStartWith("applied");
    const session = settingsOf(page, "a client session").getByRole("row", { name: /^maxOrderQty/ });
    await session.getByRole("button", { name: "Change" }).click();
    await page.getByRole("dialog").getByLabel("maxOrderQty").fill("40");
    expect(await confirm(page, "Change it", "a smaller session")).toMatch(/^applied: .*40/);
    expect((await carol.report(order(41), "8")).get(58)).toContain("MAX_ORDER_QTY");
    await session.getByRole("button", { name: "As in the file" }).click();
    expect(await confirm(page, "Change it", "as it was")).toStartWith("applied");
    await carol.report(carol.cancel(open), "4");
    await carol.logout();
  });

  test("trips and lifts the kill switch", async () => {
    const page = await desk.loggedIn({}, "control");
    await page.getByRole("button", { name: "Engage the kill switch" }).click();
    expect(await confirm(page, "Engage", "an algorithm runs wild", "ENGAGE")).toStartWith("applied");
    await badge(page).getByText("Kill switch: firm").waitFor();
    expect((await desk.alice.report(desk.alice.order(), "8")).get(58)).toContain("KILL_SWITCH");
    await page.getByRole("row", { name: /^firm/ }).getByRole("button", { name: "Lift" }).click();
    expect(await confirm(page, "Lift", "it was stopped", "LIFT")).toStartWith("applied");
    await badge(page).waitFor({ state: "hidden" });
    const taken = desk.alice.order();
    await desk.alice.report(taken, "0");
    await desk.alice.report(desk.alice.cancel(taken), "4");
    const actions = page.getByRole("table", { name: "What operators did" });
    await actions.getByRole("row").filter({ hasText: "it was stopped" }).waitFor();
    expect(await actions.textContent()).toContain("an algorithm runs wild");
  });
});

function badge(page: Page): Locator {
  return page.locator("#kill-badge");
}
