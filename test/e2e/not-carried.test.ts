import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Field, fields, LOGON, now } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { PARTIES } from "./groups.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

// What an order, a replace or a cancel has beside its record is refused by tag, unless the venue's configuration drops it; what
// a venue reports and we can't book is an alarm. A venue that drops nothing, one that drops some tags, and one whose reports are checked.
const venues = {
  STRICT: new Venue(freePort(), "STRICT"),
  LAX: new Venue(freePort(), "LAX"),
  CHECKED: new Venue(freePort(), "CHECKED"),
};
type Name = keyof typeof venues;
const MORE: Record<Name, string> = {
  STRICT: "",
  LAX: "fields.drop = [21, 44, 111, 5001]",
  CHECKED: "validate = true\nrejectInvalidMessage = true",
};
const tables = (Object.keys(venues) as Name[]).map(
  (name) => `
[venues.${name}]
address = "127.0.0.1:${venues[name].port}"
reconnectMinMs = 20
${MORE[name]}
[symbols.${name}]
venue = "${name}"
referencePrice = "150"`,
);
const gateway = new Gateway({
  tables: `
[client.sessions.OLD]
version = "FIX.4.2"
accounts = ["ACC1"]
[client.sessions.OLDEST]
version = "FIX.4.0"
accounts = ["ACC1"]
[client.sessions.FREE]
accounts = ["ACC1"]
validate = false
${tables.join("\n")}`,
});
const clients = {
  alice: new Client("ALICE", gateway.clientPort),
  old: new Client("OLD", gateway.clientPort),
  oldest: new Client("OLDEST", gateway.clientPort),
  free: new Client("FREE", gateway.clientPort),
};
clients.old.beginString = "FIX.4.2";
clients.oldest.beginString = "FIX.4.0";
type Who = keyof typeof clients;
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

function send(name: Name, more: string, who: Who = "alice", change: Record<number, string | number | null> = {}): Sent {
  quantity++;
  const clOrdId = `N${quantity}`;
  const client = clients[who];
  client.send("D", [...client.orderBody({ 11: clOrdId, 38: quantity, 55: name, 21: 1, ...change }), ...fields(more)]);
  return { clOrdId, quantity };
}

/** An order that the venue has acknowledged. */
async function standing(name: Name, who: Who = "alice"): Promise<Sent> {
  const sent = send(name, "", who);
  await clients[who].wait("report", (m) => m.type === "8" && m.get(11) === sent.clOrdId && m.get(39) === "0");
  return sent;
}

/** Text of the report that refuses an order; the venue has not seen it. */
async function refused(name: Name, more: string, who: Who = "alice", change = {}): Promise<string> {
  const sent = send(name, more, who, change);
  const report = await clients[who].report(sent.clOrdId);
  expect(report.get(39)).toBe("8");
  expect(venues[name].received.some((m) => m.get(38) === String(sent.quantity))).toBe(false);
  return report.get(58)!;
}

/** Sends a change of an order; returns CxlRejResponseTo and Text of its reject. The venue has seen no message of that type for it. */
async function changeRefused(
  name: Name,
  type: "F" | "G",
  order: Sent,
  more: string,
  who: Who = "alice",
): Promise<string[]> {
  const clOrdId = `${order.clOrdId}${type}${clients[who].nextOut}`;
  clients[who].send(type, change(type, clOrdId, name, order, more));
  const reject = await clients[who].cancelReject(clOrdId);
  expect(venues[name].received.some((m) => m.type === type && m.get(38) === String(order.quantity))).toBe(false);
  return [reject.get(434)!, reject.get(58)!];
}

function change(type: "F" | "G", clOrdId: string, name: Name, order: Sent, more: string): Field[] {
  const { quantity: of } = order;
  const head: Field[] = [[41, order.clOrdId]];
  if (type === "G") head.push(...clients.alice.orderBody({ 11: clOrdId, 38: of, 55: name, 21: 1 }));
  else head.push([11, clOrdId], [55, name], [54, 1], [60, now()], [38, of]);
  return [...head, ...fields(more)];
}

