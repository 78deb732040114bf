import { cpSync, writeFileSync } from "node:fs";
import { loadConfig } from "../../src/config/load.ts";
import { Gateway } from "../e2e/gateway.ts";
import { passes, until } from "../eventually.ts";
import { audit, exposuresOf } from "./audit.ts";
import { coldExposures, snapshotNow, snapshotOf } from "./exposures.ts";
import { compareJournal } from "./journal.ts";
import { Random } from "./random.ts";
import { Trader } from "./trader.ts";
import { CrashVenue } from "./venue.ts";

export type Preset = "one" | "two" | "wide";
export type Durability = "process" | "disk";

export interface RunOptions {
  readonly kills: number;
  readonly seed: number;
  readonly preset: Preset;
  readonly durability: Durability;
  /** So many kills, then all must be settled and is compared. */
  readonly auditEvery: number;
  /** Where all is kept that explains a failure: the data directory, the log, what the peers heard. */
  readonly keep?: string;
}

export interface RunResult {
  /** Losses, doubles, contradictions: must be empty. */
  readonly wrong: string[];
  readonly figures: Record<string, number>;
}

const ACT_EVERY_MS = 2;
const SETTLE_WITHIN_MS = 20_000;
/** By the first comparison. */
const LEAST_FILLS = 100;
const LONGEST_LIFE_MS = 350;
const ACCOUNTS = ["ACC1", "ACC2"];

/** Every other pair of seeds: nothing that a dead gateway may have sent is sent again, its clients hear of it. */
function resendsOrders(options: RunOptions): boolean {
  return options.seed % 4 < 2;
}

function configOf(gateway: Gateway, options: RunOptions): string {
  const limits = (account: string) => `
[risk.accounts.${account}]
maxOrderQty = 100_000
maxOrderNotional = 100_000_000
maxOpenOrders = 10_000
ordersPerSecond = 1_000_000`;
  return `
[lanes]
preset = "${options.preset}"
idle = "park"
[client]
listen = "127.0.0.1:${gateway.clientPort}"
[client.sessions.ALICE]
accounts = ["ACC1"]
[client.sessions.BOB]
accounts = ["ACC2"]
[venues.VENUE]
address = "127.0.0.1:${gateway.venuePort}"
reconnectMinMs = 10
reconnectMaxMs = 20
resendOrdersWithinS = ${resendsOrders(options) ? 120 : 0}
[routing]
default = "VENUE"
[symbols.AAPL]
referencePrice = "150"
[risk]
collarPercent = 10
${ACCOUNTS.map(limits).join("")}
[core]
maxOrders = 262_144
[journal]
segmentMiB = 4
snapshotMiB = 1
${options.durability === "disk" ? 'durability = "disk"' : ""}
`;
}

/** Every durability that the configuration knows. */
export function durabilities(): Durability[] {
  const known = (durability: Durability) => {
    const { problems } = loadConfig(`[journal]\ndurability = "${durability}"`, "gateway.toml");
    return problems?.every(({ where }) => !where.startsWith("journal")) ?? true;
  };
  return known("disk") ? ["process", "disk"] : ["process"];
}

/** A gateway that is killed again and again under load, between clients and a venue that remember everything. */
export class CrashRun {
  private readonly gateway = new Gateway();
  private readonly config: string;
  private readonly random: Random;
  private readonly venue: CrashVenue;
  private readonly traders: Trader[];
  private readonly timer: Timer;
  private acting = true;
  private kills = 0;
  private early = 0;
  private audits = 0;
  private fromSnapshots = 0;
  private journalled = 0;
  private wrong: string[] = [];

  constructor(private readonly options: RunOptions) {
    const { gateway } = this;
    this.config = configOf(gateway, options);
    writeFileSync(gateway.configFile, this.config);
    this.random = new Random(options.seed);
    const chance = () => new Random(this.random.int(0, 2_147_483_647));
    let priceE8 = 14_900_000_000;
    const nextPriceE8 = () => ++priceE8;
    this.venue = new CrashVenue(gateway.venuePort, chance());
    this.traders = [
      new Trader("ALICE", "ACC1", gateway.clientPort, chance(), nextPriceE8),
      new Trader("BOB", "ACC2", gateway.clientPort, chance(), nextPriceE8),
    ];
    this.timer = setInterval(() => this.act(), ACT_EVERY_MS);
  }

  async run(): Promise<RunResult> {
    try {
      this.venue.listen();
      while (this.kills < this.options.kills && this.wrong.length === 0) {
        await this.life();
        if (this.kills % this.options.auditEvery === 0 || this.kills === this.options.kills) await this.audit();
      }
    } finally {
      clearInterval(this.timer);
      for (const trader of this.traders) trader.stop();
      this.venue.stop();
      if (this.wrong.length > 0 && this.options.keep !== undefined) this.keepIn(this.options.keep);
      await this.gateway.remove();
    }
    if (this.wrong.length > 0)
      this.wrong.push(`seed ${this.options.seed}, ${this.kills} kills; the gateway said:`, ...this.lastWords());
    return { wrong: this.wrong, figures: this.figures() };
  }

