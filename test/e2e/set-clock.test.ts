import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON, LOGOUT, REJECT } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const compiler = Bun.which("cc") ?? Bun.which("gcc");
const HOUR_S = 3_600;

/** The wall clock of the gateway; the peers with this clock have the same. */
class SetClock {
  offsetS = 0;
  readonly file: string;
  readonly library: string;

  constructor(directory: string) {
    this.file = join(directory, "offset");
    this.library = join(directory, "set-clock.so");
    this.set(0);
  }

  get nowNs(): number {
    return performance.now() * 1e6;
  }

  get wallUs(): number {
    return Date.now() * 1000 + this.offsetS * 1e6;
  }

  /** Sets it, and waits until the lanes have read it. */
  async to(offsetS: number): Promise<void> {
    this.set(offsetS);
    await Bun.sleep(100);
  }

  /** Sets the gateway's only: the peers' clocks stay. */
  async gatewayTo(offsetS: number): Promise<void> {
    const { offsetS: ours } = this;
    await this.to(offsetS);
    this.offsetS = ours;
  }

  /** In place: the gateway has the file mapped. */
  private set(offsetS: number): void {
    this.offsetS = offsetS;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(offsetS) * 1_000_000_000n);
    writeFileSync(this.file, bytes, { flag: this.isThere ? "r+" : "w" });
    this.isThere = true;
  }

  private isThere = false;

  build(): void {
    const source = join(import.meta.dir, "set-clock.c");
    const built = Bun.spawnSync([compiler!, "-shared", "-fPIC", "-O2", "-o", this.library, source, "-ldl"]);
    expect(built.stderr.toString()).toBe("");
  }

  get wrapper(): string[] {
    return ["env", `LD_PRELOAD=${this.library}`, `CLOCK_OFFSET_FILE=${this.file}`];
  }
}

/** A time of day in UTC, as calendars have it. */
function timeOfDay(wallUs: number): string {
  return new Date(wallUs / 1000).toISOString().slice(11, 19);
}

