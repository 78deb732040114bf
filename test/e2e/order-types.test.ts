// Order types and times in force beyond the usual ones, and messages of orders that are not served, against the executable.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { atLeast, type Version } from "../../src/counterparty/version.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { venueTables } from "./tables.ts";
import { Venue } from "./venue.ts";
import { nameOf } from "./versions.ts";

setDefaultTimeout(60_000);

const VERSIONS: readonly Version[] = ["FIX.4.2", "FIX.4.4", "FIX.5.0SP2"];
const ALL: readonly Version[] = ["FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIX.5.0", "FIX.5.0SP2"];
const venues = VERSIONS.map((version) => new Venue(freePort(), `V${nameOf(version)}`, { version }));
const plain = new Venue(freePort(), "PLAIN");

/** A venue that takes every type and time in force of its version. */
function tableOf(version: Version, port: number): string {
  const isNew = atLeast(version, "FIX.4.3");
  const types = [
    "market",
    "limit",
    "stop",
    "stop-limit",
    "pegged",
    ...(isNew ? ["market-if-touched"] : ["limit-on-close"]),
  ];
  const times = ["day", "gtc", "ioc", "fok", "gtd", "at-opening", ...(isNew ? ["at-close"] : [])];
  return venueTables(
    `V${nameOf(version)}`,
    port,
    `version = "${version}"\norderTypes = ${JSON.stringify(types)}\ntimeInForce = ${JSON.stringify(times)}`,
  );
}

const gateway = new Gateway({
  tables: [
    ...ALL.map((version) => `[client.sessions.C${nameOf(version)}]\nversion = "${version}"\naccounts = ["ACC1"]`),
    ...ALL.map(
      (version) =>
        `[client.sessions.U${nameOf(version)}]\nversion = "${version}"\nvalidate = false\naccounts = ["ACC1"]`,
    ),
    ...VERSIONS.map((version, i) => tableOf(version, venues[i]!.port)),
    venueTables("PLAIN", plain.port),
  ].join("\n"),
});

beforeAll(async () => {
  for (const venue of [...venues, plain]) venue.listen();
  await gateway.start();
  for (const venue of [...venues, plain]) await venue.waitType(LOGON);
  for (const venue of [...venues, plain]) await gateway.said(`venue ${venue.compId}: up`);
});

afterAll(async () => {
  for (const venue of [...venues, plain]) venue.stop();
  await gateway.remove();
});

let quantity = 1000;

