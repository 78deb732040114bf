// What TLS costs: a separate gateway process, one spinning lane, over loopback TCP; client and venue are this thread, which spins as
// well. One order in flight, in turn: a gateway without TLS, a client without TLS of a gateway that has it, and a client with TLS 1.3.
// The client's own TLS is part of the last. It needs the openssl command and OpenSSL 3; without them it measures nothing.
// Environment: ROUNDS (5 by default), ORDERS (20,000), BENCH_TINY.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EAGAIN } from "../ffi/errno.ts";
import { abortSocket, closeSocket, connectTcp, listenTcp, localPort } from "../ffi/socket.ts";
import {
  beginClient,
  describeSession,
  HANDSHAKE_DONE,
  HANDSHAKE_FAILED,
  handshake,
  handshakeProblem,
  makeContext,
  RECORD_WAITS,
  readRecord,
  writeRecord,
} from "../ffi/tls.ts";
import type { SocketCalls } from "../src/counterparty/polled.ts";
import { GatewayRun, gatewayCommand } from "./gateway-run.ts";
import { check, median, report, scaled, TINY } from "./measure.ts";

const ORDERS = scaled(Number(process.env.ORDERS ?? 20_000), 20);
const FIRST = scaled(1_000, 10);
const ROUNDS = TINY ? 1 : Number(process.env.ROUNDS ?? 5);
const OPENSSL = Bun.which("openssl");
const MODES = ["without TLS", "without TLS, beside TLS", "TLS 1.3"] as const;

if (OPENSSL === null) console.log("no openssl command: nothing is measured");
else await measure(OPENSSL);

async function measure(openssl: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-bench-tls-"));
  try {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", `${dir}/key`];
    const names = ["-subj", "/CN=gateway", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "9"];
    Bun.spawnSync([openssl, "req", "-x509", ...key, ...names, "-out", `${dir}/certificate`]);
    const took = MODES.map(() => ({
      p50: [] as number[],
      p99: [] as number[],
      firstP99: [] as number[],
      first: [] as number[],
    }));
    for (let round = 0; round < ROUNDS; round++)
      for (const [mode, { p50, p99, firstP99, first }] of took.entries()) {
        const { times, firsts } = await tripTimes(dir, mode);
        firstP99.push(firsts[Math.floor(firsts.length * 0.99)]! / 1e3);
        first.push(firsts.reduce((sum, time) => sum + time, 0) / 1e6);
        p50.push(times[times.length >> 1]! / 1e3);
        p99.push(times[Math.floor(times.length * 0.99)]! / 1e3);
      }
    for (const [mode, { p50, p99, firstP99, first }] of took.entries()) {
      report(`${MODES[mode]}, first ${FIRST} orders p99`, median(firstP99), "µs");
      report(`${MODES[mode]}, first ${FIRST} orders`, median(first), "ms");
      report(`${MODES[mode]}, round trip p50`, median(p50), "µs");
      report(`${MODES[mode]}, round trip p99`, median(p99), "µs");
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Times of one gateway's round trips, ascending: of the first ones, and of those after more orders. */
async function tripTimes(dir: string, mode: number): Promise<{ times: Float64Array; firsts: Float64Array }> {
  const run = new GatewayRun();
  const port = freePort();
  const tls = `[client.tls]\nlisten = "127.0.0.1:${port}"\ncertificate = "${dir}/certificate"\nkey = "${dir}/key"\n`;
  const idle = TINY ? 'idle = "park"\nwarmUpMaxMs = 200' : 'idle = "spin"';
  try {
    await run.start(gatewayCommand(), `[lanes]\n${idle}\n${mode === 0 ? "" : tls}`);
    if (mode === 2) run.logonAgain(() => connectTls(run, port, `${dir}/certificate`));
    const firsts = new Float64Array(FIRST);
    for (let i = 0; i < FIRST; i++) firsts[i] = run.trade();
    for (let i = 0; i < ORDERS >> 2; i++) run.trade();
    const times = new Float64Array(ORDERS);
    for (let i = 0; i < ORDERS; i++) times[i] = run.trade();
    check("orders at the venue", run.venue.seen.get("D"), FIRST + ORDERS + (ORDERS >> 2));
    await run.stop();
    // A record is read and written without a new object.
    check("collections of the lane", /lane 0: .* 0 collections/.test(run.log), true);
    return { times: times.sort(), firsts: firsts.sort() };
  } finally {
    await run.end();
  }
}

function connectTls({ trader }: GatewayRun, port: number, ca: string): void {
  const fd = connectTcp("127.0.0.1", port);
  const context = makeContext({ ca, isServer: false, minVersion: "1.3", clientCertificate: "none" });
  const session = beginClient(context, fd, "127.0.0.1", true);
  let state = handshake(session);
  while (state !== HANDSHAKE_DONE && state !== HANDSHAKE_FAILED) state = handshake(session);
  if (state === HANDSHAKE_FAILED) throw new Error(handshakeProblem(session));
  check("version", describeSession(session).split(" ")[0], "TLSv1.3");
  const count = (result: number): number => (result === RECORD_WAITS ? -EAGAIN : result);
  const calls: SocketCalls = {
    receive: (_fd, address, bytes) => count(readRecord(session, address, bytes)),
    send: (_fd, address, bytes) => count(writeRecord(session, address, bytes)),
    closeSocket,
    abortSocket,
  };
  Reflect.set(trader.line, "calls", calls);
  trader.line.open(fd);
}

function freePort(): number {
  const fd = listenTcp("127.0.0.1", 0, 1);
  const port = localPort(fd);
  closeSocket(fd);
  return port;
}
