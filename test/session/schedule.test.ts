import { expect, test } from "bun:test";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { Views } from "../../src/base/views.ts";
import { ENTRY_SESSION, SESSION_EVENT_RESET } from "../../src/journal/layout.ts";
import { readStream } from "../../src/journal/store/reader.ts";
import { recoverSide } from "../../src/journal/store/recover.ts";
import { Latest } from "../../src/ring/latest.ts";
import { SCHEDULE_BYTES, SCHEDULE_RESETS_DOUBLE, SessionSchedule } from "../../src/schedule/session-schedule.ts";
import { WALL } from "../fix/session/pair.ts";
import { LinkRig, SESSION, short } from "./rig.ts";

const at = (seconds: number): number => WALL + seconds * 1e6;

/** Hours by hand, in seconds from the rig's beginning. */
function hoursOf(windows: [open: number, close: number][], resets: number[]): SessionSchedule {
  const latest = new Latest(Views.allocate(Latest.bytesFor(SCHEDULE_BYTES)), 0, SCHEDULE_BYTES);
  const { doubles } = latest.views;
  const first = latest.begin() >> 3;
  doubles.fill(Number.POSITIVE_INFINITY, first, first + SCHEDULE_BYTES / 8);
  for (const [i, [open, close]] of windows.entries()) {
    doubles[first + 2 * i] = at(open);
    doubles[first + 2 * i + 1] = at(close);
  }
  for (const [i, reset] of resets.entries()) doubles[first + SCHEDULE_RESETS_DOUBLE + i] = at(reset);
  latest.end();
  return new SessionSchedule(latest);
}

/** A rig that keeps hours, and has logged on before if asked. */
function scheduled(windows: [open: number, close: number][], resets: number[], profile = {}): LinkRig {
  const rig = new LinkRig({ profile });
  rig.link.schedule = hoursOf(windows, resets);
  return rig;
}

/** Epochs of the resets in the journal. */
function resetsOf(rig: LinkRig): number[] {
  const epochs: number[] = [];
  rig.journal.settle();
  readStream(rig.journal.dir, "client0", (entry) => {
    if (entry.kind === ENTRY_SESSION && entry.index === SESSION_EVENT_RESET && entry.session === SESSION)
      epochs.push(entry.epoch);
  });
  return epochs;
}

test("admits only within its hours", () => {
  using rig = scheduled([[10, 20]], []);
  expect(rig.link.admits()).toBe(false);
  expect(rig.pass(9.999).link.admits()).toBe(false);
  expect(rig.link.shut).toBe(true);
  expect(rig.pass(0.001).link.admits()).toBe(true);
  expect(rig.pass(9.999).link.admits()).toBe(true);
  expect(rig.pass(0.001).link.admits()).toBe(false);
});

test("without hours it always does", () => {
  using rig = new LinkRig();
  expect([rig.link.admits(), rig.link.shut, rig.link.deadlineNs()]).toEqual([true, false, Number.POSITIVE_INFINITY]);
});

test("the close ends the session with a Logout that says so, once; the peer's answer ends the connection", () => {
  using rig = scheduled([[-10, 20]], []);
  rig.logon();
  rig.settle();
  rig.pass(19.99);
  expect(rig.settle()).toEqual([]);
  rig.pass(0.01).pass(0.01).pass(0.01);
  rig.waitFor(() => rig.turn() === 0);
  const said: string[] = [];
  rig.turnUntil(() => {
    said.push(...short(rig.take()));
    return said.length > 0;
  });
  expect(said).toEqual(["5 4 Session is closed"]);
  rig.say("5").turnUntil(() => rig.closings.length > 0);
  expect(rig.closings).toEqual([DisconnectReason.OUTSIDE_SCHEDULE]);
});

test("a peer that doesn't answer the Logout is disconnected all the same", () => {
  using rig = scheduled([[-10, 20]], []);
  rig.logon();
  rig.pass(20);
  expect(rig.closings).toEqual([]);
  rig.pass(2.1);
  expect(rig.closings).toEqual([DisconnectReason.OUTSIDE_SCHEDULE]);
});

test("a connection that has not logged on by the close just ends", () => {
  using rig = scheduled([[-10, 4]], []);
  rig.connect();
  rig.pass(4);
  expect(rig.closings).toEqual([DisconnectReason.OUTSIDE_SCHEDULE]);
});

test("orders that come before the peer's answer to the Logout are taken", () => {
  using rig = scheduled([[-10, 20]], []);
  rig.logon();
  rig.pass(20);
  rig
    .say("D", "58=late|")
    .say("5")
    .turnUntil(() => rig.closings.length > 0);
  expect(rig.applications).toEqual(["late"]);
});

test("at the opening both numbers begin again, once", () => {
  using rig = scheduled(
    [
      [10, 20],
      [30, 40],
    ],
    [10, 30],
  );
  rig.link.session.numbers.nextIn = 7;
  rig.link.session.numbers.nextOut = 9;
  rig.pass(9.9);
  expect([rig.link.session.numbers.nextIn, rig.link.session.numbers.nextOut, resetsOf(rig)]).toEqual([7, 9, []]);
  rig.pass(0.1);
  expect([rig.link.session.numbers.nextIn, rig.link.session.numbers.nextOut, resetsOf(rig)]).toEqual([1, 1, [1]]);
  rig.logon().settle();
  rig.hangUp();
  const { nextIn, nextOut } = rig.link.session.numbers;
  rig.pass(5);
  expect([rig.link.session.numbers.nextIn, rig.link.session.numbers.nextOut, resetsOf(rig)]).toEqual([
    nextIn,
    nextOut,
    [1],
  ]);
  rig.pass(15.1);
  expect([rig.link.session.numbers.nextIn, rig.link.session.numbers.nextOut, resetsOf(rig)]).toEqual([1, 1, [1, 2]]);
});

