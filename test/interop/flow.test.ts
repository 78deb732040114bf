import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configOf, Gateway } from "../e2e/gateway.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { compareFlow, figuresOf, missing, Party, unanswered } from "./flow.ts";
import { build, whyMissing } from "./quickfix.ts";

setDefaultTimeout(90_000);

const why = whyMissing();
const note = why === null ? "" : ` (skipped: ${why})`;
/** What has to come in each life before the next kill. */
const LEAST_TRADES = 30;
const LEAST_CANCELS = 6;
/** A trade follows the report before it at once: logs that have not grown in this number of reads are complete. */
const STILL_LOOKS = 8;

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
    await this.flows();
  }

  /** Kills one of the three, lets the gateway notice, starts it again, and lets it trade. */
  async restart(who: "client" | "venue" | "gateway"): Promise<void> {
    const { gateway } = this;
    const from = gateway.log.length;
    if (who === "gateway") {
      await gateway.crash();
      await gateway.start();
    } else {
      await this[who].kill();
      await gateway.said(who === "client" ? /client \w+: disconnected/ : /venue \w+: down/, from);
      await this[who].start();
    }
    await this.flows();
  }

  private figures(): Record<string, number> {
    return figuresOf(this.client.lines(), this.venue.lines());
  }

  /** Resolves once there is more: all three are on again. */
  private async flows(): Promise<void> {
    const before = this.figures();
    const more = () => {
      const { trades = 0, canceled = 0, acknowledged = 0 } = this.figures();
      return (
        trades >= before.trades! + LEAST_TRADES &&
        acknowledged >= before.acknowledged! + LEAST_TRADES &&
        canceled >= before.canceled! + LEAST_CANCELS
      );
    };
    await until("more trades and cancels", more, PATIENCE_MS, () => [before, this.figures(), this.gateway.log]);
  }

  /** No more orders; waits for what is to come. One order a run may have been lost in the client that was killed. */
  async settle(): Promise<void> {
    this.client.quiet();
    let size = -1;
    let looks = 0;
    const settled = () => {
      const before = size;
      size = this.client.logBytes() + this.venue.logBytes();
      looks = size === before ? looks + 1 : 0;
      if (looks < STILL_LOOKS) return false;
      const [ours, theirs] = [this.client.lines(), this.venue.lines()];
      return unanswered(ours).length <= 1 && missing(ours, theirs) === 0;
    };
    const left = () => [unanswered(this.client.lines()), missing(this.client.lines(), this.venue.lines())];
    await until("an answer to every order", settled, PATIENCE_MS, left);
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
    // QuickFIX writes a trade down before it stores it: a kill between the two leaves one that was never sent. Rare, so once more.
    { retry: 1 },
  );
}
