// Loopback TCP, parked lanes: the demo's traders through the gateway to the built-in exchange and back; nothing may be lost.
import { join } from "node:path";
import { check, report, TINY } from "./measure.ts";

interface DemoFigures {
  orders: number;
  lost: number;
  ordersPerSecond: number;
  roundTripUs: { p50: number; p99: number };
}

const seconds = TINY ? "1" : "5";
const main = join(import.meta.dir, "../appliance/main.ts");
const demo = Bun.spawnSync([process.execPath, main, "demo", "--seconds", seconds, "--json"], { stderr: "pipe" });
check(`the demo's exit code (${demo.stderr})`, demo.exitCode, 0);
const figures = JSON.parse(demo.stdout.toString().trim().split("\n").at(-1)!) as DemoFigures;
check("lost orders", figures.lost, 0);
check("orders were sent", figures.orders > 0, true);
report("end to end, orders", figures.ordersPerSecond, "orders/s");
report("end to end, round trip p50", figures.roundTripUs.p50, "us");
report("end to end, round trip p99", figures.roundTripUs.p99, "us");
