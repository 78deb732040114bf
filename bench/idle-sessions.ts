// Loopback TCP, one spinning lane with client, core and venue: ten clients that trade by turns, beside 10, 1,000 and 4,000
// sessions that are logged on and only heartbeat. Lane, clients and venue are one thread. IDLE=10,4000 measures these alone,
// ACTIVE=1000: 1,000 clients trade.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monotonicNs, wallUs } from "../ffi/clock.ts";
import { addressOf } from "../ffi/memory.ts";
import { closeSocket, connectTcp, receive, send } from "../ffi/socket.ts";
import { sharedMemory } from "../src/assembly/module.ts";
import { loadConfig } from "../src/config/load.ts";
import { frame, now } from "../src/counterparty/message.ts";
import { Scratch } from "../src/counterparty/polled.ts";
import { buildWarmUpLane } from "../src/gateway/lane.ts";
import { planGateway } from "../src/plan/plan.ts";
import { WarmUpClient } from "../src/warm-up/client-peer.ts";
import { WarmUpGateway } from "../src/warm-up/gateway.ts";
import { WarmUpVenue } from "../src/warm-up/venue-peer.ts";
import { check, median, report, TINY } from "./measure.ts";

const ACTIVE = Number(process.env.ACTIVE ?? 10);
const IDLE = (process.env.IDLE ?? (TINY ? "10,40" : "10,1000,4000")).split(",").map(Number);
const WARM_UP = TINY ? 50 : 20_000;
const ORDERS = TINY ? 100 : 20_000;
const TURNS = 100;
const HEARTBEAT_S = 30;
const PATIENCE_NS = 60e9;

const configOf = (idle: number): string => `
[lanes]
preset = "one"
[client]
listen = "127.0.0.1:0"
maxConnections = ${ACTIVE + idle}
${names("A", ACTIVE).concat(names("I", idle)).map(session).join("\n")}
[venues.EAST]
address = "127.0.0.1:1"
[routing]
default = "EAST"
[symbols.AAPL]
referencePrice = "150.25"
collarPercent = 10
[risk.accounts.MAIN]
maxOrderQty = 10_000
maxOrderNotional = 100_000_000
maxOpenOrders = 1_000
ordersPerSecond = 1_000_000
[core]
maxOrders = 262_144
`;

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

function session(name: string): string {
  return `[client.sessions.${name}]\naccounts = ["MAIN"]\nvalidate = false`;
}

/** Sessions that log on and send heartbeats; all read into the same memory and ignore the bytes. */
class IdleSessions {
  private readonly memory = new ArrayBuffer(65_536);
  private readonly bytes = new Uint8Array(this.memory);
  private readonly address = addressOf(this.memory);
  private readonly fds: number[] = [];
  private readonly sequences: number[] = [];
  private next = 0;
  private nextAtNs = 0;
  /** Sessions whose Logon was answered. */
  loggedOn = 0;

  connect(port: number, count: number, meanwhile: () => void): void {
    for (let i = 0; i < count; i++) {
      this.fds.push(connectTcp("127.0.0.1", port));
      this.sequences.push(0);
      this.say(i, "A", [
        [98, 0],
        [108, HEARTBEAT_S],
        [141, "Y"],
      ]);
      waitFor(`the Logon of session ${i}`, meanwhile, () => this.hasLogon(i));
      this.loggedOn++;
    }
  }

  private hasLogon(index: number): boolean {
    const got = receive(this.fds[index]!, this.address, 65_536);
    return got > 0 && Buffer.from(this.memory, 0, got).includes("\x0135=A\x01");
  }

  /** Sends one heartbeat when it is due: each session sends one within HEARTBEAT_S. */
  turn(nowNs: number): void {
    if (nowNs < this.nextAtNs || this.loggedOn === 0) return;
    this.nextAtNs = Math.max(this.nextAtNs, nowNs - 1e9) + (HEARTBEAT_S * 1e9) / this.loggedOn;
    this.say(this.next, "0", []);
    receive(this.fds[this.next]!, this.address, 65_536);
    this.next = (this.next + 1) % this.loggedOn;
  }

  /** Sessions whose connection is still open. */
  get connected(): number {
    return this.fds.filter((fd) => receive(fd, this.address, 65_536) !== 0).length;
  }

  close(): void {
    for (const fd of this.fds) closeSocket(fd);
  }

  private say(index: number, type: string, body: (readonly [number, string | number])[]): void {
    const sequence = ++this.sequences[index]!;
    const text = frame([[35, type], [49, `I${index}`], [56, "GATEWAY"], [34, sequence], [52, now()], ...body]);
    this.bytes.set(Buffer.from(text, "latin1"));
    check(`bytes sent by I${index}`, send(this.fds[index]!, this.address, text.length), text.length);
  }
}

function waitFor(what: string, meanwhile: () => void, done: () => boolean): void {
  const until = Bun.nanoseconds() + PATIENCE_NS;
  while (!done()) {
    meanwhile();
    if (Bun.nanoseconds() > until) throw new Error(`${what} did not come`);
  }
}

