import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { type Field, fields, LOGON, type Message, now } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { holds, PARTIES } from "./groups.ts";
import { venueTables } from "./tables.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

// Every field of an order, a replace, a cancel and a report arrives as it was said, is translated for another version, or is refused
// by its tag, unless the venue's configuration drops, renames or fixes it.
const venues = {
  STRICT: new Venue(freePort(), "STRICT"),
  LAX: new Venue(freePort(), "LAX"),
  V42: new Venue(freePort(), "V42", { version: "FIX.4.2" }),
  V41: new Venue(freePort(), "V41", { version: "FIX.4.1" }),
  CHECKED: new Venue(freePort(), "CHECKED"),
};
type Name = keyof typeof venues;
const MORE: Record<Name, string> = {
  STRICT: "",
  LAX: `fields.drop = [21, 44, 111, 5001]
fields.rename = { 5002 = 9002, 5005 = 58, 1 = 440 }
fields.set = { 100 = "XNAS" }
fields.D.drop = [18]
fields.G.set = { 58 = "replaced" }
fields.G.drop = [354, 453]
fields.F.rename = { 5003 = 9003 }`,
  V42: 'version = "FIX.4.2"',
  V41: 'version = "FIX.4.1"',
  CHECKED: "validate = true\nrejectInvalidMessage = true",
};
const tables = (Object.keys(venues) as Name[]).map((name) => venueTables(name, venues[name].port, MORE[name]));
const gateway = new Gateway({
  tables: `
[client.sessions.OLD]
version = "FIX.4.2"
accounts = ["ACC1"]
[client.sessions.FREE]
accounts = ["ACC1"]
validate = false
${tables.join("\n")}`,
});
const clients = {
  alice: new Client("ALICE", gateway.clientPort),
  old: new Client("OLD", gateway.clientPort, { version: "FIX.4.2" }),
  free: new Client("FREE", gateway.clientPort),
};
type Who = keyof typeof clients;
type Change = Record<number, string | number | null>;
let quantity = 100;

beforeAll(async () => {
  for (const venue of Object.values(venues)) venue.listen();
  await gateway.start();
  await Promise.all(Object.values(venues).map((venue) => venue.waitType(LOGON)));
  for (const client of Object.values(clients)) await client.logon();
  for (const name of Object.keys(venues)) await gateway.said(`venue ${name}: up`);
});

afterAll(async () => {
  for (const venue of Object.values(venues)) venue.stop();
  await gateway.remove();
});

interface Sent {
  readonly clOrdId: string;
  readonly quantity: number;
}

function send(name: Name, more: string, who: Who = "alice", change: Change = {}): Sent {
  quantity++;
  const clOrdId = `N${quantity}`;
  const client = clients[who];
  client.send("D", [...client.orderBody({ 11: clOrdId, 38: quantity, 55: name, ...change }), ...fields(more)]);
  return { clOrdId, quantity };
}

/** The order as the venue got it, which has acknowledged it. */
async function arrived(name: Name, more: string, who: Who = "alice", change: Change = {}): Promise<Message> {
  const { clOrdId, quantity: of } = send(name, more, who, change);
  await clients[who].report(clOrdId, "0");
  return venues[name].received.findLast((message) => message.type === "D" && message.get(38) === String(of))!;
}

/** Text of the report that refuses an order; the venue has not seen it. */
async function refused(name: Name, more: string, who: Who = "alice", change: Change = {}): Promise<string> {
  const sent = send(name, more, who, change);
  const report = await clients[who].report(sent.clOrdId);
  expect(report.get(39)).toBe("8");
  expect(venues[name].received.some((m) => m.get(38) === String(sent.quantity))).toBe(false);
  return report.get(58)!;
}

function changeBody(type: "F" | "G", clOrdId: string, name: Name, order: Sent, more: string): Field[] {
  const { quantity: of } = order;
  const head: Field[] = [[41, order.clOrdId]];
  if (type === "G") head.push(...clients.alice.orderBody({ 11: clOrdId, 38: of, 55: name }));
  else head.push([11, clOrdId], [55, name], [54, 1], [60, now()], [38, of]);
  return [...head, ...fields(more)];
}

/** Sends a change of an order; returns it as the venue got it. */
async function changed(name: Name, type: "F" | "G", order: Sent, more: string, who: Who = "alice"): Promise<Message> {
  const clOrdId = `${order.clOrdId}${type}`;
  clients[who].send(type, changeBody(type, clOrdId, name, order, more));
  await clients[who].report(clOrdId, type === "G" ? "5" : "4");
  return venues[name].received.findLast((message) => message.type === type)!;
}

