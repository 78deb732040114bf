import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configOf, Gateway } from "../e2e/gateway.ts";
import { freePort } from "../e2e/ports.ts";
import { build, dictionaryOf, run, whyMissing } from "./quickfix.ts";

setDefaultTimeout(90_000);

/** QuickFIX's FIX 4.4, with which it checks every message. */
const dictionary = dictionaryOf("FIX.4.4");
const why = whyMissing();

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
      const client = await build("client", directory);
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