class Round {
  private readonly traders: WarmUpClient[];
  private readonly idle = new IdleSessions();
  private readonly turn = (): void => {
    this.lane.turn();
    this.venue.poll();
    this.venue.line.flush();
    this.idle.turn(Bun.nanoseconds());
  };

  constructor(
    private readonly lane: WarmUpGateway,
    private readonly venue: WarmUpVenue,
    private readonly idleCount: number,
    private readonly clock: { nowNs: number; wallUs: number },
    scratch: Scratch,
  ) {
    this.traders = names("A", ACTIVE).map((name) => new WarmUpClient(name, clock, scratch));
  }

  static run(idleCount: number): void {
    const directory = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
    const { config } = loadConfig(configOf(idleCount), "bench");
    const plan = planGateway(config!);
    const shared = sharedMemory(plan.memoryBytes);
    const clock = { nowNs: 0, wallUs: 0 };
    const scratch = new Scratch(1 << 20);
    const venue = new WarmUpVenue("EAST", clock, scratch);
    const host = { lane: 0, spins: true, birth: 1_700_000_000, shared, build: buildWarmUpLane };
    const warmUp = { config: config!, plan, sharedAt: 0, lane: 0, maxMs: 0 };
    const lane = new WarmUpGateway(host, warmUp, join(directory, "lane"), venue.port);
    const round = new Round(lane, venue, idleCount, clock, scratch);
    try {
      round.measure();
    } finally {
      round.close();
      rmSync(directory, { recursive: true, force: true });
    }
  }

  private measure(): void {
    const port = this.lane.clientPort;
    this.setTime();
    waitFor("the venue's Logon", this.turn, () => this.venue.seen.get("A") === 1);
    for (const trader of this.traders) {
      trader.connect(port);
      trader.sendLogon(true);
      waitFor(`${trader.compId}'s Logon`, this.turn, () => trader.line.poll() > 0);
    }
    this.idle.connect(port, this.idleCount, this.turn);
    check("idle sessions that are logged on", this.idle.loggedOn, this.idleCount);
    this.alone(WARM_UP);
    const name = `${ACTIVE} active beside ${this.idleCount} idle`;
    report(`${name}, turn without work`, this.idleTurn(), "ns");
    const took = this.alone(ORDERS).toSorted((a, b) => a - b);
    report(`${name}, round trip p50`, took[took.length >> 1]! / 1000, "us");
    report(`${name}, round trip p99`, took[Math.floor(took.length * 0.99)]! / 1000, "us");
    const cpuUs = process.cpuUsage();
    report(`${name}, one order each`, this.together(ORDERS), "orders/s");
    const { user, system } = process.cpuUsage(cpuUs);
    report(`${name}, one order each, CPU of all sides`, (user + system) / ORDERS, "us an order");
    check("idle sessions that are connected at the end", this.idle.connected, this.idleCount);
  }

  private close(): void {
    for (const trader of this.traders) trader.drop();
    this.idle.close();
    this.venue.close();
    this.lane.close();
  }

  /** Returns nanoseconds of a turn while the clients send nothing. */
  private idleTurn(): number {
    const took: number[] = [];
    for (let sample = 0; sample < (TINY ? 10 : 1_000); sample++) {
      this.idle.turn(Bun.nanoseconds());
      const began = Bun.nanoseconds();
      for (let i = 0; i < TURNS; i++) this.lane.turn();
      took.push((Bun.nanoseconds() - began) / TURNS);
    }
    return median(took);
  }

  /** Sends one order at a time, by one client after another. Returns nanoseconds of each. */
  private alone(orders: number): number[] {
    const took: number[] = [];
    for (let i = 0; i < orders; i++) {
      const trader = this.traders[i % ACTIVE]!;
      const filled = this.filledBy(trader);
      const began = this.order(trader);
      waitFor("a fill", this.turn, () => {
        trader.line.poll();
        return this.filledBy(trader) > filled;
      });
      took.push(Bun.nanoseconds() - began);
    }
    return took;
  }

  /** All clients send: each its next order when the last one is filled. Returns orders per second. */
  private together(orders: number): number {
    const before = this.traders.map((trader) => this.filledBy(trader));
    const began = Bun.nanoseconds();
    for (const trader of this.traders) this.order(trader);
    let filled = 0;
    waitFor("all fills", this.turn, () => {
      for (let i = 0; i < ACTIVE; i++) {
        const trader = this.traders[i]!;
        trader.line.poll();
        if (this.filledBy(trader) === before[i]) continue;
        before[i]!++;
        if (++filled <= orders - ACTIVE) this.order(trader);
      }
      return filled === orders;
    });
    return (orders / (Bun.nanoseconds() - began)) * 1e9;
  }

  private filledBy(trader: WarmUpClient): number {
    return trader.seen.get("8 F") ?? 0;
  }

  /** Sends an order. Returns its time. */
  private order(trader: WarmUpClient): number {
    this.setTime();
    trader.plainOrder(100, 1, "150.25");
    const began = Bun.nanoseconds();
    trader.line.flush();
    return began;
  }

  private setTime(): void {
    this.clock.nowNs = monotonicNs();
    this.clock.wallUs = wallUs();
    this.lane.drainEvents(() => {});
  }
}

for (const idle of IDLE) Round.run(idle);
