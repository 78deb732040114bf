import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { PATIENCE_MS, until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { oneSymbol } from "./one-symbol.ts";
import { SlowPeer } from "./slow-peer.ts";

setDefaultTimeout(120_000);

const PEERS = 100;
/** Of about 330 bytes: less what the kernel keeps of it, some 250 KB a session. */
const REPORTS = 1_200;
const NAMES = Array.from({ length: PEERS }, (_, i) => `SLOW${i}`);

const gateways: Gateway[] = [];
const peers: SlowPeer[] = [];

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  for (const gateway of gateways.splice(0)) await gateway.remove();
});

function gatewayWith(pool: string): Gateway {
  const gateway = new Gateway();
  gateways.push(gateway);
  writeFileSync(
    gateway.configFile,
    `
[lanes]
idle = "park"
[client]
listen = "127.0.0.1:${gateway.clientPort}"
maxConnections = ${PEERS + 4}
backlogBytes = 4_194_304
[client.sessions.QUICK]
accounts = ["ACC1"]
${NAMES.map((name) => `[client.sessions.${name}]\naccounts = ["ACC1"]`).join("\n")}
[core]
maxOrders = 16_384
[journal]
segmentMiB = 16
[pool]
${pool}
${oneSymbol(gateway.venuePort)}`,
  );
  return gateway;
}

function residentMib(gateway: Gateway): number {
  const status = readFileSync(`/proc/${gateway.pid}/status`, "utf8");
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)![1]) / 1024;
}

/** Each of them asks again and again how an order is, and reads no answer. */
async function ask(): Promise<void> {
  for (const peer of peers) {
    for (let i = 0; i < REPORTS; i++)
      peer.send("H", [
        [11, `O-${peer.compId}`],
        [55, "AAPL"],
        [54, 1],
      ]);
  }
  await until("all that was asked is sent", () => peers.every((peer) => peer.flush()));
}

/** A line of its log; it comes when the gateway has got so far, which beside other tests takes its time. */
function said(gateway: Gateway, text: RegExp, from: number): Promise<void> {
  return gateway.said(text, from, 2 * PATIENCE_MS);
}

/** All of them read on. */
async function readAll(done: (peer: SlowPeer) => boolean): Promise<void> {
  for (const peer of peers) peer.widen();
  await Promise.all(peers.map((peer) => peer.until("all it asked for", () => done(peer), 30_000)));
}

async function start(gateway: Gateway): Promise<Client> {
  await gateway.start();
  const quick = new Client("QUICK", gateway.clientPort);
  await quick.logon();
  await until("an order that is taken", async () => {
    const id = quick.order({ 38: 1, 44: "140" });
    const report = await quick.wait("report", (message) => message.get(11) === id);
    return report.get(150) !== "8";
  });
  for (const name of NAMES) peers.push(new SlowPeer(name, gateway.clientPort));
  for (const peer of peers) await peer.connect();
  return quick;
}

/** Orders of a client that reads are answered, whatever the others do. */
async function expectServed(quick: Client): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const id = quick.order({ 38: 1, 44: "140" });
    expect((await quick.report(id, "0")).get(39)).toBe("0");
  }
}

test("a hundred clients that stop reading: their backlogs grow in the pool, lose nothing, and go back to the system", async () => {
  const gateway = gatewayWith("maxMiB = 64\nidleS = 1");
  const quick = await start(gateway);
  const atRestMib = residentMib(gateway);
  const from = gateway.log.length;
  await ask();
  await said(gateway, /session buffers: [\d.]+ MiB of 64\.0 MiB in use by sessions that read slowly/, from);
  await expectServed(quick);
  const grownMib = residentMib(gateway) - atRestMib;
  expect(grownMib).toBeGreaterThan(4);
  await readAll((peer) => peer.count("8") === REPORTS);
  await said(gateway, /session buffers: all back, \d+ spans returned to the system/, from);
  const leftMib = residentMib(gateway) - atRestMib;
  expect(leftMib).toBeLessThan(grownMib / 2);
  expect(gateway.log.slice(from)).not.toContain("disconnected");
  await expectServed(quick);
  expect(await gateway.stop()).toBe(0);
  const last =
    /at most ([\d.]+) MiB in use; ([\d,]+) taken, ([\d,]+) given back; 0 spans in service, ([\d,]+) ret.*exhausted 0/;
  const [, peak, taken, given, returned] = last.exec(gateway.log)!;
  expect(given).toBe(taken!);
  expect(Number(peak)).toBeGreaterThanOrEqual(4);
  console.log(
    `100 stopped readers: ${taken} buffers taken and given back, at most ${peak} MiB in use, ${returned} spans returned; ` +
      `resident +${grownMib.toFixed(1)} MiB, afterwards +${leftMib.toFixed(1)} MiB`,
  );
});

test("a pool too small for all: whoever finds it empty is disconnected for that, and nobody else", async () => {
  const gateway = gatewayWith("maxMiB = 8\nidleS = 1");
  const quick = await start(gateway);
  const from = gateway.log.length;
  await ask();
  await said(gateway, /WARN {2}session buffers: exhausted, [67]\.\d MiB of pool\.maxMiB are in use/, from);
  await expectServed(quick);
  // Those that were cut off find a reset, the others all that they asked for.
  await readAll((peer) => !peer.connected || peer.count("8") === REPORTS);
  const cut = peers.filter((peer) => !peer.connected).length;
  const line = /client SLOW\d+: disconnected: no memory for its backlog: the pool of session buffers is exhausted/g;
  expect(gateway.log.slice(from).match(line)!.length).toBe(cut);
  expect(cut).toBeGreaterThan(0);
  expect(cut).toBeLessThan(PEERS);
  await expectServed(quick);
  expect(gateway.log.slice(from)).not.toContain("client QUICK: disconnected");
  await said(gateway, /session buffers: all back/, from);
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log).toMatch(/at most [67]\.\d MiB in use; ([\d,]+) taken, \1 given back; 0 spans in service/);
});
