// What a million orders take: disk and memory of a gateway process, with one client and one venue on loopback TCP. Each order is
// received, sent, acknowledged and filled; six messages, and the core's three records of them, are journalled.
import { readFileSync } from "node:fs";
import { MIB } from "../src/base/units.ts";
import { GatewayRun, gatewayCommand } from "./gateway-run.ts";
import { check, report, scaled } from "./measure.ts";

const ORDERS = scaled(400_000, 500);
/** The venue acknowledges an order of this quantity before it fills it. */
const QUANTITY = 101;
/** Old segments stay, so that all of the journal is there at the end. */
const TABLES = '[lanes]\npreset = "one"\n';

function residentMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024;
}

const run = new GatewayRun();
try {
  await run.start(gatewayCommand(), TABLES);
  const { pid } = run;
  report("resident at ready", residentMib(pid), "MiB");
  const reports = () => (run.trader.seen.get("8 0") ?? 0) + (run.trader.seen.get("8 F") ?? 0);
  for (let part = 1; part <= 4; part++) {
    for (let i = 0; i < ORDERS / 4; i++) run.trade(QUANTITY);
    report(`resident after ${(part * ORDERS) / 4} orders`, residentMib(pid), "MiB");
  }
  check("reports", reports(), 2 * ORDERS);
  const { bytes, archived } = await run.stop();
  report("journal, a million orders", ((bytes / ORDERS) * 1e6) / MIB, "MiB");
  report("archived, a million orders", ((archived / ORDERS) * 1e6) / MIB, "MiB");
} finally {
  await run.end();
}
