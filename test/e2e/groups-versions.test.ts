import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fields, LOGON, now } from "../../src/counterparty/message.ts";
import { VENUE_XML } from "../fix/dictionary/xml/venue-xml.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, temporary } from "./gateway.ts";
import { ALLOCS, PARTIES, SESSIONS } from "./groups.ts";
import { venueTables } from "./tables.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

// A client of 4.4 at venues of other versions, and one of 4.2 at the venue of 4.4.
const directory = temporary();
const dialectFile = join(directory, "venue.xml");
/** The dialect with the terms of an order, and neither HandlInst nor TransactTime nor Account. */
const TERMS: [number: number, name: string, type: string][] = [
  [38, "OrderQty", "QTY"],
  [40, "OrdType", "CHAR"],
  [44, "Price", "PRICE"],
];
const members = TERMS.map(([, name]) => `<field name="${name}" required="N"/>`).join("");
const numbers = TERMS.map(([number, name, type]) => `<field number="${number}" name="${name}" type="${type}"/>`).join(
  "",
);
const inOrder = '<field name="Side" required="Y"/>';
writeFileSync(dialectFile, VENUE_XML.replace(inOrder, inOrder + members).replace("<fields>", `<fields>${numbers}`));

const venues = {
  STRICT42: new Venue(freePort(), "STRICT42", { version: "FIX.4.2" }),
  LAX42: new Venue(freePort(), "LAX42", { version: "FIX.4.2" }),
  LATE43: new Venue(freePort(), "LATE43", { version: "FIX.4.3" }),
  OWN: new Venue(freePort(), "OWN", { version: "FIX.4.4" }),
  SAME: new Venue(freePort(), "SAME", { version: "FIX.4.4" }),
};
type Name = keyof typeof venues;
const MORE: Record<Name, string> = {
  STRICT42: `version = "FIX.4.2"`,
  LAX42: `version = "FIX.4.2"\nunknownGroups = "drop"`,
  LATE43: `version = "FIX.4.3"`,
  OWN: `dictionary = ${JSON.stringify(dialectFile)}\nvalidate = false`,
  SAME: "",
};
const tables = (Object.keys(venues) as Name[]).map((name) => venueTables(name, venues[name].port, MORE[name]));
const gateway = new Gateway({
  tables: `
[client.sessions.OLD]
version = "FIX.4.2"
accounts = ["ACC1"]
${tables.join("\n")}`,
});
const alice = new Client("ALICE", gateway.clientPort);
const old = new Client("OLD", gateway.clientPort, { version: "FIX.4.2" });
let quantity = 100;

beforeAll(async () => {
  for (const venue of Object.values(venues)) venue.listen();
  await gateway.start();
  await Promise.all(Object.values(venues).map((venue) => venue.waitType(LOGON)));
  await Promise.all([alice.logon(), old.logon()]);
  for (const name of Object.keys(venues)) await gateway.said(`venue ${name}: up`);
});

