import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Message } from "../../src/counterparty/message.ts";
import type { ReportKind } from "../../src/operation/reports.ts";
import { COLUMNS } from "../../src/reports/day-rows.ts";
import { until } from "../eventually.ts";
import { fieldsOf } from "../reports/csv.ts";
import { parquetRows } from "../reports/parquet.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

type Row = Record<string, string | number | boolean | null>;

const gateway = new Gateway();
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);
const bob = new Client("BOB", gateway.clientPort);
/** ClOrdIDs of what was done, by what it is. */
const ids: Record<string, string> = {};

/** A day with an order of every end, two sessions, refusals of both sides, and an operator's note. */
beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await alice.logon();
  await bob.logon();
  await venueUp(alice);
  ids.filled = alice.order({ 38: 300, 44: "150.25" });
  const filled = await venue.orderOf(300);
  venue.fill(filled, 100, "150.2");
  venue.fill(filled, 200, "150.25");
  await alice.report(ids.filled, "F");
  ids.partly = bob.order({ 38: 501, 59: 1 });
  venue.fill(await venue.orderOf(501), 1, "149.5");
  await bob.report(ids.partly, "F");
  ids.replaced = bob.replace(ids.partly, { 38: 502, 44: "149", 59: 1 });
  await bob.report(ids.replaced, "5");
  ids.canceled = alice.order({ 38: 77 });
  await alice.report(ids.canceled, "0");
  ids.cancel = alice.cancel(ids.canceled);
  await alice.report(ids.cancel, "4");
  ids.busted = alice.order({ 38: 10, 54: 2, 44: "151" });
  const busted = await venue.orderOf(10);
  venue.fill(busted, 4, "151");
  venue.bust(busted, busted.trades[0]!);
  await alice.report(ids.busted, "H");
  ids.tooMany = alice.order({ 38: 200_000 });
  await alice.report(ids.tooMany, "8");
  ids.farAway = alice.order({ 38: 5, 44: "=300" });
  await alice.waitType("3");
  venue.acknowledges = false;
  ids.refused = alice.order({ 38: 33 });
  venue.refuse(await venue.orderOf(33), "=cmd|' /C calc'!A0");
  await alice.report(ids.refused, "8");
  venue.acknowledges = true;
  await ask(gateway, "POST", "/v1/notes", { why: "VENUE busted 4 of AAPL by telephone" });
  gateway.signal("SIGUSR1");
  await gateway.said(/engaged \(SIGUSR1\)/);
  ids.killed = bob.order({ 38: 6 });
  await bob.report(ids.killed, "8");
  gateway.signal("SIGUSR2");
  await gateway.said(/released \(SIGUSR2\)/);
  await bob.logout();
});

afterAll(async () => {
  venue.stop();
  alice.drop();
  expect([...venue.faults, ...alice.faults, ...bob.faults]).toEqual([]);
  await gateway.remove();
});

async function report(kind: ReportKind): Promise<Row[]> {
  const { status, body } = await ask(gateway, "GET", `/v1/reports/${kind}`);
  expect([status, body.kind]).toEqual([200, kind]);
  return body.rows as Row[];
}

const of = (rows: readonly Row[], clOrdId: string): Row => rows.find((row) => row.clOrdId === clOrdId)!;

/** The last report that a client got about an order of its own. */
function lastOf(client: Client, clOrdId: string): Message {
  const first = client.received.find((message) => message.type === "8" && message.get(11) === clOrdId)!;
  return client.received.findLast((message) => message.type === "8" && message.get(37) === first.get(37))!;
}

const number = (text: string | undefined): number => Number(text ?? Number.NaN);

