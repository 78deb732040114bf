// Loopback TCP, one parked lane with the built-in exchange: what a session costs in memory, connected and at rest, and after it
// has had a burst of reports. SALLYPORT_BIN measures another build.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Field, frame, now } from "../test/e2e/fix-message.ts";
import { freePort } from "../test/e2e/gateway.ts";
import { oneSymbol } from "../test/e2e/one-symbol.ts";
import { stopped } from "./gateway-run.ts";
import { check, report, TINY } from "./measure.ts";

const SESSIONS = TINY ? 20 : 1000;
/** Reports of a burst, which each session asks for and reads: some 300 bytes each. */
const BURST = TINY ? 10 : 500;
/** So long until what is not needed any more has gone back. */
const REST_MS = TINY ? 100 : 15_000;

const configOf = (directory: string, clientPort: number, venuePort: number): string => `
[gateway]
data = "${join(directory, "data")}"
[lanes]
idle = "park"
[client]
listen = "127.0.0.1:${clientPort}"
maxConnections = ${SESSIONS + 8}
${Array.from({ length: SESSIONS }, (_, i) => `[client.sessions.S${i}]\naccounts = ["ACC1"]`).join("\n")}
${oneSymbol(venuePort)}`;

/** A client that counts the messages that come and keeps nothing of them. */
class Session {
  messages = 0;
  private socket: Bun.Socket<undefined> | null = null;
  private sequence = 0;
  private wanted = 0;
  private got: () => void = () => {};

  constructor(private readonly name: string) {}

  async connect(port: number): Promise<void> {
    this.socket = await Bun.connect<undefined>({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_socket, bytes) => {
          for (let at = bytes.indexOf("8=FIX"); at >= 0; at = bytes.indexOf("8=FIX", at + 1)) this.messages++;
          if (this.messages >= this.wanted) this.got();
        },
      },
    });
    this.say("A", [
      [98, 0],
      [108, 60],
      [141, "Y"],
    ]);
    await this.have(1);
  }

  /** Asks how an order is that nobody knows, so often at once. */
  async burst(count: number): Promise<void> {
    const before = this.messages;
    const body: Field[] = [
      [11, "NONE"],
      [55, "AAPL"],
      [54, 1],
    ];
    for (let i = 0; i < count; i++) this.say("H", body);
    await this.have(before + count);
  }

  close(): void {
    this.socket?.terminate();
  }

  private say(type: string, body: Field[]): void {
    const header: Field[] = [
      [35, type],
      [49, this.name],
      [56, "GATEWAY"],
      [34, ++this.sequence],
      [52, now()],
    ];
    this.socket!.write(frame([...header, ...body]));
  }

  private have(messages: number): Promise<void> {
    this.wanted = messages;
    return new Promise((resolve) => {
      this.got = resolve;
      if (this.messages >= messages) resolve();
    });
  }
}

interface Memory {
  readonly rssKib: number;
  readonly anonKib: number;
  readonly tablesKib: number;
  readonly sizeMib: number;
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)![1]);
  return { rssKib: kib("VmRSS"), anonKib: kib("RssAnon"), tablesKib: kib("VmPTE"), sizeMib: kib("VmSize") / 1024 };
}

function tell(what: string, now: Memory, before: Memory): void {
  report(`${what}, anonymous memory a session`, (now.anonKib - before.anonKib) / SESSIONS, "KiB");
  report(`${what}, page tables a session`, (now.tablesKib - before.tablesKib) / SESSIONS, "KiB");
  report(`${what}, anonymous memory of the process`, now.anonKib / 1024, "MiB");
}

async function measure(pid: number, port: number): Promise<void> {
  const empty = memoryOf(pid);
  report("ready, anonymous memory of the process", empty.anonKib / 1024, "MiB");
  report("ready, addresses of the process", empty.sizeMib, "MiB");
  const sessions = Array.from({ length: SESSIONS }, (_, i) => new Session(`S${i}`));
  for (const session of sessions) await session.connect(port);
  tell("connected", memoryOf(pid), empty);
  for (const session of sessions) await session.burst(BURST);
  tell("after a burst", memoryOf(pid), empty);
  await Bun.sleep(REST_MS);
  tell("after a rest", memoryOf(pid), empty);
  check("messages that came", Math.min(...sessions.map(({ messages }) => messages)) >= BURST + 1, true);
  for (const session of sessions) session.close();
}

const directory = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
const port = freePort();
const configFile = join(directory, "gateway.toml");
writeFileSync(configFile, configOf(directory, port, freePort()));
const built = process.env.SALLYPORT_BIN;
const main = built === undefined ? [process.execPath, join(import.meta.dir, "../appliance/main.ts")] : [built];
const gateway = Bun.spawn([...main, "run", "--config", configFile], { stdio: ["ignore", "pipe", "ignore"] });
try {
  console.log(`${SESSIONS} sessions, ${BURST} reports a burst`);
  for await (const chunk of gateway.stdout) if (new TextDecoder().decode(chunk).includes("ready")) break;
  await measure(gateway.pid, port);
} finally {
  await stopped(gateway);
  rmSync(directory, { recursive: true, force: true });
}
