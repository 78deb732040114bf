import { describe, expect, spyOn, test } from "bun:test";
import { closeSync, openSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { journalPrint } from "../../../appliance/journal/print.ts";
import { journalVerify } from "../../../appliance/journal/verify.ts";
import { DisconnectReason, describeDisconnect } from "../../../src/base/disconnect-reason.ts";
import { putId } from "../../../src/base/id.ts";
import { NO_PRICE } from "../../../src/base/units.ts";
import { MAX_ORDER_QTY } from "../../../src/core/risk/reason-codes.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_REPORT,
  ENTRY_SESSION,
  SEGMENT_HEADER_BYTES,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_LOGON,
  segmentFile,
} from "../../../src/journal/layout.ts";
import {
  EXEC_TRADE,
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REPORT_VENUE_UP,
  REQUEST_CANCEL,
  REQUEST_NEW,
  RESPONSE_TO_CANCEL,
  SIDE_BUY,
  STATUS_NEW,
  STATUS_PARTIALLY_FILLED,
  TIF_DAY,
  TYPE_LIMIT,
} from "../../../src/record/codes.ts";
import { Control } from "../../../src/record/control.ts";
import { CONTROL_KILL } from "../../../src/record/control-codes.ts";
import { ExecutionReport } from "../../../src/record/execution-report.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { Rig, scratchDirectory } from "../../journal/rig.ts";
import { units } from "../../numbers.ts";

const SECOND = 1_000_000;
const START_US = Date.UTC(2026, 10, 24, 1, 2, 3) * 1000;

function at(seconds: number): number {
  return START_US + seconds * SECOND + 7;
}

function id(rig: Rig, offset: number, text: string): number {
  putId(rig.source, offset, new TextEncoder().encode(text), 0, text.length);
  return text.length;
}

/** Orders and reports as the core journals them. */
function writeCore(dir: string): void {
  const rig = new Rig(dir, "core");
  const order = new OrderRequest(rig.source).aim(0);
  const put = (
    kind: number,
    session: number,
    sequence: number,
    seconds: number,
    index: number,
    bytes: number,
  ): void => {
    rig.writer.append(kind, session, sequence, at(seconds), index, 0, rig.sourceAddress, bytes);
  };
  order.clear();
  order.kind = REQUEST_NEW;
  order.side = SIDE_BUY;
  order.ordType = TYPE_LIMIT;
  order.timeInForce = TIF_DAY;
  order.quantity = units(300);
  order.priceE8 = 15_025_000_000n;
  order.clOrdIdLength = id(rig, order.clOrdIdAt, "ORD-1");
  order.accountLength = id(rig, order.accountAt, "ACC1");
  order.symbolLength = id(rig, order.symbolAt, "AAPL");
  put(ENTRY_ORDER, 0, 2, 2, 0, order.length);
  put(ENTRY_ORDER, 1, 2, 3, MAX_ORDER_QTY, order.length);
  order.clear();
  order.kind = REQUEST_CANCEL;
  order.side = SIDE_BUY;
  order.priceE8 = NO_PRICE;
  order.clOrdIdLength = id(rig, order.clOrdIdAt, "ORD-1C");
  order.origClOrdIdLength = id(rig, order.origClOrdIdAt, "ORD-1");
  order.symbolLength = id(rig, order.symbolAt, "AAPL");
  put(ENTRY_ORDER, 0, 3, 6, 0, order.length);
  writeReports(rig, put);
  const control = new Control(rig.source).aim(0);
  rig.source.bytes.fill(0, 0, 64);
  control.kind = CONTROL_KILL;
  control.value = 1;
  put(ENTRY_CONTROL, 0, 0, 9, 0, 64);
  rig.close();
}

type Put = (kind: number, session: number, sequence: number, seconds: number, index: number, bytes: number) => void;

