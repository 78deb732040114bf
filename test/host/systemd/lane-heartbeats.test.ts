import { expect, test } from "bun:test";
import { Beats } from "../../../src/host/systemd/lane-heartbeats.ts";
import { BEAT_WORD, LANE_STOPPED, LANE_WORDS_BYTES, STATE_WORD } from "../../../src/lane/words.ts";

function lanes() {
  const ints = new Int32Array(new SharedArrayBuffer(2 * LANE_WORDS_BYTES));
  const words = [0, LANE_WORDS_BYTES >> 2];
  const turn = (lane: number): void => {
    ints[words[lane]! + BEAT_WORD]! += 1;
  };
  const end = (lane: number): void => {
    ints[words[lane]! + STATE_WORD] = LANE_STOPPED;
  };
  return { beats: new Beats(ints, [0, LANE_WORDS_BYTES]), turn, end };
}

test("all have turned only once each of them has, however often one did", () => {
  const { beats, turn } = lanes();
  expect(beats.allTurned()).toBe(false);
  for (let i = 0; i < 5; i++) turn(0);
  expect([beats.allTurned(), beats.still()]).toEqual([false, [1]]);
  turn(1);
  expect([beats.allTurned(), beats.allTurned(), beats.still()]).toEqual([true, false, [0, 1]]);
});

test("progress of one is progress; a lane that has ended is not missed", () => {
  const { beats, turn, end } = lanes();
  expect(beats.anyTurned()).toBe(false);
  turn(1);
  expect([beats.anyTurned(), beats.anyTurned()]).toEqual([true, false]);
  end(1);
  turn(0);
  expect(beats.allTurned()).toBe(true);
});
