import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monotonicNs, wallUs } from "../ffi/clock.ts";
import { closeSocket, listenTcp, localPort } from "../ffi/socket.ts";
import { Scratch } from "../src/counterparty/polled.ts";
import { removeBuffers } from "../src/journal/store/buffers.ts";
import { WarmUpClient } from "../src/warm-up/client-peer.ts";
import { WarmUpVenue } from "../src/warm-up/venue-peer.ts";

const PATIENCE_MS = 20_000;
const STOP_MS = 10_000;
const SOURCE = join(import.meta.dir, "../appliance/main.ts");
const BINARY = process.env.SALLYPORT_BIN ?? join(import.meta.dir, "../dist/sallyport");

/** Command of the executable if it is built, else of the sources. */
export function gatewayCommand(): string[] {
  return existsSync(BINARY) ? [BINARY] : [process.execPath, SOURCE];
}

/** Stops a gateway process cleanly; kills it if it does not end. */
export async function stopped(gateway: Bun.Subprocess): Promise<void> {
  gateway.kill("SIGTERM");
  const timer = setTimeout(() => gateway.kill("SIGKILL"), STOP_MS);
  await gateway.exited;
  clearTimeout(timer);
}

/** A separate gateway process with one client and one venue, both on this thread, which spins while it waits. */
export class GatewayRun {
  private readonly clock = { nowNs: 0, wallUs: 0 };
  private readonly scratch = new Scratch(1 << 20);
  readonly venue = new WarmUpVenue("VENUE", this.clock, this.scratch);
  readonly trader = new WarmUpClient("CLIENT", this.clock, this.scratch);
  /** Its stderr, if kept. */
  log = "";
  private readonly dir = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  private child: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;

  /** Starts the gateway with these configuration tables and lines of [client], and logs on. Returns milliseconds until it was ready. */
  async start(command: string[], tables: string, client = ""): Promise<number> {
    const port = freePort();
    const file = `${this.dir}/gateway.toml`;
    writeFileSync(file, configOf(port, this.venue.port, client) + tables);
    const began = performance.now();
    const child = Bun.spawn([...command, "run", "--config", file, "--data", `${this.dir}/data`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    void this.follow(child.stderr);
    await this.ready(child.stdout);
    const took = performance.now() - began;
    this.turnUntil(() => this.venue.seen.get("A") === 1);
    this.trader.connect(port);
    this.trader.sendLogon(true);
    this.turnUntil(() => this.trader.seen.get("A") === 1);
    await Bun.sleep(100);
    return took;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Logs on again over the connection that `open` makes. */
  logonAgain(open: () => void): void {
    const logons = (this.trader.seen.get("A") ?? 0) + 1;
    this.trader.drop();
    open();
    this.trader.sendLogon(true);
    this.turnUntil(() => this.trader.seen.get("A") === logons);
  }

  /** Sends one order and waits for its fill; by the quantity the venue decides on more reports. Returns nanoseconds. */
  trade(quantity = 100): number {
    const filled = (this.trader.seen.get("8 F") ?? 0) + 1;
    const began = Bun.nanoseconds();
    this.trader.plainOrder(quantity, 1, "150.25");
    this.turnUntil(() => this.trader.seen.get("8 F") === filled);
    return Bun.nanoseconds() - began;
  }

  /** Stops the gateway cleanly. Returns  the bytes of its journal, whose files end with their last entries then, and as archived. */
  async stop(): Promise<{ bytes: number; archived: number }> {
    const { child } = this;
    if (child === null) return { bytes: 0, archived: 0 };
    child.kill("SIGTERM");
    const turning = setInterval(() => this.turn(), 1);
    await child.exited;
    clearInterval(turning);
    const data = `${this.dir}/data`;
    let bytes = 0;
    let archived = 0;
    for (const file of readdirSync(data).filter((name) => name.endsWith(".journal"))) {
      const segment = readFileSync(`${data}/${file}`);
      bytes += segment.length;
      archived += (await Bun.zstdCompress(segment)).length;
    }
    return { bytes, archived };
  }

  async end(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.child?.exited;
    this.trader.drop();
    this.venue.close();
    removeBuffers(`${this.dir}/data`);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private turn(): void {
    this.clock.nowNs = monotonicNs();
    this.clock.wallUs = wallUs();
    this.venue.poll();
    this.trader.line.poll();
  }

  private turnUntil(done: () => boolean): void {
    const until = performance.now() + PATIENCE_MS;
    while (!done()) {
      this.turn();
      if (performance.now() > until) throw new Error(`the gateway did not answer: ${this.log}`);
    }
  }

  private async ready(output: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    for await (const chunk of output) {
      text += new TextDecoder().decode(chunk);
      if (text.includes("sallyport: ready")) return;
    }
    throw new Error(`the gateway did not start: ${text}${this.log}`);
  }

  private async follow(errors: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of errors) this.log += new TextDecoder().decode(chunk);
  }
}

function freePort(): number {
  const fd = listenTcp("127.0.0.1", 0, 1);
  const port = localPort(fd);
  closeSocket(fd);
  return port;
}

function configOf(port: number, venuePort: number, client: string): string {
  return `
[client]
listen = "127.0.0.1:${port}"
${client}
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