const EXECUTION = "18=G|110=5|111=10|126=20301231-23:59:59|210=10|388=0|389=0.01|";
const INSTRUMENT = "48=US0378331005|22=4|65=WI|107=name|167=CS|200=203012|202=150|";
const CAPACITY = "15=USD|528=A|529=1 2|582=1|77=O|63=3|64=20301231|100=XNAS|58=desk 4, a=b|114=N|847=1|848=VWAP|";

describe("an order reaches a venue of its version with every field", () => {
  test.each<[Who, string]>([
    ["alice", EXECUTION],
    ["alice", INSTRUMENT],
    ["alice", CAPACITY],
    ["alice", `${EXECUTION}${PARTIES}${INSTRUMENT}`],
    ["alice", "58=Gr\xfc\xdfe \xa3\xff|"],
    ["free", "5001=x|5002=y|5001=z|"],
    ["free", "354=5|355=a\x01b=c|"],
  ])("of %s, in their order: %s", async (who, more) => {
    expect(holds(await arrived("STRICT", more, who), more)).toBe(true);
  });

  test.each<Change>([
    { 21: 1 },
    { 21: 2 },
    { 21: 3 },
    { 21: null },
    { 60: "20261124-01:02:03" },
    { 60: "20261124-01:02:03.004" },
    { 60: "20261124-01:02:03.004005" },
    { 60: "20261124-01:02:03.004005006" },
    { 60: "20161231-23:59:60" },
    { 40: 1 },
  ])("with %j as it was said", async (change) => {
    const got = await arrived("STRICT", "", "alice", change);
    for (const [tag, value] of Object.entries(change))
      expect([tag, got.get(Number(tag))]).toEqual([tag, value === null ? undefined : String(value)]);
    // The price of a market order, too.
    expect(got.get(44)).toBe("150");
  });

  test("so do a replace and a cancel, and a replace has no field of the order before it", async () => {
    const order = send("STRICT", EXECUTION);
    await clients.alice.report(order.clOrdId, "0");
    const replace = await changed("STRICT", "G", order, CAPACITY);
    expect([holds(replace, CAPACITY), replace.get(111)]).toEqual([true, undefined]);
    const cancel = await changed("STRICT", "F", { ...order, clOrdId: `${order.clOrdId}G` }, `58=why|${INSTRUMENT}`);
    expect(holds(cancel, `58=why|${INSTRUMENT}`)).toBe(true);
  });
});

describe("a field that the venue's version does not have", () => {
  test.each<[Name, Who, string, string]>([
    ["V42", "alice", "528=A|", "47=A|"],
    ["V42", "alice", "541=20301205|200=203012|", "205=05|200=203012|"],
    ["V42", "alice", "453=1|448=C|447=D|452=3|", "109=C|"],
    ["STRICT", "old", "47=J|", "528=I|529=1 2|"],
    ["STRICT", "old", "109=C|439=F|", "453=2|448=C|447=D|452=3|448=F|447=D|452=4|"],
    ["STRICT", "old", "111=10|15=USD|18=G|", "111=10|15=USD|18=G|"],
  ])("at %s: %s says %s, the venue hears %s", async (name, who, more, told) => {
    expect(holds(await arrived(name, more, who, { 21: 1 }), told)).toBe(true);
  });

  test.each<[Name, Who, string, number]>([
    ["V42", "alice", "847=1|848=VWAP|", 847],
    ["V42", "alice", "15=USD|581=1|", 581],
    ["V42", "alice", "528=G|", 528],
    ["STRICT", "old", "47=B|", 47],
    ["V41", "alice", "432=20301231|", 432],
    ["STRICT", "free", "37=X|", 37],
    ["STRICT", "free", "41=X|", 41],
    ["STRICT", "free", "125=F|", 125],
    ["STRICT", "free", "95=3|96=a\x01b|", 95],
    ["STRICT", "free", "1093=1|", 1093],
  ])("at %s refuses an order of %s by its tag: %s", async (name, who, more, tag) => {
    expect(await refused(name, more, who, { 21: 1 })).toBe(`VENUE-001 FIELD_UNKNOWN_TO_VENUE tag=${tag}`);
  });

  test("is left out where it says nothing of the order: TransactTime of a 4.1 venue", async () => {
    expect((await arrived("V41", "", "alice", { 60: "20261124-01:02:03" })).get(60)).toBeUndefined();
  });

  test("refuses a replace and a cancel, and the order stands", async () => {
    const order = send("V42", "");
    await clients.alice.report(order.clOrdId, "0");
    for (const [type, more, response] of [
      ["G", "847=1|", "2"],
      ["F", "526=X|", "1"],
    ] as const) {
      const clOrdId = `${order.clOrdId}${type}`;
      clients.alice.send(type, changeBody(type, clOrdId, "V42", order, more));
      const reject = await clients.alice.cancelReject(clOrdId);
      const text = `VENUE-001 FIELD_UNKNOWN_TO_VENUE tag=${more.slice(0, 3)}`;
      expect([reject.get(434), reject.get(58), reject.get(39)]).toEqual([response, text, "0"]);
    }
    clients.alice.send("F", changeBody("F", `${order.clOrdId}X`, "V42", order, ""));
    await clients.alice.report(`${order.clOrdId}X`, "4");
  });
});