describe("reports of a running gateway's day", () => {
  test("orders: each as its client was told last", async () => {
    const rows = await report("orders");
    const sent = [alice, bob].flatMap((client) =>
      client.received
        .filter((message) => message.type === "8" && message.get(150) !== "8")
        .map((message) => message.get(37)),
    );
    expect(rows.filter(({ orderId }) => orderId !== null && sent.includes(String(orderId))).length).toBe(
      new Set(sent).size,
    );
    const words: Record<string, string> = { "0": "new", "1": "partially-filled", "2": "filled", "4": "canceled" };
    for (const [name, client] of [
      ["filled", alice],
      ["partly", bob],
      ["canceled", alice],
      ["busted", alice],
    ] as const) {
      const row = of(rows, ids[name]!);
      const last = lastOf(client, ids[name]!);
      expect(row.orderId).toBe(last.get(37)!);
      expect(row.session).toBe(client.compId);
      expect(row.state).toBe(words[last.text(39)]!);
      expect([number(row.quantity as string), number(row.cumQty as string), number(row.leavesQty as string)]).toEqual([
        number(last.get(38)),
        number(last.get(14)),
        number(last.get(151)),
      ]);
      if (row.cumQty !== "0") expect(number(row.avgPx as string)).toBeCloseTo(number(last.get(6)), 8);
    }
    expect(of(rows, ids.partly!)).toMatchObject({ price: "149", timeInForce: "gtc", currentClOrdId: ids.replaced! });
    expect(of(rows, ids.tooMany!)).toMatchObject({ state: "refused", reason: "RISK-010 MAX_ORDER_QTY", orderId: null });
    expect(of(rows, ids.refused!)).toMatchObject({ state: "rejected", venue: "VENUE" });
    expect(of(rows, ids.killed!)).toMatchObject({ state: "refused", reason: "RISK-002 KILL_SWITCH" });
  });

  test("executions: each trade and bust that the venue sent, and no other", async () => {
    const rows = await report("executions");
    const trades = venue.orders.flatMap((order) => order.trades.map((trade) => ({ order, trade })));
    expect(rows.filter(({ kind }) => kind === "trade").length).toBe(trades.length);
    for (const { order, trade } of trades)
      expect(
        rows.find(({ execId }) => execId === trade.execId) ?? rows.find(({ execRefId }) => execRefId === trade.execId),
      ).toMatchObject({
        venue: "VENUE",
        venueOrderId: order.orderId,
        account: "ACC1",
        symbol: "AAPL",
        lastQty: String(trade.quantity),
        lastPx: trade.price,
        applied: true,
      });
    const busts = rows.filter(({ kind }) => kind === "bust");
    expect(busts.map(({ clOrdId, lastQty }) => [clOrdId, lastQty])).toEqual([[ids.busted!, "4"]]);
  });

  test("rejects and breaches: of checks, of the venue, and of a message as such", async () => {
    const rejects = await report("rejects");
    expect(of(rejects, ids.tooMany!)).toMatchObject({
      by: "gateway",
      party: "ALICE",
      what: "new",
      code: "RISK-010 MAX_ORDER_QTY",
    });
    expect(of(rejects, ids.refused!)).toMatchObject({ by: "venue", party: "VENUE", text: "=cmd|' /C calc'!A0" });
    const message = alice.received.find(({ type }) => type === "3")!;
    expect(rejects.find(({ what }) => what === "message 35=D")).toMatchObject({
      by: "gateway",
      party: "ALICE",
      code: message.get(373)!,
      text: message.get(58)!,
    });
    const breaches = await report("breaches");
    expect(breaches.map(({ clOrdId, limit, quantity }) => [clOrdId, limit, quantity])).toEqual([
      [ids.tooMany!, "RISK-010 MAX_ORDER_QTY", "200000"],
    ]);
  });

  test("open orders good till canceled, operators' actions, limit changes", async () => {
    expect((await report("open-gtc")).map(({ clOrdId, leavesQty }) => [clOrdId, leavesQty])).toEqual([
      [ids.partly!, "501"],
    ]);
    const actions = await report("operator-actions");
    expect(actions.map(({ action, text }) => action ?? text)).toEqual([
      "note.add",
      "kill switch engaged, asked for by SIGUSR1",
      "kill switch released, asked for by SIGUSR2",
    ]);
    expect(actions[0]).toMatchObject({ who: "root", why: "VENUE busted 4 of AAPL by telephone", result: "applied" });
    const changes = await report("limit-changes");
    expect(changes.map(({ setting, value, by }) => [setting, value, by])).toEqual([
      ["killed", "true", "SIGUSR1"],
      ["killed", "false", "SIGUSR2"],
    ]);
  });

  test("sessions: what went each way, counted by the peers", async () => {
    const rows = await report("sessions");
    expect(rows.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["client ALICE", "client BOB", "venue VENUE"]);
    const row = rows[1]!;
    expect([row.received, row.sent]).toEqual([bob.nextOut - 1, bob.received.length]);
    expect([row.logons, row.disconnects, row.orders, row.replaces, row.refused]).toEqual([1, 1, 2, 1, 1]);
    expect(rows[2]).toMatchObject({ logons: 1, orders: 0 });
  });

  test("are the same rows on the command line, in every format", async () => {
    const day = (await ask(gateway, "GET", "/v1/reports/orders")).body.day as string;
    const out = join(gateway.directory, "reports");
    mkdirSync(out);
    const rows = await report("executions");
    for (const format of ["json", "csv", "parquet"] as const) {
      const file = join(out, `executions.${format}`);
      const words = ["report", "executions", "--config", gateway.configFile, "--data", gateway.data, "--day", day];
      const ended = await runToEnd([...words, "--format", format, "--out", file]);
      expect([ended.code, ended.out]).toEqual([0, ""]);
      expect(ended.err).toBe(`sallyport: ${file}: executions of ${day}, ${rows.length} rows\n`);
      const bytes = readFileSync(file);
      const names = COLUMNS.executions.map(({ name }) => name);
      if (format === "json") expect(JSON.parse(bytes.toString()).rows).toEqual(rows as never);
      else if (format === "parquet") expect(await parquetRows(bytes, COLUMNS.executions)).toEqual(rows);
      else
        expect(fieldsOf(bytes.toString()).slice(1)).toEqual(
          rows.map((row) => names.map((name) => String(row[name] ?? ""))),
        );
    }
    const rejects = await runToEnd(["report", "rejects", "--config", gateway.configFile, "--data", gateway.data]);
    expect(rejects.out).toContain(`,'=cmd|' /C calc'!A0\r\n`);
    const bad = await runToEnd(["report", "trades", "--config", gateway.configFile]);
    expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("expected one of orders, executions")]);
  });
});

