// Operators find and steer orders, and change limits, while a gateway trades: from outside, through its API.

import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { type Answer, ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A gateway with its venue, and ALICE logged on. */
async function trading(setting: ConstructorParameters<typeof Gateway>[0] = {}) {
  const gateway = new Gateway(setting);
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(() => venue.stop());
  ends.push(() => gateway.remove());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

const why = "as the desk asked";
const ctl = (gateway: Gateway, ...words: string[]) =>
  runToEnd(["ctl", ...words, "--socket", join(gateway.data, "admin.sock")]);

async function account(gateway: Gateway, name = "ACC1"): Promise<Answer> {
  const answer = await ask(gateway, "GET", `/v1/accounts/${name}`);
  expect(answer.status).toBe(200);
  return answer;
}

async function patch(gateway: Gateway, path: string, settings: object, etag?: string): Promise<Answer> {
  const match = etag ?? (await ask(gateway, "GET", path)).headers.get("etag")!;
  return ask(gateway, "PATCH", path, { settings, why }, { "if-match": match });
}

const settingOf = (view: Answer, name: string) =>
  view.body.settings.find((setting: { name: string }) => setting.name === name);

/** Code and name of the refusal of an order, "" where the venue has it. */
async function refusal(client: Client, values: Record<number, string | number> = {}): Promise<string> {
  const report = await client.report(client.order({ 38: 10, 44: "149", ...values }));
  return report.get(150) === "8" ? report.text(58) : "";
}

describe("limits", () => {
  test("a change holds from the next order on, while orders flow, and after a kill -9 in that moment", async () => {
    const { gateway, venue, alice } = await trading({ tables: 'durability = "disk"' });
    let isFlowing = true;
    const flow = (async () => {
      const refused: string[] = [];
      while (isFlowing) refused.push(await refusal(alice, { 38: 400 }));
      return refused;
    })();
    await Bun.sleep(50);
    const answer = await patch(gateway, "/v1/accounts/ACC1", { maxOrderQty: "300" });
    expect([answer.status, answer.body]).toMatchObject([
      200,
      {
        result: "applied",
        old: { maxOrderQty: "100000" },
        new: { maxOrderQty: "300" },
        changes: [{ subject: "account", name: "ACC1", setting: "maxOrderQty", old: "100000", new: "300" }],
      },
    ]);
    await Bun.sleep(50);
    isFlowing = false;
    const reasons = await flow;
    const first = reasons.findIndex((reason) => reason !== "");
    expect(first).toBeGreaterThan(0);
    expect(new Set(reasons.slice(0, first))).toEqual(new Set([""]));
    expect(new Set(reasons.slice(first))).toEqual(
      new Set(["RISK-010 MAX_ORDER_QTY limit=300 value=400 level=ACCOUNT:ACC1"]),
    );
    const last = await patch(gateway, "/v1/accounts/ACC1", { maxOrderQty: "299.5", maxOpenOrders: 9_000 });
    expect(last.body.result).toBe("applied");
    await gateway.crash();
    await gateway.start();
    await venue.waitType(LOGON);
    await alice.logon();
    await alice.settle();
    await venueUp(alice);
    expect(await refusal(alice, { 38: 300 })).toBe("RISK-010 MAX_ORDER_QTY limit=299.5 value=300 level=ACCOUNT:ACC1");
    await gateway.said(
      /INFO {2}limits: maxOrderQty of account ACC1 is 299\.5, set by root at \S+Z; the file says 100000\n/,
    );
    const { value, fileValue, source, by, at, unit } = settingOf(await account(gateway), "maxOrderQty");
    expect({ value, fileValue, source, by, unit }).toEqual({
      value: "299.5",
      fileValue: "100000",
      source: "operator",
      by: "root",
      unit: "quantity",
    });
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const { out } = await runToEnd(["journal", "print", gateway.data]);
    expect(out).toContain(
      "maxOrderQty of account ACC1 is 299.5; maxOpenOrders of account ACC1 is 9000, asked for by root",
    );
    expect(out).toMatch(/asked for account\.change ACC1 .*100000.* .*300.*: as the desk asked/);
    await patch(gateway, "/v1/accounts/ACC1", { maxOrderQty: null });
    expect(settingOf(await account(gateway), "maxOrderQty")).toMatchObject({
      value: "100000",
      source: "file",
      by: null,
    });
    expect(await refusal(alice, { 38: 300 })).toBe("");
  });

  test("several changes are made, or none", async () => {
    const { gateway, alice } = await trading();
    const changes = [
      { subject: "account", name: "ACC1", setting: "maxOrderQty", value: "5" },
      { subject: "symbol", name: "AAPL", setting: "referencePrice", value: "200" },
    ];
    const bad = [
      [404, { subject: "account", name: "NOBODY", setting: "maxOrderQty", value: "5" }],
      [400, { subject: "account", name: "ACC1", setting: "maxOrders", value: "5" }],
      [400, { subject: "account", name: "ACC1", setting: "killed", value: true }],
      [400, { subject: "account", name: "ACC1", setting: "maxOpenOrders", value: 0 }],
      [400, { subject: "account", name: "ACC1", setting: "maxOpenOrders", value: 1.5 }],
      [400, { subject: "account", name: "ACC1", setting: "enabled", value: "yes" }],
      [400, { subject: "symbol", name: "AAPL", setting: "referencePrice", value: "-1" }],
      [400, { subject: "symbol", name: "AAPL", setting: "referencePrice", value: "91999999999" }],
      [412, { subject: "account", name: "FEW", setting: "maxOpenOrders", value: 1, version: "9-0" }],
    ] as const;
    const before = await account(gateway);
    for (const [status, one] of bad) {
      const answer = await ask(gateway, "POST", "/v1/limits", { changes: [...changes, one], why });
      expect([one, answer.status]).toEqual([one, status]);
    }
    expect((await account(gateway)).body).toMatchObject({ version: before.body.version });
    expect(await refusal(alice)).toBe("");
    expect((await ask(gateway, "POST", "/v1/limits", { changes, why })).body).toMatchObject({ result: "applied" });
    expect(await refusal(alice)).toBe("RISK-010 MAX_ORDER_QTY limit=5 value=10 level=ACCOUNT:ACC1");
    expect(await refusal(alice, { 38: 5 })).toStartWith("RISK-012 PRICE_COLLAR");
    expect((await ask(gateway, "POST", "/v1/limits", { changes, why })).body).toMatchObject({ result: "unchanged" });
  });

  test("a change needs the ETag of what it changes", async () => {
    const { gateway } = await trading();
    const etag = (await account(gateway)).headers.get("etag")!;
    const without = await ask(gateway, "PATCH", "/v1/accounts/ACC1", { settings: { maxOpenOrders: 5 }, why });
    expect([without.status, without.body.error.where]).toEqual([428, "header.if-match"]);
    expect((await patch(gateway, "/v1/accounts/ACC1", { maxOpenOrders: 5 }, etag)).status).toBe(200);
    const stale = await patch(gateway, "/v1/accounts/ACC1", { maxOpenOrders: 6 }, etag);
    expect([stale.status, stale.body.error.code]).toEqual([412, "version-differs"]);
    expect(settingOf(await account(gateway), "maxOpenOrders")).toMatchObject({ value: 5 });
    const two = await Promise.all(
      ["7", "8"].map(async (value) => patch(gateway, "/v1/symbols/AAPL", { collarPercent: value })),
    );
    expect(two.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await ask(gateway, "GET", "/v1/accounts/NOBODY")).status).toBe(404);
  });

  test("sallyport ctl shows and changes them", async () => {
    const { gateway, alice } = await trading();
    expect((await ctl(gateway, "accounts")).out).toMatch(/^account +ready +killed .*\nACC1 +true +false/);
    const set = await ctl(gateway, "account", "set", "ACC1", "maxOrderQty", "9", "--why", why);
    expect([set.code, set.err]).toEqual([0, ""]);
    expect(await refusal(alice)).toBe("RISK-010 MAX_ORDER_QTY limit=9 value=10 level=ACCOUNT:ACC1");
    expect((await ctl(gateway, "account", "show", "ACC1")).out).toMatch(
      /\nmaxOrderQty +9 +quantity +100000 +operator +root/,
    );
    expect((await ctl(gateway, "account", "set", "ACC1", "maxOrderQty", "file", "--why", why)).code).toBe(0);
    expect(await refusal(alice)).toBe("");
    const bad = await ctl(gateway, "account", "set", "ACC1", "maxOrderQty", "0", "--why", why);
    expect([bad.code, bad.err]).toEqual([
      1,
      'sallyport: account ACC1: maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got "0" (out-of-range)\n',
    ]);
    expect((await ctl(gateway, "symbols")).out).toMatch(
      /AAPL +true +false +false +150 +configuration +135 +165 +VENUE +true/,
    );
    expect((await ctl(gateway, "kill", "symbol:AAPL", "--why", why)).code).toBe(0);
    expect(await refusal(alice)).toBe("RISK-121 KILL_SWITCH_SYMBOL");
    expect((await ctl(gateway, "kill-switch")).out).toMatch(/firm +false\nsymbol:AAPL +true +root/);
    expect((await ctl(gateway, "lift", "symbol:AAPL", "--why", why)).code).toBe(0);
    expect(await refusal(alice)).toBe("");
  });
});

describe("orders", () => {
  test("are found by any id and by what they are of, page by page", async () => {
    const { gateway, alice } = await trading();
    const bob = new Client("BOB", gateway.clientPort);
    await bob.logon();
    const first = alice.order({ 38: 100, 44: "149.25" });
    const { 37: venueId } = { 37: (await alice.report(first, "0")).text(37) };
    const second = bob.order({ 38: 200, 44: "148" });
    await bob.report(second, "0");
    const replaced = alice.replace(first, { 38: 150, 44: "149.25" });
    await alice.report(replaced, "5");
    const few = alice.order({ 1: "FEW", 38: 10, 44: "149" });
    await alice.report(few, "0");
    const refused = alice.order({ 38: 10, 44: "10" });
    await alice.report(refused, "8");
    const find = async (query: string): Promise<string[]> => {
      const answer = await ask(gateway, "GET", `/v1/orders?${query}`);
      expect([query, answer.status]).toEqual([query, 200]);
      return answer.body.orders.map(({ clOrdId }: { clOrdId: string }) => clOrdId);
    };
    expect(await find("state=open")).toEqual([few, second, replaced]);
    expect(await find(`id=${first}`)).toEqual([replaced]);
    expect(await find(`id=${venueId}`)).toEqual([replaced]);
    expect(await find(`clOrdId=${replaced}&session=ALICE`)).toEqual([replaced]);
    expect(await find(`clOrdId=${replaced}&session=BOB`)).toEqual([]);
    expect(await find("account=FEW&state=open")).toEqual([few]);
    expect(await find("session=BOB")).toEqual([second]);
    expect(await find("symbol=AAPL&venue=VENUE&state=new")).toEqual([few, second, replaced]);
    expect(await find("state=rejected")).toContain(refused);
    for (const nothing of ["account=NOBODY", "symbol=X", "session=X", "venue=X", "id=nothing", "needsAttention=true"])
      expect(await find(nothing)).toEqual([]);
    const pages: string[] = [];
    for (let after = ""; ; ) {
      const { body } = await ask(gateway, "GET", `/v1/orders?state=open&limit=2${after}`);
      pages.push(body.orders.map(({ clOrdId }: { clOrdId: string }) => clOrdId).join());
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(pages).toEqual([`${few},${second}`, replaced]);
    const [view] = (await ask(gateway, "GET", `/v1/orders?id=${first}`)).body.orders;
    expect(view).toMatchObject({
      clOrdIds: [replaced, first],
      session: "ALICE",
      venue: "VENUE",
      account: "ACC1",
      symbol: "AAPL",
      side: "buy",
      type: "limit",
      quantity: "150",
      price: "149.25",
      cumQty: "0",
      leavesQty: "150",
      avgPx: "0",
      state: "new",
      isOpen: true,
      pending: null,
      reserved: "22387.5",
      attention: null,
    });
    expect((await ask(gateway, "GET", `/v1/orders/${view.orderId}`)).body).toEqual(view);
    for (const [path, status] of [
      ["/v1/orders/999999", 404],
      ["/v1/orders/x", 404],
      ["/v1/orders?after=x", 400],
      ["/v1/orders?limit=0", 400],
      ["/v1/orders?state=lost", 400],
      ["/v1/orders?what=1", 400],
    ] as const)
      expect([path, (await ask(gateway, "GET", path)).status]).toEqual([path, status]);
    const table = (await ctl(gateway, "orders", "--state", "open", "--account", "FEW")).out;
    expect(table).toMatch(
      new RegExp(`^order +ClOrdID .*\n *\\d+ +${few} +ALICE +FEW +AAPL +buy +10 +149 +0 +0 +new +VENUE`),
    );
  });

  test("that match are cancelled at their venue, each by a cancel as a client's is", async () => {
    const { gateway, venue, alice } = await trading();
    const bob = new Client("BOB", gateway.clientPort);
    await bob.logon();
    const mine = Array.from({ length: 40 }, () => alice.order({ 38: 7, 44: "149" }));
    for (const id of mine) await alice.report(id, "0");
    const other = bob.order({ 38: 8, 44: "149" });
    await bob.report(other, "0");
    // What the venue gets of a client's own cancel.
    const own = alice.order({ 38: 7, 44: "149" });
    await alice.report(own, "0");
    await alice.report(alice.cancel(own), "4");
    const from = venue.received.length;
    const likeOwn = venue.received.filter((message) => message.get(35) === "F").at(-1)!;
    const answer = await ask(gateway, "POST", "/v1/orders/cancel", { filter: { session: "ALICE" }, why });
    expect(answer.body).toMatchObject({
      result: "applied",
      canceled: { matched: 40, asked: 40, pending: 0, notAsked: [], notAskedCount: 0 },
    });
    for (const id of mine) {
      const report = await alice.wait("the report", (message) => message.get(41) === id && message.get(150) === "4");
      expect(report.get(11)).toMatch(/^OPERATOR-\d+$/);
    }
    const cancels = venue.received.slice(from).filter((message) => message.get(35) === "F");
    expect(cancels).toHaveLength(40);
    const shape = (message: { fields: readonly (readonly [number, string])[] }): string =>
      message.fields
        .filter(([tag]) => ![8, 9, 10, 34, 52, 60, 11, 41, 37].includes(tag))
        .map(([tag, value]) => `${tag}=${value}`)
        .join("|");
    expect(new Set(cancels.map(shape))).toEqual(new Set([shape(likeOwn)]));
    expect((await ask(gateway, "GET", "/v1/orders?state=open")).body.orders).toHaveLength(1);
    const again = await ask(gateway, "POST", "/v1/orders/cancel", { filter: { session: "ALICE" }, why });
    expect(again.body).toMatchObject({ result: "unchanged", canceled: { matched: 0 } });
    venue.stop();
    const [open] = (await ask(gateway, "GET", "/v1/orders?state=open")).body.orders;
    let down: Answer;
    do down = await ask(gateway, "POST", "/v1/orders/cancel", { all: true, why });
    while (down.body.canceled.asked === 1);
    expect(down.body.canceled.matched).toBe(1);
    if (down.body.canceled.pending === 0)
      expect(down.body.canceled.notAsked).toEqual([
        { orderId: open.orderId, reason: "expected venue VENUE to be up, got down" },
      ]);
  });

  test("one is cancelled, another marked dead: its client has the reason, and the books have it no longer", async () => {
    const { gateway, alice } = await trading();
    const [one, dead] = [alice.order({ 38: 7, 44: "149" }), alice.order({ 38: 9, 44: "149" })];
    const [, deadReport] = [await alice.report(one, "0"), await alice.report(dead, "0")];
    const idOf = async (id: string) => (await ask(gateway, "GET", `/v1/orders?id=${id}`)).body.orders[0].orderId;
    expect(deadReport.get(37)).toBe(await idOf(dead));
    const cancel = await ask(gateway, "POST", `/v1/orders/${await idOf(one)}/cancel`, { why });
    expect(cancel.body).toMatchObject({ result: "applied", old: { session: "ALICE", clOrdId: one, state: "new" } });
    await alice.wait("the cancel", (message) => message.get(41) === one && message.get(150) === "4");
    const gone = await ctl(gateway, "order", "dead", await idOf(dead), "--why", "VENUE lost it (call 17)");
    expect([gone.code, gone.err]).toEqual([0, ""]);
    const report = await alice.wait("its end", (message) => message.get(11) === dead && message.get(150) === "4");
    expect([report.get(39), report.get(151), report.get(58)]).toEqual([
      "4",
      "0",
      "CORE-207 DEAD VENUE lost it (call 17)",
    ]);
    expect((await ask(gateway, "GET", "/v1/orders?state=open")).body.orders).toEqual([]);
    const again = await ask(gateway, "POST", `/v1/orders/${await idOf(dead)}/dead`, { why });
    expect([again.status, again.body.error.code]).toEqual([409, "not-open"]);
    const { out } = await runToEnd(["journal", "print", gateway.data]);
    expect(out).toContain(`order ${await idOf(dead)} is closed in the books without its venue`);
    expect(out).toMatch(/asked for order\.dead \d+ .*: VENUE lost it \(call 17\)/);
  });
});

describe("kill switches", () => {
  test("of the firm, an account and a symbol refuse by name, let cancels pass, and stay over a kill -9", async () => {
    const { gateway, venue, alice } = await trading();
    const open = alice.order({ 38: 7, 44: "149" });
    await alice.report(open, "0");
    const put = (scope: string, engaged: boolean, more = {}) =>
      ask(gateway, "PUT", "/v1/kill-switch", { scope, engaged, why, ...more });
    expect((await put("account:ACC1", true)).body).toMatchObject({ result: "applied", old: false, new: true });
    expect((await put("account:ACC1", true)).body).toMatchObject({ result: "unchanged" });
    expect(await refusal(alice)).toBe("RISK-120 KILL_SWITCH_ACCOUNT");
    expect(await refusal(alice, { 1: "FEW" })).toBe("");
    const rejected = await alice.cancelReject(alice.replace(open, { 38: 5, 44: "149" }));
    expect(rejected.get(58)).toBe("RISK-120 KILL_SWITCH_ACCOUNT");
    expect((await put("symbol:AAPL", true, { cancelOpen: true })).body).toMatchObject({
      result: "applied",
      canceled: { matched: 2, asked: 2 },
    });
    expect((await alice.report(open, "4")).text(58)).toStartWith("CORE-229 CANCELED_BY_KILL_SWITCH");
    expect(await refusal(alice, { 1: "FEW" })).toBe("RISK-121 KILL_SWITCH_SYMBOL");
    await put("firm", true);
    await gateway.crash();
    await gateway.start();
    await venue.waitType(LOGON);
    await alice.logon();
    await alice.settle();
    await gateway.said(/WARN {2}limits: the kill switch of symbol AAPL is engaged, set by root at \S+Z\n/);
    const switches = (await ask(gateway, "GET", "/v1/kill-switch")).body;
    expect(switches.map(({ scope, engaged, by }: Record<string, unknown>) => [scope, engaged, by])).toEqual([
      ["firm", true, "root"],
      ["account:ACC1", true, "root"],
      ["symbol:AAPL", true, "root"],
    ]);
    expect(await refusal(alice)).toBe("RISK-002 KILL_SWITCH");
    for (const scope of ["firm", "account:ACC1", "symbol:AAPL"]) expect((await put(scope, false)).status).toBe(200);
    await venueUp(alice);
    expect(await refusal(alice)).toBe("");
    for (const [scope, reason] of [
      ["session:ALICE", "RISK-111 SESSION_CANCEL_ONLY"],
      ["venue:VENUE", "RISK-113 VENUE_CANCEL_ONLY"],
    ] as const) {
      const working = alice.order({ 38: 7, 44: "149" });
      await alice.report(working, "0");
      expect((await put(scope, true)).body).toMatchObject({ result: "applied" });
      expect(await refusal(alice)).toBe(reason);
      const shown = (await ask(gateway, "GET", "/v1/kill-switch")).body;
      expect(shown.map((one: { scope: string }) => one.scope)).toEqual(["firm", scope]);
      await alice.report(alice.cancel(working), "4");
      expect((await put(scope, false)).body).toMatchObject({ result: "applied" });
      expect(await refusal(alice)).toBe("");
    }
    for (const [scope, status] of [
      ["account:NOBODY", 404],
      ["session:NOBODY", 404],
      ["desk:A", 400],
      ["account:", 400],
    ] as const)
      expect([scope, (await put(scope, true)).status]).toEqual([scope, status]);
  });
});
