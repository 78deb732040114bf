// npm run test:booted: the life of a gateway on a booted Debian with systemd itself. Needs root and what base-tree.ts names.

import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LOGOUT } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { Client } from "../e2e/client.ts";
import { configOf, executable, freePort, type Setting } from "../e2e/gateway.ts";
import { Venue, venueUp } from "../e2e/venue.ts";
import { until } from "../eventually.ts";
import { HeldThread, threadOf } from "../host/systemd/held-thread.ts";
import { baseTree } from "./base-tree.ts";
import { Machine } from "./machine.ts";

setDefaultTimeout(90_000);

const UNIT = "sallyport.service";
const CONFIG = "/etc/sallyport/gateway.toml";
const DROP_IN = `/run/systemd/system/${UNIT}.d/test.conf`;
/** daemon is a user that every Debian has. */
const ADMIN = '[admin.users]\ndaemon = "view"\n';
const RESTART_MS = 30_000;
const UPGRADE_MS = 90_000;
/** Like the good one in all but what it does when it is to run. */
const BAD = `#!/bin/sh
case "$1" in
  version) echo "sallyport 9.9.9 (Bun 1.4.5, linux x64)" ;;
  run) exit 1 ;;
  *) exec /tmp/good "$@" ;;
esac
`;
const base = baseTree();
if ("reason" in base) console.log(`a booted Debian: skipped, ${base.reason}`);

