// Time of a start with a day in the journal: ten million messages (in and out, to clients and venues), once from the whole
// journal, once from the newest snapshot and the journal after it. Also starts the whole process.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MIB } from "../src/base/units.ts";
import { removeBuffers } from "../src/journal/store/buffers.ts";
import { takeSnapshot } from "../src/recovery/snapshot.ts";
import { Day, dayConfig, type Restarted, restart } from "./day.ts";
import { check, report, scaled, TINY } from "./measure.ts";

const MESSAGES = scaled(10_000_000, 20_000);
/** The default of journal.snapshotMiB; less in the tests. */
const SNAPSHOT_BYTES = TINY ? 2 * MIB : 128 * MIB;
const PIECE = scaled(20_000, 400);
const segmentBytes = TINY ? MIB : 32 * MIB;
const CONFIG = dayConfig(TINY ? 16_384 : 1_048_576);
const root = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
const data = `${root}/data`;

try {
  const day = new Day(data, CONFIG, segmentBytes, 2026);
  const { birth } = day.journal.names;
  const job = () => ({ dir: data, birth, core: CONFIG, positions: day.positions(), keep: 2 });
  const written = () => Object.values(day.positions()).reduce((sum, position) => sum + position, 0);
  let seen = written();
  let made = 0;
  let tookMs = 0;
  const began = performance.now();
  while (day.messages < MESSAGES || written() - seen < (SNAPSHOT_BYTES * 9) / 10) {
    // The day ends at the worst moment: just before the next snapshot.
    day.trade(PIECE);
    if (written() - seen < SNAPSHOT_BYTES) continue;
    seen = written();
    const start = performance.now();
    takeSnapshot(job());
    tookMs += performance.now() - start;
    made++;
  }
  report(`messages written (${made} snapshots on the way)`, day.messages, "messages");
  report("a snapshot, on average", tookMs / made, "ms");
  report("the rest, a message", ((performance.now() - began - tookMs) * 1e6) / day.messages, "ns");
  day.leaveInFlight(10);
  day.abandon();
  const files = readdirSync(data).filter((file) => file.endsWith(".journal"));
  const bytes = files.reduce((sum, file) => sum + statSync(`${data}/${file}`).blocks * 512, 0);
  report("journal", bytes / MIB, "MiB");

  const whole = `${root}/whole`;
  mkdirSync(whole);
  for (const file of readdirSync(data)) {
    if (file.endsWith(".journal")) linkSync(`${data}/${file}`, `${whole}/${file}`);
    else if (file === "names.json") copyFileSync(`${data}/${file}`, `${whole}/${file}`);
  }
  const timed = (dir: string): Restarted & { ms: number } => {
    const start = performance.now();
    const found = restart(dir, birth, CONFIG);
    return { ...found, ms: performance.now() - start };
  };
  const fast = timed(data);
  const full = timed(whole);
  check("digest of the core", fast.digest, full.digest);
  check("sessions' numbers", fast.numbers, full.numbers);
  check("what is still to be sent", fast.outputs.join(), full.outputs.join());
  check("a snapshot was there", fast.snapshot !== null && full.snapshot === null, true);
  report("inputs read again, whole journal", full.inputs, "inputs");
  report("inputs read again, behind the snapshot", fast.inputs, "inputs");
  report("state known again, whole journal", full.ms, "ms");
  report("state known again, from the snapshot", fast.ms, "ms");

  const binary = join(import.meta.dir, "../dist/sallyport");
  if (existsSync(binary)) {
    report("process started to ready, whole journal", await readyMs(binary, whole), "ms");
    report("process started to ready, from the snapshot", await readyMs(binary, data), "ms");
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Starts the gateway over a day's journal. Returns milliseconds until it accepts connections. */
async function readyMs(binary: string, dir: string): Promise<number> {
  const config = `${root}/gateway.toml`;
  const port = await freePort();
  writeFileSync(config, configOf(port));
  const began = performance.now();
  const child = Bun.spawn([binary, "run", "--config", config, "--data", dir], { stdout: "pipe", stderr: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const took = performance.now() - began;
  child.kill("SIGKILL");
  const said = await new Response(child.stderr).text();
  await child.exited;
  removeBuffers(dir);
  check(`ready (${said})`, new TextDecoder().decode(value), "sallyport: ready\n");
  return took;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function configOf(port: number): string {
  const account =
    "maxOrderQty = 1_000_000\nmaxOrderNotional = 1_000_000_000\nmaxOpenOrders = 10_000\nordersPerSecond = 10_000_000";
  return `
[client]
listen = "127.0.0.1:${port}"
[client.sessions.CLIENT]
accounts = ["ACC1", "ACC2"]
[venues.XCH]
address = "127.0.0.1:1"
[routing]
default = "XCH"
[symbols.AAPL]
referencePrice = "100"
[symbols.MSFT]
referencePrice = "100"
[risk]
collarPercent = 5
[risk.accounts.ACC1]
${account}
[risk.accounts.ACC2]
${account}
[core]
maxOrders = ${CONFIG.maxOrders}
[journal]
segmentMiB = ${segmentBytes / MIB}
snapshotMiB = 0
`;
}