test.each<[Who, string, number]>([
  ["alice", "111=10|", 111],
  ["alice", "18=G|", 18],
  ["alice", "110=10|", 110],
  ["alice", "48=US0378331005|22=4|", 48],
  ["alice", "15=USD|", 15],
  ["alice", "114=N|", 114],
  ["alice", "58=desk 4|", 58],
  ["alice", "100=XNAS|18=G|", 100],
  ["alice", "99=149|", 99],
  ["old", "111=10|", 111],
  ["old", "47=A|", 47],
  ["old", "15=USD|", 15],
  ["free", "5001=x|", 5001],
  ["free", "111=10|", 111],
  ["free", "37=X|", 37],
  ["free", "41=X|", 41],
  ["free", "125=F|", 125],
  ["free", "95=3|96=a\x01b|", 95],
  ["free", "1093=1|", 1093],
])("an order of %s with %s is refused by tag", async (who, more, tag) => {
  expect(await refused("STRICT", more, who)).toBe(`VENUE-001 FIELD_NOT_CARRIED tag=${tag}`);
});

test("so is a value that would be another at the venue", async () => {
  expect(await refused("STRICT", "", "alice", { 21: 3 })).toBe("VENUE-001 FIELD_NOT_CARRIED tag=21");
  expect(await refused("STRICT", "", "old", { 21: 2 })).toBe("VENUE-001 FIELD_NOT_CARRIED tag=21");
  expect(await refused("STRICT", "", "alice", { 40: 1 })).toBe("VENUE-001 FIELD_NOT_CARRIED tag=44");
});

test("an order type that nobody takes stays refused as such", async () => {
  expect(await refused("STRICT", "99=149|", "alice", { 40: 3 })).toStartWith("RISK-");
});

test.each<Who>(["alice", "old", "free"])(
  "a replace and a cancel of %s are refused, and the order stands",
  async (who) => {
    const order = await standing("STRICT", who);
    const text = (tag: number): string => `VENUE-001 FIELD_NOT_CARRIED tag=${tag}`;
    expect(await changeRefused("STRICT", "G", order, "111=10|", who)).toEqual(["2", text(111)]);
    expect(await changeRefused("STRICT", "G", order, "15=USD|18=G|", who)).toEqual(["2", text(15)]);
    expect(await changeRefused("STRICT", "F", order, "58=why|", who)).toEqual(["1", text(58)]);
    if (who === "free") expect(await changeRefused("STRICT", "F", order, "40=2|", who)).toEqual(["1", text(40)]);
    const clOrdId = `${order.clOrdId}X`;
    clients[who].send("F", change("F", clOrdId, "STRICT", order, ""));
    await clients[who].wait("cancel", (m) => m.type === "8" && m.get(11) === clOrdId && m.get(39) === "4");
  },
);

test("a cancel of 4.0 has its CxlType", async () => {
  const order = send("STRICT", "", "oldest", { 60: null });
  await venues.STRICT.orderOf(order.quantity);
  const { oldest } = clients;
  const head: Field[] = [
    [41, order.clOrdId],
    [11, `${order.clOrdId}C`],
    [55, "STRICT"],
    [54, 1],
    [38, order.quantity],
  ];
  oldest.send("F", [...head, [125, "F"]]);
  await oldest.wait("cancel", (m) => m.type === "8" && m.get(11) === `${order.clOrdId}C` && m.get(39) === "4");
});

test("what a venue drops is left out; the first tag that it does not is named", async () => {
  const sent = send("LAX", `111=10|${PARTIES}5001=x|`, "free", { 21: 3 });
  await clients.free.report(sent.clOrdId, "0");
  const got = await venues.LAX.wait("order", (m) => m.type === "D" && m.get(38) === String(sent.quantity));
  expect([got.get(21), got.get(111), got.get(5001), got.tail(453)]).toEqual(["1", undefined, undefined, PARTIES]);
  expect(await refused("LAX", "111=10|18=G|110=5|")).toBe("VENUE-001 FIELD_NOT_CARRIED tag=18");
  const market = send("LAX", "", "alice", { 40: 1 });
  await clients.alice.report(market.clOrdId, "0");
  const order = await standing("LAX");
  clients.alice.send("G", change("G", `${order.clOrdId}R`, "LAX", order, "111=10|"));
  await clients.alice.report(`${order.clOrdId}R`, "5");
  clients.alice.send(
    "F",
    change("F", `${order.clOrdId}C`, "LAX", { ...order, clOrdId: `${order.clOrdId}R` }, "58=why|"),
  );
  expect((await clients.alice.cancelReject(`${order.clOrdId}C`)).get(58)).toBe("VENUE-001 FIELD_NOT_CARRIED tag=58");
});

let executions = 0;