test("a Logon in the very moment of the opening finds the numbers begun again", () => {
  using rig = scheduled([[10, 20]], [10]);
  rig.link.session.numbers.nextOut = 9;
  rig.time.wallUs += 10e6;
  expect([rig.link.admits(), rig.link.session.numbers.nextOut]).toEqual([true, 1]);
});

test.each([
  ["down at the opening", -100, true],
  ["down at several openings", -1000, true],
  ["logged on or reset since", 11, false],
])("after a restart, %s", (_what, countedAt, due) => {
  using rig = scheduled([[10, 20]], [10]);
  rig.link.countedUs = at(countedAt);
  rig.link.session.numbers.nextOut = 9;
  rig.pass(15);
  expect(rig.link.session.numbers.nextOut).toBe(due ? 1 : 9);
  rig.pass(1);
  expect(resetsOf(rig).length).toBe(due ? 1 : 0);
});

test("the journal tells when the numbers last began or were taken on", () => {
  using rig = scheduled([[10, 20]], [10]);
  rig.pass(12);
  const counted = () => {
    rig.journal.settle();
    return recoverSide(rig.journal.dir, "client0").sessions.get(SESSION)?.countedUs;
  };
  expect(counted()).toBe(at(12));
  rig.pass(1).logon();
  expect(counted()).toBe(at(13));
  rig.pass(1).hangUp();
  expect(counted()).toBe(at(13));
});

test("a reset without room in the journal waits for it", () => {
  using rig = scheduled([[10, 20]], [10]);
  rig.link.session.numbers.nextOut = 9;
  rig.rooms = 0;
  rig.pass(10);
  expect([rig.link.session.numbers.nextOut, rig.link.admits()]).toEqual([9, false]);
  rig.rooms = 100;
  expect([rig.link.admits(), rig.link.session.numbers.nextOut]).toEqual([true, 1]);
});

test("while logged on the numbers begin again by a Logon, and what the peer sent before its own still counts", () => {
  using rig = scheduled([[-10, 100]], [20]);
  rig.link.countedUs = at(-5);
  rig.logon();
  rig.settle();
  rig.report("old");
  rig.turn();
  rig.take();
  rig.pass(20).report("new", 2);
  const said: string[] = [];
  rig.turnUntil(() => {
    const messages = rig.take();
    for (const message of messages) if (message.get(35) === "A") expect(message.get(141)).toBe("Y");
    said.push(...short(messages));
    return said.length >= 2;
  });
  expect(said).toEqual(["A 1", "8 2 new"]);
  expect(resetsOf(rig)).toEqual([1]);
  const old = rig.link.session.numbers.epochIn;
  rig.say("D", "58=in flight|").turnUntil(() => rig.applications.length > 0);
  expect([rig.applications, old, rig.link.session.numbers.epochIn]).toEqual([["in flight"], 0, 0]);
  rig.say("A", "98=0|108=30|141=Y|", 1);
  expect(short(rig.settle())).toEqual([]);
  expect([rig.link.session.numbers.epochIn, rig.link.session.numbers.nextIn]).toEqual([1, 3]);
  rig.pass(10);
  expect(short(rig.settle())).toEqual([]);
  expect(resetsOf(rig)).toEqual([1]);
});

test("a peer that never answers the resetting Logon is disconnected, and both begin at 1", () => {
  using rig = scheduled([[-10, 100]], [20]);
  rig.link.countedUs = at(-5);
  rig.logon();
  rig.pass(20);
  expect(rig.link.session.numbers.nextIn).toBeGreaterThan(1);
  rig.pass(5.1);
  expect(rig.closings).toEqual([DisconnectReason.NO_LOGON]);
  expect(rig.link.session.numbers.nextIn).toBe(1);
});

test("a reset waits until a gap is filled", () => {
  using rig = scheduled([[-10, 100]], [20]);
  rig.link.countedUs = at(-5);
  rig.logon();
  rig.say("D", "58=early|", 5).turnUntil(() => rig.take().some((message) => message.get(35) === "2"));
  rig.pass(20);
  expect(resetsOf(rig)).toEqual([]);
  rig.say("4", "123=Y|36=6|", 2).turnUntil(() => rig.link.session.numbers.nextIn === 6);
  rig.pass(0.1);
  expect(resetsOf(rig)).toEqual([1]);
});

test("its deadline is the next open, close or reset", () => {
  using rig = scheduled([[10, 20]], [15]);
  const seconds = (): number => (rig.pass(0).link.deadlineNs() - rig.time.nowNs) / 1e9;
  expect(seconds()).toBeCloseTo(10, 6);
  rig.pass(10);
  expect(seconds()).toBeCloseTo(5, 6);
  rig.pass(5);
  expect(seconds()).toBeCloseTo(5, 6);
  rig.pass(5);
  expect(seconds()).toBe(Number.POSITIVE_INFINITY);
});
