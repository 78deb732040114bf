import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { passes } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

/** Descriptors of the process: some more than it has without connections. */
const LIMIT = 64;
const LIMITED = ["bash", "-c", `ulimit -n ${LIMIT}; exec "$@"`, "bash"];

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

test.each(["process", "disk"])(
  "no descriptor is left: lines that say so, and the journal continues; durability %s",
  async (durability) => {
    const tables = `durability = "${durability}"\nspareMiB = 0\nsnapshotMiB = 2`;
    const gateway = new Gateway({ tables, segmentMiB: 1, client: "maxConnections = 256\nlogonTimeoutMs = 60000" });
    const venue = new Venue(gateway.venuePort);
    const alice = new Client("ALICE", gateway.clientPort);
    ends.push(() => gateway.remove());
    ends.push(() => venue.stop());
    venue.listen();
    await gateway.start(LIMITED);
    await venue.waitType(LOGON);
    await alice.logon();
    await venueUp(alice);

    const fillers = await Promise.all(
      Array.from({ length: LIMIT }, () =>
        Bun.connect({ hostname: "127.0.0.1", port: gateway.clientPort, socket: { data() {} } }),
      ),
    );
    ends.push(() => fillers.forEach((socket) => void socket.terminate()));
    await gateway.said(
      /ALARM client side: no descriptor is left \(EMFILE or ENFILE\): new connections wait, sessions continue/,
    );

    // Through several segments, each of which needs a descriptor; snapshots can't be made.
    const newest = (): string =>
      readdirSync(gateway.data)
        .filter((name) => /^core-\d+\.journal$/.test(name))
        .sort()
        .at(-1)!;
    const first = newest();
    for (let i = 0; i < 16; i++) {
      const batch = Array.from({ length: 500 }, () => alice.order({ 38: 10, 44: "149" }));
      for (const order of batch) expect((await alice.report(order)).get(58) ?? "", gateway.log).toBe("");
      for (const order of batch) alice.cancel(order);
      await alice.settle();
    }
    expect(Number(newest().slice(5, 13))).toBeGreaterThan(Number(first.slice(5, 13)) + 2);
    expect(readdirSync(`/proc/${gateway.pid}/fd`).length).toBeGreaterThan(LIMIT - 6);

    // The venue goes, and can't be dialled.
    const from = gateway.log.length;
    await venue.stop();
    await gateway.said(
      /venue VENUE: can't connect to \S+: (?:EMFILE \(this process has reached its limit of descriptors: raise LimitNOFILE\)|ECONNREFUSED)/,
      from,
    );
    await passes(2_500);
    expect(gateway.isRunning).toBe(true);

    for (const socket of fillers) socket.terminate();
    await passes(1_200);
    await new Client("BOB", gateway.clientPort).logon();
    await gateway.said("client side: descriptors are there again");
    expect(await gateway.stop(), gateway.log).toBe(0);
    expect(gateway.log).not.toMatch(/^\s+at /m);
  },
);
