import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { PeriodicTasks } from "../../src/base/periodic-tasks.ts";
import { NONE } from "../../src/base/units.ts";
import type { CancelMode } from "../../src/config/cancel-on-disconnect.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { Command } from "../../src/control/command-ring.ts";
import { CancelOnDisconnect, type SessionConnection } from "../../src/gateway/cancel-on-disconnect.ts";
import type { ClientMember } from "../../src/gateway/roster.ts";
import type { RecoveredSession } from "../../src/journal/store/recover.ts";
import { CAUSE_DISCONNECT, CAUSE_LOGOUT, NO_MORE_SLOTS } from "../../src/record/control-codes.ts";
import type { GatewayEvent } from "../../src/telemetry/event-reader.ts";
import {
  EVENT_LOGONS_ANSWERED,
  EVENT_LOGONS_HELD,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_VENUE_UP,
} from "../../src/telemetry/events.ts";
import { keptLog } from "../log.ts";

const ID = 4;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

interface Given {
  readonly mode?: CancelMode;
  readonly windowMs?: number;
  readonly byLogon?: boolean;
  readonly recovered?: Partial<RecoveredSession>;
}

/** One session, FIRM1, whose open orders and answers of the core are given by hand. */
class Rig {
  readonly sent: Command[] = [];
  readonly members: Pick<ClientMember, "name" | "id" | "settings">[] = [];
  readonly lines: string[] = [];
  readonly part: CancelOnDisconnect;
  open = 3;
  /** What the core answers: canceled, left and pending of all open ones. */
  answer: () => { count: number; left: number; pending: number } = () => ({ count: this.open, left: 0, pending: 0 });
  /** Time of the events. */
  goneUs = 1;
  said = { type: NONE, windowMs: NONE };
  /** What its lane has written; null: nothing. */
  row: SessionConnection | null = null;
  private readonly tasks = new PeriodicTasks();

  constructor({ mode = "both", windowMs = 0, byLogon = false, recovered }: Given = {}, recoveredId = ID) {
    const session = {
      cancelOnDisconnect: mode,
      cancelOnDisconnectWindowMs: windowMs,
      cancelOnDisconnectOrders: "all",
      cancelOnDisconnectByLogon: byLogon,
    };
    this.members.push({ name: "FIRM1", id: ID, settings: session as ClientMember["settings"] });
    this.part = new CancelOnDisconnect({
      config: { client: { logonTimeoutMs: 5_000 } } as GatewayConfig,
      roster: { all: this.members },
      sessions: {
        openOrders: () => this.open,
        logonTerms: () => this.said,
        connection: () => this.row,
        protection: () => null,
      },
      events: { follow: () => {}, drain: () => {} },
      journal: {
        recovered: { clients: recovered === undefined ? {} : { [recoveredId]: recovered as RecoveredSession } },
      },
      commands: {
        free: 64,
        send: (command: Command) => {
          this.sent.push(command);
          const outcome = { applied: true, changed: true, reason: "", result: 1, value: NO_MORE_SLOTS };
          return Promise.resolve({ ...outcome, ...this.answer() });
        },
      },
      tasks: this.tasks,
      log: keptLog(this.lines),
    });
    this.tasks.start();
  }

  event(kind: number, a = 0, session = ID): void {
    this.part.take({ kind, session, a, b: 0, atUs: this.goneUs } as GatewayEvent);
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      jest.advanceTimersByTime(Math.min(100, left));
      await Promise.resolve();
      await Promise.resolve();
    }
  }

  get state(): string {
    return this.part.view("FIRM1")!.state;
  }
}

function started(given: Given = {}): Rig {
  const rig = new Rig(given);
  rig.part.start();
  rig.event(EVENT_SESSION_LOGON);
  return rig;
}

