import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, mkdirSync, openSync, unlinkSync, writeSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const canMount =
  process.getuid?.() === 0 && Bun.spawnSync(["unshare", "-m", "true"], { stderr: "ignore" }).exitCode === 0;

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** Writes until nothing more fits. */
function fill(path: string): void {
  const fd = openSync(path, "w");
  const chunk = new Uint8Array(16_384);
  try {
    for (;;) writeSync(fd, chunk);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  } finally {
    closeSync(fd);
  }
}

test.skipIf(!canMount)(
  "a full disk: new orders are refused, cancels and fills go on, and room ends it (needs the right to mount)",
  async () => {
    const gateway = new Gateway({ tables: "reserveMiB = 2\nsnapshotMiB = 0", segmentMiB: 1 });
    const venue = new Venue(gateway.venuePort);
    const alice = new Client("ALICE", gateway.clientPort);
    ends.push(async () => {
      venue.stop();
      await gateway.remove();
    });
    venue.listen();
    mkdirSync(gateway.data);
    const mount = 'mount -t tmpfs -o size=16m sallyport-test "$0" && exec "$@"';
    await gateway.start(["unshare", "-m", "bash", "-c", mount, gateway.data]);
    await venue.waitType(LOGON);
    await alice.logon();
    await venueUp(alice);
    const trade = async (count: number): Promise<{ taken: string[]; refused: string[] }> => {
      const ids: string[] = [];
      for (let i = 0; i < count; i++) ids.push(alice.order({ 38: 1_000, 44: "149" }));
      const reports = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId)));
      const taken = ids.filter((_, i) => reports[i]!.get(150) === "0");
      const refused = reports.filter((report) => report.get(150) === "8").map((report) => report.get(58)!);
      return { taken, refused };
    };
    const first = await trade(20);
    expect(first.refused).toEqual([]);

    // The mount is the gateway's own: it is reached through its root.
    const ballast = `/proc/${gateway.pid}/root${gateway.data}/ballast`;
    fill(ballast);
    let refused: string[] = [];
    let taken = 0;
    while (refused.length === 0 && taken < 8_000) {
      const batch = await trade(200);
      refused = batch.refused;
      taken += batch.taken.length;
    }
    expect(refused[0]).toContain("JOURNAL_FULL");
    await gateway.said(/ALARM journal: no file can be made for the journal: ENOSPC \(the disk is full/);
    const { taken: none } = await trade(5);
    expect(none).toEqual([]);
    const canceled = alice.cancel(first.taken[3]!, { 38: 1_000 });
    expect((await alice.report(canceled, "4")).get(41)).toBe(first.taken[3]!);
    const order = venue.orders.find(({ open, quantity }) => open && quantity === 1_000)!;
    venue.fill(order, 400);
    await alice.wait("the fill", (message) => message.get(150) === "F" && message.get(32) === "400");

    unlinkSync(ballast);
    await gateway.said("journal: files can be made for the journal again");
    const after = await trade(10);
    expect(after.refused).toEqual([]);
    expect(await gateway.stop()).toBe(0);
  },
);

test.skipIf(!canMount)(
  "a reserve that is used up stops the line with a reason, exit code 70 (needs the right to mount)",
  async () => {
    const gateway = new Gateway({ tables: "reserveMiB = 0\nsnapshotMiB = 0", segmentMiB: 1 });
    const venue = new Venue(gateway.venuePort);
    const alice = new Client("ALICE", gateway.clientPort);
    ends.push(async () => {
      venue.stop();
      await gateway.remove();
    });
    venue.listen();
    mkdirSync(gateway.data);
    const mount = 'mount -t tmpfs -o size=12m sallyport-test "$0" && exec "$@"';
    await gateway.start(["unshare", "-m", "bash", "-c", mount, gateway.data]);
    await venue.waitType(LOGON);
    await alice.logon();
    await venueUp(alice);
    fill(`/proc/${gateway.pid}/root${gateway.data}/ballast`);
    // Refused orders are journalled too, so that the last room goes in the end.
    while (alice.connected) {
      const ids = Array.from({ length: 200 }, () => alice.order({ 38: 1_000, 44: "149" }));
      await Promise.race([alice.report(ids.at(-1)!).catch(() => {}), alice.closed]);
    }
    await gateway.said("process ended: 70");
    expect(gateway.log).toMatch(/journal stream \w+: no space left for its next segment; free space/);
  },
);
