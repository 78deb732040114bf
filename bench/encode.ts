// One thread: an ExecutionReport record written as a FIX message, header, BodyLength and CheckSum included.
import { Views } from "../src/base/views.ts";
import { reportType, writeReport } from "../src/fix/report-out.ts";
import { Scanner } from "../src/fix/scan.ts";
import { FIX44, headerText } from "../src/fix/version.ts";
import { Writer } from "../src/fix/write.ts";
import * as code from "../src/record/codes.ts";
import { ExecutionReport } from "../src/record/execution-report.ts";
import { bench, check, scaled } from "./measure.ts";

const TURNS = scaled(1_000_000);
const WALL_US = 1_800_000_000_000_000;
const report = new ExecutionReport(Views.allocate(4096)).aim(0);
report.bytes.fill(65, 136, 384);
report.kind = code.REPORT_EXECUTION;
report.execType = code.EXEC_TRADE;
report.ordStatus = code.STATUS_FILLED;
report.side = code.SIDE_BUY;
report.ordType = code.TYPE_LIMIT;
report.timeInForce = code.TIF_DAY;
Object.assign(report, {
  quantity: 100,
  cumQty: 100,
  lastQty: 100,
  lastPxE8: 150.25e8,
  priceE8: 150.25e8,
  avgPxE8: 150.25e8,
});
Object.assign(report, { clOrdIdLength: 11, symbolLength: 4, accountLength: 4, orderIdLength: 7, execIdLength: 7 });

const header = headerText(FIX44, "GATEWAY", "CLIENT");
const writer = new Writer(new Uint8Array(new ArrayBuffer(8192)));

function encode(turns: number): number {
  let bytes = 0;
  for (let i = 0; i < turns; i++) {
    writer.at = 0;
    writer.begin(header, reportType(report), 1_000_000 + (i & 0xffff), WALL_US + i);
    writeReport(writer, report, WALL_US + i);
    writer.end();
    bytes += writer.at;
  }
  return bytes / turns;
}

encode(1);
const length = writer.at;
bench(`encoding of an ExecutionReport of ${length} bytes`, TURNS, encode, length);
check("the message scans", new Scanner(8192).scan(writer.bytes, 0, writer.at), length);
