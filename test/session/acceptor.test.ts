import { expect, test } from "bun:test";
import { describeDisconnect } from "../../src/base/disconnect-reason.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { type Listener, NO_CONNECTION, NO_DESCRIPTOR } from "../../src/net/listener.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Acceptor, type AcceptorOwner } from "../../src/session/acceptor.ts";
import { connection } from "../net/sockets.ts";

/** An acceptor whose listener gives what the test says, and counts how often it is asked. */
function fixture() {
  const time = new LaneTime();
  time.nowNs = 1e9;
  const reactor = new Reactor(4, false);
  const said: string[] = [];
  const owner = {
    outOfDescriptors: (isOut: boolean) => said.push(isOut ? "out" : "ok"),
    turnedAway: (reason: number) => said.push(describeDisconnect(reason)),
    pollUnlinked: () => 0,
    tick: () => {},
    dueNs: () => Number.POSITIVE_INFINITY,
  } as unknown as AcceptorOwner;
  const state = { gives: NO_DESCRIPTOR, asked: 0, paused: false };
  const listener = {
    ready: true,
    accept: () => {
      state.asked++;
      const { gives } = state;
      if (gives >= 0) state.gives = NO_CONNECTION;
      else listener.ready = false;
      return gives;
    },
    pause: () => {
      state.paused = true;
    },
    resume: () => {
      state.paused = false;
    },
    close: () => {},
    peerOf: () => {},
    secure: () => {},
  };
  const parts = { links: [], places: 0, reactor, time, maxConnections: 2, outBytes: 65_536, backlogBytes: 65_536 };
  const acceptor = new Acceptor(owner, { ...parts, logonTimeoutMs: 1000, door: null });
  acceptor.open([listener as unknown as Listener], time.nowNs);
  /** Turns of a millisecond; a connection waits all the time. */
  const turns = (count: number): void => {
    for (let i = 0; i < count; i++) {
      time.nowNs += 1e6;
      if (!state.paused) listener.ready = true;
      acceptor.accept();
    }
  };
  return { acceptor, state, said, turns, time, reactor };
}

test("without descriptors the acceptor tries again with growing pauses, and says so once", () => {
  const { acceptor, state, said, turns, time, reactor } = fixture();
  turns(1);
  expect([state.asked, state.paused, said]).toEqual([1, true, ["out"]]);
  expect(acceptor.deadlineNs).toBe(time.nowNs + 10e6);
  turns(4000);
  // After 10, 20, 40, … 320 ms, then every 500 ms: not in each of the 4000 turns.
  expect(state.asked).toBeGreaterThan(8);
  expect(state.asked).toBeLessThan(16);
  expect(said).toEqual(["out"]);
  acceptor.stopListening();
  reactor.close();
});

test("when descriptors are there again, it says so after a calm second", () => {
  const { acceptor, state, said, turns, reactor } = fixture();
  turns(100);
  state.gives = NO_CONNECTION;
  turns(2000);
  expect([acceptor.deadlineNs, state.paused, said]).toEqual([Number.POSITIVE_INFINITY, false, ["out"]]);
  state.gives = connection().near;
  turns(1);
  expect(said).toEqual(["out", "ok"]);
  acceptor.close();
  acceptor.stopListening();
  reactor.close();
});