/** Sends a report about an order, and waits for its alarm. */
async function alarmed(
  name: Name,
  order: Sent,
  change: Record<number, string | number | null>,
  said: string,
): Promise<void> {
  const { clOrdId, orderId } = venues[name].orders.find((one) => one.quantity === order.quantity)!;
  const from = gateway.log.length;
  const body = {
    37: orderId,
    11: clOrdId,
    17: `X${++executions}`,
    150: "F",
    39: "1",
    55: name,
    54: 1,
    38: order.quantity,
  };
  const numbers = { 31: "150", 32: 1, 151: order.quantity - 1, 14: 1, 6: "150", 60: now() };
  const values = Object.entries({ ...body, ...numbers, ...change }).filter(([, value]) => value !== null);
  const sequence = venues[name].send(
    "8",
    values.map(([tag, value]): Field => [Number(tag), value!]),
  );
  const own = change[11] ?? `(?:\\S+|\\*)${RegExp.escape(clOrdId.slice(clOrdId.indexOf("-")))}`;
  const end = `.*; ClOrdID=${own}; OrderID=${orderId}; ExecID=X${executions}`;
  const begin = `ALARM venue ${name}: its message ${sequence} can't be booked as it is: `;
  await gateway.said(new RegExp(RegExp.escape(`${begin}${said}`) + end), from);
}

test("a venue's report that can't be booked is an alarm with order, venue, field and value", async () => {
  const order = await standing("STRICT");
  await alarmed("STRICT", order, { 31: "15o" }, "LastPx (31)=15o passed on: can't be held exactly; order ");
  await alarmed("STRICT", order, { 31: "1.123456789" }, "LastPx (31)=1.123456789 passed on: can't be held exactly");
  await alarmed("STRICT", order, { 32: "1.5" }, "LastQty (32)=1.5 passed on: can't be held exactly");
  await alarmed("STRICT", order, { 14: "x" }, "CumQty (14)=x passed on: can't be held exactly");
  const stray = venues.STRICT.send("8", [
    [37, "GHOST"],
    [11, "THEIRS"],
    [17, "S1"],
    [150, "0"],
    [39, "0"],
    [55, "STRICT"],
    [54, 1],
  ]);
  const begin = `its message ${stray} can't be booked as it is: `;
  await gateway.said(new RegExp(RegExp.escape(`${begin}ClOrdID (11) is of no order here; OrderID=GHOST; ExecID=S1`)));
  await alarmed("CHECKED", await standing("CHECKED"), { 31: "15o" }, "LastPx (31)=15o was rejected as invalid");
});

test("so is one that the books do not take", async () => {
  const order = await standing("STRICT");
  const { clOrdId, orderId } = venues.STRICT.orders.find((one) => one.quantity === order.quantity)!;
  const own = clOrdId.slice(clOrdId.indexOf("-"));
  const say = (more: Field[]): number =>
    venues.STRICT.send("8", [
      [37, orderId],
      [11, clOrdId],
      [17, `Y${order.quantity}`],
      [55, "STRICT"],
      [54, 1],
      ...more,
    ]);
  const said = (sequence: number, text: string): Promise<void> => {
    const ids = `; ClOrdID=*${own}; OrderID=${orderId}; ExecID=Y${order.quantity}`;
    const begin = `ALARM venue STRICT: its message ${sequence} can't be booked as it is: ${text}; order `;
    return gateway.said(
      new RegExp(`${RegExp.escape(begin)}\\d+ of the client's ClOrdID=${order.clOrdId}${RegExp.escape(ids)}`),
    );
  };
  const first = say([
    [150, "F"],
    [39, "1"],
    [32, 1],
  ]);
  await said(
    first,
    "LastPx (31) has no value that can be read: booked by its quantity: without a price its value is an estimate",
  );
  const third = say([
    [150, "F"],
    [39, "1"],
    [32, 1],
    [31, 150],
    [14, 7],
  ]);
  await gateway.said(/its message \d+: ignored, its ExecID was counted before; order/);
  const fourth = venues.STRICT.send("8", [
    [37, orderId],
    [11, clOrdId],
    [17, `Z${order.quantity}`],
    [55, "STRICT"],
    [54, 1],
    [150, "F"],
    [39, "1"],
    [32, 1],
    [31, 150],
    [14, 7],
  ]);
  const taken = "CumQty (14)=7 taken, though it is not what its executions add up to";
  await gateway.said(new RegExp(RegExp.escape(`its message ${fourth} can't be booked as it is: ${taken}`)));
  expect(third).toBeLessThan(fourth);
  const fills = [await clients.alice.report(order.clOrdId, "F"), await clients.alice.report(order.clOrdId, "F")];
  expect(fills.map((fill) => [fill.get(32), fill.get(14), fill.get(151)])).toEqual([
    ["1", "1", String(order.quantity - 1)],
    ["1", "7", String(order.quantity - 7)],
  ]);
});
