import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { passes, until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

/** Whole messages of a text that a peer writes. */
const END = /\x0110=\d{3}\x01/g;

/** A client that counts its messages, as they are on the wire. */
class CountingClient extends Client {
  taken = 0;
  written = 0;

  protected override onMessage(_message: Message): void {
    this.taken++;
  }

  override write(text: string): void {
    this.written += text.match(END)?.length ?? 0;
    super.write(text);
  }
}

class CountingVenue extends Venue {
  taken = 0;
  written = 0;

  protected override onMessage(_message: Message): void {
    this.taken++;
  }

  override write(text: string): void {
    this.written += text.match(END)?.length ?? 0;
    super.write(text);
  }
}

const ORDERS = 40;

interface Figures {
  readonly count: number;
  readonly p50: number;
  readonly max: number;
  readonly mean: number;
}

/** Since the start, by stage. */
function stagesOf(body: readonly { stage: string; whole: Figures }[]): Record<string, Figures | undefined> {
  return Object.fromEntries(body.map(({ stage, whole }) => [stage, whole]));
}

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function started(setting: ConstructorParameters<typeof Gateway>[0]) {
  const gateway = new Gateway(setting);
  const venue = new CountingVenue(gateway.venuePort);
  const alice = new CountingClient("ALICE", gateway.clientPort);
  ends.push(async () => {
    alice.drop();
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const get = (path: string) => ask(gateway, "GET", path);
  /** The answer once it has these values: rows are at most 10 ms behind, an idle lane's a little more. */
  const shows = async (path: string, expected: Record<string, unknown>) => {
    let body: Record<string, unknown> = {};
    const has = async (): Promise<boolean> => {
      body = (await get(path)).body;
      return Object.entries(expected).every(([key, value]) => Bun.deepEquals(body[key], value));
    };
    await until(`${JSON.stringify(expected)} at ${path}`, has, undefined, () => JSON.stringify(body));
    return body;
  };
  return { gateway, venue, alice, get, shows };
}

for (const preset of ["one", "wide"] as const) {
  describe(`what lanes publish, preset ${preset}`, () => {
    test("a client session's row says what its client has seen", async () => {
      const { venue, alice, get, shows } = await started({ preset });
      expect((await get("/v1/sessions/ALICE")).body).toMatchObject({
        state: "disconnected",
        nextIn: 1,
        nextOut: 1,
        messagesIn: 0,
        lastIn: null,
        lastLogon: null,
        lastDisconnect: null,
        peer: "",
      });
      const before = Date.now();
      await alice.logon();
      await venueUp(alice);
      const tries = alice.written - 1;
      for (let i = 0; i < 3; i++) await alice.report(alice.order({ 38: 10 + i }), "0");
      await alice.report(alice.order({ 38: 1_000_000 }), "8");
      await alice.cancelReject(alice.cancel("never-sent"));
      alice.send("D", [[58, ""]]);
      await alice.waitType("3");
      const row = await shows("/v1/sessions/ALICE", {
        state: "logged on",
        nextIn: alice.written + 1,
        nextOut: alice.taken + 1,
        messagesIn: alice.written,
        messagesOut: alice.taken,
        requests: tries + 5,
        rejectsSent: 1,
        openOrders: 3,
        backlogBytes: 0,
        compId: "ALICE",
      });
      expect(row.requestsRefused).toBe(
        alice.received.filter((message) => message.get(150) === "8" || message.type === "9").length,
      );
      expect(row.peer).toMatch(/^127\.0\.0\.1:\d+$/);
      for (const key of ["lastIn", "lastOut", "lastLogon"]) {
        expect(Date.parse(row[key] as string)).toBeGreaterThanOrEqual(before);
        expect(Date.parse(row[key] as string)).toBeLessThanOrEqual(Date.now());
      }
      expect(venue.faults).toEqual([]);
    });

    test("a session that has ended says why, in the peer's words, and with which numbers", async () => {
      const { alice, get, shows } = await started({ preset });
      await alice.logon();
      await alice.settle();
      alice.send("5", [[58, "good night"]]);
      await alice.waitClosed();
      const row = await shows("/v1/sessions/ALICE", { state: "disconnected", peer: "" });
      expect(row.lastDisconnect).toMatchObject({
        reason: "peer logged out",
        text: "good night",
        nextIn: alice.written + 1,
        nextOut: alice.taken + 1,
        pendingBytes: 0,
      });
      expect(
        (await get("/v1/sessions")).body.map(({ name, state }: { name: string; state: string }) => [name, state]),
      ).toEqual([
        ["ALICE", "disconnected"],
        ["BOB", "disconnected"],
      ]);
    });

    test("a venue's row says what the venue has seen, what it has not answered, and why it is down", async () => {
      const { venue, alice, get, shows } = await started({ preset });
      await alice.logon();
      await venueUp(alice);
      const first = await alice.report(alice.order({ 38: 10 }), "0");
      venue.acknowledges = false;
      alice.order({ 38: 20, 11: "slow-new" });
      await venue.orderOf(20);
      alice.cancel(first.get(11)!, { 11: "slow-cancel" });
      await until("the cancel at the venue", async () => (await get("/v1/venues/VENUE")).body.unacknowledged === 2);
      const row = await shows("/v1/venues/VENUE", {
        state: "logged on",
        nextIn: venue.written + 1,
        nextOut: venue.taken + 1,
        messagesIn: venue.written,
        messagesOut: venue.taken,
        unacknowledged: 2,
      });
      // All but the Logons.
      expect(row.requests).toBe(venue.taken - 1);
      expect(row.reports).toBe(venue.written - 1);
      const waiting = (await get("/v1/venues/VENUE/unacknowledged")).body;
      expect(waiting).toEqual([
        {
          orderId: first.get(37),
          clOrdId: first.get(11),
          session: "ALICE",
          account: "ACC1",
          symbol: "AAPL",
          request: "cancel",
        },
        {
          orderId: expect.any(String),
          clOrdId: "slow-new",
          session: "ALICE",
          account: "ACC1",
          symbol: "AAPL",
          request: "new",
        },
      ]);
      expect((await get("/v1/venues/VENUE/unacknowledged?limit=1")).body).toHaveLength(1);
      venue.stop();
      const down = await shows("/v1/venues/VENUE", { state: "disconnected" });
      expect(down.lastDisconnect).toMatchObject({ reason: "peer closed the connection", nextIn: venue.written + 1 });
    });

    test("lanes, rings and the journal's lag are there; unknown names are refused by name", async () => {
      const { alice, get } = await started({ preset });
      await alice.logon();
      await alice.settle();
      const { lanes, rings, journal, unmeasured } = (await get("/v1/lanes")).body;
      expect(unmeasured).toBe(0);
      expect(
        lanes.every((lane: { state: string; turns: number }) => lane.state === "running" && lane.turns > 0),
      ).toBeTrue();
      expect(
        rings.every((ring: { records: number; slots: number }) => ring.records >= 0 && ring.records <= ring.slots),
      ).toBeTrue();
      const streams = new Map(journal.map((stream: { stream: string }) => [stream.stream, stream]));
      expect(streams.get("core")).toMatchObject({ unsyncedBytes: null, bufferBytes: 2 << 20, errno: 0 });
      expect((streams.get("core") as { appendedBytes: number }).appendedBytes).toBeGreaterThan(0);
      expect(await get("/v1/sessions/CAROL")).toMatchObject({
        status: 404,
        body: {
          error: {
            code: "no-session",
            message: "expected the name of a client session, got CAROL",
            where: "path.name",
          },
        },
      });
      expect((await get("/v1/venues/NOWHERE/unacknowledged")).status).toBe(404);
      expect((await get("/v1/stalls?limit=5")).body.length).toBeLessThanOrEqual(5);
    });

    test("latencies lie between what the venue and the client have measured, and their stages add up", async () => {
      const { gateway, venue, alice, get } = await started({ preset });
      await alice.logon();
      await venueUp(alice);
      const shown = async () => stagesOf((await get("/v1/latency")).body);
      const asked = venue.received.filter(({ type }) => type === "D" || type === "F").length;
      const before = await until("the first requests in the histograms", async () => {
        const stages = await shown();
        return stages.total!.count === asked && stages;
      });
      venue.acknowledges = false;
      const atVenue: number[] = [];
      const roundTrips: number[] = [];
      let slowest = "";
      let slowestMs = 0;
      for (let i = 0; i < ORDERS; i++) {
        const began = performance.now();
        const clOrdId = alice.order({ 38: 100 + i });
        const order = await venue.orderOf(100 + i);
        const came = performance.now();
        await passes(i % 4);
        atVenue.push(performance.now() - came);
        if (atVenue.at(-1)! > slowestMs) {
          slowestMs = atVenue.at(-1)!;
          slowest = clOrdId;
        }
        venue.acknowledge(order);
        await alice.report(clOrdId, "0");
        roundTrips.push(performance.now() - began);
      }
      await until(
        "all orders in the histograms",
        async () => (await shown()).total!.count === before.total!.count + ORDERS,
      );
      const { decide, send, venue: answered, answer, total } = await shown();
      // The first orders were acknowledged and cancelled in turn, each request with one answer.
      for (const stage of [decide, send, answered, answer]) expect(stage!.count).toBe(total!.count);
      const of = (now: Figures, then: Figures): number => now.mean * now.count - then.mean * then.count;
      const sum = (values: readonly number[]): number => 1000 * values.reduce((all, one) => all + one, 0);
      expect(of(answered!, before.venue!)).toBeGreaterThan(sum(atVenue) - 1000);
      expect(of(total!, before.total!)).toBeGreaterThan(of(answered!, before.venue!));
      expect(of(total!, before.total!)).toBeLessThan(sum(roundTrips));
      const parts = [decide!, send!, answered!, answer!].reduce((all, { mean }) => all + mean, 0);
      expect(Math.abs(parts - total!.mean)).toBeLessThan(0.3);
      expect(total!.max).toBeLessThan(1000 * Math.max(...roundTrips, 1e6 / 1000));
      expect(total!.p50).toBeGreaterThan(1000);
      const { out } = await runToEnd(["journal", "order", slowest, gateway.data]);
      const line = out.trim().split("\n").at(-1)!;
      const stages = [...line.matchAll(/(\w+) (\d+) µs/g)].map(([, name, us]) => [name!, Number(us)] as const);
      expect(line.startsWith(`new ${slowest}: `)).toBeTrue();
      expect(stages.map(([name]) => name)).toEqual(["decide", "send", "venue", "answer", "total"]);
      const { venue: waited, total: whole } = Object.fromEntries(stages);
      // The journal has the wall clock of each turn's begin.
      expect(waited!).toBeGreaterThan(1000 * slowestMs - 2000);
      expect(whole!).toBeGreaterThanOrEqual(waited!);
      const own = stagesOf((await get("/v1/latency?session=ALICE")).body);
      const venues = stagesOf((await get("/v1/latency?venue=VENUE")).body);
      expect(own.total!.count).toBe(total!.count);
      expect(venues.total).toEqual(total!);
      expect(stagesOf((await get("/v1/latency?session=BOB")).body).total!.count).toBe(0);
      expect((await get("/v1/latency?session=CAROL")).status).toBe(404);
      expect((await get("/v1/latency?session=BOB&venue=VENUE")).status).toBe(400);
    });
  });
}
