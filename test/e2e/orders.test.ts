import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

for (const preset of ["one", "two", "wide"] as const) {
  describe(`orders, preset ${preset}`, () => {
    const gateway = new Gateway({ preset });
    const venue = new Venue(gateway.venuePort);
    const alice = new Client("ALICE", gateway.clientPort);
    /** Each order has a quantity of its own, by which the venue's side of it is found. */
    let quantity = 100;

    beforeAll(async () => {
      venue.listen();
      await gateway.start();
      await venue.waitType(LOGON);
      await alice.logon();
      await venueUp(alice);
    });

    afterAll(async () => {
      venue.stop();
      await gateway.remove();
    });

    /** An acknowledged order and the venue's side of it. */
    async function open(change: Record<number, string | number | null> = {}) {
      const clOrdId = alice.order({ 38: ++quantity, ...change });
      const atVenue = await venue.orderOf(quantity);
      const report = await alice.report(clOrdId, "0");
      return { clOrdId, atVenue, report, quantity };
    }

    async function refused(change: Record<number, string | number | null>): Promise<string> {
      const before = venue.orders.length;
      const report = await alice.report(alice.order(change), "8");
      expect(report.get(39)).toBe("8");
      expect(report.get(14)).toBe("0");
      expect(report.get(151)).toBe("0");
      expect(venue.orders.length).toBe(before);
      return report.get(58) ?? "";
    }

    test("a new order is acknowledged and filled", async () => {
      const { clOrdId, atVenue, report } = await open({ 1: "ACC1", 44: "149.5" });
      expect(atVenue.price).toBe("149.5");
      expect(atVenue.clOrdId).not.toBe(clOrdId);
      expect(report.get(39)).toBe("0");
      expect(report.get(151)).toBe(String(atVenue.quantity));
      expect(report.get(14)).toBe("0");
      for (const tag of [6, 17, 37, 55, 54]) expect(report.get(tag)).toBeDefined();
      venue.fill(atVenue, atVenue.quantity, "149.25");
      const fill = await alice.report(clOrdId, "F");
      expect(fill.get(39)).toBe("2");
      expect(fill.get(31)).toBe("149.25");
      expect(fill.get(32)).toBe(String(atVenue.quantity));
      expect(fill.get(14)).toBe(String(atVenue.quantity));
      expect(fill.get(151)).toBe("0");
      expect(fill.get(6)).toBe("149.25");
      expect(fill.get(37)).toBe(report.get(37));
      expect(fill.get(17)).not.toBe(report.get(17));
    });

    test("partial fills add up", async () => {
      const { clOrdId, atVenue } = await open();
      venue.fill(atVenue, 10, "149");
      const first = await alice.report(clOrdId, "F");
      expect([first.get(39), first.get(14), first.get(151)]).toEqual(["1", "10", String(atVenue.quantity - 10)]);
      venue.fill(atVenue, 30, "147");
      const second = await alice.report(clOrdId, "F");
      expect([second.get(39), second.get(14), second.get(6)]).toEqual(["1", "40", "147.5"]);
      venue.fill(atVenue, atVenue.quantity - 40, "147.5");
      const last = await alice.report(clOrdId, "F");
      expect([last.get(39), last.get(151), last.get(6)]).toEqual(["2", "0", "147.5"]);
    });

    test("a market order goes out without a price", async () => {
      const clOrdId = alice.order({ 38: ++quantity, 40: 1, 44: null });
      const request = await venue.wait("market order", (m) => m.type === "D" && m.get(38) === String(quantity));
      expect([request.get(40), request.get(44)]).toEqual(["1", undefined]);
      await alice.report(clOrdId, "0");
    });

    test("a cancel ends the order, and what was filled stays", async () => {
      const { clOrdId, atVenue } = await open();
      venue.fill(atVenue, 7);
      await alice.report(clOrdId, "F");
      const cancel = alice.cancel(clOrdId);
      const done = await alice.report(cancel, "4");
      expect([done.get(39), done.get(41), done.get(14), done.get(151)]).toEqual(["4", clOrdId, "7", "0"]);
      const again = await alice.cancelReject(alice.cancel(cancel));
      expect(again.get(434)).toBe("1");
      expect(again.get(39)).toBe("4");
    });

    test("a cancel of an unknown order is refused", async () => {
      const reject = await alice.cancelReject(alice.cancel("NEVER"));
      expect([reject.get(102), reject.get(39), reject.get(37), reject.get(434)]).toEqual(["1", "8", "NONE", "1"]);
      expect(reject.get(41)).toBe("NEVER");
    });

    test("a replace changes quantity and price, and the new id is the order's", async () => {
      const { clOrdId, atVenue } = await open();
      const changed = ++quantity;
      const replace = alice.replace(clOrdId, { 38: changed, 44: "148" });
      const report = await alice.report(replace, "5");
      expect([report.get(41), report.get(38), report.get(44)]).toEqual([clOrdId, String(changed), "148"]);
      expect(report.get(151)).toBe(String(changed));
      expect([atVenue.quantity, atVenue.price]).toEqual([changed, "148"]);
      const done = await alice.report(alice.cancel(replace), "4");
      expect(done.get(41)).toBe(replace);
    });

    test("a replace beyond the limits is refused, and the order stays as it was", async () => {
      const { clOrdId, atVenue } = await open();
      const reject = await alice.cancelReject(alice.replace(clOrdId, { 38: 200_000 }));
      expect(reject.get(434)).toBe("2");
      expect(reject.get(58)).toContain("MAX_ORDER_QTY");
      expect(reject.get(39)).toBe("0");
      expect(atVenue.quantity).toBe(quantity);
      await alice.report(alice.cancel(clOrdId), "4");
    });

    test("the status of an order and of none", async () => {
      const { clOrdId, atVenue } = await open();
      venue.fill(atVenue, 5);
      await alice.report(clOrdId, "F");
      alice.status(clOrdId);
      const status = await alice.report(clOrdId, "I");
      expect([status.get(39), status.get(14), status.get(151)]).toEqual(["1", "5", String(atVenue.quantity - 5)]);
      alice.status("NOBODY");
      const none = await alice.report("NOBODY", "I");
      expect(none.get(39)).toBe("8");
    });

    test("a venue's reject reaches the client with its text", async () => {
      venue.acknowledges = false;
      const clOrdId = alice.order({ 38: ++quantity });
      const atVenue = await venue.orderOf(quantity);
      venue.acknowledges = true;
      venue.refuse(atVenue, "market is closed");
      const report = await alice.report(clOrdId, "8");
      expect(report.get(39)).toBe("8");
      expect(report.get(58)).toContain("market is closed");
    });

    test("each limit refuses with its own reason", async () => {
      expect(await refused({ 1: "NOBODY" })).toMatch(/ACCOUNT/);
      expect(await refused({ 55: "NONE" })).toContain("UNKNOWN_SYMBOL");
      expect(await refused({ 38: 100_001, 44: "140" })).toContain("MAX_ORDER_QTY");
      expect(await refused({ 38: 99_000 })).toMatch(/^RISK-011 /);
      expect(await refused({ 38: 99_000, 40: 1, 44: null })).toMatch(/^RISK-011 /);
      expect(await refused({ 44: "165.01" })).toContain("PRICE_COLLAR");
      expect(await refused({ 44: "134.99" })).toContain("PRICE_COLLAR");
    });

    test("a duplicate ClOrdID is refused", async () => {
      const { clOrdId } = await open();
      expect(await refused({ 11: clOrdId })).toContain("DUPLICATE_CLORDID");
    });

    test("the order rate of an account is bounded", async () => {
      const burst = Array.from({ length: 20 }, () => alice.order({ 1: "SLOW", 38: ++quantity }));
      const reports = await Promise.all(burst.map((clOrdId) => alice.report(clOrdId)));
      expect(reports[0]!.get(150)).toBe("0");
      const late = reports.filter((report) => report.get(150) === "8");
      expect(late.length).toBeGreaterThan(0);
      for (const report of late) expect(report.get(58)).toContain("ORDERS_PER_SECOND");
    });

    test("open orders of an account are bounded, and a cancel makes room", async () => {
      const first = await open({ 1: "FEW" });
      await open({ 1: "FEW" });
      expect(await refused({ 1: "FEW" })).toContain("OPEN_ORDERS");
      await alice.report(alice.cancel(first.clOrdId, { 1: "FEW" }), "4");
      await open({ 1: "FEW" });
    });

    test("the kill switch stops new orders and replaces, and lets cancels pass", async () => {
      const { clOrdId, quantity: its } = await open();
      let from = gateway.log.length;
      gateway.signal("SIGUSR1");
      await gateway.said("kill switch: engaged", from);
      await alice.settle();
      expect(await refused({})).toContain("KILL_SWITCH");
      const replace = await alice.cancelReject(alice.replace(clOrdId, { 38: its }));
      expect(replace.get(58)).toContain("KILL_SWITCH");
      await alice.report(alice.cancel(clOrdId), "4");
      from = gateway.log.length;
      gateway.signal("SIGUSR2");
      await gateway.said("kill switch: released", from);
      await alice.settle();
      await open();
    });

    test("with its venue down a new order is refused at once, and taken again when it is back", async () => {
      const from = gateway.log.length;
      venue.stop();
      // An order that is written before the venue's lane sees the end is neither refused nor answered: it may have arrived.
      await gateway.said(/venue \w+: down/, from);
      // An order that is on its way while the venue goes is refused too, by the lane that finds nobody there.
      expect(await refused({})).toMatch(/VENUE_DOWN|NOT_TAKEN_BY_VENUE/);
      expect(await refused({})).toContain("VENUE_DOWN");
      venue.listen();
      await venue.waitType(LOGON);
      await venueUp(alice);
      await open();
    });

    test("nobody broke the protocol, and it stops in good order", async () => {
      expect(alice.faults).toEqual([]);
      expect(venue.faults).toEqual([]);
      expect(await gateway.stop(), gateway.log).toBe(0);
      await alice.waitClosed();
      expect(alice.received.at(-1)?.type).toBe("5");
    });
  });
}