function writeReports(rig: Rig, put: Put): void {
  const report = new ExecutionReport(rig.source).aim(0);
  report.clear();
  report.kind = REPORT_VENUE_UP;
  put(ENTRY_REPORT, 0, 0, 6.5, 0, report.inboundLength);
  report.clear();
  report.kind = REPORT_EXECUTION;
  report.execType = EXEC_TRADE;
  report.ordStatus = STATUS_PARTIALLY_FILLED;
  report.priceE8 = NO_PRICE;
  report.lastQty = units(100);
  report.lastPxE8 = 15_000_000_000n;
  report.cumQty = units(100);
  report.leavesQty = units(200);
  report.number = 5;
  report.slot = 9;
  report.orderIdLength = id(rig, report.orderIdAt, "V77");
  report.execIdLength = id(rig, report.execIdAt, "E1");
  put(ENTRY_REPORT, 0, 4, 7, 0, report.inboundLength);
  report.clear();
  report.kind = REPORT_CANCEL_REJECT;
  report.ordStatus = STATUS_NEW;
  report.cxlRejResponseTo = RESPONSE_TO_CANCEL;
  report.cxlRejReason = 1;
  report.number = 5;
  report.requestNumber = 6;
  report.slot = 9;
  report.orderIdLength = id(rig, report.orderIdAt, "V77");
  put(ENTRY_REPORT, 0, 5, 8, 0, report.inboundLength);
}

/** What a session agent journals: its Logon, a logon event, another message, a disconnect. */
function writeSide(dir: string, stream: string, their: string): void {
  const rig = new Rig(dir, stream);
  const send = (text: string, sequence: number, seconds: number): void => {
    const bytes = new TextEncoder().encode(text.replaceAll("|", "\x01"));
    rig.source.bytes.set(bytes);
    rig.writer.append(ENTRY_MESSAGE, 0, sequence, at(seconds), 0, 0, rig.sourceAddress, bytes.length);
  };
  const event = (code: number, seconds: number, words: number[]): void => {
    rig.source.ints.set(words);
    rig.writer.append(ENTRY_SESSION, 0, words[1]!, at(seconds), code, 0, rig.sourceAddress, 12);
  };
  send(`8=FIX.4.4|9=50|35=A|34=1|49=SALLY|56=${their}|98=0|108=30|10=123|`, 1, 0.5);
  event(SESSION_EVENT_LOGON, 1, [2, 0, 0]);
  send(`8=FIX.4.4|9=50|35=8|34=2|49=SALLY|56=${their}|58=caf\xe9\x1b[2J|10=001|`, 2, 5);
  event(SESSION_EVENT_DISCONNECT, 20, [3, 4, DisconnectReason.SLOW]);
  rig.close();
}

function writeAll(dir: string): void {
  writeCore(dir);
  writeSide(dir, "client0", "FIRM-ONE");
  writeSide(dir, "venue0", "ARCA-IN");
}

async function printed(dir: string, options: object = {}): Promise<{ lines: string[]; code: number; said: string }> {
  let text = "";
  const spy = spyOn(console, "error").mockImplementation(() => {});
  const code = await journalPrint(dir, options, (more) => {
    text += more;
    return true;
  });
  const said = spy.mock.calls.flat().join("\n");
  spy.mockRestore();
  return { lines: text.split("\n").slice(0, -1), code, said };
}

async function verified(dir: string): Promise<{ text: string; code: number; said: string }> {
  let text = "";
  const spy = spyOn(console, "error").mockImplementation(() => {});
  const code = await journalVerify(dir, (more) => {
    text += more;
    return true;
  });
  const said = spy.mock.calls.flat().join("\n");
  spy.mockRestore();
  return { text, code, said };
}

/** Changes a byte of the second entry's payload in the core's stream. */
function damage(dir: string): string {
  const path = `${dir}/${segmentFile("core", 1)}`;
  const fd = openSync(path, "r+");
  writeSync(fd, "!", SEGMENT_HEADER_BYTES + 208 + 60);
  closeSync(fd);
  return path;
}

