// Cost of an order in the core: every check, the order table, its ClOrdID, the request to the venue; and of its fill, with
// exposure, average price and the report to the client. One thread; records are written and read as agents do.
import { addressOf, hugePages, populateWrite } from "../ffi/memory.ts";
import { putWhole } from "../src/base/decimal.ts";
import { SHORT_ID_BYTES } from "../src/base/id.ts";
import { UNIT_E8 } from "../src/base/units.ts";
import { Core } from "../src/core/core.ts";
import { COUNT_OPEN, COUNT_REJECTS } from "../src/core/counters.ts";
import {
  EXEC_CANCELED,
  EXEC_TRADE,
  REPORT_EXECUTION,
  REPORT_VENUE_UP,
  REQUEST_NEW,
  SIDE_BUY,
  TIF_DAY,
  TYPE_LIMIT,
} from "../src/record/codes.ts";
import { ExecutionReport } from "../src/record/execution-report.ts";
import { OrderRequest } from "../src/record/order-request.ts";
import { bench, benchRuns, check, scaled } from "./measure.ts";

/** RISK_ORDERS: assertions.ts asks for fewer, and for nothing else. */
const ASKED = process.env.RISK_ORDERS;
const ORDERS = ASKED === undefined ? scaled(500_000) : Number(ASKED);
/** Open and remembered orders: the table does not fit into a CPU's private cache. */
const TABLE = scaled(65_536, 1024);
/** Orders that stay open while others come and go. */
const RESTING = TABLE >> 1;
const PRICE = 100n * UNIT_E8;
const QUANTITY = 100n * UNIT_E8;
const TIME_US = 1_700_000_000_000_000;

const limit = 1_000_000_000_000;
const core = Core.alone(
  {
    maxOrders: TABLE,
    kill: false,
    accounts: [
      {
        name: "ACC1",
        enabled: true,
        maxOrderQtyE8: 1_000_000_000_000_000_000n,
        maxOrderNotionalE4: 1_000_000_000_000n,
        maxOpenOrders: limit,
        ordersPerSecond: limit,
      },
    ],
    symbols: [{ name: "AAPL", enabled: true, referencePriceE8: PRICE, collarPpm: 50_000, venue: null }],
    sessions: [{ id: 0, accounts: ["ACC1"] }],
    sessionIds: 1,
    venues: [{ id: 0, name: "XCH" }],
    venueIds: 1,
    defaultVenue: "XCH",
  },
  { toClients: 1024, toVenues: 1024, inputs: 2, control: 2, groups: 2 },
);
// As the gateway does for the core's tables.
const { buffer } = core.area;
hugePages(addressOf(buffer), buffer.byteLength);
populateWrite(addressOf(buffer), buffer.byteLength);

const reports = core.rings.toClients[0]!.ring;
const requests = core.rings.toVenues[0]!.ring;
const { counters } = core;
const account = core.tables.account.aim(0);
// In slots of the rings of inputs, which nobody polls: the core reads them where they are.
const inputs = core.rings.orders[0]!.ring;
const request = new OrderRequest(inputs.views).aim(inputs.claim());
const answers = core.rings.reports[0]!.ring;
const report = new ExecutionReport(answers.views).aim(answers.claim());
const sent = new OrderRequest(requests.views);
let clOrdId = 0;

request.kind = REQUEST_NEW;
request.side = SIDE_BUY;
request.ordType = TYPE_LIMIT;
request.timeInForce = TIF_DAY;
request.quantity = QUANTITY;
request.priceE8 = PRICE;
request.accountLength = Buffer.from(request.bytes.buffer).write("ACC1", request.accountAt, "latin1");
request.symbolLength = Buffer.from(request.bytes.buffer).write("AAPL", request.symbolAt, "latin1");
report.kind = REPORT_VENUE_UP;
core.report(report, TIME_US);
report.kind = REPORT_EXECUTION;
report.execType = EXEC_TRADE;
report.lastQty = QUANTITY;
report.cumQty = QUANTITY;
report.lastPxE8 = PRICE;

function zeroId(ints: Int32Array, at: number): void {
  for (let i = at >> 2; i < (at + SHORT_ID_BYTES) >> 2; i++) ints[i] = 0;
}

/** Enters one order and takes its request into `sent`. */
function enter(): void {
  zeroId(request.views.ints, request.clOrdIdAt);
  request.clOrdIdLength = putWhole(request.bytes, request.clOrdIdAt, 1_000_000_000 + clOrdId++) - request.clOrdIdAt;
  core.order(request, TIME_US);
  sent.aim(requests.peek());
}

/** Enters the fill of that order and takes the report. */
function fill(): void {
  report.number = sent.number;
  report.slot = sent.slot;
  requests.release();
  zeroId(report.views.ints, report.execIdAt);
  report.execIdLength = putWhole(report.bytes, report.execIdAt, clOrdId) - report.execIdAt;
  core.report(report, TIME_US);
  reports.peek();
  reports.release();
}

function ordersAndFills(count: number): number {
  const before = account.executedQty(SIDE_BUY);
  for (let i = 0; i < count; i++) {
    enter();
    fill();
  }
  return Number((account.executedQty(SIDE_BUY) - before) / UNIT_E8);
}

/** Enters orders that stay open. */
function ordersOnly(count: number): number {
  const before = counters[COUNT_OPEN]!;
  for (let i = 0; i < count; i++) {
    enter();
    requests.release();
  }
  return counters[COUNT_OPEN]! - before;
}

/** Cancels all but `keep` orders. */
function clear(keep: number): void {
  report.execType = EXEC_CANCELED;
  for (let slot = 0; slot < core.tables.fresh && counters[COUNT_OPEN]! > keep; slot++) {
    const order = core.tables.order.aim(slot);
    report.slot = slot;
    report.number = order.number;
    core.report(report, TIME_US);
    if (reports.size() > 0) reports.release();
  }
  report.execType = EXEC_TRADE;
}

/** Times orders alone, into a table that is empty before each run. */
async function timeOrders(): Promise<number> {
  clear(0);
  const began = Bun.nanoseconds();
  const taken = ordersOnly(RESTING);
  const took = Bun.nanoseconds() - began;
  check("orders taken", taken, RESTING);
  return took / RESTING;
}

bench("core: order + fill", ORDERS, ordersAndFills, ORDERS * 100);
if (ASKED === undefined) {
  ordersOnly(RESTING);
  bench(`core: order + fill beside ${RESTING} open orders`, ORDERS, ordersAndFills, ORDERS * 100);
  await benchRuns("core: order", "ns", timeOrders);
}
check("rejects", counters[COUNT_REJECTS], 0);
