import { expect, test } from "bun:test";
import type { FixSession } from "../../src/fix/session/session.ts";
import { CONNECTED, CONNECTING, type Dialer, REFUSED } from "../../src/net/dialer.ts";
import type { Link } from "../../src/session/link.ts";
import type { EventWriter } from "../../src/telemetry/events.ts";
import { Venue } from "../../src/venue/venue.ts";

/** A venue whose dialers only say that they were asked. */
function fixture(count: number) {
  const tried: number[] = [];
  const state = { result: REFUSED, errno: 111 };
  const logged: string[] = [];
  const events = {
    emitText: (
      _kind: number,
      session: number,
      errno: number,
      _b: number,
      text: Uint8Array,
      _from: number,
      to: number,
    ) => logged.push(`${session} ${errno} ${Buffer.from(text.subarray(0, to))}`) > 0,
  } as unknown as EventWriter;
  const dialers = Array.from({ length: count }, (_, i) => ({
    stream: null,
    address: { text: `10.0.0.${i}:9` },
    get errno() {
      return state.errno;
    },
    begin: () => tried.push(i) > 0,
    result: () => state.result,
    giveUp: () => {},
    problemLength: 0,
    isPolled: false,
  })) as unknown as Dialer[];
  const link = {
    id: 7,
    attach: () => {},
    admits: () => true,
    stream: null,
    offReason: 0,
  } as unknown as Link<FixSession>;
  const settings = {
    reconnectMinMs: 100,
    reconnectMaxMs: 400,
    refusedMaxMs: 8000,
    unknownGroups: "reject",
    fields: { drop: [] },
  } as const;
  const venue = new Venue(link, dialers, settings, events);
  let nowMs = 0;
  /** Lets time pass until so many attempts were made; returns when each was, in milliseconds. */
  const attempts = (wanted: number): number[] => {
    const at: number[] = [];
    for (const before = tried.length; tried.length < before + wanted; nowMs++) {
      const had = tried.length;
      venue.connect(nowMs * 1e6, nowMs * 1e3);
      if (tried.length > had) at.push(nowMs);
    }
    return at;
  };
  return { venue, tried, logged, state, attempts, now: () => nowMs * 1e6 };
}

const gaps = (at: number[]): number[] => at.slice(1).map((time, i) => Math.round((time - at[i]!) / 100) * 100);

test("one address is tried again with growing patience", () => {
  const { attempts } = fixture(1);
  expect(gaps(attempts(5))).toEqual([100, 200, 400, 400]);
});

test("several are tried in turn; patience grows with each round", () => {
  const { attempts, tried } = fixture(3);
  expect(gaps(attempts(8))).toEqual([100, 100, 100, 200, 200, 200, 400]);
  expect(tried).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
});

test("the one that was up is tried again first", () => {
  const { venue, attempts, tried, now } = fixture(3);
  attempts(2);
  venue.connect(now() + 1e6, 0);
  venue.succeeded(now());
  venue.failed(now(), false);
  const before = tried.length;
  attempts(2);
  expect(tried.slice(before)).toEqual([tried[before]!, (tried[before]! + 1) % 3]);
});

test("an attempt that comes to nothing in time is given up, and the next address tried", () => {
  const { attempts, tried, state } = fixture(2);
  state.result = CONNECTING;
  expect(gaps(attempts(2)).every((gap) => gap >= 5000)).toBe(true);
  expect(tried).toEqual([0, 1]);
});

test("what can't be reached is logged at once for each address and reason, and again after it was up", () => {
  const { venue, attempts, logged, state, now } = fixture(2);
  attempts(5);
  expect(logged).toEqual(["7 111 10.0.0.0:9", "7 111 10.0.0.1:9"]);
  state.errno = 113;
  attempts(2);
  expect(logged.slice(2).sort()).toEqual(["7 113 10.0.0.0:9", "7 113 10.0.0.1:9"]);
  venue.succeeded(now());
  attempts(4);
  expect(logged.length).toBeGreaterThan(4);
});

test("what stays out of reach is logged again and again, after longer and longer", () => {
  const { venue, attempts, logged, state, now } = fixture(1);
  const at: number[] = [];
  while (now() < 40e9) {
    const before = logged.length;
    attempts(1);
    if (logged.length > before) at.push(now() / 1e9);
  }
  const pauses = at.slice(1).map((time, i) => time - at[i]!);
  expect(pauses).toHaveLength(5);
  for (const [i, pause] of pauses.entries()) expect(pause).toBeWithin(2 ** i - 0.5, 2 ** i + 0.9);
  // A reason that has changed is news.
  state.errno = 113;
  attempts(2);
  expect(logged.at(-1)).toStartWith("7 113");
  venue.succeeded(now());
});

test("a refused Logon is tried again after a second, two, four, up to the limit", () => {
  const { venue, state, now } = fixture(1);
  state.result = CONNECTED;
  const delays = Array.from({ length: 6 }, () => venue.failed(now(), true));
  expect(delays).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  // What is no refusal has its own limit.
  expect(venue.failed(now(), false)).toBe(400);
});

test("a session that lasted begins the delays anew, one that did not keeps them", () => {
  const { venue, now } = fixture(1);
  const ended = (afterMs: number): number => {
    venue.succeeded(now());
    return venue.failed(now() + afterMs * 1e6, false);
  };
  expect([ended(10), ended(10), ended(10), ended(10)]).toEqual([100, 200, 400, 400]);
  expect([ended(1000), ended(10)]).toEqual([100, 200]);
});
