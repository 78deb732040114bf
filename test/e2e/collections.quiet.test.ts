import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, type Setting } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

const MANY_REQUESTS = "[admin]\nrequestsPerSecond = 10_000";
const ROUNDS = 300;
const MOST_ROUNDS = 20 * ROUNDS;

let ends: (() => unknown)[] = [];
/** Of the last order of `busy`; each has its own. */
let quantity = 1_000;

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

/** One that writes down every collection of every heap, and ALICE logged on to it. */
async function trading(setting: Partial<Setting>): Promise<{ gateway: Gateway; venue: Venue; alice: Client }> {
  const gateway = new Gateway({
    client: "maxConnections = 32",
    ...setting,
    tables: `${setting.tables ?? ""}\n${MANY_REQUESTS}`,
  });
  const venue = new Venue(gateway.venuePort);
  ends.push(() => gateway.remove());
  ends.push(() => venue.stop());
  venue.listen();
  await gateway.start(["env", "BUN_JSC_logGC=1"]);
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

async function trade(alice: Client, venue: Venue, quantity: number): Promise<void> {
  const id = alice.order({ 38: quantity });
  venue.fill(await venue.orderOf(quantity), quantity);
  await alice.report(id, "F");
}

/** BOB comes and goes, which the main thread hears of and logs. */
async function visit(port: number): Promise<void> {
  const bob = new Client("BOB", port);
  await bob.logon(true);
  bob.drop();
}

/** Orders without a pause, and much for the main thread to do beside them. Returns  what was logged meanwhile. */
async function busy({ gateway, venue, alice }: Awaited<ReturnType<typeof trading>>, rounds: number): Promise<string> {
  const from = gateway.log.length;
  for (let round = 0; round < rounds; round++) {
    await trade(alice, venue, ++quantity);
    await visit(gateway.clientPort);
    // An answer of 100 KB: garbage enough for a heap that has the API's packages in it.
    await ask(gateway, "GET", "/openapi.json");
  }
  return gateway.log.slice(from);
}

const collections = (log: string): number => log.match(/\[GC<0x[0-9a-f]+>: START/g)?.length ?? 0;

test("growthPercent = off: nothing is collected while orders come, and the heap is when none do", async () => {
  const usual = await trading({});
  let rounds = 0;
  for (let found = 0; found === 0 && rounds < MOST_ROUNDS; rounds += ROUNDS)
    found = collections(await busy(usual, ROUNDS));
  expect(rounds).toBeLessThan(MOST_ROUNDS);
  const off = await trading({ tables: '[memory]\ngrowthPercent = "off"' });
  expect(collections(await busy(off, rounds))).toBe(0);
  const from = off.gateway.log.length;
  await off.gateway.said(/\[GC<0x[0-9a-f]+>: START/, from);
  await trade(off.alice, off.venue, 500);
  expect(await off.gateway.stop()).toBe(0);
  expect(off.gateway.log).toMatch(
    /memory: [1-9]\d* collections on the main thread \([1-9]\d* without orders, 0 at the limit\)/,
  );
});

test("a warm lane collects nothing, and its own count of that is the engine's", async () => {
  const { gateway, venue, alice } = await trading({ lanes: 'idle = "park"\nwarmUp = "on"\nwarmUpMaxMs = 20_000' });
  const from = gateway.log.indexOf("warmed up");
  for (let i = 1; i <= 100; i++) await trade(alice, venue, 200 + i);
  const ran = gateway.log.slice(from);
  expect(await gateway.stop()).toBe(0);
  // The lane's heap is collected when its warm-up ends, and not again. The main thread's may be collected before and after.
  const heaps = new Set(Array.from(gateway.log.matchAll(/\[GC<(0x[0-9a-f]+)>: START/g), (match) => match[1]!));
  const isOf = (log: string, heap: string): boolean => log.includes(`[GC<${heap}>: START`);
  expect([...heaps].filter((heap) => isOf(gateway.log.slice(0, from), heap) && !isOf(ran, heap))).not.toEqual([]);
  expect(gateway.log).toMatch(/lane 0: [\d,]+ turns, .* 0 collections/);
});

test("beyond memory.limitMiB the main thread collects and raises an alarm, and orders go on", async () => {
  const { gateway, venue, alice } = await trading({ tables: "[memory]\nlimitMiB = 8" });
  await gateway.said(
    /ALARM memory: \d+ MiB of memory are beyond memory.limitMiB \(8 MiB\) also after a collection; orders continue/,
  );
  expect(gateway.log.slice(0, gateway.log.indexOf("ALARM"))).toContain("FullCollection");
  for (let i = 1; i <= 20; i++) await trade(alice, venue, 200 + i);
  expect(gateway.log.match(/ALARM/g)?.length).toBe(1);
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log).toMatch(
    /memory: [1-9]\d* collections on the main thread \(0 without orders, [1-9]\d* at the limit\)/,
  );
});

test("within the limit there is no alarm", async () => {
  const { gateway, venue, alice } = await trading({ tables: "[memory]\nlimitMiB = 4096" });
  for (let i = 1; i <= 20; i++) await trade(alice, venue, 200 + i);
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log).not.toContain("ALARM");
  expect(gateway.log).toContain("(0 without orders, 0 at the limit)");
});