  private keepIn(folder: string): void {
    cpSync(this.gateway.directory, folder, { recursive: true });
    writeFileSync(`${folder}/gateway.log`, this.gateway.log);
    writeFileSync(`${folder}/wrong.txt`, this.wrong.join("\n"));
    for (const peer of [...this.traders, this.venue])
      writeFileSync(`${folder}/${peer.compId}.txt`, peer.received.join("\n"));
  }

  private act(): void {
    if (this.acting) this.venue.act();
    for (const trader of this.traders) {
      trader.connect();
      if (this.acting) trader.act();
    }
  }

  /** From a start to a kill at any moment: while it starts, while sessions find their numbers, or later. */
  private async life(): Promise<void> {
    const { random } = this;
    const started = this.gateway.start().then(
      () => true,
      () => false,
    );
    if (random.chance(0.15)) {
      await passes(random.next() * 150);
      this.early++;
    } else {
      if (!(await started)) throw new Error(`it did not start again: ${this.lastWords().join("\n")}`);
      await this.spend(random.chance(0.3) ? random.next() * 25 : random.next() * LONGEST_LIFE_MS);
    }
    await this.gateway.crash();
    await started;
    this.kills++;
  }

  /** Lives for so long; now and then a connection breaks meanwhile. */
  private async spend(ms: number): Promise<void> {
    const { random } = this;
    if (random.chance(0.2)) {
      const part = random.next();
      await passes(ms * part);
      (random.chance(0.5) ? this.venue : random.pick(this.traders)!).drop();
      ms *= 1 - part;
    }
    await passes(ms);
  }

  /** Lets everybody say what there is to say, compares the books, and reads what the dead gateway's journal says. */
  private async audit(): Promise<void> {
    await this.gateway.start();
    // On a machine that has much else to do, lives as short as those before may see next to no trade.
    const { executions } = this.venue;
    await this.until(
      `${LEAST_FILLS} fills`,
      () => executions.size >= LEAST_FILLS,
      () => executions.size,
    );
    this.acting = false;
    await this.until(
      "an answer to all that was said",
      () => this.settled(),
      () => this.figures(),
    );
    this.wrong.push(...audit(this.traders, this.venue));
    await this.gateway.crash();
    const { count, wrong } = compareJournal(this.gateway.data, [...this.traders, this.venue]);
    this.journalled = count;
    this.wrong.push(...wrong);
    this.compareExposures(null);
    const snapshot = snapshotOf(this.config, this.gateway.data);
    if (snapshot !== null) this.compareExposures(snapshot);
    // Every second time the lives that follow begin with one that has seen all until here.
    if (this.audits++ % 2 === 0) {
      snapshotNow(this.config, this.gateway.data);
      this.compareExposures(snapshotOf(this.config, this.gateway.data));
    }
    this.acting = true;
  }

  /** What does not come in time is wrong, but the books are compared all the same: they show what is missing. */
  private async until(what: string, done: () => boolean, seen: () => unknown): Promise<void> {
    await until(what, done, SETTLE_WITHIN_MS, seen).catch((error: Error) => this.wrong.push(error.message));
  }

  /** By the whole journal, or from a snapshot on. */
  private compareExposures(snapshot: string | null): void {
    if (snapshot !== null) this.fromSnapshots++;
    const believed = JSON.stringify(coldExposures(this.config, this.gateway.data, snapshot));
    const expected = JSON.stringify(exposuresOf(this.venue, ACCOUNTS));
    if (believed === expected) return;
    const by = snapshot === null ? "its journal" : "its snapshot";
    this.wrong.push(`exposures: the gateway has ${believed} by ${by}, the venue's books ${expected}`);
  }

  private settled(): boolean {
    this.venue.sayAll();
    const told = (of: "fills" | "busts" | "corrections") =>
      this.traders.reduce((sum, trader) => sum + trader[of].size, 0);
    return (
      this.venue.loggedOn &&
      this.traders.every((trader) => trader.loggedOn && trader.unanswered().length === 0) &&
      told("fills") === this.venue.executions.size &&
      told("busts") === this.venue.busts.size &&
      told("corrections") === this.venue.corrections.size
    );
  }

  private lastWords(): string[] {
    return this.gateway.log.trimEnd().split("\n").slice(-12);
  }

  private figures(): Record<string, number> {
    const peers = [...this.traders, this.venue];
    const sum = (of: (peer: (typeof peers)[number]) => number) => peers.reduce((all, peer) => all + of(peer), 0);
    return {
      kills: this.kills,
      "while starting": this.early,
      audits: this.audits,
      "exposures from snapshots": this.fromSnapshots,
      orders: this.traders.reduce((all, trader) => all + trader.orders.length, 0),
      "orders at the venue": this.venue.orders.length,
      fills: this.venue.executions.size,
      busts: this.venue.busts.size,
      corrections: this.venue.corrections.size,
      "messages in the journal": this.journalled,
      "messages to the gateway": sum((peer) => peer.nextOut - 1),
      "messages from it": sum((peer) => peer.nextIn - 1),
      "resends asked by it": sum((peer) => peer.resendsAnswered),
      "resends asked of it": sum((peer) => peer.resendsAsked),
      "messages that came again": sum((peer) => peer.repeats),
    };
  }
}
