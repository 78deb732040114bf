// A gateway process of its own, one spinning lane, over loopback TCP: its first orders, one after the other, with and
// without a rehearsal before it is ready. Both ends of its sessions are this thread, which spins as well.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeSocket, listenTcp, localPort } from "../ffi/socket.ts";
import { Market } from "../src/rehearsal/market.ts";
import { stamp } from "../src/rehearsal/scene.ts";
import { Trader } from "../src/rehearsal/trader.ts";
import { check, report, scaled, TINY } from "./measure.ts";

const FIRST = scaled(1_000, 10);
const MANY = scaled(20_000, 20);
const PATIENCE_MS = 20_000;
const MAIN = join(import.meta.dir, "../appliance/main.ts");

for (const warmUp of ["off", "on"]) await measure(warmUp);

async function measure(warmUp: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  const market = new Market("VENUE", "GATEWAY", "FIX.4.4");
  const trader = new Trader("CLIENT", "GATEWAY", "FIX.4.4");
  const port = freePort();
  writeFileSync(`${dir}/gateway.toml`, configOf(port, market.port, warmUp));
  const began = performance.now();
  const gateway = Bun.spawn(
    [process.execPath, MAIN, "run", "--config", `${dir}/gateway.toml`, "--data", `${dir}/data`],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  try {
    await ready(gateway.stdout);
    report(`warm-up ${warmUp}, start until ready`, performance.now() - began, "ms");
    turnUntil(market, trader, () => market.seen.get("A") === 1);
    trader.connect(port);
    trader.logon(true);
    turnUntil(market, trader, () => trader.seen.get("A") === 1);
    await Bun.sleep(100);
    const took = new Float64Array(MANY);
    for (let i = 0; i < MANY; i++) took[i] = trade(market, trader);
    check("orders filled", trader.seen.get("8 F"), MANY);
    check("orders at the venue", market.seen.get("D"), MANY);
    report(`warm-up ${warmUp}, first ${FIRST} orders`, sum(took.subarray(0, FIRST)) / 1e6, "ms");
    report(`warm-up ${warmUp}, first ${MANY} orders`, sum(took) / 1e6, "ms");
    report(`warm-up ${warmUp}, longest round trip`, Math.max(...took) / 1e6, "ms");
  } finally {
    gateway.kill("SIGKILL");
    await gateway.exited;
    trader.drop(true);
    market.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** One order until it is filled. Returns nanoseconds. */
function trade(market: Market, trader: Trader): number {
  const filled = (trader.seen.get("8 F") ?? 0) + 1;
  const began = Bun.nanoseconds();
  trader.plain(100, 1, "150.25");
  turnUntil(market, trader, () => trader.seen.get("8 F") === filled);
  return Bun.nanoseconds() - began;
}

function turnUntil(market: Market, trader: Trader, done: () => boolean): void {
  const until = performance.now() + PATIENCE_MS;
  while (!done()) {
    market.time = trader.time = stamp(Date.now() * 1000);
    market.poll();
    trader.poll();
    if (performance.now() > until) throw new Error("the gateway did not answer");
  }
}

async function ready(output: ReadableStream<Uint8Array>): Promise<void> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("sallyport: ready")) return;
  }
  throw new Error(`the gateway did not start: ${text}`);
}

function freePort(): number {
  const fd = listenTcp("127.0.0.1", 0, 1);
  const port = localPort(fd);
  closeSocket(fd);
  return port;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function configOf(port: number, venuePort: number, warmUp: string): string {
  return `
[lanes]
idle = "${TINY ? "park" : "spin"}"
warmUp = "${warmUp}"
${TINY ? "warmUpMaxMs = 200" : ""}
[client]
listen = "127.0.0.1:${port}"
[client.sessions.CLIENT]
accounts = ["MAIN"]
resetOnLogon = true
[venues.VENUE]
address = "127.0.0.1:${venuePort}"
[routing]
default = "VENUE"
[symbols.AAPL]
referencePrice = "150.25"
collarPercent = 10
[risk.accounts.MAIN]
maxOrderQty = 10_000
maxOrderNotional = 100_000_000
maxOpenOrders = 1_000
ordersPerSecond = 1_000_000
[core]
maxOrders = 65_536
`;
}
