import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { journalPrint } from "../../../appliance/journal/print.ts";
import { putId } from "../../../src/base/id.ts";
import { NO_PRICE } from "../../../src/base/units.ts";
import { ACCEPTED, MAX_ORDER_QTY, UNKNOWN_ORDER } from "../../../src/core/risk/reason-codes.ts";
import { reasonText } from "../../../src/core/risk/reasons.ts";
import {
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_RECEIVED,
  ENTRY_RESENT,
  ENTRY_SESSION,
  NO_SESSION,
  RECEIVED_GARBLED,
  RECEIVED_MESSAGE,
  RECEIVED_UNREAD,
  SESSION_EVENT_UNRECORDED,
} from "../../../src/journal/layout.ts";
import { REQUEST_CANCEL, REQUEST_NEW } from "../../../src/record/codes.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { Rig, scratchDirectory } from "../../journal/rig.ts";

function at(seconds: number): number {
  return Date.UTC(2026, 10, 24, 1, 2, 3) * 1000 + seconds * 1e6 + 7;
}

function id(rig: Rig, offset: number, text: string): number {
  putId(rig.source, offset, new TextEncoder().encode(text), 0, text.length);
  return text.length;
}

async function printed(dir: string, options: object = {}): Promise<string[]> {
  let text = "";
  const code = await journalPrint(dir, options, (more) => {
    text += more;
    return true;
  });
  expect(code).toBe(0);
  return text.split("\n").slice(0, -1);
}

/** Names of two clients and three venues. */
function nameThree(dir: string): void {
  const path = `${dir}/names.json`;
  const names = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...names, venues: { ARCA: 0, BATS: 1, CBOE: 2 } }));
}

describe("what the core decided", () => {
  test.each([
    [REQUEST_NEW, ACCEPTED, 0, "accepted for ARCA"],
    [REQUEST_NEW, ACCEPTED, 1, "accepted for BATS"],
    [REQUEST_NEW, ACCEPTED, 2, "accepted for CBOE"],
    [REQUEST_NEW, ACCEPTED, 7, "accepted for #7"],
    [REQUEST_NEW, MAX_ORDER_QTY, 0, "refused: RISK-010 MAX_ORDER_QTY"],
    [REQUEST_NEW, MAX_ORDER_QTY, 2, "refused: RISK-010 MAX_ORDER_QTY"],
    [REQUEST_CANCEL, ACCEPTED, 0, "accepted"],
    [REQUEST_CANCEL, UNKNOWN_ORDER, 0, `refused: ${reasonText(UNKNOWN_ORDER)}`],
  ])("of a request of kind %d with reason %d and venue %d is: %s", async (kind, reason, venue, decision) => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path, "core");
    const order = new OrderRequest(rig.source).aim(0);
    order.clear();
    order.kind = kind;
    order.priceE8 = NO_PRICE;
    order.clOrdIdLength = id(rig, order.clOrdIdAt, "ORD-1");
    const made = reason | (venue << 8);
    rig.writer.append(ENTRY_ORDER, 0, 2, at(1), made, 0, rig.sourceAddress, order.length);
    rig.close();
    nameThree(dir.path);
    const [line] = await printed(dir.path);
    expect(line).toEndWith(`|11=ORD-1| (${decision})`);
    const [json] = await printed(dir.path, { format: "json" });
    expect(JSON.parse(json!)).toMatchObject({
      decision,
      direction: "core",
      fix: expect.stringMatching(/\|11=ORD-1\|$/),
    });
  });
});