describe("a venue's configuration", () => {
  test("drops, renames and fixes fields in all requests, and more of them by type", async () => {
    const more = `111=10|18=G|5001=a|5002=b|100=XLON|${PARTIES}`;
    const got = await arrived("LAX", more, "free", { 21: 3 });
    expect([21, 111, 18, 5001, 5002, 1].map((tag) => got.get(tag))).toEqual(Array(6).fill(undefined));
    expect([got.get(9002), got.get(440), got.get(100), got.get(44)]).toEqual(["b", "ACC1", "XNAS", "150"]);
    expect([holds(got, PARTIES), got.fields.filter(([tag]) => tag === 100).length]).toEqual([true, 1]);
    const order = send("LAX", "", "free");
    await clients.free.report(order.clOrdId, "0");
    const replace = await changed("LAX", "G", order, "18=G|58=mine|5003=c|", "free");
    expect([18, 58, 5003, 100].map((tag) => replace.get(tag))).toEqual(["G", "replaced", "c", "XNAS"]);
    const cancel = await changed("LAX", "F", { ...order, clOrdId: `${order.clOrdId}G` }, "5003=c|", "free");
    expect([9003, 5003].map((tag) => cancel.get(tag))).toEqual(["c", undefined]);
  });

  test("drops a group by the tag of its count, and data with its length", async () => {
    const order = send("LAX", "", "free");
    await clients.free.report(order.clOrdId, "0");
    const replace = await changed("LAX", "G", order, `354=5|355=a\x01b=c|${PARTIES}15=USD|`, "free");
    expect([354, 355, 453, 448].map((tag) => replace.get(tag))).toEqual(Array(4).fill(undefined));
    expect(replace.get(15)).toBe("USD");
  });

  test("refuses an order that says a field and its new tag", async () => {
    expect((await arrived("LAX", "5005=a|", "free")).get(58)).toBe("a");
    expect(await refused("LAX", "5005=a|58=b|", "free")).toBe("VENUE-001 FIELD_UNKNOWN_TO_VENUE tag=5005");
  });

  test("drops the price of a market order, and no other", async () => {
    expect((await arrived("LAX", "", "alice", { 40: 1 })).get(44)).toBeUndefined();
    expect((await arrived("LAX", "")).get(44)).toBe("150");
  });
});

describe("what a client is not told as the venue said it is an alarm", () => {
  test.each([
    [{ 39: "AA" }, "", "OrdStatus (39)=AA is no single character"],
    [{ 150: "FF" }, "", "ExecType (150)=FF is no single character"],
    [{}, "32=5|", "LastQty (32)=1 stands a second time"],
    [{}, "58=one|58=two|", "Text (58)=one stands a second time"],
  ] as [Change, string, string][])("%j %s", async (change, more, said) => {
    const order = await standing("STRICT");
    const from = gateway.log.length;
    fill("STRICT", order, change, more);
    await gateway.said(new RegExp(`ALARM venue STRICT: its message \\d+ .*: ${RegExp.escape(said)}.*; ClOrdID=`), from);
    expect((await clients.alice.report(order.clOrdId)).type).toBe("8");
  });
});

