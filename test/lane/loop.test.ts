import { describe, expect, test } from "bun:test";
import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import {
  HEARTBEAT_WORD,
  LANE_DRAINED,
  LANE_RUNNING,
  LANE_STOPPED,
  LANE_WORDS_BYTES,
  LONGEST_DOUBLE,
  PARKED_WORD,
  STATE_WORD,
  STOP_AGENTS,
  STOP_LANE,
  STOP_WORD,
  TURNS_DOUBLE,
  WORKED_DOUBLE,
} from "../../src/lane/words.ts";
import { type LaneRig, lane } from "./rig.ts";

const word = ({ shared }: LaneRig, at: number): number => shared.ints[(LANE_WORDS_BYTES >> 2) + at]!;
const double = ({ shared }: LaneRig, at: number): number => shared.doubles[(LANE_WORDS_BYTES >> 3) + at]!;
const askStop = ({ shared }: LaneRig, what: number): void => {
  Atomics.store(shared.ints, (LANE_WORDS_BYTES >> 2) + STOP_WORD, what);
};
const turns = ({ loop }: LaneRig, count: number): void => {
  for (let i = 0; i < count; i++) loop.turn();
};

describe("turns", () => {
  test("each agent is opened once, and all are polled in the order given, one of them twice", () => {
    const rig = lane("abc", false, "bacb");
    rig.loop.open();
    turns(rig, 2);
    const poll = ["poll b", "poll a", "poll c", "poll b"];
    expect(rig.notes).toEqual(["open a", "open b", "open c", ...poll, ...poll]);
  });

  test("turns, turns that worked and the beat are counted", () => {
    const rig = lane("ab");
    rig.agents[1]!.work = [0, 3, 0, 1];
    turns(rig, 5);
    expect([double(rig, TURNS_DOUBLE), double(rig, WORKED_DOUBLE), word(rig, HEARTBEAT_WORD)]).toEqual([5, 2, 5]);
    expect(double(rig, LONGEST_DOUBLE)).toBeGreaterThan(0);
  });

  test("the time is told before the agents are polled, and never goes back", () => {
    const rig = lane("a");
    const seen: number[] = [];
    rig.agents[0]!.onPoll = () => void seen.push(rig.time.nowNs);
    const before = monotonicNs();
    const wallBefore = wallUs();
    turns(rig, 20);
    expect(seen.every((ns, i) => ns >= (i === 0 ? before : seen[i - 1]!))).toBe(true);
    // Between two reads the wall clock runs with the monotonic one: it may differ by what the system slews meanwhile.
    expect(rig.time.wallUs).toBeGreaterThan(wallBefore - 1_000_000);
    expect(rig.time.wallUs).toBeLessThan(wallUs() + 1_000_000);
  });

  test("sockets are looked at once a turn, before the agents are polled", () => {
    const rig = lane("a", true);
    const looks: number[] = [];
    rig.agents[0]!.onPoll = () => void looks.push(rig.waiter.looks);
    turns(rig, 3);
    expect(looks).toEqual([1, 2, 3]);
  });
});