describe("journal print", () => {
  test("shows all streams by time, one line an entry, as FIX", async () => {
    using dir = scratchDirectory();
    writeAll(dir.path);
    const { lines, code, said } = await printed(dir.path);
    expect(said).toBe("");
    expect(code).toBe(0);
    const birth = JSON.parse(await Bun.file(`${dir.path}/names.json`).text())
      .birth.toString(36)
      .toUpperCase();
    const message = (kind: string, their: string): string[] => [
      `20261124-01:02:03.500007 -> ${kind} 8=FIX.4.4|9=50|35=A|34=1|49=SALLY|56=${their}|98=0|108=30|10=123|`,
      `20261124-01:02:04.000007 ** ${kind} logged on (next out 2)`,
      // Two bytes of UTF-8, and what would have cleared the screen.
      `20261124-01:02:08.000007 -> ${kind} 8=FIX.4.4|9=50|35=8|34=2|49=SALLY|56=${their}|58=caf\\xc3\\xa9\\x1b[2J|10=001|`,
      `20261124-01:02:23.000007 ** ${kind} disconnected (next out 3, next in 4): ${describeDisconnect(DisconnectReason.SLOW)}`,
    ];
    const client = message("client FIRM1", "FIRM-ONE");
    const venue = message("venue ARCA", "ARCA-IN");
    expect(lines).toEqual([
      client[0]!,
      venue[0]!,
      client[1]!,
      venue[1]!,
      "20261124-01:02:05.000007 == client FIRM1 35=D|34=2|49=FIRM-ONE|56=SALLY|11=ORD-1|1=ACC1|55=AAPL|54=1|38=300|40=2|44=150.25|59=0| (accepted for ARCA)",
      "20261124-01:02:06.000007 == client FIRM2 35=D|34=2|49=FIRM2|56=GATEWAY|11=ORD-1|1=ACC1|55=AAPL|54=1|38=300|40=2|44=150.25|59=0| (refused: RISK-010 MAX_ORDER_QTY)",
      client[2]!,
      venue[2]!,
      "20261124-01:02:09.000007 == client FIRM1 35=F|34=3|49=FIRM-ONE|56=SALLY|11=ORD-1C|41=ORD-1|55=AAPL|54=1| (accepted)",
      "20261124-01:02:09.500007 ** venue ARCA is up",
      `20261124-01:02:10.000007 == venue ARCA 35=8|34=4|49=ARCA-IN|56=SALLY|11=${birth}-5-9|37=V77|17=E1|150=F|39=1|32=100|31=150|151=200|14=100|`,
      `20261124-01:02:11.000007 == venue ARCA 35=9|34=5|49=ARCA-IN|56=SALLY|11=${birth}-6-9|41=${birth}-5-9|37=V77|39=0|434=1|102=1|`,
      "20261124-01:02:12.000007 ** gateway kill switch engaged",
      client[3]!,
      venue[3]!,
    ]);
  });

  test("shows one stream, or one session", async () => {
    using dir = scratchDirectory();
    writeAll(dir.path);
    const stream = await printed(dir.path, { stream: "venue0" });
    expect(stream.lines).toHaveLength(4);
    expect(stream.lines.every((line) => line.includes(" venue ARCA "))).toBe(true);
    const session = await printed(dir.path, { session: "FIRM2" });
    expect(session.lines).toHaveLength(1);
    expect(await printed(dir.path, { stream: "venue9" })).toMatchObject({
      code: 1,
      said: `sallyport: ${dir.path}: no stream venue9; there are: core, client0, venue0`,
    });
    expect(await printed(dir.path, { session: "X" })).toMatchObject({
      code: 1,
      said: `sallyport: ${dir.path}: no session X; there are: FIRM1, FIRM2, ARCA`,
    });
  });

  test("shows what stands before a damage, then names it", async () => {
    using dir = scratchDirectory();
    writeAll(dir.path);
    const path = damage(dir.path);
    const { lines, code, said } = await printed(dir.path);
    expect(code).toBe(1);
    expect(lines).toHaveLength(5);
    expect(said).toContain(`${path}: the entry is damaged at offset ${SEGMENT_HEADER_BYTES + 200}`);
  });

  test("works beside a gateway that writes, and ends quietly when nobody reads on", async () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path, "client0");
    for (let sequence = 1; sequence <= 3000; sequence++) {
      if (sequence % 100 === 0) rig.settle();
      rig.message(0, sequence, 200);
    }
    rig.settle();
    expect((await printed(dir.path)).lines).toHaveLength(3000);
    let calls = 0;
    const code = await journalPrint(dir.path, {}, () => {
      calls++;
      return false;
    });
    expect([code, calls]).toEqual([0, 1]);
    rig.abandon();
  });

  test("does not fill memory with what it prints", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path, "client0", { segmentBytes: 16 << 20 });
    rig.settle();
    rig.source.bytes.fill(0x35, 0, 300);
    const count = 400_000;
    for (let sequence = 1; sequence <= count; sequence++) {
      if (sequence % 1000 === 0) rig.settle();
      rig.writer.append(ENTRY_MESSAGE, 0, sequence, START_US, 0, 0, rig.sourceAddress, 300);
    }
    rig.close();
    const main = join(import.meta.dir, "../../../appliance/journal/print.ts");
    const source = `
      const { journalPrint } = await import(${JSON.stringify(main)});
      const code = await journalPrint(process.argv[1], {});
      console.error(code, Math.round(process.memoryUsage.rss() / 1048576));`;
    const child = Bun.spawnSync(["bash", "-c", `"$0" -e "$1" "$2" | wc -l`, process.execPath, source, dir.path]);
    expect(Number(child.stdout.toString())).toBe(count);
    const [code, mebibytes] = child.stderr.toString().split(" ").map(Number);
    expect(code).toBe(0);
    // It prints 140 MB.
    expect(mebibytes).toBeLessThan(200);
  }, 60_000);
});