describe("a venue's drop copy", () => {
  const reconciled = (file: string, ...words: string[]) =>
    runToEnd([
      ...["reconcile", file, "--config", gateway.configFile, "--data", gateway.data, "--venue", "VENUE"],
      ...["--columns", "execId=ExecID,orderId=OrderID,quantity=Qty,price=Px,side=Side,symbol=Instrument", ...words],
    ]);

  test("is compared with the journal: nothing differs, or exactly what was planted", async () => {
    const rows = venue.orders.flatMap((order) =>
      order.trades
        .filter(({ busted }) => !busted)
        .map(({ execId, quantity, price }) => [execId, order.orderId, quantity, price, order.side, order.symbol]),
    );
    expect(rows.length).toBe(3);
    const file = join(gateway.directory, "drop-copy.csv");
    const write = (lines: readonly (readonly unknown[])[]) =>
      Bun.write(file, ["ExecID,OrderID,Qty,Px,Side,Instrument", ...lines.map((line) => line.join(","))].join("\n"));
    await write(rows);
    const same = await reconciled(file);
    expect([same.code, same.out, same.err]).toEqual([0, "", expect.stringContaining("3 executions in")]);
    const [first, second, third] = rows;
    await write([first!.with(2, 99), second!.with(3, "150.24"), ["STRANGE", ...third!.slice(1)]]);
    const out = join(gateway.directory, "differences.csv");
    const ended = await reconciled(file, "--out", out);
    expect([ended.code, ended.err]).toEqual([3, expect.stringContaining("; 4 differences\n")]);
    const [names, ...found] = fieldsOf(readFileSync(out, "utf8"));
    const column = (line: string[], name: string): string => line[names!.indexOf(name)]!;
    expect(found.map((line) => [column(line, "difference"), column(line, "execId"), column(line, "remark")])).toEqual([
      ["different", String(first![0]), "quantity"],
      ["different", String(second![0]), "price"],
      ["missing here", "STRANGE", ""],
      ["missing there", String(third![0]), ""],
    ]);
    expect((await reconciled(file)).out.split("\n").length).toBe(6);
  });
});

