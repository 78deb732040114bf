import { afterEach, expect, test } from "bun:test";
import { ServiceNotifier, watchdogMs } from "../../../src/host/systemd/service-notifier.ts";
import { keptLog } from "../../log.ts";
import { NotifyListener } from "./notify-listener.ts";

let listeners: NotifyListener[] = [];
let names = 0;

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  listeners = [];
});

function managed(environment: Record<string, string> = {}): { manager: ServiceNotifier; listener: NotifyListener } {
  const listener = new NotifyListener(`@sallyport-manager-${process.pid}-${names++}`);
  listeners.push(listener);
  const manager = new ServiceNotifier({ NOTIFY_SOCKET: listener.address, ...environment }, keptLog([]));
  return { manager, listener };
}

test("the watchdog is for the process it names, and only where it is set", () => {
  expect(watchdogMs({}, 7)).toBeNull();
  expect(watchdogMs({ WATCHDOG_USEC: "3000000" }, 7)).toBe(3000);
  expect(watchdogMs({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: "7" }, 7)).toBe(3000);
  expect(watchdogMs({ WATCHDOG_USEC: "3000000", WATCHDOG_PID: "8" }, 7)).toBeNull();
  for (const wrong of ["0", "-1", "soon"]) expect(watchdogMs({ WATCHDOG_USEC: wrong }, 7)).toBeNull();
});

test("what was told is not told again; a start that goes on asks for more time, but not at every step", async () => {
  const { manager, listener } = managed();
  for (let i = 0; i < 1000; i++) manager.starting("reads");
  manager.starting("warms up");
  await manager.ready("all there");
  manager.showStatus("all there");
  manager.showStatus("one has gone");
  manager.alive();
  await manager.stopping("the end");
  listener.read();
  expect(listener.said).toEqual([
    "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=reads",
    "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=warms up",
    "READY=1\nSTATUS=all there",
    "STATUS=one has gone",
    "STOPPING=1\nSTATUS=the end",
  ]);
});

test("READY arrives also when the manager reads late", async () => {
  const { manager, listener } = managed({ WATCHDOG_USEC: "1000000" });
  for (let i = 0; i < 2000; i++) manager.alive();
  const ready = manager.ready("late");
  // It has tried, and there was no room for it.
  listener.read();
  expect(listener.said.filter((text) => text.includes("READY"))).toEqual([]);
  await ready;
  expect(await listener.heard(/^READY=1\nSTATUS=late$/)).toBeGreaterThan(0);
});

test("without a manager, or with one that is gone, nothing fails", async () => {
  const lines: string[] = [];
  await new ServiceNotifier({}, keptLog(lines)).ready("alone");
  const gone = new ServiceNotifier({ NOTIFY_SOCKET: "@sallyport-nobody" }, keptLog(lines));
  await gone.ready("alone");
  gone.showStatus("still alone");
  expect(lines).toEqual(["warning: gateway: the service manager cannot be reached (NOTIFY_SOCKET): ECONNREFUSED"]);
});