describe("journal export", () => {
  test("of a journal without received bytes has the core's records, which is all there is", async () => {
    using dir = scratchDirectory();
    writeAll(dir.path);
    const { lines } = await printed(dir.path, { format: "fix" });
    expect(lines.filter((line) => line.startsWith("35=")).length).toBe(5);
  });
});

describe("journal verify", () => {
  test("says of each stream what it holds", async () => {
    using dir = scratchDirectory();
    writeAll(dir.path);
    const { text, code, said } = await verified(dir.path);
    expect(said).toBe("");
    expect(code).toBe(0);
    expect(text.split("\n")).toEqual([
      "client0: 4 entries in 1 segment, all whole, 20261124-01:02:03.500007 to 20261124-01:02:23.000007",
      "core: 7 entries in 1 segment, all whole, 20261124-01:02:05.000007 to 20261124-01:02:12.000007",
      "venue0: 4 entries in 1 segment, all whole, 20261124-01:02:03.500007 to 20261124-01:02:23.000007",
      "",
    ]);
  });

  test("names file and offset of a damage, and goes on with the other streams", async () => {
    using dir = scratchDirectory();
    writeAll(dir.path);
    const path = damage(dir.path);
    const { text, code, said } = await verified(dir.path);
    expect(code).toBe(1);
    expect(said).toContain(`${path}: the entry is damaged at offset ${SEGMENT_HEADER_BYTES + 200}`);
    expect(text).toMatch(/^client0: 4 .*\nvenue0: 4 .*\n$/);
  });

  test("tells of a torn tail, which is no damage, and changes nothing", async () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    rig.message(0, 1, 200);
    const { position, segmentBytes } = rig.writer;
    rig.abandon();
    const fd = openSync(`${dir.path}/core-00000001.journal`, "r+");
    writeSync(fd, new Uint8Array(100).fill(0x41), 0, 100, position - segmentBytes + 20);
    closeSync(fd);
    const before = readdirSync(dir.path).sort();
    const { text, code } = await verified(dir.path);
    expect(code).toBe(0);
    expect(text).toContain("core: 1 entry in 1 segment, all whole");
    expect(text).toContain(`notice: ${dir.path}/core-00000001.journal: the entry at offset`);
    expect(readdirSync(dir.path).sort()).toEqual(before);
  });

  test.each([
    ["a directory that is not there", (dir: string) => `${dir}/none`, "no such directory"],
    ["a directory without a journal", (dir: string) => dir, "holds no journal (names.json is missing)"],
    [
      "a file",
      (dir: string) => {
        writeFileSync(`${dir}/file`, "");
        return `${dir}/file`;
      },
      "is a file",
    ],
  ])("refuses %s", async (_, make, message) => {
    using dir = scratchDirectory();
    const path = make(dir.path);
    for (const { code, said } of [await verified(path), await printed(path)]) {
      expect(code).toBe(1);
      expect(said).toContain(`sallyport: ${path}: ${message}`);
    }
  });

  test("refuses a foreign file among the segments", async () => {
    using dir = scratchDirectory();
    new Rig(dir.path, "core").close();
    writeFileSync(`${dir.path}/notes.journal`, "dear diary");
    const { code, said } = await verified(dir.path);
    expect(code).toBe(1);
    expect(said).toContain("notes.journal: not a segment of any stream; move it elsewhere");
  });
});