describe("the journal of a running gateway", () => {
  test("a timeline has the bytes of both peers, and stages that add up", async () => {
    const { body } = await ask(gateway, "GET", `/v1/orders/${ids.partly}/timeline`);
    const { out } = await runToEnd(["journal", "order", ids.partly!, gateway.data, "--json"]);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(body.entries.map(({ fix }: Row) => fix)).toEqual(lines.map(({ fix }) => fix));
    const got = venue.received.find((message) => message.get(38) === "501")!;
    const sent = body.entries.find(({ party, direction }: Row) => party === "venue" && direction === "out");
    expect(sent.fix).toBe(String(got));
    expect(body.requests.map(({ kind, clOrdId }: Row) => [kind, clOrdId])).toEqual([
      ["new", ids.partly],
      ["replace", ids.replaced],
    ]);
    for (const { stages } of body.requests) {
      const { decideUs, sendUs, venueUs, answerUs, totalUs } = stages;
      for (const us of [decideUs, sendUs, venueUs, answerUs]) expect(us).toBeNumber();
      expect(decideUs + sendUs + venueUs + answerUs).toBe(totalUs);
    }
    expect((await ask(gateway, "GET", "/v1/orders/NOBODY/timeline")).status).toBe(404);
    const shown = await runToEnd(["ctl", "timeline", ids.partly!, "--socket", join(gateway.data, "admin.sock")]);
    expect([shown.code, shown.out.trim().split("\n").length]).toEqual([0, body.entries.length + 1]);
  });

  test("pages: by order, by kind, one behind the other; wrong questions are answered in words", async () => {
    const all = (await ask(gateway, "GET", "/v1/journal?limit=1000")).body;
    expect(all.next).toBeNull();
    const found: Row[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const { body } = await ask(gateway, "GET", `/v1/journal?limit=7${after === "" ? "" : `&after=${after}`}`);
      found.push(...body.entries);
      after = body.next;
    }
    const name = ({ stream, position }: Row): string => `${stream} ${position}`;
    expect(found.slice(0, all.entries.length).map(name).sort()).toEqual(all.entries.map(name).sort());
    const ofOrder = (await ask(gateway, "GET", `/v1/journal?order=${ids.filled}&type=report`)).body.entries;
    expect(ofOrder.length).toBe(3);
    for (const [query, where] of [
      ["from=noon", "query.from"],
      ["type=trade", "query.type"],
    ] as const) {
      const { status, body } = await ask(gateway, "GET", `/v1/journal?${query}`);
      expect([status, body.error.where]).toEqual([400, where]);
    }
    const nobody = await ask(gateway, "GET", "/v1/journal?session=NOBODY");
    expect([nobody.status, nobody.body.error.message]).toEqual([
      400,
      "session: expected one of ALICE, BOB, VENUE, got NOBODY",
    ]);
  });

  test("its stream has what comes from now on; the fifth listener is refused; a listener that goes frees its place", async () => {
    const open = () =>
      fetch("http://localhost/v1/journal/stream?session=ALICE&type=received", {
        unix: join(gateway.data, "admin.sock"),
      });
    const listeners = await Promise.all([open(), open(), open(), open()]);
    const fifth = await open();
    expect([fifth.status, await fifth.json()]).toMatchObject([429, { error: { code: "busy" } }]);
    const clOrdId = alice.order({ 38: 11 });
    for (const listener of listeners) {
      expect(listener.headers.get("content-type")).toBe("text/event-stream");
      let text = "";
      for await (const chunk of listener.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        if (text.includes(`|11=${clOrdId}|`)) break;
      }
      expect(text).toContain("event: entry\ndata: {");
    }
    await until("a free place", async () => {
      const again = await open();
      const isFree = again.status === 200;
      await again.body?.cancel();
      return isFree;
    });
  });
});
