import { expect, test } from "bun:test";
import { LaneHeartbeats } from "../../../src/host/systemd/lane-heartbeats.ts";
import { HEARTBEAT_WORD, LANE_STOPPED, LANE_WORDS_BYTES, STATE_WORD } from "../../../src/lane/words.ts";

function lanes() {
  const ints = new Int32Array(new SharedArrayBuffer(2 * LANE_WORDS_BYTES));
  const words = [0, LANE_WORDS_BYTES >> 2];
  const turn = (lane: number): void => {
    ints[words[lane]! + HEARTBEAT_WORD]! += 1;
  };
  const end = (lane: number): void => {
    ints[words[lane]! + STATE_WORD] = LANE_STOPPED;
  };
  return { heartbeats: new LaneHeartbeats(ints, [0, LANE_WORDS_BYTES]), turn, end };
}

test("all have turned only once each of them has, however often one did", () => {
  const { heartbeats, turn } = lanes();
  expect(heartbeats.allTurned()).toBe(false);
  for (let i = 0; i < 5; i++) turn(0);
  expect([heartbeats.allTurned(), heartbeats.still()]).toEqual([false, [1]]);
  turn(1);
  expect([heartbeats.allTurned(), heartbeats.allTurned(), heartbeats.still()]).toEqual([true, false, [0, 1]]);
});

test("progress of one is progress; a lane that has ended is not missed", () => {
  const { heartbeats, turn, end } = lanes();
  expect(heartbeats.anyTurned()).toBe(false);
  turn(1);
  expect([heartbeats.anyTurned(), heartbeats.anyTurned()]).toEqual([true, false]);
  end(1);
  turn(0);
  expect(heartbeats.allTurned()).toBe(true);
});
