// A core at work on another thread, for state-reader.test.ts: orders that are filled in many parts, one after the other, in few slots.
import { parentPort, workerData } from "node:worker_threads";
import { putWhole } from "../../src/base/decimal.ts";
import { SYMBOLS } from "../../src/core/assembly/layout.ts";
import * as code from "../../src/record/codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { withModule } from "../assembly/modules.ts";
import { units } from "../numbers.ts";
import { coreOf } from "./core-of.ts";
import { CONFIG, START_US } from "./driver.ts";

const { stop, compiled } = workerData as { stop: Int32Array; compiled: Uint8Array<ArrayBuffer> };
const module = new WebAssembly.Module(compiled);
const slots = 8;
const core = withModule(module, {}, () => coreOf({ ...CONFIG, maxOrders: slots }));
const { rings, area } = core;
const inputs = rings.orders[0]!.ring;
const answers = rings.reports[0]!.ring;
const requests = rings.toVenues[0]!.ring;
const reports = rings.toClients[0]!.ring;
const request = new OrderRequest(inputs.views).aim(inputs.claim());
const report = new ExecutionReport(answers.views).aim(answers.claim());
const sent = new OrderRequest(requests.views);
const requestAt = request.views.bytes.byteOffset + request.at;
const reportAt = report.views.bytes.byteOffset + report.at;
const text = Buffer.from(request.views.buffer);

/** Writes a letter and a number, once the length is set, which clears the room. */
function put(at: number, letter: string, number: number): void {
  text[at] = letter.charCodeAt(0);
  putWhole(text, at + 1, number);
}

function lengthOf(number: number): number {
  return 1 + String(number).length;
}

const base = request.views.bytes.byteOffset;
const reportBase = report.views.bytes.byteOffset;
report.kind = code.REPORT_VENUE_UP;
core.report(report, START_US);

function order(number: number): void {
  request.clear();
  request.kind = code.REQUEST_NEW;
  request.session = 1;
  request.side = code.SIDE_BUY;
  request.ordType = code.TYPE_LIMIT;
  request.timeInForce = code.TIF_DAY;
  request.quantity = units(100);
  request.priceE8 = units(100);
  request.clOrdIdLength = lengthOf(number);
  put(base + request.clOrdIdAt, "C", number);
  request.accountLength = 4;
  text.write("ACC1", base + request.accountAt, "latin1");
  request.symbolLength = 4;
  text.write("AAPL", base + request.symbolAt, "latin1");
  core.code.order(requestAt, START_US + number * 10, 0);
  sent.aim(requests.peek());
  requests.release();
}

function fill(quantity: number, count: number): void {
  report.clear();
  report.kind = code.REPORT_EXECUTION;
  report.execType = code.EXEC_TRADE;
  report.number = sent.number;
  report.slot = sent.slot;
  report.lastQty = units(quantity);
  report.lastPxE8 = units(100);
  report.execIdLength = lengthOf(count);
  put(reportBase + report.execIdAt, "E", count);
  report.orderIdLength = lengthOf(sent.number);
  put(reportBase + report.orderIdAt, "V", sent.number);
  core.code.report(reportAt, START_US + sent.number * 10);
  reports.peek();
  reports.release();
}

parentPort!.postMessage({ buffer: area.buffer, at: area.at, slots });
const symbol = core.code.findName(SYMBOLS, core.scratch.bytes.byteOffset + nameInScratch("MSFT"), 4);

function nameInScratch(value: string): number {
  core.scratch.bytes.fill(0, 0, 64);
  for (let i = 0; i < value.length; i++) core.scratch.bytes[i] = value.charCodeAt(i);
  return 0;
}

let fills = 0;
for (let number = 1; Atomics.load(stop, 0) === 0; number++) {
  order(number);
  for (let left = 100; left > 0; ) {
    const quantity = Math.min(left, 1 + (fills % 7));
    fill(quantity, ++fills);
    left -= quantity;
  }
  core.code.instruct(symbol, units(100 + (number & 63)), 0);
  Atomics.store(stop, 1, fills);
}
parentPort!.postMessage("stopped");
parentPort!.close();
