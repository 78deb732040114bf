// Loopback TCP, one parked lane with the built-in exchange: memory of a session, idle and after a burst of reports, beside a
// gateway with one session. SESSIONS=1000 sets the number. SALLYPORT_BIN measures another build.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "../test/e2e/client.ts";
import { freePort } from "../test/e2e/gateway.ts";
import { oneSymbol } from "../test/e2e/one-symbol.ts";
import { stopped } from "./gateway-run.ts";
import { check, report, TINY } from "./measure.ts";

const SESSIONS = TINY ? 20 : Number(process.env.SESSIONS ?? 10_000);
/** Reports of a burst, about 300 bytes each; each session requests and reads them. */
const BURST = TINY ? 10 : 50;
/** Time until unused memory is returned. */
const REST_MS = TINY ? 100 : 15_000;

const configOf = (directory: string, sessions: number, clientPort: number, venuePort: number): string => `
[gateway]
data = "${join(directory, "data")}"
[lanes]
idle = "park"
[client]
listen = "127.0.0.1:${clientPort}"
maxConnections = ${sessions + 8}
${Array.from({ length: sessions }, (_, i) => `[client.sessions.S${i}]\naccounts = ["ACC1"]`).join("\n")}
${oneSymbol(venuePort)}`;

/** A client that counts received messages and keeps none. */
class Session extends Client {
  messages = 0;
  private wanted = 0;
  private got: () => void = () => {};

  constructor(name: string, port: number) {
    super(name, port, { keeps: "nothing" });
    this.heartBtInt = 60;
  }

  /** Sends `count` status requests for an unknown order at once. */
  async burst(count: number): Promise<void> {
    this.wanted = this.messages + count;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.got = resolve;
    for (let i = 0; i < count; i++) this.status("NONE");
    await promise;
  }

  protected override onMessage(): void {
    if (++this.messages === this.wanted) this.got();
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

function reportMemory(what: string, now: Memory, before: Memory): void {
  report(`${what}, anonymous memory a session`, (now.anonKib - before.anonKib) / SESSIONS, "KiB");
  report(`${what}, page tables a session`, (now.tablesKib - before.tablesKib) / SESSIONS, "KiB");
  report(`${what}, anonymous memory of the process`, now.anonKib / 1024, "MiB");
}

async function measure(pid: number, port: number, empty: Memory): Promise<void> {
  reportMemory("ready", memoryOf(pid), empty);
  report("ready, addresses of the process", memoryOf(pid).sizeMib, "MiB");
  const sessions = Array.from({ length: SESSIONS }, (_, i) => new Session(`S${i}`, port));
  for (const session of sessions) await session.logon(true);
  reportMemory("connected", memoryOf(pid), empty);
  for (const session of sessions) await session.burst(BURST);
  reportMemory("after a burst", memoryOf(pid), empty);
  await Bun.sleep(REST_MS);
  reportMemory("after a rest", memoryOf(pid), empty);
  check("messages received", Math.min(...sessions.map(({ messages }) => messages)) >= BURST + 1, true);
  for (const session of sessions) session.drop();
}

/** Runs a gateway with this number of sessions while `use` looks at it. */
async function withGateway<T>(sessions: number, use: (pid: number, port: number) => T | Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  const port = freePort();
  const configFile = join(directory, "gateway.toml");
  writeFileSync(configFile, configOf(directory, sessions, port, freePort()));
  const built = process.env.SALLYPORT_BIN;
  const main = built === undefined ? [process.execPath, join(import.meta.dir, "../appliance/main.ts")] : [built];
  const gateway = Bun.spawn([...main, "run", "--config", configFile], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    for await (const chunk of gateway.stdout) if (new TextDecoder().decode(chunk).includes("ready")) break;
    return await use(gateway.pid, port);
  } finally {
    await stopped(gateway);
    rmSync(directory, { recursive: true, force: true });
  }
}

console.log(`${SESSIONS} sessions, ${BURST} reports a burst`);
const empty = await withGateway(1, async (pid, port) => {
  const one = new Session("S0", port);
  await one.logon(true);
  await one.burst(SESSIONS);
  one.drop();
  return memoryOf(pid);
});
await withGateway(SESSIONS, (pid, port) => measure(pid, port, empty));
