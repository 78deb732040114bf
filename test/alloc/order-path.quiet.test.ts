import { heapStats } from "bun:jsc";
import { expect, setDefaultTimeout, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { frame, utcTimestamp } from "../../src/counterparty/message.ts";
import { builtIn } from "../../src/fix/dictionary/built-in.ts";
import { Dictionary } from "../../src/fix/dictionary/dictionary.ts";
import { Aside } from "../../src/fix/orders/aside.ts";
import { GroupReader } from "../../src/fix/orders/groups-in.ts";
import { GroupWriter } from "../../src/fix/orders/groups-out.ts";
import { ReportWriter } from "../../src/fix/orders/report-out.ts";
import { OrderReader } from "../../src/fix/orders/request-in.ts";
import { STATE_ACTIVE } from "../../src/fix/session/states.ts";
import { Scanner } from "../../src/fix/wire/scan.ts";
import { REPORT_CANCEL_REJECT, REPORT_EXECUTION } from "../../src/record/codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../../src/record/groups.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { fieldsOf } from "../fix/orders/fields-of.ts";
import { CapturedSession, codec, records } from "../fix/wire/captured-session.ts";
import { bytesOf } from "../fix/wire/messages.ts";

setDefaultTimeout(60_000);

const ROUND = 10_000;
const ROUNDS = 100;
/** What counting and compiling leave behind in a round, in a large test run; one object in twenty turns is more. */
const NOISE = 500;

const WALL = Date.UTC(2026, 10, 24) * 1000;
const text = frame(
  `35=D|34=7|49=CLIENT|52=${utcTimestamp(WALL)}|56=GATEWAY|11=A1|1=ACC1|55=AAPL|54=1|38=100|40=2|44=150.25|60=${utcTimestamp(WALL)}|`,
);
/** What the codec reads, and what the loops over bytes do. */
const input = codec.input;
input.set(bytesOf(text, text.length));
const bytes = bytesOf(text);
const scanner = new Scanner(8192, codec);
const reader = new OrderReader(codec);
const request = new OrderRequest(records).aim(0);
const report = new ExecutionReport(records).aim(1024);
report.kind = REPORT_EXECUTION;
const cancelReject = new ExecutionReport(records).aim(2048);
cancelReject.kind = REPORT_CANCEL_REJECT;
const reports = new ReportWriter(codec);
const dictionary = new Dictionary(builtIn("FIX.4.4")!);
const grouped = frame(
  `35=D|34=7|49=CLIENT|52=${utcTimestamp(WALL)}|56=GATEWAY|11=A1|453=1|448=A|447=D|452=1|802=1|523=S|78=2|79=F|80=1|79=G|80=2|109=C|528=A|529=1 3|541=20301231|1138=5|5001=x|`,
);
const groupedBytes = bytesOf(grouped);
const groupReader = new GroupReader(dictionary);
const groupWriter = new GroupWriter(dictionary, scanner);
const aside = new Aside();
const EXECUTION = fieldsOf("FIX.4.4", "8");
const CANCEL_REJECT = fieldsOf("FIX.4.4", "9");
const NEW_ORDER = fieldsOf("FIX.4.2", "D");
const slot = Views.allocate(GROUP_SLOT_BYTES);
const { session, time } = new CapturedSession("GATEWAY", "CLIENT", {}, scanner);
scanner.expect(session.identity.peerTexts);
time.wallUs = WALL;
session.state = STATE_ACTIVE;

/** Cells on this thread's heap, garbage included; `objectCount` would leave out what was made since the last collection. */
function cells(): number {
  let count = 0;
  for (const ofType of Object.values(heapStats().objectTypeCounts)) count += ofType;
  return count;
}

/** The most cells that any round made, beyond those that counting makes. */
function made(turn: (i: number) => void): number {
  for (let i = 0; i < 4 * ROUND; i++) turn(i);
  let most = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 10 === 0) Bun.gc(true);
    cells();
    const before = cells();
    const between = cells();
    for (let i = 0; i < ROUND; i++) turn(i);
    const after = cells();
    most = Math.max(most, after - between - (between - before));
  }
  return most;
}

test.each([
  ["framing and indexing an order", () => void scanner.scan(input, 0, text.length)],
  ["reading it into its record", () => void reader.read(scanner, request)],
  [
    "the same byte by byte",
    () => {
      scanner.scan(bytes, 0, text.length);
      reader.read(scanner, request);
    },
  ],
  [
    "the session's checks of it",
    () => {
      session.numbers.nextIn = 7;
      session.receive(input, 0, text.length);
    },
  ],
  [
    "writing a report",
    (i: number) => {
      time.wallUs = WALL + i;
      reports.write(session, report, WALL + i, EXECUTION, 0, true);
      session.out.end(i);
    },
  ],
  [
    "writing a cancel reject",
    (i: number) => {
      time.wallUs = WALL + i;
      reports.write(session, cancelReject, WALL + i, CANCEL_REJECT, 0, true);
      session.out.end(i);
    },
  ],
  [
    "reading what is beside a record and writing it on",
    () => {
      scanner.scan(groupedBytes, 0, grouped.length);
      groupReader.find(scanner);
      groupReader.take(slot, 0, aside);
      groupWriter.write(slot, 0, NEW_ORDER);
    },
  ],
])("a million turns of %s leave nothing on the heap", (_, turn) => {
  scanner.scan(input, 0, text.length);
  expect(made(turn as (i: number) => void)).toBeLessThan(NOISE);
});

test("the count sees garbage", () => {
  const kept: unknown[] = [];
  expect(
    made((i) => {
      kept[0] = { i };
    }),
  ).toBeGreaterThan(ROUND / 2);
});
