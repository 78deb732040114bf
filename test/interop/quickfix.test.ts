import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configOf, freePort, Gateway } from "../e2e/gateway.ts";

setDefaultTimeout(90_000);

const root = join(import.meta.dir, "../..");
const source = join(import.meta.dir, "quickfix/client.cpp");
/** QuickFIX's FIX 4.4, with which it checks every message; Debian's package lacks it. */
const dictionary = ["/usr/share/quickfix/FIX44.xml", join(root, "../shared/fix-at/quickfix/spec/FIX44.xml")].find(
  existsSync,
);

function missing(): string | null {
  if (Bun.which("g++") === null) return "g++ is missing";
  return existsSync("/usr/include/quickfix/Application.h") ? null : "libquickfix-dev is missing";
}

const why = missing();

test.skipIf(why !== null)(
  `a QuickFIX client trades with the gateway${why === null ? "" : ` (skipped: ${why})`}`,
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "sallyport-quickfix-"));
    const gateway = new Gateway();
    const venuePort = freePort();
    const config = configOf({
      clientPort: gateway.clientPort,
      venuePort,
      venue: `compId = "EXCHANGE"\nresetOnLogon = true`,
      tables: `[exchange]\nlisten = "127.0.0.1:${venuePort}"`,
    });
    writeFileSync(gateway.configFile, config);
    try {
      const client = join(directory, "client");
      const built = await run([
        "g++",
        "-std=c++14",
        "-Wno-deprecated",
        "-o",
        client,
        source,
        "-lquickfix",
        "-lpthread",
      ]);
      expect(built.err).toBe("");
      expect(built.code).toBe(0);
      await gateway.start();
      await gateway.said(/venue VENUE: up/);
      const ran = await run([
        client,
        String(gateway.clientPort),
        join(directory, "store"),
        ...(dictionary ? [dictionary] : []),
      ]);
      const line = ran.out.trim().split("\n").at(-1) ?? "";
      const result = JSON.parse(line) as { rounds: number; reports: number; faults: string[] };
      expect(result.faults, `${ran.err}${gateway.log}`).toEqual([]);
      expect(result).toMatchObject({ rounds: 2, reports: 20 });
      expect(ran.code).toBe(0);
      expect(await gateway.stop()).toBe(0);
    } finally {
      await gateway.remove();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);

async function run(command: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  return { code, out, err };
}
