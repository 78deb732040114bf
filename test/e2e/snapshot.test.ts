import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function snapshots(gateway: Gateway): string[] {
  return readdirSync(gateway.data)
    .filter((file) => file.endsWith(".snapshot"))
    .sort();
}

/** Resolves once there is a newer one than these. */
async function newerThan(known: readonly string[], gateway: Gateway): Promise<void> {
  const newest = known.at(-1) ?? "";
  const newestNow = () => snapshots(gateway).at(-1) ?? "";
  await until(`snapshot newer than ${newest}`, () => newestNow() > newest, PATIENCE_MS, newestNow);
}

for (const preset of ["one", "wide"] as const) {
  test(`open orders, fills and sequence numbers live on through snapshots and kills; preset ${preset}`, async () => {
    const gateway = new Gateway({ preset, tables: "snapshotMiB = 1" });
    const venue = new Venue(gateway.venuePort);
    const alice = new Client("ALICE", gateway.clientPort);
    ends.push(async () => {
      venue.stop();
      await gateway.remove();
    });
    venue.listen();
    await gateway.start();
    await venue.waitType(LOGON);
    await alice.logon();
    await venueUp(alice);
    const trade = async (count: number, first: number): Promise<string[]> => {
      const ids: string[] = [];
      for (let i = 0; i < count; i++) ids.push(alice.order({ 38: first + i, 44: "149" }));
      await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
      return ids;
    };
    const orders = await trade(1_500, 1_000);
    await newerThan([], gateway);
    const late = await trade(5, 10_000);

    await gateway.crash();
    await alice.waitClosed();
    await venue.waitClosed();
    const missed = venue.orders.find((order) => order.quantity === 1_011)!;
    venue.fill(missed, 1_011);
    const from = gateway.log.length;
    await gateway.start();
    const known = snapshots(gateway);
    expect(gateway.log.slice(from)).toMatch(/journal: [\d,]+ inputs behind the newest snapshot are replayed/);
    await venue.waitType(LOGON);
    const next = alice.nextIn;
    expect((await alice.logon()).sequence).toBeGreaterThanOrEqual(next);
    const fill = await alice.report(orders[11]!, "F");
    expect([fill.get(39), fill.get(14)]).toEqual(["2", "1011"]);
    await venueUp(alice);
    const canceled = alice.cancel(late[2]!, { 38: 10_002 });
    expect((await alice.report(canceled, "4")).get(41)).toBe(late[2]!);

    // A start has one made soon. Killed before that, its process would live on and make a newer one than we damage.
    await newerThan(known, gateway);
    await gateway.crash();
    await alice.waitClosed();

    // The newest one is damaged: the start says so, and knows the same.
    const newest = `${gateway.data}/${snapshots(gateway).at(-1)}`;
    const bytes = readFileSync(newest);
    bytes[5_000] = bytes[5_000]! ^ 1;
    writeFileSync(newest, bytes);
    const again = gateway.log.length;
    await gateway.start();
    expect(gateway.log.slice(again)).toContain(`journal: ${newest}: damaged at offset `);
    await alice.logon();
    await venueUp(alice);
    const last = alice.cancel(orders[20]!, { 38: 1_020 });
    expect((await alice.report(last, "4")).get(41)).toBe(orders[20]!);
  });
}
