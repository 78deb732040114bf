import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configOf, Gateway } from "../e2e/gateway.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { figuresOf, missing, Party, type Program, unanswered } from "./flow.ts";

/** What has to come in each life before the next kill. */
const LEAST_TRADES = 30;
const LEAST_CANCELS = 6;
/** A trade follows the report before it at once: logs that have not grown in this number of reads are complete. */
const STILL_LOOKS = 8;

/** One side of the gateway. */
export interface Side {
  readonly program: Program;
  readonly version: string;
  /** Port that its program connects to, or listens on; by default the gateway's own for that side. */
  readonly port?: number;
  /** More of its table in the gateway's configuration. */
  readonly lines?: string;
}

/** A gateway between a client and a venue that are both QuickFIX; each of the three is killed in the middle of the flow. */
export class FlowRun implements AsyncDisposable {
  readonly gateway = new Gateway();
  readonly client: Party;
  readonly venue: Party;

  private readonly directory = mkdtempSync(join(tmpdir(), "sallyport-flow-"));

  /** `tables`: more of the gateway's configuration, whose ports stand there. */
  constructor(client: Side, venue: Side, tables: (gateway: Gateway) => string = () => "") {
    const { clientPort, venuePort, configFile } = this.gateway;
    const linesOf = ({ version, lines = "" }: Side) =>
      `${version === "FIX.4.4" ? "" : `version = "${version}"`}\n${lines}`;
    const config = configOf({ clientPort, venuePort, venue: linesOf(venue), tables: tables(this.gateway) });
    const alice = "[client.sessions.ALICE]\n";
    writeFileSync(configFile, config.replace(alice, `${alice}${linesOf(client)}\n`));
    const party = (side: Side, role: "client" | "venue", port: number): Party =>
      new Party(side.program, role, side.version, side.port ?? port, this.directory);
    this.client = party(client, "client", clientPort);
    this.venue = party(venue, "venue", venuePort);
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
