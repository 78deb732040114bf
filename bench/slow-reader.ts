// Loopback TCP, one parked lane with the built-in exchange: round trip of one client while another requests a steady stream
// of reports and reads them (A), and while it has stopped reading until it is disconnected (B). A B A B in one run.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "../src/counterparty/message.ts";
import { Client } from "../test/e2e/client.ts";
import { oneSymbol } from "../test/e2e/one-symbol.ts";
import { freePort } from "../test/e2e/ports.ts";
import { stopped } from "./gateway-run.ts";
import { check, report, TINY } from "./measure.ts";

/** Reports for the other client: far more than the kernel holds between the two, and the backlog after that. */
const REPORTS = TINY ? 50_000 : 200_000;
const BURST = TINY ? 500 : 100;
const PAUSE_MS = 4;
const PHASES = TINY ? [false, true] : [false, true, false, true];

const configOf = (directory: string, clientPort: number, venuePort: number): string => `
[gateway]
data = "${join(directory, "data")}"
[lanes]
idle = "park"
[client]
listen = "127.0.0.1:${clientPort}"
backlogBytes = 131_072
[client.sessions.QUICK]
accounts = ["ACC1"]
[client.sessions.OTHER]
accounts = ["ACC1"]
${oneSymbol(venuePort)}`;

/** The other client, in a separate process: requests the status of one order at a constant rate, and reads or not. */
async function other(port: number, stops: boolean): Promise<void> {
  const client = new Client("OTHER", port);
  client.heartBtInt = 60;
  await client.logon(true);
  const clOrdId = client.order({ 11: `O-${Date.now()}`, 38: 1, 44: "140" });
  await client.report(clOrdId, "0");
  if (stops) client.pause();
  for (let asked = 0; asked < REPORTS && client.connected; asked += BURST) {
    for (let i = 0; i < BURST; i++) client.status(clOrdId);
    await Bun.sleep(PAUSE_MS);
    client.received.length = 0;
  }
  // A connection that is not read does not show its end: the gateway closes it, and the measuring process reads that in the log.
  if (!stops) await client.settle();
  else await Bun.sleep(1000);
  process.exit(0);
}

/** The measured client: one order at a time. It keeps no messages, so that each order costs the same. */
class Quick extends Client {
  constructor(port: number) {
    super("QUICK", port, { keeps: "nothing" });
    this.heartBtInt = 60;
  }

  /** Sends an order that fills or dies at once. Returns its first report. */
  trade(): Promise<Message> {
    return this.report(this.order({ 38: 1, 59: 3 }));
  }
}

class Bench {
  private readonly directory = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  private readonly port = freePort();
  private log = "";

  async run(): Promise<void> {
    const configFile = join(this.directory, "gateway.toml");
    writeFileSync(configFile, configOf(this.directory, this.port, freePort()));
    const main = join(import.meta.dir, "../appliance/main.ts");
    const command = [process.execPath, main, "run", "--config", configFile];
    const gateway = Bun.spawn(command, { stdio: ["ignore", "pipe", "pipe"] });
    const followed = this.follow(gateway.stderr);
    try {
      for await (const chunk of gateway.stdout) if (new TextDecoder().decode(chunk).includes("ready")) break;
      await this.measure();
    } finally {
      await stopped(gateway);
      await followed;
      rmSync(this.directory, { recursive: true, force: true });
    }
  }

  private async measure(): Promise<void> {
    const quick = new Quick(this.port);
    await quick.logon(true);
    // The exchange is connected once an order is not refused.
    while ((await quick.trade()).get(150) === "8") await Bun.sleep(20);
    for (const [i, stops] of PHASES.entries()) {
      const took = (await this.phase(quick, stops)).toSorted((a, b) => a - b);
      const name = `slow reader, ${stops ? "B stopped" : "A reading"} ${(i >> 1) + 1}, others' round trip`;
      report(`${name} p50`, took[took.length >> 1]!, "us");
      report(`${name} p99`, took[Math.floor(took.length * 0.99)]!, "us");
    }
    quick.drop();
  }

  /** Round trips of the quick client while the other one is asking, microseconds. */
  private async phase(quick: Quick, stops: boolean): Promise<number[]> {
    const from = this.log.length;
    const said = (what: RegExp): boolean => what.test(this.log.slice(from));
    const peer = Bun.spawn([process.execPath, import.meta.path, "other", String(this.port), String(stops)]);
    while (!said(/OTHER: logged on/)) await Bun.sleep(5);
    let asking = true;
    const ended = peer.exited.then((code) => {
      asking = false;
      return code;
    });
    const took: number[] = [];
    while (asking && !said(/OTHER: disconnected/)) {
      const began = Bun.nanoseconds();
      await quick.trade();
      took.push((Bun.nanoseconds() - began) / 1000);
    }
    check("the other client's exit code", await ended, 0);
    for (let i = 0; i < 100 && !said(/OTHER: disconnected/); i++) await Bun.sleep(100);
    check("a client that stopped to read was disconnected for it", said(/OTHER: .*reads too slowly/), stops);
    return took;
  }

  private async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.log += decoder.decode(chunk, { stream: true });
  }
}

if (process.argv[2] === "other") await other(Number(process.argv[3]), process.argv[4] === "true");
else await new Bench().run();