describe("messages as they came and were sent", () => {
  const evil = "X\n20261124-01:02:03.000000 -> client FIRM2 8=FIX.4.4|\r\x1b[2J\\x0a";
  const raw = (fields: string): string => `8=FIX.4.4|9=50|${fields}10=001|`.replaceAll("|", "\x01");
  const order = raw("35=D|34=2|11=EVIL|").replace("EVIL", evil);
  const shown = `8=FIX.4.4|9=50|35=D|34=2|11=X\\x0a20261124-01:02:03.000000 -> client FIRM2 8=FIX.4.4\\x7c\\x0d\\x1b[2J\\x5cx0a|10=001|`;

  /** Received, decided, sent, received garbled, sent again, and before a Logon. */
  function write(dir: string): void {
    const core = new Rig(dir, "core");
    const record = new OrderRequest(core.source).aim(0);
    record.clear();
    record.kind = REQUEST_NEW;
    record.priceE8 = NO_PRICE;
    record.clOrdIdLength = id(core, record.clOrdIdAt, "A\nB|C");
    core.writer.append(ENTRY_ORDER, 0, 2, at(2), 0, 0, core.sourceAddress, record.length);
    core.close();
    const rig = new Rig(dir, "client0");
    const put = (kind: number, session: number, index: number, seconds: number, text: string): void => {
      rig.source.bytes.set(Buffer.from(text, "latin1"));
      rig.writer.append(kind, session, 2, at(seconds), index, 0, rig.sourceAddress, text.length);
    };
    put(ENTRY_RECEIVED, 0, RECEIVED_MESSAGE, 2, order);
    put(ENTRY_MESSAGE, 0, 1, 2, raw("35=8|34=2|58=a\x7cb|"));
    put(ENTRY_RECEIVED, 0, RECEIVED_GARBLED, 4, "noise\n");
    put(ENTRY_RECEIVED, 0, RECEIVED_UNREAD, 5, raw("35=5|"));
    put(ENTRY_RESENT, 0, 0, 6, raw("35=8|34=2|43=Y|"));
    put(ENTRY_RECEIVED, NO_SESSION, RECEIVED_UNREAD, 7, "GET / HTTP/1.1\r\n");
    rig.source.ints[0] = 3;
    rig.source.doubles[1] = 12_345;
    rig.writer.append(ENTRY_SESSION, NO_SESSION, 0, at(8), SESSION_EVENT_UNRECORDED, 0, rig.sourceAddress, 16);
    rig.close();
  }

  test("stand beside the core's records, in the order of cause and effect, each on one line", async () => {
    using dir = scratchDirectory();
    write(dir.path);
    expect((await printed(dir.path)).map((line) => line.slice("20261124-".length))).toEqual([
      `01:02:05.000007 <- client FIRM1 ${shown}`,
      "01:02:05.000007 == client FIRM1 35=D|34=2|49=FIRM1|56=GATEWAY|11=A\\x0aB\\x7cC| (accepted for ARCA)",
      "01:02:05.000007 -> client FIRM1 8=FIX.4.4|9=50|35=8|34=2|58=a|b|10=001|",
      "01:02:07.000007 <- client FIRM1 (garbled) noise\\x0a",
      "01:02:08.000007 <- client FIRM1 (not read) 8=FIX.4.4|9=50|35=5|10=001|",
      "01:02:09.000007 -> client FIRM1 8=FIX.4.4|9=50|35=8|34=2|43=Y|10=001|",
      "01:02:10.000007 <- gateway (before a Logon) GET / HTTP/1.1\\x0d\\x0a",
      "01:02:11.000007 ** gateway more came than the journal keeps: 3 more times, 12345 bytes, are only counted",
    ]);
  });

  test("say in JSON what was not taken, and why", async () => {
    using dir = scratchDirectory();
    write(dir.path);
    const facts = (await printed(dir.path, { format: "json" })).map((line) => JSON.parse(line));
    expect(facts.map(({ kind, direction, skipped }) => [kind, direction, skipped])).toEqual([
      ["received", "in", undefined],
      ["order", "core", undefined],
      ["message", "out", undefined],
      ["received", "in", "garbled"],
      ["received", "in", "not read"],
      ["resent", "out", undefined],
      ["received", "in", "before a Logon"],
      ["session", "event", undefined],
    ]);
    expect(facts[0].fix).toBe(shown);
  });

  test("are what an export has, without records of them, and none can be forged", async () => {
    using dir = scratchDirectory();
    write(dir.path);
    expect(await printed(dir.path, { format: "fix" })).toEqual([
      order.replaceAll("\\", "\\x5c").replace("\n", "\\x0a").replace("\r", "\\x0d").replace("\x1b", "\\x1b"),
      raw("35=8|34=2|58=a\x7cb|"),
      "noise\\x0a",
      raw("35=5|"),
      raw("35=8|34=2|43=Y|"),
      "GET / HTTP/1.1\\x0d\\x0a",
    ]);
  });
});

describe("cause and effect", () => {
  test("a message is before the core's record of it, also where both times are of one turn, or of lanes a turn apart", async () => {
    using dir = scratchDirectory();
    const client = new Rig(dir.path, "client0");
    const put = (kind: number, sequence: number, us: number): void => {
      const text = `8=FIX.4.4|35=${kind === ENTRY_RECEIVED ? "D" : "8"}|34=${sequence}|`.replaceAll("|", "\x01");
      client.source.bytes.set(Buffer.from(text, "latin1"));
      client.writer.append(kind, 0, sequence, 1e15 + us, 0, 0, client.sourceAddress, text.length);
    };
    put(ENTRY_RECEIVED, 1, 0);
    put(ENTRY_MESSAGE, 1, 10);
    put(ENTRY_RECEIVED, 2, 10);
    put(ENTRY_RECEIVED, 3, 25);
    put(ENTRY_MESSAGE, 2, 30);
    put(ENTRY_RECEIVED, 4, 5000);
    client.close();
    const core = new Rig(dir.path, "core");
    const record = new OrderRequest(core.source).aim(0);
    record.clear();
    record.kind = REQUEST_NEW;
    record.priceE8 = NO_PRICE;
    for (const [sequence, us] of [
      [1, 0],
      [2, 10],
      [3, 20],
      [4, 2000],
    ] as const)
      core.writer.append(ENTRY_ORDER, 0, sequence, 1e15 + us, 0, 0, core.sourceAddress, record.length);
    core.close();
    const shown = (await printed(dir.path)).map((line) => /(<-|->|==).*\|34=(\d)/.exec(line)!.slice(1).join(""));
    // What is too far apart is no matter of a turn.
    expect(shown).toEqual(["<-1", "==1", "->1", "<-2", "==2", "<-3", "==3", "->2", "==4", "<-4"]);
  });
});
