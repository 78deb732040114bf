import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { executable } from "../e2e/gateway.ts";
import { deadline, within } from "../eventually.ts";
import { HeadlessBrowser, hasChromium } from "./browser.ts";
import { confirm, logIn } from "./desk.ts";

setDefaultTimeout(90_000);

const ENDS_WITHIN_MS = 60_000;

describe.skipIf(!hasChromium)("the demo's dashboard", () => {
  let ends: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const end of ends) await end();
    ends = [];
  });

  test("the demo prints its address and a token; there it is watched and steered, and it goes on", async () => {
    const demo = Bun.spawn([executable(), "demo", "--seconds", "16"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    using _bound = deadline(ENDS_WITHIN_MS, () => demo.kill("SIGKILL"));
    ends.push(async () => {
      demo.kill("SIGKILL");
      await demo.exited;
    });
    let out = "";
    const printed = Promise.withResolvers<{ address: string; token: string }>();
    const read = (async () => {
      for await (const chunk of demo.stdout) {
        out += new TextDecoder().decode(chunk);
        const [, address, token] = /^Dashboard: (\S+)\nToken: +(\S+)$/m.exec(out) ?? [];
        if (address !== undefined && token !== undefined) printed.resolve({ address, token });
      }
    })();
    const { address, token } = await within("the address", printed.promise);
    const browser = await HeadlessBrowser.start();
    ends.push(() => browser.close());
    const { page, foreign } = await browser.open(address);
    await logIn(page, token);
    const rate = page.locator("dt", { hasText: "Orders/s" }).locator("xpath=following-sibling::dd");
    await rate.filter({ hasText: /^[1-9][\d,]*$/ }).waitFor();
    await page.getByRole("link", { name: "Sessions" }).click();
    const row = page.getByRole("row", { name: /^TRADER2/ });
    await row.getByText("More").click();
    await row.getByRole("button", { name: "Disable" }).click();
    expect(await confirm(page, "Set the state", "a look at what happens")).toMatch(/^applied: before on, now off/);
    await row.getByText("switched off by an operator").waitFor();
    expect(foreign).toEqual([]);
    const code = await demo.exited;
    await read;
    expect(await new Response(demo.stderr).text()).toBe("");
    // The phases changed while one session was away.
    expect(out).toMatch(/^burst +[\d,]+ /m);
    expect(out).toContain("; lost 0;");
    expect(code).toBe(0);
  });
});
