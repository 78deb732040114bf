// The firm's kill switch with the cancel of all open orders: 10,000 orders rest at a venue, which reads and does not answer. Time from
// the request on the API to the last cancel at the venue, and from the first to the last; beside them the byte relay with the same
// bytes. In turn, ROUNDS of each, 5 by default; a new gateway each time.

import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { threadCpus } from "../ffi/thread.ts";
import type { Transport } from "../src/counterparty/transport.ts";
import { Client } from "../test/e2e/client.ts";
import { Venue, venueUp } from "../test/e2e/venue.ts";
import { until } from "../test/eventually.ts";
import { check, median, report, TINY } from "./measure.ts";
import { contestants, Running } from "./yardstick/contestants.ts";

const ROUNDS = Number(process.env.ROUNDS ?? (TINY ? 1 : 5));
const ORDERS = TINY ? 100 : 10_000;
/** Orders sent before the reports of those before are read. */
const BATCH = 100;
/** Longer than a gateway stands still, shorter than a heartbeat. */
const QUIET_MS = 1_000;
/** Requests to a server of its own. */
const PRACTICE = 20;
const CANCEL = "\x0135=F\x01";
const NS_PER_MS = 1e6;
const CPUS = threadCpus(0);
const LANE_CPU = CPUS.length < 2 ? -1 : CPUS[0]!;

/** Bytes that come on one connection, with the times at which they came: read when all have come, as the thread that measures counts too. */
class Arrivals {
  private readonly chunks: string[] = [];
  private readonly times: number[] = [];

  take(text: string): void {
    this.times.push(Bun.nanoseconds());
    this.chunks.push(text);
  }

  /** Resolves with all bytes once none have come for QUIET_MS. */
  async whole(): Promise<string> {
    await until(
      "the end of what comes",
      () => this.times.length > 0 && Bun.nanoseconds() - this.times.at(-1)! > QUIET_MS * NS_PER_MS,
    );
    return this.chunks.join("");
  }

  /** Time at which the byte before `end` came, nanoseconds. */
  timeOf(end: number): number {
    let bytes = 0;
    return this.times[this.chunks.findIndex((chunk) => (bytes += chunk.length) >= end)]!;
  }
}

/** A venue that stops to answer: what comes is only kept. */
class StoppingVenue extends Venue {
  arrivals: Arrivals | null = null;

  override take(transport: Transport, text: string): void {
    if (this.arrivals === null) super.take(transport, text);
    else this.arrivals.take(text);
  }
}

interface Figures {
  /** Since the request, and since the first cancel, milliseconds. */
  readonly whole: number;
  readonly span: number;
  /** The cancels. */
  readonly bytes: string;
}

async function ofGateway(): Promise<Figures> {
  const running = new Running(contestants(["sallyport"])[0]!, LANE_CPU);
  const venue = new StoppingVenue(running.ports.venue, "VENUE", { keeps: "nothing" });
  const client = new Client("CLIENT", running.ports.client, { keeps: "nothing" });
  client.terms = { ...client.terms, 44: "150.25" };
  client.heartBtInt = 60;
  try {
    venue.listen();
    await running.ready();
    await client.logon(true);
    await venueUp(client);
    const opened = venue.orders.length;
    for (let sent = 0; sent < ORDERS; sent += BATCH) {
      for (let i = 0; i < BATCH; i++) client.order({ 38: 100 });
      await client.settle();
    }
    await until("all orders at the venue", () => venue.orders.length === opened + ORDERS);
    await client.settle();
    const arrivals = new Arrivals();
    venue.arrivals = arrivals;
    await practise(join(running.directory, "practice.sock"));
    const began = Bun.nanoseconds();
    const response = await engage(join(running.directory, "data", "admin.sock"));
    check(`kill switch: ${(await response.text()).slice(0, 200)}: status`, response.status, 200);
    const bytes = await arrivals.whole();
    check("cancels at the venue", bytes.split(CANCEL).length - 1, ORDERS);
    const last = bytes.indexOf("\x0110=", bytes.lastIndexOf(CANCEL)) + "\x0110=000\x01".length;
    const endNs = arrivals.timeOf(last);
    return {
      whole: (endNs - began) / NS_PER_MS,
      span: (endNs - arrivals.timeOf(1)) / NS_PER_MS,
      bytes: bytes.slice(0, last),
    };
  } finally {
    client.drop();
    venue.stop();
    await running.end();
  }
}

function engage(unix: string): Promise<Response> {
  return fetch("http://localhost/v1/kill-switch", {
    method: "PUT",
    unix,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ scope: "firm", engaged: true, cancelOpen: true, why: "a benchmark" }),
  });
}

/** Compiles what asks: an operator's program is not the gateway's. */
async function practise(unix: string): Promise<void> {
  const server = Bun.serve({ unix, fetch: () => Response.json({}) });
  for (let i = 0; i < PRACTICE; i++) await (await engage(unix)).text();
  await server.stop(true);
}

/** The relay passes the bytes on, given to it at once. Returns milliseconds from the write to the last byte. */
async function ofRelay(bytes: string): Promise<number> {
  const relay = contestants(["relay"])[0];
  if (relay === undefined) return Number.NaN;
  const running = new Running(relay, LANE_CPU);
  const { promise: whole, resolve } = Promise.withResolvers<number>();
  let count = 0;
  /** Kept as the gateway's are. */
  const chunks: string[] = [];
  const server = createServer((socket: Socket) => {
    socket.on("data", (chunk) => {
      count += chunk.length;
      chunks.push(chunk.toString("latin1"));
      if (count === bytes.length + 1) resolve(Bun.nanoseconds());
    });
    socket.on("error", () => {});
  });
  let near: Socket | null = null;
  try {
    await new Promise<void>((listening) => server.listen(running.ports.venue, "127.0.0.1", listening));
    await running.ready();
    near = connect(running.ports.client, "127.0.0.1");
    near.setNoDelay(true);
    near.on("error", () => {});
    near.write("1");
    await until("the relay passes on", () => count === 1);
    const began = Bun.nanoseconds();
    near.write(Buffer.from(bytes, "latin1"));
    return ((await whole) - began) / NS_PER_MS;
  } finally {
    near?.destroy();
    server.close();
    await running.end();
  }
}

const gateway: Figures[] = [];
const relay: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const figures = await ofGateway();
  gateway.push(figures);
  relay.push(await ofRelay(figures.bytes));
}
report(`${ORDERS} cancels, bytes`, gateway[0]!.bytes.length / 1024, "KiB");
report("from the request to the last cancel at the venue", median(gateway.map(({ whole }) => whole)), "ms");
report("from the first cancel to the last", median(gateway.map(({ span }) => span)), "ms");
if (!relay.some(Number.isNaN)) {
  report("the relay, the same bytes", median(relay), "ms");
  const times = (of: (one: Figures) => number) => median(gateway.map((one, i) => of(one) / relay[i]!));
  report(
    "from the request, against the relay",
    times(({ whole }) => whole),
    "times",
  );
  report(
    "from the first cancel, against the relay",
    times(({ span }) => span),
    "times",
  );
}
process.exit(0);
