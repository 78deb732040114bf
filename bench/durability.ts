// Cost of durability "disk": the gateway as a separate process, parked lanes, its built-in exchange, and one client over
// loopback TCP. The client first sends orders one by one, then keeps many in flight.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "../src/counterparty/message.ts";
import { Client } from "../test/e2e/client.ts";
import { freePort } from "../test/e2e/ports.ts";
import { check, median, report, TINY } from "./measure.ts";

const ONE_BY_ONE = TINY ? 50 : 2_000;
const MANY = TINY ? 500 : 100_000;
const WINDOW = 256;
const main = join(import.meta.dir, "../appliance/main.ts");
const bun = process.execPath;

async function measure(preset: string, durability: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  const [port, exchange] = [freePort(), freePort()];
  writeFileSync(`${dir}/gateway.toml`, configOf(preset, durability, port, exchange));
  const child = Bun.spawn([bun, main, "run", "--config", `${dir}/gateway.toml`, "--data", `${dir}/data`], {
    stdout: "pipe",
    stderr: "pipe",
  });
  let orders = 0;
  try {
    await child.stdout.getReader().read();
    const client = new Trader(port);
    await client.logon();
    await client.untilTaken();
    const name = `durability "${durability}", preset ${preset}`;
    const before = ioOf(child.pid);
    const times: number[] = [];
    for (let i = 0; i < ONE_BY_ONE; i++) {
      const began = Bun.nanoseconds();
      await client.keep(1, 1);
      times.push((Bun.nanoseconds() - began) / 1000);
    }
    report(`${name}: order to its report, one by one, median`, median(times), "us");
    times.sort((a, b) => a - b);
    report(`${name}: order to its report, one by one, p99`, times[Math.floor(times.length * 0.99)]!, "us");
    const start = Bun.nanoseconds();
    await client.keep(WINDOW, MANY);
    report(`${name}: orders, ${WINDOW} on their way`, (MANY * 1e9) / (Bun.nanoseconds() - start), "orders/s");
    check("every order has its report", client.reports, client.orders);
    report(`${name}: written to the disk`, (ioOf(child.pid) - before) / 1024 / 1024, "MiB");
    orders = client.orders;
    client.drop();
  } finally {
    child.kill("SIGTERM");
    const said = await new Response(child.stderr).text();
    await child.exited;
    const syncs = Number(/waited for the disk (\d+) times/.exec(said)?.[1] ?? 0);
    check("it waited for the disk where it should", syncs > 0, durability === "disk");
    report(`durability "${durability}", preset ${preset}: fdatasync calls`, syncs, "calls");
    report(`durability "${durability}", preset ${preset}: orders a call`, syncs === 0 ? 0 : orders / syncs, "orders");
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Bytes that the process has sent to storage. */
function ioOf(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
}

/** A client that counts its reports. */
class Trader extends Client {
  orders = 0;
  reports = 0;
  private taken = 0;
  private until = 0;
  private window = 0;
  private done: () => void = () => {};

  constructor(port: number) {
    super("CLIENT", port, { keeps: "nothing" });
  }

  /** Sends orders one by one until the venue accepts them. */
  async untilTaken(): Promise<void> {
    for (let i = 0; i < 500 && this.taken === 0; i++) {
      await this.keep(1, 1);
      if (this.taken === 0) await Bun.sleep(10);
    }
    check("the venue takes orders", this.taken > 0, true);
  }

  /** Sends `count` orders, never more than `window` ahead of their reports. */
  async keep(window: number, count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.until = this.orders + count;
    this.window = window;
    this.done = resolve;
    this.sendMore();
    await promise;
  }

  protected override application(message: Message): void {
    if (message.type !== "8") return;
    this.reports++;
    if (message.get(150) === "0") this.taken++;
    this.sendMore();
    if (this.reports === this.until) this.done();
  }

  private sendMore(): void {
    while (this.orders < this.until && this.orders - this.reports < this.window) {
      this.orders++;
      // A price that does not match: the order rests and has one report.
      const price = 99 + (this.orders % 100) / 100;
      this.send("D", `11=O${this.orders}|1=ACC1|55=AAPL|54=1|38=100|40=2|44=${price}|59=0|60=${this.now()}|`);
    }
  }
}

function configOf(preset: string, durability: string, port: number, exchange: number): string {
  return `
[lanes]
preset = "${preset}"
idle = "park"
[client]
listen = "127.0.0.1:${port}"
[client.sessions.CLIENT]
accounts = ["ACC1"]
[venues.SIM]
address = "127.0.0.1:${exchange}"
compId = "EXCHANGE"
resetOnLogon = true
reconnectMaxMs = 100
[routing]
default = "SIM"
[symbols.AAPL]
referencePrice = "100"
[risk]
collarPercent = 5
[risk.accounts.ACC1]
maxOrderQty = 1_000_000
maxOrderNotional = 1_000_000_000
maxOpenOrders = 1_000_000
ordersPerSecond = 10_000_000
[journal]
durability = "${durability}"
[exchange]
listen = "127.0.0.1:${exchange}"
`;
}

for (const preset of ["one", "two"] as const) {
  for (const durability of ["process", "disk"] as const) await measure(preset, durability);
}