describe("parking", () => {
  test("a lane that spins never blocks", () => {
    const rig = lane("a", true);
    turns(rig, 500);
    expect(rig.waiter.blocks()).toEqual([]);
  });

  test("a lane that parks blocks after some turns without work, and work begins the count anew", () => {
    const rig = lane("a");
    let idle = 0;
    while (rig.waiter.blocks().length === 0) {
      rig.loop.turn();
      if (++idle > 1000) throw new Error("never parks");
    }
    expect(idle).toBeGreaterThan(1);
    turns(rig, idle - 1);
    rig.agents[0]!.work = [1];
    turns(rig, idle);
    expect(rig.waiter.blocks()).toEqual([]);
    turns(rig, 1);
    expect(rig.waiter.blocks().length).toBe(1);
  });

  test("it shows that it blocks before the last look at the agents, and no longer when it goes on", () => {
    const rig = lane("a");
    const parked: number[] = [];
    let blocks = 0;
    rig.agents[0]!.onPoll = () => void parked.push(word(rig, PARKED_WORD));
    rig.waiter.onWait = (timeout) => {
      if (timeout === 0) return;
      blocks++;
      expect(word(rig, PARKED_WORD)).toBe(1);
      expect(parked.at(-1)).toBe(1);
    };
    while (blocks === 0) rig.loop.turn();
    expect(word(rig, PARKED_WORD)).toBe(0);
    rig.loop.turn();
    expect(parked.at(-1)).toBe(0);
  });

  test("work found at the last look keeps it awake", () => {
    const rig = lane("a");
    const agent = rig.agents[0]!;
    agent.onPoll = () => {
      if (word(rig, PARKED_WORD) === 1) agent.work = [1];
    };
    turns(rig, 500);
    expect(rig.waiter.blocks()).toEqual([]);
    expect(word(rig, PARKED_WORD)).toBe(0);
  });

  test.each([
    ["none at all", Number.POSITIVE_INFINITY, 250, 250],
    ["an hour away", 3_600_000, 250, 250],
    ["past", -5, 0, 0],
    ["200 ms away", 200, 1, 200],
  ])("it blocks no longer than to the next deadline, %s", (_, inMs, least, most) => {
    const rig = lane("ab");
    const deadlines = (): void => {
      rig.agents[1]!.deadline = monotonicNs() + inMs * 1e6;
    };
    rig.agents[0]!.onPoll = deadlines;
    let timeout = -1;
    rig.waiter.onWait = (ms) => {
      if (word(rig, PARKED_WORD) === 1) timeout = ms;
    };
    // Where the machine stands still until the deadline is past, it does not block: then once more.
    for (let i = 0; i < 10_000 && timeout < least; i++) rig.loop.turn();
    expect(timeout).toBeGreaterThanOrEqual(least);
    expect(timeout).toBeLessThanOrEqual(most);
  });
});

describe("stopping", () => {
  test("agents are asked once and polled on until all have ended; then the lane is drained, and turns on", () => {
    const rig = lane("ab");
    rig.agents[0]!.isStopped = false;
    askStop(rig, STOP_AGENTS);
    turns(rig, 3);
    expect(rig.notes.filter((note) => note.startsWith("stop"))).toEqual(["stop a", "stop b"]);
    expect(rig.notes.filter((note) => note === "poll a").length).toBe(3);
    expect(word(rig, STATE_WORD)).not.toBe(LANE_DRAINED);
    rig.agents[0]!.isStopped = true;
    expect(rig.loop.turn()).toBe(true);
    expect(word(rig, STATE_WORD)).toBe(LANE_DRAINED);
    expect(rig.loop.turn()).toBe(true);
    askStop(rig, STOP_LANE);
    expect(rig.loop.turn()).toBe(false);
  });

  test("run turns until told to stop, then closes each agent and says so", () => {
    const rig = lane("ab");
    const states: number[] = [];
    rig.agents[1]!.onPoll = () => {
      states.push(word(rig, STATE_WORD));
      if (states.length === 3) askStop(rig, STOP_AGENTS);
      if (states.length === 6) askStop(rig, STOP_LANE);
    };
    rig.loop.run();
    expect(states).toEqual([LANE_RUNNING, LANE_RUNNING, LANE_RUNNING, LANE_DRAINED, LANE_DRAINED, LANE_DRAINED]);
    expect(rig.notes.slice(-2)).toEqual(["close a", "close b"]);
    expect(word(rig, STATE_WORD)).toBe(LANE_STOPPED);
  });

  test("what an agent throws ends the run", () => {
    const rig = lane("a");
    rig.agents[0]!.onPoll = () => {
      throw new Error("broken");
    };
    expect(() => rig.loop.run()).toThrow("broken");
    expect(word(rig, STATE_WORD)).not.toBe(LANE_STOPPED);
  });
});
