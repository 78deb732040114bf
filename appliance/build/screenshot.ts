// Takes the picture of the dashboard that README shows: the demo under load, seen by headless Chromium.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const ROOT = join(import.meta.dir, "..", "..");
const TARGET = join(ROOT, "appliance", "manual", "dashboard.png");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const SIZE = { width: 1280, height: 1080 };
/** Both phases of the demo are seen, and a whole interval of latencies. */
const WATCH_MS = 52_000;
const LARGEST_BYTES = 200_000;

const command = [process.execPath, join(ROOT, "appliance", "main.ts"), "demo"];
const demo = Bun.spawn(command, { cwd: ROOT, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
try {
  const { address, token } = await dashboardOf(demo.stdout);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
    await page.goto(address);
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.locator("#connection[data-state=good]").waitFor();
    await page.waitForTimeout(WATCH_MS);
    const picture = await page.screenshot({ animations: "disabled" });
    if (picture.length > LARGEST_BYTES)
      throw new Error(`the picture: expected at most ${LARGEST_BYTES} bytes, got ${picture.length}`);
    writeFileSync(TARGET, picture);
    console.log(`${TARGET}: ${SIZE.width} × ${SIZE.height}, ${(picture.length / 1e3).toFixed(0)} kB`);
  } finally {
    await browser.close();
  }
} finally {
  demo.kill("SIGINT");
  await demo.exited;
}

/** What the demo prints of its dashboard. Its table is read to the end, so that it never waits for this reader. */
function dashboardOf(output: ReadableStream<Uint8Array>): Promise<{ address: string; token: string }> {
  const found = Promise.withResolvers<{ address: string; token: string }>();
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of output) {
      text += decoder.decode(chunk, { stream: true });
      const [, address, token] = /^Dashboard: (\S+)\nToken: +(\S+)$/m.exec(text) ?? [];
      if (address !== undefined && token !== undefined) found.resolve({ address, token });
    }
    found.reject(new Error(`expected the demo to print its dashboard's address, got:\n${text}`));
  };
  void read();
  return found.promise;
}