describe.each(VERSIONS.map((version, i) => [version, venues[i]!] as const))("%s", (version, venue) => {
  const client = new Client(`C${nameOf(version)}`, gateway.clientPort, { version });
  const symbol = venue.compId;
  const own: Record<number, string | number | null> = atLeast(version, "FIX.4.3")
    ? { 40: "J", 44: null, 99: "151" }
    : { 40: "B" };

  beforeAll(async () => {
    await client.logon();
  });
  afterAll(async () => {
    await client.logout();
  });

  /** The order as the venue got it; it has acknowledged it. */
  async function arrived(change: Record<number, string | number | null>): Promise<{ id: string; at: Message }> {
    const of = ++quantity;
    const id = client.order({ 38: of, 55: symbol, ...change });
    const report = await client.report(id);
    expect([report.get(39), report.get(58)]).toEqual(["0", undefined]);
    return { id, at: venue.received.findLast((message) => message.type === "D" && message.get(38) === String(of))! };
  }

  /** Text of the report that refuses it. */
  async function refused(change: Record<number, string | number | null>): Promise<string> {
    const id = client.order({ 38: ++quantity, 55: symbol, ...change });
    const report = await client.report(id);
    expect(report.get(39)).toBe("8");
    return report.get(58)!;
  }

  test("a stop order reaches the venue as it was said; a replace changes its StopPx", async () => {
    const { id, at } = await arrived({ 40: 3, 44: null, 99: "151.5" });
    expect([40, 44, 99].map((tag) => at.get(tag))).toEqual(["3", undefined, "151.5"]);
    const next = client.replace(id, { 38: ++quantity, 55: symbol, 40: 3, 44: null, 99: "152" });
    const report = await client.report(next, "5");
    expect(report.get(41)).toBe(id);
    const change = venue.received.findLast(({ type }) => type === "G")!;
    expect([40, 44, 99].map((tag) => change.get(tag))).toEqual(["3", undefined, "152"]);
    client.cancel(next, { 55: symbol });
  });

  test("a stop limit order has both prices, a pegged one none", async () => {
    const { at } = await arrived({ 40: 4, 44: "151", 99: "150.5" });
    expect([40, 44, 99].map((tag) => at.get(tag))).toEqual(["4", "151", "150.5"]);
    const pegged = await arrived({ 40: "P", 44: null, 18: "R" });
    expect([40, 44, 18].map((tag) => pegged.at.get(tag))).toEqual(["P", undefined, "R"]);
  });

  test("a MaxFloor of 0 hides the order at the venue: it is no contradiction", async () => {
    expect((await arrived({ 111: 0 })).at.get(111)).toBe("0");
  });

  test("the version's own types and times in force", async () => {
    const { at } = await arrived(own);
    expect(at.get(40)).toBe(String(own[40]));
    const open = await arrived({ 59: 2 });
    expect(open.at.get(59)).toBe("2");
    if (!atLeast(version, "FIX.4.3")) return;
    expect((await arrived({ 59: 7 })).at.get(59)).toBe("7");
  });

  test("good till a date or time", async () => {
    const until = await arrived({ 59: 6, 126: "20991231-20:00:00" });
    expect([59, 126].map((tag) => until.at.get(tag))).toEqual(["6", "20991231-20:00:00"]);
    client.send("D", client.orderBody({ 11: `NOEND${version}`, 38: ++quantity, 55: symbol, 59: 6 }));
    const reject = await client.waitType("3");
    expect([reject.get(58), reject.get(371)]).toEqual([
      "Required tag missing: an order good till a date needs an ExpireDate or ExpireTime",
      "126",
    ]);
  });

  test("a stop's price keeps to the collar, and is of its symbol's signs", async () => {
    expect(await refused({ 40: 3, 44: null, 99: "9000" })).toContain("RISK-012 PRICE_COLLAR");
    expect(await refused({ 40: 4, 44: "151", 99: "-1" })).toContain("BAD_PRICE");
    expect(await refused({ 40: 4, 44: "151", 99: "150.0000000001" })).toContain("NUMBER_NOT_HELD tag=99");
  });

  test("terms that contradict the order, or each other, never reach the venue", async () => {
    const code = atLeast(version, "FIX.4.4");
    const before = venue.received.filter(({ type }) => type === "D").length;
    const terms: [Record<number, string | number | null>, number, string][] = [
      [{ 38: 100, 110: 101 }, code ? 13 : 0, "RISK-145 TERM_QUANTITY tag=110 limit=100 value=101 level=ORDER"],
      [{ 38: 100, 111: 101 }, code ? 13 : 0, "RISK-145 TERM_QUANTITY tag=111 limit=100 value=101 level=ORDER"],
      [{ 40: "P", 44: null }, code ? 11 : 0, "RISK-144 TERM_MISSING tag=18 level=ORDER"],
      [{ 18: "5 1" }, code ? 11 : 0, "RISK-147 CONTRADICTORY_TERMS tag=18 level=ORDER"],
      [{ 59: 3, 18: "6" }, code ? 11 : 0, "RISK-147 CONTRADICTORY_TERMS tag=18 level=ORDER"],
      [{ 59: 6, 126: "20200102-10:00:00" }, 4, "RISK-146 ALREADY_EXPIRED tag=126 value=20200102-10:00:00 level=ORDER"],
      [{ 59: 6, 432: "20200102" }, 4, "RISK-146 ALREADY_EXPIRED tag=432 value=20200102 level=ORDER"],
    ];
    for (const [change, reason, text] of terms) {
      const id = client.order({ 38: 100, 55: symbol, ...change });
      const report = await client.report(id);
      expect([report.get(39), report.get(103), report.get(58)]).toEqual(["8", String(reason), text]);
    }
    expect(venue.received.filter(({ type }) => type === "D")).toHaveLength(before);
  });

  test("a replace is held to the same terms", async () => {
    const { id } = await arrived({ 59: 6, 126: "20991231-20:00:00" });
    const replaced = (terms: Record<number, string | number>) =>
      client.replace(id, { 38: 500, 55: symbol, 59: 6, 126: "20991231-20:00:00", ...terms });
    const texts: string[] = [];
    const faults: Record<number, string | number>[] = [{ 126: "20200102-10:00:00" }, { 111: 501 }, { 110: 501 }];
    for (const terms of faults) {
      const next = replaced(terms);
      const reject = await client.wait("a reject", (message) => message.type === "9" && message.get(11) === next);
      texts.push(`${reject.get(102)} ${reject.get(58)}`);
    }
    const other = atLeast(version, "FIX.4.4") ? 99 : 2;
    expect(texts).toEqual([
      `${other} RISK-146 ALREADY_EXPIRED tag=126 value=20200102-10:00:00 level=ORDER`,
      `${other} RISK-145 TERM_QUANTITY tag=111 limit=500 value=501 level=ORDER`,
      `${other} RISK-145 TERM_QUANTITY tag=110 limit=500 value=501 level=ORDER`,
    ]);
    client.cancel(id, { 55: symbol });
  });

  test("a market if touched order needs its StopPx", async () => {
    if (!atLeast(version, "FIX.4.3")) return;
    client.send("D", client.orderBody({ 11: `NOSTOP${version}`, 38: ++quantity, 55: symbol, 40: "J", 44: null }));
    const reject = await client.wait("a reject", (message) => message.type === "3" && message.get(371) === "99");
    expect([reject.get(373), reject.get(58)]).toEqual([
      "1",
      "Required tag missing: a market if touched order needs a StopPx",
    ]);
    expect(await refused({ 40: "J", 44: null, 99: "-1" })).toBe(
      `RISK-108 BAD_PRICE tag=99 limit=0 value=-1 level=SYMBOL:${symbol}`,
    );
  });

  test("a venue that does not take a type or a time in force never sees the order", async () => {
    const before = plain.received.filter(({ type }) => type === "D").length;
    expect(await refused({ 55: "PLAIN", 40: 3, 44: null, 99: "151" })).toBe(
      "RISK-006 UNSUPPORTED_ORDER_TYPE value=3 level=VENUE:PLAIN",
    );
    expect(await refused({ 55: "PLAIN", 59: 2 })).toBe("RISK-107 UNSUPPORTED_TIME_IN_FORCE value=2 level=VENUE:PLAIN");
    expect(await refused({ 40: 7 })).toContain("RISK-006 UNSUPPORTED_ORDER_TYPE");
    expect(plain.received.filter(({ type }) => type === "D")).toHaveLength(before);
  });
});

test.each([
  ["E", "NewOrderList", "FIX.4.0"],
  ["AB", "NewOrderMultileg", "FIX.4.3"],
  ["s", "NewOrderCross", "FIX.4.3"],
  ["K", "ListCancelRequest", "FIX.4.0"],
  ["AC", "MultilegOrderCancelReplace", "FIX.4.3"],
  ["t", "CrossOrderCancelReplaceRequest", "FIX.4.3"],
  ["u", "CrossOrderCancelRequest", "FIX.4.3"],
] as const)("35=%s is refused by name from %s on", async (type, name, since) => {
  for (const version of ALL.filter((one) => atLeast(one, since))) {
    const client = new Client(`U${nameOf(version)}`, gateway.clientPort, { version });
    await client.logon(true);
    client.send(type, [[58, "as it is"]]);
    const reject = await client.wait("a reject", (message) => message.type === "j" || message.type === "3");
    expect([version, reject.get(58)]).toEqual([version, `Unsupported Message Type: ${name} (${type})`]);
    if (atLeast(version, "FIX.4.2")) expect([reject.type, reject.get(372), reject.get(380)]).toEqual(["j", type, "3"]);
    await client.logout();
  }
});
