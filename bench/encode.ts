// One thread: an ExecutionReport record written as a FIX message by the codec, header, BodyLength and CheckSum included.
import { ReportWriter } from "../src/fix/orders/report-out.ts";
import { Scanner } from "../src/fix/wire/scan.ts";
import * as code from "../src/record/codes.ts";
import { ExecutionReport } from "../src/record/execution-report.ts";
import { fieldsOf } from "../test/fix/orders/fields-of.ts";
import { CapturedSession, codec, records } from "../test/fix/wire/captured-session.ts";
import { bench, check, scaled } from "./measure.ts";

const TURNS = scaled(1_000_000);
const WALL_US = 1_800_000_000_000_000;
const report = new ExecutionReport(records).aim(0);
report.bytes.fill(65, 136, 384);
report.kind = code.REPORT_EXECUTION;
report.execType = code.EXEC_TRADE;
report.ordStatus = code.STATUS_FILLED;
report.side = code.SIDE_BUY;
report.ordType = code.TYPE_LIMIT;
report.timeInForce = code.TIF_DAY;
Object.assign(report, {
  quantity: 10_000_000_000n,
  cumQty: 10_000_000_000n,
  lastQty: 10_000_000_000n,
  lastPxE8: 15_025_000_000n,
  priceE8: 15_025_000_000n,
  avgPxE8: 15_025_000_000n,
});
Object.assign(report, { clOrdIdLength: 11, symbolLength: 4, accountLength: 4, orderIdLength: 7, execIdLength: 7 });

const captured = new CapturedSession("GATEWAY", "CLIENT");
const { session } = captured;
session.numbers.nextOut = 1_000_000;
const reports = new ReportWriter(codec);
const FIELDS = fieldsOf("FIX.4.4", "8");

function encode(turns: number): number {
  let bytes = 0;
  for (let i = 0; i < turns; i++) {
    session.numbers.nextOut = 1_000_000 + (i & 0xffff);
    reports.write(session, report, WALL_US + (i >> 6), FIELDS, 0, true);
    session.out.end(i);
    bytes += captured.length;
  }
  return bytes / turns;
}

encode(1);
const { length } = captured;
bench(`encoding of an ExecutionReport of ${length} bytes`, TURNS, encode, length);
check("the message scans", new Scanner(8192).scan(captured.bytes, 0, length), length);