describe("a number that the books can't hold", () => {
  test.each<Change>([{ 38: "0.5" }, { 38: "9007199254740993" }, { 44: "1.123456789" }, { 44: "90071993" }])(
    "%j is refused by a report, never by a session Reject",
    async (change) => {
      const { alice } = clients;
      const clOrdId = `Q${quantity++}`;
      alice.send("D", alice.orderBody({ 11: clOrdId, 55: "STRICT", 38: 7, ...change }));
      const report = await alice.report(clOrdId, "8");
      expect([report.type, report.get(58) !== undefined]).toEqual(["8", true]);
    },
  );
});

/** An order that the venue has acknowledged, as the venue has it. */
async function standing(name: Name, who: Who = "alice"): Promise<Sent & { orderId: string; atVenue: string }> {
  const sent = send(name, "", who, who === "old" ? { 21: 1 } : {});
  await clients[who].report(sent.clOrdId, "0");
  const { orderId, clOrdId } = venues[name].orders.find((one) => one.quantity === sent.quantity)!;
  return { ...sent, orderId, atVenue: clOrdId };
}

type Standing = Awaited<ReturnType<typeof standing>>;

/** A fill of one unit, with changes and more fields. Returns its number. */
function fill(name: Name, order: Standing, change: Change = {}, more = ""): number {
  const body: Change = {
    37: order.orderId,
    11: order.atVenue,
    17: `X${order.quantity}`,
    150: "F",
    39: "1",
    55: name,
    54: 1,
    38: order.quantity,
    31: "150",
    32: 1,
    151: order.quantity - 1,
    14: 1,
    6: "150",
    60: now(),
    ...change,
  };
  const values = Object.entries(body).filter(([, value]) => value !== null);
  return venues[name].send("8", [...values.map(([tag, value]): Field => [Number(tag), value!]), ...fields(more)]);
}

const SETTLED = "30=XNAS|75=20301231|64=20301231|29=1|12=0.01|13=1|851=2|198=S1|526=DESK|527=SECOND|";