/** SendingTime of the newest message, as seconds from the peer's clock. */
function sentFrom(peer: Client | Venue, clock: SetClock): number {
  const text = peer.received.at(-1)!.get(52)!;
  const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(9)}Z`;
  return Date.parse(iso) / 1000 - clock.wallUs / 1e6;
}

describe.skipIf(compiler === null)("a clock that is set under a running gateway (needs a C compiler)", () => {
  const gateway = new Gateway();
  const clock = new SetClock(gateway.directory);
  const venue = new Venue(gateway.venuePort, "VENUE", { clock });
  const alice = new Client("ALICE", gateway.clientPort, { clock });
  let quantity = 5_000;

  beforeAll(async () => {
    clock.build();
    const [open, close] = [-HOUR_S, 2 * HOUR_S].map((s) => timeOfDay(clock.wallUs + s * 1e6));
    const config = readFileSync(gateway.configFile, "utf8").replace(
      "[venues.VENUE]",
      `[client.sessions.HOURS]\naccounts = ["ACC1"]\nschedule = "DAY"\n[calendars.DAY]\nzone = "UTC"\nopen = "${open}"\nclose = "${close}"\ndays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n[symbols.QUOTED]\nreferenceSources = ["operator"]\noperatorStaleMs = 10_000_000\ncollarPercent = 10\n[venues.VENUE]`,
    );
    writeFileSync(gateway.configFile, config);
    alice.heartBtInt = 1;
    venue.listen();
    await gateway.start(clock.wrapper);
    await venue.waitType(LOGON);
    await alice.logon();
    await venueUp(alice);
  });

  afterAll(async () => {
    venue.stop();
    await gateway.remove();
  });

  /** An order goes its way, and every message has the time of the clock as it is now. */
  async function trades(): Promise<string> {
    const clOrdId = alice.order({ 38: ++quantity });
    const order = await venue.orderOf(quantity);
    expect(Math.abs(sentFrom(venue, clock))).toBeLessThan(10);
    await alice.report(clOrdId, "0");
    venue.fill(order, quantity);
    expect((await alice.report(clOrdId, "F")).get(39)).toBe("2");
    expect(Math.abs(sentFrom(alice, clock))).toBeLessThan(10);
    return clOrdId;
  }

  /** Heartbeats go on at their interval, and nobody is disconnected. */
  async function beats(): Promise<void> {
    const from = alice.received.length;
    await Bun.sleep(3_500);
    const heartbeats = alice.received.slice(from).filter(({ type }) => type === "0").length;
    expect(heartbeats).toBeGreaterThanOrEqual(2);
    expect(heartbeats).toBeLessThanOrEqual(5);
    expect(alice.connected).toBe(true);
    expect([...alice.faults, ...venue.faults]).toEqual([]);
  }

  test.each([
    ["forward by an hour", HOUR_S, "was set forward by 3600.0 s"],
    ["back by two hours", -HOUR_S, "was set back by 7200.0 s"],
    ["right again", 0, "was set forward by 3600.0 s"],
  ])("%s: an alarm; heartbeats go on, and messages have the new time", async (_, offsetS, words) => {
    const from = gateway.log.length;
    await clock.to(offsetS);
    await trades();
    await beats();
    await gateway.said(`ALARM clock: ${words}`, from);
    await trades();
  });

  test("the order rate counts by the new time: it neither blocks nor is it off", async () => {
    for (const offsetS of [-HOUR_S, HOUR_S, 0]) {
      await clock.to(offsetS);
      await Bun.sleep(1_100 - ((Date.now() + 1_000) % 1_000));
      const one = alice.order({ 1: "SLOW", 38: ++quantity });
      const two = alice.order({ 1: "SLOW", 38: ++quantity });
      expect((await alice.report(one)).get(150)).not.toBe("8");
      expect((await alice.report(two, "8")).get(58)).toContain("RISK-016 ORDERS_PER_SECOND");
      await Bun.sleep(1_000);
      const three = alice.order({ 1: "SLOW", 38: ++quantity });
      expect((await alice.report(three)).get(150)).not.toBe("8");
    }
  });

  test("a reference price from before the clock was set back is too old, until it is set again", async () => {
    await clock.to(0);
    const alone = async (): Promise<string> => {
      const clOrdId = alice.order({ 55: "QUOTED", 38: ++quantity });
      const report = await alice.report(clOrdId);
      return report.get(150) === "8" ? report.text(58)! : "";
    };
    const set = (price: string) =>
      runToEnd([
        ...["ctl", "symbol", "set", "QUOTED", "referencePrice", price, "--why", "test"],
        ...["--socket", join(gateway.data, "admin.sock")],
      ]);
    expect(await alone()).toStartWith("RISK-105");
    expect((await set("150")).code).toBe(0);
    expect(await alone()).toBe("");
    await clock.to(-HOUR_S);
    expect(await alone()).toStartWith("RISK-105");
    // Operators are let in as before.
    expect(await set("150")).toMatchObject({ code: 0, err: "" });
    expect(await alone()).toBe("");
    await clock.to(-2 * HOUR_S);
    expect(await alone()).toStartWith("RISK-105");
    await clock.to(0);
    expect(await alone()).toStartWith("RISK-105");
    expect(await set("150")).toMatchObject({ code: 0 });
    expect(await alone()).toBe("");
    const printed = await runToEnd(["journal", "print", gateway.data]);
    expect(printed.out).toContain("the clock was set back: reference prices of a later time are too old");
  });

  test("a peer whose clock was not set gets the reason, and is logged out", async () => {
    await clock.to(0);
    const bob = new Client("BOB", gateway.clientPort);
    await bob.logon();
    await clock.to(HOUR_S);
    bob.order();
    const reject = await bob.waitType(REJECT);
    // SendingTime accuracy problem.
    expect(reject.get(373)).toBe("10");
    await bob.waitType(LOGOUT);
    bob.drop();
    await bob.waitClosed();
    await clock.to(0);
  });

  test("a schedule follows at once, in both directions", async () => {
    const hours = new Client("HOURS", gateway.clientPort, { clock });
    const logsOn = () =>
      until("a logon within its hours", async () => {
        await hours.connect();
        hours.sendLogon(true);
        await until("an answer", () => hours.loggedOn || !hours.connected);
        return hours.loggedOn;
      });
    await logsOn();
    await clock.to(3 * HOUR_S);
    expect((await hours.waitType(LOGOUT)).get(58)).toBe("Session is closed");
    hours.drop();
    await hours.waitClosed();
    await clock.to(0);
    const began = performance.now();
    hours.received.length = 0;
    await logsOn();
    expect(performance.now() - began).toBeLessThan(5_000);
    // Before its hours of that day, which no published window had.
    await clock.to(-2 * HOUR_S);
    await hours.waitType(LOGOUT);
    hours.drop();
    await hours.waitClosed();
    await clock.to(0);
    hours.received.length = 0;
    await logsOn();
    hours.drop();
    await hours.waitClosed();
  });

  test("the journal has everything in the order in which it was, also printed, and a restart reads it", async () => {
    await clock.to(0);
    const before = await trades();
    await clock.to(-HOUR_S);
    const after = await trades();
    const printed = await runToEnd(["journal", "print", gateway.data]);
    const lines = printed.out.split("\n");
    const lineOf = (id: string, type: string) =>
      lines.findIndex((line) => line.includes(`|11=${id}|`) && line.includes(`|35=${type}|`));
    const lastOf = (id: string) => lines.findLastIndex((line) => line.includes(`|11=${id}|`));
    expect(lineOf(before, "D")).toBeGreaterThan(0);
    expect(lastOf(before)).toBeLessThan(lineOf(after, "D"));
    const chain = await runToEnd(["journal", "order", after, gateway.data]);
    const types = [...chain.out.matchAll(/\|35=([D8])\|/g)].map(([, type]) => type);
    expect(types[0]).toBe("D");
    expect(types.filter((type) => type === "8").length).toBeGreaterThanOrEqual(2);
    expect((await runToEnd(["journal", "verify", gateway.data])).code).toBe(0);

    const from = gateway.log.length;
    await gateway.crash();
    await alice.waitClosed();
    venue.received.length = 0;
    alice.received.length = 0;
    await gateway.start(clock.wrapper);
    await venue.waitType(LOGON);
    await alice.logon();
    await alice.settle();
    await venueUp(alice);
    await trades();
    expect(gateway.log.slice(from)).not.toMatch(/ALARM/);
    expect([...alice.faults, ...venue.faults]).toEqual([]);
  });

  test("a fill that comes while the gateway's clock is wrong is not lost: the venue sends it again", async () => {
    await clock.to(0);
    const bob = new Client("BOB", gateway.clientPort, { clock });
    await bob.logon(true);
    const clOrdId = bob.order({ 38: ++quantity });
    const order = await venue.orderOf(quantity);
    await bob.report(clOrdId, "0");
    const from = venue.received.length;
    await clock.gatewayTo(HOUR_S);
    venue.fill(order, quantity);
    await until("the venue's Logout", () => !venue.connected);
    expect(venue.received.slice(from).filter(({ type }) => type === REJECT)).toEqual([]);
    await clock.gatewayTo(0);
    expect((await bob.report(clOrdId, "F")).get(39)).toBe("2");
    await gateway.said("venue VENUE: down: SendingTime out of tolerance");
    expect(bob.faults).toEqual([]);
  });
});
