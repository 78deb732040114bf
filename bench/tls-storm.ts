// A trading session beside 1,000 TLS handshakes at once: a separate gateway process with one spinning lane, over loopback TCP. One order
// in flight, one every 0.2 ms, without and with a storm, in turn; the storm's clients are a thread of a lower priority, and end
// their connections once all are in. Environment: ROUNDS (7 by default), ORDERS (3,000), COUNT (1,000), BENCH_TINY;
// PINNED=1 (root): the lane has CPU 0 and the client and venue go before all others on CPU 1, as on machines that are kept free for them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { setFifo } from "../ffi/scheduler.ts";
import { closeSocket, listenTcp, localPort } from "../ffi/socket.ts";
import { pinThread, threadId } from "../ffi/thread.ts";
import { GatewayRun, gatewayCommand } from "./gateway-run.ts";
import { check, median, report, scaled, TINY } from "./measure.ts";
import { END, IN, OUT, REST, STATE, STORM, type StormJob } from "./tls-storm-peer.ts";

const ROUNDS = TINY ? 1 : Number(process.env.ROUNDS ?? 7);
const ORDERS = scaled(Number(process.env.ORDERS ?? 3_000), 20);
const COUNT = scaled(Number(process.env.COUNT ?? 1_000), 50);
const PINNED = process.env.PINNED === "1";
const PAUSE_MS = 0.2;
const OPENSSL = Bun.which("openssl");

if (OPENSSL === null) console.log("no openssl command: nothing is measured");
else await measure(OPENSSL);

async function measure(openssl: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-storm-"));
  const run = new GatewayRun();
  try {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${dir}/key`];
    const names = ["-subj", "/CN=gateway", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "9"];
    Bun.spawnSync([openssl, "req", "-x509", ...key, ...names, "-out", `${dir}/certificate`]);
    const port = freePort();
    const place = PINNED ? "cpus = [0]\nfifoPriority = 1\n" : "";
    const idle = TINY ? 'idle = "park"\nwarmUpMaxMs = 200' : 'idle = "spin"';
    await run.start(
      gatewayCommand(),
      `[lanes]
${place}${idle}
[client.tls]
listen = "127.0.0.1:${port}"
certificate = "${dir}/certificate"
key = "${dir}/key"
maxHandshakesPerAddress = ${COUNT}
handshakeTimeoutMs = 60_000
`,
      "maxConnections = 2_048\nmaxBeforeLogon = 2_047",
    );
    const shared = new SharedArrayBuffer(64);
    const words = new Int32Array(shared);
    const job: StormJob = { shared, port, ca: `${dir}/certificate`, count: COUNT };
    const worker = new Worker(new URL("./tls-storm-peer.ts", import.meta.url), { workerData: job });
    await new Promise((resolve) => worker.on("online", resolve));
    if (PINNED) {
      pinThread(threadId(), [1]);
      check("priority of the client", setFifo(threadId(), 1), 0);
    }
    rounds(run, words);
    await run.stop();
    check("collections of the lane", /lane 0: .* 0 collections/.test(run.log), true);
    Atomics.store(words, STATE, END);
    Atomics.notify(words, STATE);
    await worker.terminate();
  } finally {
    await run.end();
    rmSync(dir, { recursive: true });
  }
}

function rounds(run: GatewayRun, words: Int32Array): void {
  const times = {
    calm: { p50: [] as number[], p99: [] as number[] },
    storm: { p50: [] as number[], p99: [] as number[] },
  };
  const ratios: number[] = [];
  const tooks: number[] = [];
  orders(run, ORDERS, () => true);
  for (let round = 0; round < ROUNDS; round++) {
    const calm = orders(run, ORDERS, () => true);
    const began = performance.now();
    Atomics.store(words, STATE, STORM);
    Atomics.notify(words, STATE);
    const storm = orders(run, 100 * ORDERS, () => Atomics.load(words, STATE) !== REST);
    tooks.push(performance.now() - began);
    check("handshakes", words[IN], COUNT);
    check("refused handshakes", words[OUT], 0);
    // Its connections end.
    orders(run, ORDERS >> 1, () => true);
    for (const [all, one] of [
      [times.calm, calm],
      [times.storm, storm],
    ] as const) {
      all.p50.push(quantile(one, 0.5));
      all.p99.push(quantile(one, 0.99));
    }
    ratios.push(quantile(storm, 0.99) / quantile(calm, 0.99));
    if (!TINY)
      console.log(
        `round ${round}: ${storm.length} orders in the storm of ${tooks.at(-1)} ms; p50, p99 ${quantile(calm, 0.5)}, ${quantile(calm, 0.99)} → ${quantile(storm, 0.5)}, ${quantile(storm, 0.99)}`,
      );
  }
  report("without handshakes, round trip p50", median(times.calm.p50), "µs");
  report("without handshakes, round trip p99", median(times.calm.p99), "µs");
  report(`beside ${COUNT} handshakes, round trip p50`, median(times.storm.p50), "µs");
  report(`beside ${COUNT} handshakes, round trip p99`, median(times.storm.p99), "µs");
  report("p99 beside them, times without", median(ratios), "×");
  report(`${COUNT} handshakes took`, median(tooks), "ms");
}

/** Times of orders in microseconds, ascending: `count`, or as long as `goesOn`. */
function orders(run: GatewayRun, count: number, goesOn: () => boolean): number[] {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const times: number[] = [];
  while (times.length < count && goesOn()) {
    times.push(run.trade() / 1e3);
    Atomics.wait(pause, 0, 0, PAUSE_MS);
  }
  return times.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

function freePort(): number {
  const fd = listenTcp("127.0.0.1", 0, 1);
  const port = localPort(fd);
  closeSocket(fd);
  return port;
}