describe("a report reaches its client with every field", () => {
  test.each(["", SETTLED, `58=${"long ".repeat(40)}|`, `${SETTLED}${PARTIES}`, "354=5|355=a\x01b=c|"])(
    "as the venue said it: %s",
    async (more) => {
      const order = await standing("STRICT");
      fill("STRICT", order, { 60: "20261124-01:02:03.004005006" }, more);
      const got = await clients.alice.report(order.clOrdId, "F");
      expect(more === "" || holds(got, more)).toBe(true);
      expect(got.get(60)).toBe("20261124-01:02:03.004005006");
    },
  );

  test("and its Symbol, Side, OrdType, TimeInForce, Account and TransactTime are the venue's", async () => {
    const order = await standing("STRICT");
    fill("STRICT", order, { 55: "STRICT.N", 54: 2, 40: "K", 59: 6, 1: "HOUSE", 60: "20261124-01:02:03.004005" });
    const got = await clients.alice.report(order.clOrdId, "F");
    expect([55, 54, 40, 59, 1, 60].map((tag) => got.get(tag))).toEqual([
      ...["STRICT.N", "2", "K", "6", "HOUSE", "20261124-01:02:03.004005"],
    ]);
  });

  test.each(["2", "6", "8", "700", "99999999999", "x", "0"])(
    "a data field whose length is said to be %s has its own length: no reader is misled",
    async (length) => {
      const order = await standing("STRICT");
      fill("STRICT", order, {}, `354=${length}|355=a b c d|58=after|`);
      const got = await clients.alice.report(order.clOrdId, "F");
      expect([354, 355, 58].map((tag) => got.get(tag))).toEqual(["7", "a b c d", "after"]);
    },
  );

  test("a fill without a price tells none", async () => {
    const order = await standing("STRICT");
    fill("STRICT", order, { 31: null });
    const got = await clients.alice.report(order.clOrdId, "F");
    expect([31, 32, 6].map((tag) => got.get(tag))).toEqual([undefined, "1", "150"]);
  });

  test("a client of another version gets the fields of its version; the log names the others", async () => {
    const order = await standing("STRICT", "old");
    fill("STRICT", order, {}, `${SETTLED}528=P|`);
    const got = await clients.old.report(order.clOrdId, "1");
    expect([30, 75, 64, 29, 12, 13, 198].map((tag) => got.get(tag))).toEqual([
      ...["XNAS", "20301231", "20301231", "1", "0.01", "1", "S1"],
    ]);
    expect([851, 526, 527, 528].map((tag) => got.get(tag))).toEqual(Array(4).fill(undefined));
    await gateway.said("fields are left out of messages to OLD");
  });

  test("user-defined tags reach a client that allows them, and no other", async () => {
    for (const [who, told] of [
      ["free", "x"],
      ["alice", undefined],
    ] as const) {
      const order = await standing("STRICT", who);
      fill("STRICT", order, {}, "5001=x|");
      expect((await clients[who].report(order.clOrdId, "F")).get(5001)).toBe(told);
    }
  });

  test.each<Change>([
    { 31: "1.123456789" },
    { 31: "-37.63" },
    { 31: "90071993" },
    { 32: "0.5", 14: "0.5" },
    { 6: "150.12345678901234" },
    { 151: "9007199254740993" },
    { 32: "9007199254740993", 14: "9007199254740993" },
  ])("numbers that the books can't hold as the venue said them: %j", async (change) => {
    const order = await standing("STRICT");
    fill("STRICT", order, change);
    const got = await clients.alice.report(order.clOrdId);
    for (const [tag, value] of Object.entries(change))
      expect([tag, got.get(Number(tag))]).toEqual([tag, String(value)]);
  });

  test.each<Change>([{ 31: null }, { 58: "" }, { 11: null }, { 150: "1" }, { 17: null }, { 150: null }, { 39: null }])(
    "whatever else it lacks: %j",
    async (change) => {
      const order = await standing("STRICT");
      const before = clients.alice.received.length;
      fill("STRICT", order, change);
      const got = await clients.alice.wait(
        "fill",
        (m) => m.type === "8" && m.get(11) === order.clOrdId && clients.alice.received.indexOf(m) >= before,
      );
      expect([got.get(14), got.get(150)]).toEqual(["1", "F"]);
    },
  );

  test("also one that our session rejects: it is read all the same, and an alarm says so", async () => {
    const order = await standing("CHECKED");
    const sequence = fill("CHECKED", order, { 13: "x" });
    const got = await clients.alice.report(order.clOrdId, "F");
    expect(got.get(32)).toBe("1");
    await gateway.said(`ALARM venue CHECKED: its message ${sequence} can't be booked as it is:`);
    await venues.CHECKED.wait("reject", (m) => m.type === "3" && m.get(371) === "13");
  });

  test("a cancel reject without OrderID and CxlRejResponseTo, with more fields", async () => {
    const order = await standing("STRICT");
    const clOrdId = `${order.clOrdId}C`;
    venues.STRICT.acknowledges = false;
    clients.alice.send("F", changeBody("F", clOrdId, "STRICT", order, ""));
    const request = await venues.STRICT.wait("cancel", (m) => m.type === "F" && m.get(41) === order.atVenue);
    venues.STRICT.send("9", [
      [11, request.get(11)!],
      [41, order.atVenue],
      [39, "0"],
      [102, "0"],
      ...fields("58=no|526=D|"),
    ]);
    venues.STRICT.acknowledges = true;
    const got = await clients.alice.cancelReject(clOrdId);
    expect([37, 434, 58, 526].map((tag) => got.get(tag) !== undefined)).toEqual([true, true, true, true]);
  });
});

test("the text of a venue's Reject reaches the client whole", async () => {
  const order = await standing("STRICT");
  const words = `Value is incorrect (out of range) for this tag: ${"and so on ".repeat(12)}end`;
  const sequence = fill("STRICT", order);
  expect(sequence).toBeGreaterThan(0);
  venues.STRICT.acknowledges = false;
  const sent = send("STRICT", "");
  const request = await venues.STRICT.wait("order", (m) => m.type === "D" && m.get(38) === String(sent.quantity));
  venues.STRICT.acknowledges = true;
  venues.STRICT.send("3", [
    [45, request.sequence],
    [58, words],
  ]);
  expect((await clients.alice.report(sent.clOrdId, "8")).get(58)).toBe(words);
});

test("what stands beside an order is in the journal", async () => {
  const more = EXECUTION + CAPACITY;
  const { clOrdId } = send("STRICT", more);
  await venues.STRICT.wait("order", (m) => m.type === "D" && holds(m, more));
  // What a gateway has just journalled is in its files some 20 ms later.
  let lines: string[] = [];
  for (let attempt = 0; attempt < 50 && lines.length < 2; attempt++) {
    const { out } = await runToEnd(["journal", "order", clOrdId, gateway.data]);
    lines = out.split("\n").filter((line) => line.includes(more));
  }
  expect(lines.length).toBeGreaterThanOrEqual(2);
});
