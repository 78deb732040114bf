// Cost of an order in the core: every check, the order table, its ClOrdID, the request to the venue; and of its fill, with
// exposure, average price and the report to the client. One thread; records are written and read as agents do.
import { COUNT_REJECTS } from "../src/core/counters.ts";
import { CoreFlow, flowConfig, QUANTITY } from "./core-flow.ts";
import { bench, benchRuns, check, scaled } from "./measure.ts";

/** RISK_ORDERS: assertions.ts asks for fewer, and for nothing else. */
const ASKED = process.env.RISK_ORDERS;
const ORDERS = ASKED === undefined ? scaled(500_000) : Number(ASKED);
/** Open and remembered orders: the table does not fit into a CPU's private cache. */
const TABLE = scaled(65_536, 1024);
/** Orders that stay open while others come and go. */
const RESTING = TABLE >> 1;

const flow = new CoreFlow(flowConfig(TABLE));
const ordersAndFills = (count: number): number => flow.ordersAndFills(count);

/** Times orders alone, into a table that is empty before each run. */
async function timeOrders(): Promise<number> {
  flow.clear();
  const began = Bun.nanoseconds();
  const taken = flow.ordersOnly(RESTING);
  const took = Bun.nanoseconds() - began;
  check("orders taken", taken, RESTING);
  return took / RESTING;
}

bench("core: order + fill", ORDERS, ordersAndFills, ORDERS * QUANTITY);
if (ASKED === undefined) {
  flow.ordersOnly(RESTING);
  bench(`core: order + fill beside ${RESTING} open orders`, ORDERS, ordersAndFills, ORDERS * QUANTITY);
  await benchRuns("core: order", "ns", timeOrders);
}
check("rejects", flow.core.counters[COUNT_REJECTS], 0);
