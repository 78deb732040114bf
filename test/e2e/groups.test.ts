import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { fields, LOGON, type Message, now } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { ALLOCS, holds, OTHER_IDS, PARTIES, SESSIONS } from "./groups.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const UNCHECKED = `
[client.sessions.UNCHECKED]
accounts = ["ACC1"]
validate = false
`;
/** Contra brokers, fees and parties of a fill, as the venue sends them. */
const CONTRAS = "382=2|375=BRK1|337=TR9|437=60|438=20260102-10:00:00|655=L1|375=BRK2|437=40|";
const FEES = "136=2|137=1.25|138=USD|139=4|137=0.5|139=2|";

for (const preset of ["one", "two", "wide"] as const) {
  describe(`preset ${preset}`, () => {
    const gateway = new Gateway({ preset, tables: UNCHECKED });
    const venue = new Venue(gateway.venuePort);
    const alice = new Client("ALICE", gateway.clientPort);
    let quantity = 1_000;

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

    /** Sends an order with groups; what the venue got of it. */
    async function order(groups: string, client = alice): Promise<{ clOrdId: string; got: Message; order: PeerOrder }> {
      quantity++;
      const clOrdId = `G${quantity}`;
      client.send("D", [...client.orderBody({ 11: clOrdId, 38: quantity }), ...fields(groups)]);
      const got = await venue.wait("order", (m) => m.type === "D" && m.get(38) === String(quantity));
      await client.report(clOrdId, "0");
      return { clOrdId, got, order: venue.orders.find((one) => one.quantity === quantity)! };
    }

    test("an order's groups reach the venue as they were, nested ones in their places", async () => {
      const { got } = await order(PARTIES + ALLOCS + SESSIONS + OTHER_IDS);
      expect(got.tail(453)).toBe(PARTIES + ALLOCS + SESSIONS + OTHER_IDS);
    });

    test("between other fields, too, and an order without any has none behind it", async () => {
      quantity++;
      const [first, ...rest] = alice.orderBody({ 11: "MIXED", 38: quantity });
      alice.send("D", [...fields(PARTIES), first!, ...fields(SESSIONS), ...rest]);
      alice.order({ 11: "PLAIN", 38: ++quantity });
      const mixed = await venue.wait("order", (m) => m.get(38) === String(quantity - 1));
      const plain = await venue.wait("order", (m) => m.get(38) === String(quantity));
      expect(mixed.tail(453)).toBe(PARTIES + SESSIONS);
      expect(plain.tail(453, 78, 386, 454)).toBe("");
      await alice.report("PLAIN", "0");
    });

    test("a replace and a cancel have their own", async () => {
      const { clOrdId } = await order(PARTIES);
      alice.send("G", [[41, clOrdId], ...alice.orderBody({ 11: `${clOrdId}R`, 38: 5_000 }), ...fields(ALLOCS)]);
      const replace = await venue.wait("replace", (m) => m.type === "G" && m.get(38) === "5000");
      expect(replace.tail(453, 78)).toBe(ALLOCS);
      await alice.report(`${clOrdId}R`, "5");
      alice.send("F", [
        [41, `${clOrdId}R`],
        [11, `${clOrdId}C`],
        [55, "AAPL"],
        [54, 1],
        [60, now()],
        ...fields(PARTIES + OTHER_IDS),
      ]);
      const cancel = await venue.wait("cancel", (m) => m.type === "F" && m.get(38) === "5000");
      expect(cancel.tail(453, 454)).toBe(PARTIES + OTHER_IDS);
      await alice.report(`${clOrdId}C`, "4");
    });

    test("the groups of a venue's reports reach the client", async () => {
      const { clOrdId, order: taken } = await order("");
      venue.send("8", [...execution(taken, "F", 100), ...fields(CONTRAS + FEES + PARTIES)]);
      const fill = await alice.report(clOrdId, "F");
      expect(fill.tail(382)).toBe(CONTRAS + FEES + PARTIES);
    });

    test("a burst of orders with groups, more than a ring of them holds, arrives whole and in order", async () => {
      const many = 400;
      const first = quantity + 1;
      quantity += many;
      for (let i = 0; i < many; i++) {
        const parties = `453=1|448=P${i}|447=D|452=13|`;
        alice.send("D", [...alice.orderBody({ 11: `B${first + i}`, 38: first + i }), ...fields(parties)]);
      }
      for (let i = 0; i < many; i++) {
        const got = await venue.wait("order", (m) => m.type === "D" && m.get(38) === String(first + i));
        expect(got.tail(453)).toBe(`453=1|448=P${i}|447=D|452=13|`);
      }
      await alice.settle();
    });

    test("without a check of messages they are carried just the same, and a count that is wrong is told", async () => {
      const client = new Client("UNCHECKED", gateway.clientPort);
      await client.logon();
      const { got } = await order(PARTIES + ALLOCS, client);
      expect(got.tail(453)).toBe(PARTIES + ALLOCS);
      const wrong = client.send("D", [
        ...client.orderBody({ 11: "WRONG" }),
        ...fields(PARTIES.replace("453=2", "453=3")),
      ]);
      const reject = await client.wait("reject", (m) => m.type === "3" && m.get(45) === String(wrong));
      expect([reject.get(371), reject.get(373)]).toEqual(["453", "16"]);
      await client.logout();
    });

    test("as much as a message may have arrives whole", async () => {
      const party = (i: number): string => `448=${"X".repeat(80)}${i}|447=D|452=1|`;
      const long = `453=75|${Array.from({ length: 75 }, (_, i) => party(i)).join("")}`;
      const { got } = await order(long);
      expect(got.tail(453)).toBe(long);
    });

    test("after a kill -9 what is sent again has its groups, and the journal shows them", async () => {
      const { got, order: taken, clOrdId } = await order(PARTIES + ALLOCS);
      venue.send("8", [...execution(taken, "F", 10), ...fields(CONTRAS)]);
      const fill = await alice.report(clOrdId, "F");
      await gateway.crash();
      await alice.waitClosed();
      await venue.waitClosed();
      venue.nextIn = got.sequence;
      alice.nextIn = fill.sequence;
      await gateway.start();
      const isAgain = (type: string, was: Message) => (m: Message) =>
        m.type === type && m.possDup && m.sequence === was.sequence;
      const again = await venue.wait("resend", isAgain("D", got));
      expect(again.tail(453)).toBe(PARTIES + ALLOCS);
      await alice.logon();
      const told = await alice.wait("resend", isAgain("8", fill));
      expect(told.tail(382)).toBe(CONTRAS);
      const { out } = await runToEnd(["journal", "order", clOrdId, gateway.data]);
      const lines = out.split("\n").filter((line) => line.includes(PARTIES + ALLOCS));
      expect(lines.map((line) => line.split(" ").slice(1, 4).join(" "))).toEqual([
        // As it came and as the core has it, and the order with its resend.
        ...["<- client ALICE", "== client ALICE", "-> venue VENUE", "-> venue VENUE"],
      ]);
      expect(out.split("\n").filter((line) => line.includes(CONTRAS)).length).toBe(4);
      await venueUp(alice);
    });

    test("nobody broke the rules", () => {
      expect([...venue.faults, ...alice.faults]).toEqual([]);
      expect(holds(venue.received.find((m) => m.type === "D")!, PARTIES)).toBe(false);
    });
  });
}

let executions = 0;

function execution(order: PeerOrder, execType: string, lastQty: number): [number, string | number][] {
  order.filled += lastQty;
  return [
    [37, order.orderId],
    [11, order.clOrdId],
    [17, `X${++executions}`],
    [150, execType],
    [39, order.filled === 0 ? "0" : "1"],
    [55, order.symbol],
    [54, order.side],
    [38, order.quantity],
    [31, "150"],
    [32, lastQty],
    [151, order.quantity - order.filled],
    [14, order.filled],
    [6, "150"],
    [60, now()],
  ];
}
