// What it costs that nothing leaves before it is on the disk: the gateway as a process of its own, parked lanes, its
// built-in exchange, and one client over loopback TCP, that first sends orders one by one and then keeps many on their way.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, median, report, TINY } from "./measure.ts";

const ONE_BY_ONE = TINY ? 50 : 2_000;
const MANY = TINY ? 500 : 100_000;
const WINDOW = 256;
const main = join(import.meta.dir, "../appliance/main.ts");
const bun = process.execPath;

for (const preset of ["one", "two"] as const) {
  for (const durability of ["process", "disk"] as const) await measure(preset, durability);
}

async function measure(preset: string, durability: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  const [port, exchange] = [await freePort(), await freePort()];
  writeFileSync(`${dir}/gateway.toml`, configOf(preset, durability, port, exchange));
  const child = Bun.spawn([bun, main, "run", "--config", `${dir}/gateway.toml`, "--data", `${dir}/data`], {
    stdout: "pipe",
    stderr: "pipe",
  });
  let orders = 0;
  try {
    await child.stdout.getReader().read();
    const client = await Trader.logon(port);
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
    client.close();
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

/** A FIX 4.4 client that counts. */
class Trader {
  orders = 0;
  reports = 0;
  private sequence = 1;
  private taken = 0;
  private unread = "";
  private heard: () => void = () => {};

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.read(text));
  }

  static async logon(port: number): Promise<Trader> {
    const socket = connect(port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    const trader = new Trader(socket);
    trader.send("A", "98=0|108=30|");
    return trader;
  }

  /** Orders one by one until the venue takes them. */
  async untilTaken(): Promise<void> {
    for (let i = 0; i < 500 && this.taken === 0; i++) {
      await this.keep(1, 1);
      if (this.taken === 0) await Bun.sleep(10);
    }
    check("the venue takes orders", this.taken > 0, true);
  }

  /** Sends `count` orders, never more than `window` ahead of their reports. */
  async keep(window: number, count: number): Promise<void> {
    const last = this.orders + count;
    while (this.reports < last) {
      let text = "";
      while (this.orders < last && this.orders - this.reports < window) text += this.order();
      if (text !== "") this.socket.write(text, "latin1");
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private order(): string {
    this.orders++;
    const id = `O${this.orders}`;
    // Far from any other: it rests, so that each order has one report.
    return this.frame(
      "D",
      `11=${id}|1=ACC1|55=AAPL|54=1|38=100|40=2|44=${99 + (this.orders % 100) / 100}|59=0|60=${stamp()}|`,
    );
  }

  private send(type: string, body: string): void {
    this.socket.write(this.frame(type, body), "latin1");
  }

  private frame(type: string, body: string): string {
    const text = `35=${type}|34=${this.sequence++}|49=CLIENT|52=${stamp()}|56=GATEWAY|${body}`.replaceAll("|", "\x01");
    const framed = `8=FIX.4.4\x019=${text.length}\x01${text}`;
    let sum = 0;
    for (let i = 0; i < framed.length; i++) sum += framed.charCodeAt(i);
    return `${framed}10=${String(sum % 256).padStart(3, "0")}\x01`;
  }

  private read(text: string): void {
    const all = this.unread + text;
    const end = all.lastIndexOf("\x0110=");
    const whole = end < 0 ? 0 : all.indexOf("\x01", end + 1) + 1;
    this.unread = all.slice(whole);
    for (const message of all.slice(0, whole).split("8=FIX.4.4\x01")) {
      if (!message.includes("\x0135=8\x01")) continue;
      this.reports++;
      if (message.includes("\x01150=0\x01")) this.taken++;
    }
    this.heard();
  }
}

function stamp(): string {
  return new Date().toISOString().replaceAll("-", "").replace("T", "-").replace("Z", "");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
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
