import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON, LOGOUT } from "../../src/counterparty/message.ts";
import { passes } from "../eventually.ts";
import { HeldThread, threadOf } from "../host/systemd/held-thread.ts";
import { NotifyListener } from "../host/systemd/notify-listener.ts";
import { Client } from "./client.ts";
import { Gateway, type Setting } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const WATCHDOG = /^WATCHDOG=1$/;
const WATCHDOG_MS = 400;
/** The gateway looks at its lanes four times in the watchdog's time. While one stands still nothing is sent that could be waited for. */
const TEN_LOOKS_MS = (10 * WATCHDOG_MS) / 4;

let ends: (() => unknown)[] = [];
let names = 0;

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A gateway whose service manager is the test, and a venue that is there. */
function supervised(setting: Partial<Setting>) {
  const manager = new NotifyListener(`@sallyport-service-${process.pid}-${names++}`);
  const gateway = new Gateway(setting);
  const venue = new Venue(gateway.venuePort);
  venue.listen();
  ends.push(
    () => gateway.remove(),
    () => venue.stop(),
    () => manager.close(),
  );
  const start = (): Promise<void> =>
    gateway.start(["env", `NOTIFY_SOCKET=${manager.address}`, `WATCHDOG_USEC=${WATCHDOG_MS * 1000}`, `WATCHDOG_PID=`]);
  return { manager, gateway, venue, start };
}

const LANES: [string, Partial<Setting>][] = [
  ["one lane that spins", { lanes: 'idle = "spin"\nwarmUp = "off"' }],
  ["two lanes that park", { preset: "two" }],
];

test.each(LANES)("%s: told when it accepts, who is on, that it lives, and that it stops", async (_name, setting) => {
  const { manager, gateway, venue, start } = supervised(setting);
  await start();
  const ready = await manager.heard(/^READY=1\nSTATUS=0 of 2 client sessions on, [01] of 1 venues up; (one|2) lanes?$/);
  expect(manager.said[0]).toBe("EXTEND_TIMEOUT_USEC=30000000\nSTATUS=starting: reads the journal");
  expect(manager.said.filter((text) => text.includes("READY"))).toHaveLength(1);

  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  let heard = await manager.heard(/^STATUS=1 of 2 client sessions on, 1 of 1 venues up;/, ready);
  // Nobody sends anything, and a lane that waits lives all the same.
  for (let i = 0; i < 6; i++) heard = await manager.heard(WATCHDOG, heard + 1);

  const stopped = gateway.stop();
  const stopping = await manager.heard(/^STOPPING=1\nSTATUS=stopping/, ready);
  await alice.waitType(LOGOUT);
  await venue.waitType(LOGOUT);
  expect(await stopped, gateway.log).toBe(0);
  expect(manager.count(/READY|EXTEND/, stopping)).toBe(0);
});

const lanes = [
  ["one lane that spins", LANES[0]![1], "lane core", "lane 0 (client0, core, venue0)"],
  ["the second of two that park", LANES[1]![1], "lane keeper", "lane 1 (keeper)"],
] as const;

test.each(lanes)("%s hangs: the watchdog is not fed until it turns again", async (_name, setting, thread, called) => {
  const { manager, gateway, venue, start } = supervised(setting);
  await start();
  await venue.waitType(LOGON);
  await manager.heard(WATCHDOG);
  const held = new HeldThread(threadOf(gateway.pid, thread));
  ends.unshift(() => held.release());
  const alarm = await manager.heard(/^STATUS=alarm: /);
  expect(manager.said[alarm]).toContain(`STATUS=alarm: ${called} stands still for `);
  await gateway.said("s; the watchdog is not fed");
  // Of the last two seconds before the alarm one look alone can still have found it moving.
  const before = manager.said.findLastIndex((text) => WATCHDOG.test(text));
  await passes(TEN_LOOKS_MS);
  expect(manager.count(WATCHDOG, before + 1)).toBe(0);
  held.release();
  const again = await manager.heard(WATCHDOG, alarm);
  await manager.heard(/^STATUS=0 of 2 client sessions on, 1 of 1 venues up;/, again);
  await gateway.said("INFO  watchdog: every lane turns again");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("SIGTERM while it starts: it ends at once, and never was ready", async () => {
  const { manager, gateway, start } = supervised({ lanes: 'idle = "park"\nwarmUp = "on"\nwarmUpMaxMs = 30000' });
  const started = start().catch((error: Error) => error.message);
  await manager.heard(/STATUS=starting: lanes/);
  expect(await gateway.stop()).toBe(0);
  expect(await started).toContain("INFO  gateway: SIGTERM: ended before it was ready");
  expect(manager.count(/READY/)).toBe(0);
});

test("a start that warms up for long asks for more time while it goes on", async () => {
  // Three lanes that warm up on two CPUs take long enough.
  const { manager, start } = supervised({ preset: "wide", lanes: 'warmUp = "on"\nwarmUpMaxMs = 3000' });
  await start();
  const ready = await manager.heard(/^READY=1/);
  const asked = manager.said.slice(0, ready).filter((text) => text.startsWith("EXTEND_TIMEOUT_USEC=30000000\n"));
  expect(asked.at(-1)).toContain("STATUS=starting: lanes replay the journal and warm up");
  expect(asked.length).toBeGreaterThan(1);
});
