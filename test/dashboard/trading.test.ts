import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { venueUp } from "../e2e/venue.ts";
import { PATIENCE_MS } from "../eventually.ts";
import { hasChromium } from "./browser.ts";
import { Desk } from "./desk.ts";

setDefaultTimeout(90_000);

describe.skipIf(!hasChromium)("the dashboard while the gateway trades", () => {
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

  test("numbers move: orders a second, and the rows of the session and the venue", async () => {
    const page = await desk.loggedIn();
    const rate = page.locator("dt", { hasText: "Orders/s" }).locator("xpath=following-sibling::dd");
    const flow = setInterval(() => desk.alice.order({ 38: 3, 44: "149" }), 20);
    try {
      await page.waitForFunction(
        (element) => Number(element?.textContent?.replaceAll(",", "")) >= 5,
        await rate.elementHandle(),
        { timeout: PATIENCE_MS },
      );
      await page.getByRole("link", { name: "Sessions" }).click();
      const session = page.getByRole("row", { name: /^ALICE/ });
      await session.getByText("logged on").waitFor();
      const numbers = (): Promise<string[]> => session.getByRole("cell").allTextContents();
      const before = await numbers();
      await page.waitForFunction(
        ([row, old]) => row?.querySelectorAll("td")[2]?.textContent !== old,
        [await session.elementHandle(), before[2]] as const,
        { timeout: PATIENCE_MS },
      );
      const [, , nextIn, nextOut] = await numbers();
      expect(Number(nextIn!.replaceAll(",", ""))).toBeGreaterThan(1);
      expect(Number(nextOut!.replaceAll(",", ""))).toBeGreaterThan(1);
      await page
        .getByRole("row", { name: /^VENUE/ })
        .getByText("logged on")
        .waitFor();
      expect(await page.getByRole("row", { name: /^BOB/ }).textContent()).toContain("disconnected");
    } finally {
      clearInterval(flow);
    }
  });

  test("a connection that is lost is said at once with the data's age, and comes back by itself", async () => {
    const page = await desk.loggedIn();
    await desk.gateway.crash();
    const alert = page.getByRole("alert").filter({ hasText: "Connection lost" });
    await alert.waitFor({ timeout: 6_000 });
    await page.getByText(/^Data is \d+ s old$/).waitFor();
    await page.getByText(/^Next attempt in \d+ s\.$/).waitFor();
    expect(await page.locator("#connection").textContent()).toBe("Connection lost");
    await desk.gateway.start();
    await page.locator("#connection[data-state=good]").waitFor({ timeout: PATIENCE_MS });
    await alert.waitFor({ state: "hidden" });
    await desk.alice.logon();
    await venueUp(desk.alice);
  });

  test("a gateway that stands still is noticed, too", async () => {
    const page = await desk.loggedIn();
    process.kill(desk.gateway.pid, "SIGSTOP");
    try {
      await page.getByText("the gateway has sent nothing for 3.5 s").waitFor({ timeout: 10_000 });
    } finally {
      process.kill(desk.gateway.pid, "SIGCONT");
    }
    await page.locator("#connection[data-state=good]").waitFor({ timeout: PATIENCE_MS });
  });
});