test.each<[CancelMode, DisconnectReason, number | null]>([
  ["none", DisconnectReason.LOST, null],
  ["none", DisconnectReason.PEER_LOGOUT, null],
  ["disconnect", DisconnectReason.LOST, CAUSE_DISCONNECT],
  ["disconnect", DisconnectReason.PEER_CLOSED, CAUSE_DISCONNECT],
  ["disconnect", DisconnectReason.SILENT, CAUSE_DISCONNECT],
  ["disconnect", DisconnectReason.SLOW, CAUSE_DISCONNECT],
  ["disconnect", DisconnectReason.KICKED, CAUSE_DISCONNECT],
  ["disconnect", DisconnectReason.PEER_LOGOUT, null],
  ["disconnect", DisconnectReason.OUTSIDE_SCHEDULE, null],
  ["logout", DisconnectReason.PEER_LOGOUT, CAUSE_LOGOUT],
  ["logout", DisconnectReason.LOGGED_OUT, CAUSE_LOGOUT],
  ["logout", DisconnectReason.LOGOUT_UNANSWERED, CAUSE_LOGOUT],
  ["logout", DisconnectReason.LOST, null],
  ["both", DisconnectReason.LOST, CAUSE_DISCONNECT],
  ["both", DisconnectReason.PEER_LOGOUT, CAUSE_LOGOUT],
])("mode %s, end %d", async (mode, reason, cause) => {
  const rig = started({ mode });
  rig.event(EVENT_SESSION_DISCONNECT, reason);
  await rig.pass(100);
  expect(rig.sent.map(({ amount, text }) => [amount, text?.[0]])).toEqual(cause === null ? [] : [[ID, cause]]);
});

test("who is back within the window keeps the orders; who is not loses them", async () => {
  const rig = started({ windowMs: 1_000 });
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(900);
  expect([rig.sent.length, rig.state]).toEqual([0, "waiting"]);
  rig.event(EVENT_SESSION_LOGON);
  await rig.pass(5_000);
  expect([rig.sent.length, rig.state]).toEqual([0, "armed"]);
  expect(rig.lines).toEqual(["client FIRM1: is back within its window; 3 open orders kept"]);
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(1_100);
  expect(rig.sent.length).toBe(1);
  expect(rig.lines[1]).toBe(
    "warning: client FIRM1: it is disconnected (connection lost), and it was not back within 1,000 ms: the venues of 3 open orders are asked to cancel them",
  );
});

test("terms that a reload changes count for a session that came by a reload and has not logged on yet", async () => {
  const rig = started({ mode: "none" });
  const { settings } = rig.members[0]!;
  rig.members.push({ name: "NEW", id: ID + 1, settings });
  const sessions = { FIRM1: settings, NEW: { ...settings, cancelOnDisconnect: "both" } };
  rig.part.replace({ client: { sessions } } as unknown as GatewayConfig);
  rig.event(EVENT_SESSION_LOGON, 0, ID + 1);
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST, ID + 1);
  await rig.pass(100);
  expect(rig.sent.map(({ amount }) => amount)).toEqual([ID + 1]);
});

test("an order that comes out of a ring after the end is canceled, too; nothing is asked once nothing is open", async () => {
  const rig = started();
  rig.open = 0;
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(1_000);
  expect([rig.sent.length, rig.state]).toEqual([0, "canceled"]);
  rig.open = 1;
  await rig.pass(600);
  expect(rig.sent.length).toBe(1);
  rig.open = 0;
  await rig.pass(5_000);
  expect([rig.sent.length, rig.state]).toEqual([1, "canceled"]);
});

test("orders that are to stay are looked at once", async () => {
  const rig = started();
  rig.answer = () => ({ count: 0, left: 0, pending: 0 });
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(120_000);
  expect([rig.sent.length, rig.state]).toEqual([1, "canceled"]);
});

test("what can't be canceled is said once, tried again ever more rarely, and at once when a venue is up", async () => {
  const rig = started();
  rig.answer = () => ({ count: 0, left: 3, pending: 0 });
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(30_000);
  expect(rig.sent.length).toBe(6);
  expect(rig.lines).toEqual([
    "warning: client FIRM1: 3 open orders can't be canceled now, because the venue is down or a replace is under way: tried again until they can",
  ]);
  expect(rig.state).toBe("canceling");
  rig.answer = () => ({ count: 3, left: 0, pending: 0 });
  rig.event(EVENT_VENUE_UP, 0, 0);
  await rig.pass(100);
  expect(rig.sent.length).toBe(7);
  rig.open = 0;
  await rig.pass(5_000);
  expect([rig.sent.length, rig.state]).toEqual([7, "canceled"]);
});

