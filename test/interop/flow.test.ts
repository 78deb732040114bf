import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configOf, Gateway } from "../e2e/gateway.ts";
import { compareFlow, figuresOf, missing, Party, unanswered } from "./flow.ts";
import { build, whyMissing } from "./quickfix.ts";

setDefaultTimeout(90_000);

const why = whyMissing();
const note = why === null ? "" : ` (skipped: ${why})`;
const LIFE_MS = 600;
const SETTLE_MS = 20_000;

const built = mkdtempSync(join(tmpdir(), "sallyport-flow-"));
let building: Promise<string> | null = null;

/** Compiled once for all. */
function program(): Promise<string> {
  building ??= build("flow", built);
  return building;
}

afterAll(() => rmSync(built, { recursive: true, force: true }));

/** A gateway between a client and a venue that are both QuickFIX; each of the three is killed in the middle of the flow. */
class Flow implements AsyncDisposable {
  readonly gateway = new Gateway();
  readonly client: Party;
  readonly venue: Party;

  constructor(
    program: string,
    private readonly directory: string,
    clientVersion: string,
    venueVersion: string,
  ) {
    const { clientPort, venuePort, configFile } = this.gateway;
    const speaks = (version: string) => (version === "FIX.4.4" ? "" : `version = "${version}"`);
    const config = configOf({ clientPort, venuePort, venue: speaks(venueVersion) });
    const alice = "[client.sessions.ALICE]\n";
    writeFileSync(configFile, config.replace(alice, `${alice}${speaks(clientVersion)}\n`));
    this.client = new Party(program, "client", clientVersion, clientPort, directory);
    this.venue = new Party(program, "venue", venueVersion, venuePort, directory);
  }

  async start(): Promise<void> {
    await this.venue.start();
    await this.gateway.start();
    await this.gateway.said(/venue VENUE: up/);
    await this.client.start();
    await Bun.sleep(LIFE_MS);
  }

  /** Kills one of the three, lets the others notice and go on, and starts it again. */
  async restart(who: "client" | "venue" | "gateway"): Promise<void> {
    const its = who === "gateway" ? this.gateway : this[who];
    await (its instanceof Gateway ? its.crash() : its.kill());
    await Bun.sleep(LIFE_MS / 3);
    await its.start();
    // QuickFIX connects once a second.
    await Bun.sleep(1_000 + LIFE_MS);
  }

  /** No more orders; waits for what is to come. One order a run may have been lost in the client that was killed. */
  async settle(): Promise<void> {
    this.client.quiet();
    const until = performance.now() + SETTLE_MS;
    for (let size = -1; performance.now() < until; await Bun.sleep(150)) {
      const before = size;
      size = this.client.logBytes() + this.venue.logBytes();
      if (size !== before) continue;
      const [ours, theirs] = [this.client.lines(), this.venue.lines()];
      if (unanswered(ours).length <= 1 && missing(ours, theirs) === 0) break;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.kill();
    await this.venue.kill();
    await this.gateway.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

for (const [clientVersion, venueVersion] of [
  ["FIX.4.4", "FIX.4.4"],
  ["FIX.4.2", "FIX.4.2"],
  ["FIX.5.0SP2", "FIX.5.0SP2"],
  ["FIX.4.2", "FIX.5.0SP2"],
] as const) {
  test.concurrent.skipIf(why !== null)(
    `QuickFIX on both sides, ${clientVersion} to ${venueVersion}, each of the three killed in the middle: nothing is lost or doubled${note}`,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), "sallyport-flow-"));
      await using flow = new Flow(await program(), directory, clientVersion, venueVersion);
      await flow.start();
      await flow.restart("gateway");
      await flow.restart("venue");
      await flow.restart("client");
      await flow.restart("gateway");
      await flow.settle();
      const [ours, theirs] = [flow.client.lines(), flow.venue.lines()];
      expect(compareFlow(ours, theirs), flow.gateway.log).toEqual([]);
      expect(unanswered(ours).length, String(unanswered(ours).slice(0, 5))).toBeLessThanOrEqual(1);
      const figures = figuresOf(ours, theirs);
      if (process.env.SALLYPORT_SHOW !== undefined) console.log(JSON.stringify(figures));
      expect(figures.acknowledged).toBeGreaterThan(100);
      expect(figures.trades).toBeGreaterThan(100);
      expect(figures.canceled).toBeGreaterThan(20);
    },
  );
}