afterAll(async () => {
  for (const venue of Object.values(venues)) venue.stop();
  await gateway.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** Sends an order to a venue. Returns its ClOrdID and quantity. */
function send(name: Name, groups: string, client = alice): { clOrdId: string; quantity: number } {
  quantity++;
  const clOrdId = `V${quantity}`;
  client.send("D", [...client.orderBody({ 11: clOrdId, 38: quantity, 55: name }), ...fields(groups)]);
  return { clOrdId, quantity };
}

/** The groups with which it reached the venue. */
async function arrived(name: Name, groups: string, client = alice): Promise<string> {
  const sent = send(name, groups, client);
  const got = await venues[name].wait("order", (m) => m.type === "D" && m.get(38) === String(sent.quantity));
  await client.report(sent.clOrdId);
  return got.tail(453, 78, 386);
}

/** Text of the report that refuses it; the venue has not seen it. */
async function refused(name: Name, groups: string): Promise<string> {
  const sent = send(name, groups);
  const report = await alice.report(sent.clOrdId, "8");
  expect(report.get(39)).toBe("8");
  expect(venues[name].received.some((m) => m.get(38) === String(sent.quantity))).toBe(false);
  return report.get(58)!;
}

test("a group that the venue's version does not have is a reason to refuse the order, and the tag is named", async () => {
  expect(await refused("STRICT42", PARTIES)).toBe("VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=453");
  expect(await refused("STRICT42", ALLOCS)).toBe("VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=661");
  expect(await refused("STRICT42", SESSIONS)).toBe("VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=625");
  expect(await arrived("STRICT42", "386=2|336=DAY|336=EVE|")).toBe("386=2|336=DAY|336=EVE|");
  expect(await arrived("STRICT42", "")).toBe("");
});

test("a replace and a cancel are refused as well, and the order stands", async () => {
  const { clOrdId, quantity: of } = send("STRICT42", "");
  await alice.report(clOrdId, "0");
  alice.send("G", [
    [41, clOrdId],
    ...alice.orderBody({ 11: `${clOrdId}R`, 38: of, 55: "STRICT42" }),
    ...fields(PARTIES),
  ]);
  const reject = await alice.cancelReject(`${clOrdId}R`);
  expect([reject.get(434), reject.get(58), reject.get(39)]).toEqual([
    "2",
    "VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=453",
    "0",
  ]);
  const cancel = (id: string, more: string): void => {
    alice.send("F", [[41, clOrdId], [11, id], [55, "STRICT42"], [54, 1], [60, now()], ...fields(more)]);
  };
  cancel(`${clOrdId}C`, PARTIES);
  const again = await alice.cancelReject(`${clOrdId}C`);
  expect([again.get(434), again.get(58)]).toEqual(["1", "VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=453"]);
  cancel(`${clOrdId}D`, "");
  await alice.report(`${clOrdId}D`, "4");
});

test("or it is dropped where the venue's configuration says so; what the venue has of it is sent", async () => {
  expect(await arrived("LAX42", PARTIES + SESSIONS)).toBe("386=2|336=DAY|336=EVE|");
  expect(await arrived("LAX42", ALLOCS)).toBe("78=2|79=FUND1|80=60|79=FUND2|80=40|");
});

test("a party's only sub id is a field of its own in 4.3; more of them are unknown there", async () => {
  const one = "453=1|448=DESK7|447=D|452=13|802=1|523=TRADER1|";
  expect(await arrived("LATE43", one)).toBe("453=1|448=DESK7|447=D|452=13|523=TRADER1|");
  expect(await refused("LATE43", PARTIES)).toBe("VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=802");
});

test("a venue's own dictionary says what it has, in its order, also when its messages are not checked", async () => {
  expect(await arrived("OWN", "453=1|448=DESK7|452=13|802=2|523=A|523=B|")).toBe(
    "453=1|448=DESK7|452=13|802=2|523=A|523=B|",
  );
  const got = venues.OWN.received.findLast(({ type }) => type === "D")!;
  expect([1, 21, 38, 40, 44, 59, 60].map((tag) => got.get(tag))).toEqual([
    ...[undefined, undefined, String(quantity), "2", "150", undefined, undefined],
  ]);
  quantity++;
  alice.send("D", alice.orderBody({ 11: `V${quantity}`, 38: quantity, 55: "OWN", 59: 3 }));
  expect((await alice.report(`V${quantity}`, "8")).get(58)).toBe("VENUE-001 FIELD_UNKNOWN_TO_VENUE tag=59");
  expect(await refused("OWN", PARTIES)).toBe("VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=447");
  expect(await refused("OWN", SESSIONS)).toBe("VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=386");
});

test("a report reaches a client of an older version without what this does not have", async () => {
  const { clOrdId, quantity: of } = send("SAME", "", old);
  const order = await venues.SAME.orderOf(of);
  await old.report(clOrdId, "0");
  const contras = "382=2|375=BRK1|337=TR9|437=60|438=20260102-10:00:00|655=L1|375=BRK2|437=40|";
  venues.SAME.send("8", [
    [37, order.orderId],
    [11, order.clOrdId],
    [17, "FILL1"],
    [150, "F"],
    [39, "2"],
    [55, "SAME"],
    [54, 1],
    [38, of],
    [31, "150"],
    [32, of],
    [151, 0],
    [14, of],
    [6, "150"],
    [60, now()],
    ...fields(PARTIES + contras),
  ]);
  const fill = await old.report(clOrdId, "2");
  expect(fill.tail(382, 453)).toBe("382=2|375=BRK1|337=TR9|437=60|438=20260102-10:00:00|375=BRK2|437=40|");
  await gateway.said("fields are left out of messages to OLD");
});

test("a venue's report whose groups can't be read is not lost: it is passed on without them", async () => {
  const { clOrdId, quantity: of } = send("SAME", "");
  const order = await venues.SAME.orderOf(of);
  await alice.report(clOrdId, "0");
  venues.SAME.send("8", [
    [37, order.orderId],
    [11, order.clOrdId],
    [17, "FILL2"],
    [150, "F"],
    [39, "1"],
    [55, "SAME"],
    [54, 1],
    [38, of],
    [31, "150"],
    [32, 1],
    [151, of - 1],
    [14, 1],
    [6, "150"],
    [60, now()],
    ...fields("382=3|375=BRK1|"),
  ]);
  const fill = await alice.report(clOrdId, "F");
  expect(fill.tail(382)).toBe("");
  await gateway.said("a repeating group of it can't be read");
});