test("a connection that ends without a Logon, or gives way to a newer one, cancels nothing", async () => {
  const rig = started();
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.REPLACED);
  await rig.pass(0);
  rig.event(EVENT_SESSION_LOGON);
  await rig.pass(10_000);
  expect(rig.sent).toEqual([]);
  const other = new Rig();
  other.part.start();
  other.event(EVENT_SESSION_DISCONNECT, DisconnectReason.HEARTBEAT);
  await other.pass(10_000);
  expect(other.sent).toEqual([]);
});

test.each<[string, Partial<RecoveredSession>, CancelMode, boolean]>([
  ["was logged on when the gateway was killed", { isOn: true }, "disconnect", true],
  ["was logged on when the gateway was killed", { isOn: true }, "logout", false],
  ["was logged out before", { isOn: false, ended: DisconnectReason.PEER_LOGOUT }, "logout", true],
  ["was logged out by the stop", { isOn: false, ended: DisconnectReason.STOPPING }, "disconnect", false],
  ["was disconnected before", { isOn: false, ended: DisconnectReason.LOST }, "both", true],
  ["ended nobody knows how, after an earlier version", { countedUs: 5 }, "disconnect", false],
  ["was never logged on", { countedUs: 0 }, "both", false],
])("after a start: a session that %s", async (_, recovered, mode, isCanceled) => {
  const rig = new Rig({ mode, windowMs: 1_000, recovered });
  rig.part.start();
  await rig.pass(900);
  expect(rig.sent.length).toBe(0);
  await rig.pass(300);
  expect(rig.sent.length).toBe(isCanceled ? 1 : 0);
});

test("after a start the window begins when Logons are answered", async () => {
  const rig = new Rig({ windowMs: 1_000, recovered: { isOn: true } });
  rig.part.start();
  rig.event(EVENT_LOGONS_HELD, 1, NONE);
  await rig.pass(5_000);
  expect([rig.sent.length, rig.state, rig.part.view("FIRM1")!.dueUs]).toEqual([0, "waiting", null]);
  rig.event(EVENT_LOGONS_ANSWERED, 0, NONE);
  await rig.pass(500);
  rig.event(EVENT_SESSION_LOGON);
  await rig.pass(5_000);
  expect([rig.sent.length, rig.state]).toEqual([0, "armed"]);
});

test("what a Logon says counts before the configuration, where it may", async () => {
  const rig = started({ mode: "both", windowMs: 1_000, byLogon: true });
  rig.said = { type: 2, windowMs: NONE };
  expect(rig.part.view("FIRM1")).toMatchObject({ mode: "logout", windowMs: 1_000, saidBy: "logon" });
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(5_000);
  expect([rig.sent.length, rig.state]).toEqual([0, "kept"]);
  const other = started({ mode: "none" });
  other.said = { type: 3, windowMs: 0 };
  other.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await other.pass(5_000);
  expect([other.sent.length, other.state]).toEqual([0, "off"]);
});

test("a stop cancels nothing: its connections end because of it", async () => {
  const rig = started();
  rig.part.stop();
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.STOPPING);
  await rig.pass(5_000);
  expect(rig.sent).toEqual([]);
});

test("the core is told which orders are surely of the connection that has ended", async () => {
  const rig = started();
  rig.goneUs = Date.now() * 1_000 + 5_000;
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(1_000);
  const bounds = rig.sent.map(({ text }) => new DataView(text!.buffer).getFloat64(8, true));
  expect(bounds[0]).toBe(rig.goneUs);
  expect(bounds[1]! - bounds[0]!).toBeGreaterThan(100_000);
});