describe.skipIf("reason" in base)("a booted Debian", () => {
  let machine: Machine;
  const clientPort = freePort();
  const venuePort = freePort();
  const venue = new Venue(venuePort);
  const alice = new Client("ALICE", clientPort);
  let held: HeldThread | null = null;

  beforeAll(async () => {
    machine = await Machine.boot((base as { tree: string }).tree);
    venue.listen();
  }, 90_000);

  afterEach(() => {
    held?.release();
    held = null;
  });

  afterAll(async () => {
    alice.drop();
    venue.stop();
    await machine?.remove();
  }, 60_000);

  const restarts = async (): Promise<number> => Number(await machine.property(UNIT, "NRestarts"));

  /** Resolves once a property of the unit is as wanted; where it does not get there, its log says why. */
  async function becomes(name: string, wanted: (value: string) => boolean): Promise<void> {
    await until(name, async () => wanted(await machine.property(UNIT, name)), RESTART_MS).catch(
      async (error: Error) => {
        throw new Error(`${error.message}:\n${await machine.journal(UNIT)}`, { cause: error });
      },
    );
  }

  function configure(lanes: string, preset: Setting["preset"] = "one"): void {
    writeFileSync(machine.path(CONFIG), configOf({ clientPort, venuePort, preset, lanes, tables: ADMIN }));
  }

  /** Starts it; where that fails, its log says why. */
  async function start(): Promise<void> {
    const { code, out } = await machine.run("systemctl", "start", "sallyport");
    if (code !== 0) throw new Error(`${out}\n${await machine.journal(UNIT)}`);
  }

  /** Stops, and changes the unit as an operator does; what became of it before is forgotten. */
  async function dropIn(...lines: string[]): Promise<void> {
    await machine.must("systemctl", "stop", "sallyport");
    mkdirSync(machine.path(dirname(DROP_IN)), { recursive: true });
    writeFileSync(machine.path(DROP_IN), ["[Service]", ...lines, ""].join("\n"));
    await machine.must("systemctl", "daemon-reload");
    // Refused where nothing has failed since the unit was loaded.
    await machine.run("systemctl", "reset-failed", "sallyport");
  }

  /** Both sides are on again, after a start. */
  async function onAgain(): Promise<void> {
    await alice.logon();
    await venueUp(alice);
  }

  /** An order that rests at the venue. */
  async function resting(quantity: number): Promise<{ id: string; order: PeerOrder }> {
    const id = alice.order({ 38: quantity });
    await alice.report(id, "0");
    return { id, order: await venue.orderOf(quantity) };
  }

  /** The gateway has gone by itself; it is back, and the order that was open is filled. */
  async function backWith(before: number, quantity: number, { id, order }: { id: string; order: PeerOrder }) {
    await until("end of the connection", () => !alice.connected, RESTART_MS);
    await becomes("NRestarts", (count) => Number(count) > before);
    await becomes("ActiveState", (state) => state === "active");
    await onAgain();
    venue.fill(order, quantity);
    expect((await alice.report(id, "F")).get(39)).toBe("2");
    expect([...alice.faults, ...venue.faults]).toEqual([]);
  }

  test("the one file is copied in and brings what it needs", async () => {
    copyFileSync(executable(), machine.path("/tmp/sallyport"));
    chmodSync(machine.path("/tmp/sallyport"), 0o755);
    await machine.must("/tmp/sallyport", "install");
    await machine.must("rm", "/tmp/sallyport");
    configure('idle = "park"', "two");
    expect(await machine.property(UNIT, "LoadState")).toBe("loaded");
    expect(await machine.property(UNIT, "NeedDaemonReload")).toBe("no");
    expect(await machine.must("stat", "-c", "%U %a", "/var/lib/sallyport")).toBe("sallyport 700");
    expect(await machine.must("sallyport", "check", "--config", CONFIG)).toContain("client0");
  });

  test("systemctl start returns once it takes orders; an order and its fill", async () => {
    await start();
    expect(await machine.property(UNIT, "ActiveState")).toBe("active");
    await onAgain();
    const { id, order } = await resting(501);
    venue.fill(order, 501);
    expect((await alice.report(id, "F")).get(39)).toBe("2");
    await becomes("StatusText", (text) => text === "1 of 2 client sessions on, 1 of 1 venues up; 2 lanes");
    expect(readFileSync(`/proc/${await machine.mainPid(UNIT)}/status`, "utf8")).toMatch(/^CapBnd:\s*0+$/m);
  });

  test("the API is where ctl looks for it, and knows by the kernel who asks", async () => {
    expect(await machine.must("stat", "-c", "%U %a", "/run/sallyport", "/run/sallyport/admin.sock")).toBe(
      "sallyport 711\nsallyport 666",
    );
    expect(await machine.must("sallyport", "ctl", "note", "the desk is open")).toContain("applied");
    const stranger = await machine.run("setpriv", "--reuid=nobody", "--clear-groups", "sallyport", "ctl", "status");
    expect(stranger.code).toBe(1);
    expect(stranger.out).toMatch(/expected a user of admin\.users, got nobody \(uid \d+\) \(unknown-user\)/);
    const viewer = ["setpriv", "--reuid=daemon", "--clear-groups", "sallyport", "ctl"] as const;
    expect(await machine.must(...viewer, "status")).toContain("version");
    expect((await machine.run(...viewer, "note", "not mine to say")).out).toContain("got view of daemon");
    expect(await machine.must("sallyport", "journal", "print", "/var/lib/sallyport")).toMatch(
      /root \(unix socket, uid 0, pid \d+\) asked for note\.add: the desk is open/,
    );
  });

  test("systemctl stop logs both sides out and is a success", async () => {
    const stopped = alice.waitType(LOGOUT);
    await machine.must("systemctl", "stop", "sallyport");
    await stopped;
    await venue.waitType(LOGOUT);
    expect(await machine.journal(UNIT)).not.toContain("not answered");
    expect([await machine.property(UNIT, "ActiveState"), await machine.property(UNIT, "Result")]).toEqual([
      "inactive",
      "success",
    ]);
  });

  test("kill -9: it comes back by itself, and the open order is intact", async () => {
    await start();
    await onAgain();
    const open = await resting(502);
    const before = await restarts();
    await machine.must("systemctl", "kill", "--signal=SIGKILL", "sallyport");
    await backWith(before, 502, open);
  });

  test("a lane that hangs: the watchdog ends it, it comes back, and the open order is intact", async () => {
    const open = await resting(503);
    const before = await restarts();
    held = new HeldThread(threadOf(await machine.mainPid(UNIT), "lane core"));
    await backWith(before, 503, open);
    const said = await machine.journal(UNIT);
    expect(said).toContain("alarm: watchdog: lane 0 (client0, core, venue0) stands still for");
    expect(said).toContain("Watchdog timeout");
  });

  test("upgrade: a good one runs afterwards, sessions are on again, and the open order is intact", async () => {
    const { id, order } = await resting(504);
    const before = await versionInUse();
    const file = offer("good", Buffer.concat([readFileSync(executable()), Buffer.from("\nanother\n")]));
    const { code, out } = await onMeanwhile(machine.run("sallyport", "upgrade", file));
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining("reads the journal in") });
    expect(await versionInUse()).not.toBe(before);
    venue.fill(order, 504);
    expect((await alice.report(id, "F")).get(39)).toBe("2");
  });

  test("upgrade: one that ends at its start is taken back by itself, and the open order is intact", async () => {
    const { id, order } = await resting(505);
    const before = await versionInUse();
    const file = offer("bad", BAD);
    const { code, out } = await onMeanwhile(machine.run("sallyport", "upgrade", file));
    expect({ code, out }).toMatchObject({ code: 4, out: expect.stringContaining("it does not become ready") });
    expect(await versionInUse()).toBe(before);
    venue.fill(order, 505);
    expect((await alice.report(id, "F")).get(39)).toBe("2");
  });

  test("rollback: the version of before runs again, and the open order is intact", async () => {
    const { id, order } = await resting(506);
    const before = await versionInUse();
    const { code, out } = await onMeanwhile(machine.run("sallyport", "rollback"));
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(await versionInUse()).not.toBe(before);
    venue.fill(order, 506);
    expect((await alice.report(id, "F")).get(39)).toBe("2");
    expect([...alice.faults, ...venue.faults]).toEqual([]);
  });

  /** The directory of the executable that runs. */
  async function versionInUse(): Promise<string> {
    return dirname(readlinkSync(`/proc/${await machine.mainPid(UNIT)}/exe`));
  }

  /** A file inside to upgrade to, with the checksum that speaks for it. Returns its path. */
  function offer(name: string, bytes: Uint8Array | string): string {
    const path = `/tmp/${name}`;
    writeFileSync(machine.path(path), bytes, { mode: 0o755 });
    const sum = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    writeFileSync(machine.path(`${path}.sha256`), `${sum}  ${name}\n`);
    return path;
  }

  /** While something is done the client logs on again whenever it is off, and once more at the end. */
  async function onMeanwhile<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = work.finally(() => {
      done = true;
    });
    await until(
      "the end of it, and a client that is on",
      async () => {
        if (!alice.connected) await alice.logon().catch(() => {});
        return done && alice.loggedOn;
      },
      UPGRADE_MS,
    );
    await venueUp(alice);
    return end;
  }

  test("the journal is whole after all this", async () => {
    await machine.must("systemctl", "stop", "sallyport");
    expect(await machine.must("sallyport", "journal", "verify", "/var/lib/sallyport")).toContain("core");
  });

  test("a start with a warm-up that takes longer than the manager would wait", async () => {
    configure('idle = "park"\nwarmUp = "on"');
    // It asks for more time once its runtime is up, which is late on a machine that is busy elsewhere: then a longer limit.
    for (const limitMs of [400, 800, 1_600]) {
      await dropIn(`TimeoutStartSec=${limitMs}ms`, "Restart=no");
      const began = performance.now();
      const failure = await start().then(
        () => null,
        (error: Error) => error,
      );
      if (failure !== null && limitMs < 1_600) continue;
      expect(failure).toBeNull();
      expect(performance.now() - began).toBeGreaterThan(limitMs);
      break;
    }
    expect(await machine.journal(UNIT)).toMatch(/warmed up with [\d,]+ orders/);
  });

  test("a lane under SCHED_FIFO, with the drop-in for it", async () => {
    const mayRaise = (await machine.run("prlimit", "--rtprio=49", "true")).code === 0;
    const capability = ["CapabilityBoundingSet=CAP_SYS_NICE", "AmbientCapabilities=CAP_SYS_NICE"];
    const shipped = readFileSync(join(import.meta.dir, "../../systemd/sallyport.service.d/realtime.conf"), "utf8");
    await dropIn(shipped, ...(mayRaise ? [] : capability));
    configure('idle = "park"\ncpus = [0]\nfifoPriority = 3');
    await start();
    expect(await machine.journal(UNIT)).toMatch(/^lane 0: .* on CPU 0 .*SCHED_FIFO 3/m);
  });

  test("MemoryDenyWriteExecute=yes: it does not start, and the log says why", async () => {
    await dropIn("MemoryDenyWriteExecute=yes", "Restart=no");
    expect((await machine.run("systemctl", "start", "sallyport")).code).toBe(1);
    expect(await machine.property(UNIT, "ExecMainStatus")).toBe("1");
    expect(await machine.journal(UNIT)).toContain(
      "sallyport: memory that is both written and executed is refused here, so there is no JIT compiler",
    );
  });

  test("the machine is shut down with the gateway on: sessions log out first", async () => {
    await dropIn();
    configure('idle = "park"');
    await start();
    await onAgain();
    await machine.must("systemctl", "poweroff", "--no-block");
    await alice.waitType(LOGOUT);
    await alice.waitClosed();
  });
});