test("a lost end of a connection is found in the session's row, a lost Logon, too", async () => {
  const rig = started();
  rig.row = { loggedOnUs: null, ended: DisconnectReason.LOST };
  await rig.pass(1_400);
  expect([rig.sent.length, rig.part.view("FIRM1")!.state === "armed"]).toEqual([1, false]);
  const other = started({ windowMs: 1_000 });
  other.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  other.row = { loggedOnUs: other.goneUs + 1, ended: DisconnectReason.LOST };
  await other.pass(5_000);
  expect([other.sent.length, other.state]).toEqual([0, "armed"]);
});

test("who is back, by its row alone, keeps its orders when what could not be canceled is tried again", async () => {
  const rig = started();
  rig.answer = () => ({ count: 2, left: 1, pending: 0 });
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(100);
  expect([rig.sent.length, rig.part.view("FIRM1")!.asked]).toEqual([1, 2]);
  rig.row = { loggedOnUs: rig.goneUs + 1, ended: DisconnectReason.LOST };
  rig.event(EVENT_VENUE_UP, 0, 0);
  await rig.pass(100);
  expect([rig.sent.length, rig.state]).toEqual([1, "armed"]);
});

test("a row that is older than the end says nothing", async () => {
  const rig = started();
  rig.row = { loggedOnUs: rig.goneUs - 1, ended: NONE };
  rig.event(EVENT_SESSION_DISCONNECT, DisconnectReason.LOST);
  await rig.pass(100);
  expect(rig.sent.length).toBe(1);
});

test("of 1,000 sessions that are gone at once, 8 ask at a time", async () => {
  let [underWay, most, sent] = [0, 0, 0];
  const settings = {
    ...{ cancelOnDisconnect: "both", cancelOnDisconnectWindowMs: 0 },
    ...{ cancelOnDisconnectOrders: "all", cancelOnDisconnectByLogon: false },
  } as ClientMember["settings"];
  const tasks = new PeriodicTasks();
  const part = new CancelOnDisconnect({
    config: { client: { logonTimeoutMs: 5_000 } } as GatewayConfig,
    roster: { all: Array.from({ length: 1_000 }, (_, id) => ({ name: `FIRM${id}`, id, settings })) },
    sessions: {
      openOrders: () => 1,
      logonTerms: () => ({ type: NONE, windowMs: NONE }),
      connection: () => null,
      protection: () => null,
    },
    events: { follow: () => {}, drain: () => {} },
    journal: { recovered: { clients: {} } },
    commands: {
      get free() {
        return 64 - underWay;
      },
      send: async () => {
        most = Math.max(most, ++underWay);
        await Promise.resolve();
        underWay--;
        sent++;
        return { applied: true, changed: true, reason: "", result: 1, value: NO_MORE_SLOTS, count: 1 };
      },
    },
    tasks,
    log: keptLog([]),
  });
  tasks.start();
  part.start();
  for (let session = 0; session < 1_000; session++)
    part.take({ kind: EVENT_SESSION_LOGON, session, a: 0, b: 0, atUs: 1 } as GatewayEvent);
  for (let session = 0; session < 1_000; session++)
    part.take({ kind: EVENT_SESSION_DISCONNECT, session, a: DisconnectReason.LOST, b: 0, atUs: 1 } as GatewayEvent);
  for (let turn = 0; turn < 5_000; turn++) await Promise.resolve();
  expect([most, sent]).toEqual([8, 1_000]);
});

test("orders of a session that is not configured any more are kept, and the log says so", () => {
  const rig = new Rig({ recovered: { isOn: true } }, 99);
  rig.part.start();
  expect(rig.lines).toEqual([
    "gateway: cancel on disconnect: orders that they have open are kept: not configured, but in the journal: client sessions #99",
  ]);
});

test("after a start of the version before, the log says that orders are kept", () => {
  const rig = new Rig({ recovered: { countedUs: 5 } });
  rig.part.start();
  expect(rig.lines).toEqual([
    "warning: client FIRM1: 3 open orders kept: the journal of the version before does not say how its last connection ended",
  ]);
});
