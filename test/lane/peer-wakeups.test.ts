import { expect, test } from "bun:test";
import { Poller, Wakeup } from "../../ffi/poller.ts";
import { FULL } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { PeerWakeups } from "../../src/lane/peer-wakeups.ts";
import {
  LANE_RUNNING,
  LANE_WORDS_BYTES,
  PARKED_WORD,
  STATE_WORD,
  STOP_LANE,
  STOP_WORD,
  WAKEUP_WORD,
} from "../../src/lane/words.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { RING_AT, SHARED_BYTES, SLOT_BYTES, SLOTS, SUM_WORD } from "./peer-wakeups-worker.ts";

test("only a parked lane that has been written to is woken, once for each time", () => {
  const shared = new Views(new SharedArrayBuffer(16_384));
  const words = [256, 512];
  const wakeups = [new Wakeup(), new Wakeup()];
  const poller = new Poller();
  const rings = [new OneToOne(shared, 1024, 16, 64), new OneToOne(shared, 8192, 16, 64)];
  for (const [lane, at] of words.entries()) {
    shared.ints[(at >> 2) + WAKEUP_WORD] = wakeups[lane]!.fd;
    poller.add(wakeups[lane]!.fd, lane, false);
  }
  const peerWakeups = new PeerWakeups(shared, words, 2);
  for (const [lane, ring] of rings.entries()) peerWakeups.add(ring, lane);
  peerWakeups.connect();
  const park = (lane: number, parked: number): void => {
    shared.ints[(words[lane]! >> 2) + PARKED_WORD] = parked;
  };
  const write = (lane: number): void => {
    rings[lane]!.claim();
    rings[lane]!.publish();
  };
  const rung = (): number[] => {
    peerWakeups.wake();
    const lanes = Array.from({ length: poller.wait(0) }, (_, i) => poller.token(i));
    for (const lane of lanes) wakeups[lane]!.drain();
    return lanes.toSorted();
  };

  park(0, 1);
  park(1, 1);
  expect(rung()).toEqual([]);
  write(1);
  expect(rung()).toEqual([1]);
  expect(rung()).toEqual([]);
  write(0);
  write(1);
  expect(rung()).toEqual([0, 1]);
  park(0, 0);
  write(0);
  expect(rung()).toEqual([]);
  poller.close();
  for (const wakeup of wakeups) wakeup.close();
});

test("two rings to one lane: each of them wakes it", () => {
  const shared = new Views(new SharedArrayBuffer(16_384));
  const wakeup = new Wakeup();
  const poller = new Poller();
  poller.add(wakeup.fd, 7, false);
  shared.ints[(256 >> 2) + WAKEUP_WORD] = wakeup.fd;
  shared.ints[(256 >> 2) + PARKED_WORD] = 1;
  const rings = [new OneToOne(shared, 1024, 16, 64), new OneToOne(shared, 8192, 16, 64)];
  const peerWakeups = new PeerWakeups(shared, [256], 2);
  for (const ring of rings) peerWakeups.add(ring, 0);
  peerWakeups.connect();
  for (const ring of rings) {
    ring.claim();
    ring.publish();
    peerWakeups.wake();
    expect(poller.wait(0)).toBe(1);
    wakeup.drain();
  }
  poller.close();
  wakeup.close();
});

const PINGS = 200;

test("a lane in another thread that sleeps is woken by each record, and none is lost", async () => {
  const memory = new SharedArrayBuffer(SHARED_BYTES);
  const shared = new Views(memory);
  const word = LANE_WORDS_BYTES >> 2;
  const worker = new Worker(new URL("./peer-wakeups-worker.ts", import.meta.url));
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  worker.onmessage = (event: MessageEvent<number>) => resolve(event.data);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(memory);
  try {
    await until("a lane that runs", () => Atomics.load(shared.ints, word + STATE_WORD) === LANE_RUNNING);
    const ring = new OneToOne(shared, RING_AT, SLOTS, SLOT_BYTES);
    const peerWakeups = new PeerWakeups(shared, [LANE_WORDS_BYTES], 1);
    peerWakeups.add(ring, 0);
    peerWakeups.connect();
    let sum = 0;
    const ping = (i: number): void => {
      const at = ring.claim();
      expect(at).not.toBe(FULL);
      shared.ints[at >> 2] = i;
      ring.publish();
      peerWakeups.wake();
      sum += i;
    };
    const taken = () => Atomics.load(shared.ints, SUM_WORD) === sum;
    for (let i = 1; i <= PINGS; i++) {
      // Every other record goes to a lane that sleeps, the rest to one that is just falling asleep or waking.
      if (i % 2 === 0) await until("a lane that sleeps", () => Atomics.load(shared.ints, word + PARKED_WORD) === 1);
      ping(i);
      if (i % 2 === 1) await until(`record ${i}`, taken, PATIENCE_MS, () => Atomics.load(shared.ints, SUM_WORD));
    }
    await until("the last record", taken);
    Atomics.store(shared.ints, word + STOP_WORD, STOP_LANE);
    // Wakes it to see that.
    ping(0);
    expect(await ended).toBe((PINGS * (PINGS + 1)) / 2);
  } finally {
    worker.terminate();
  }
}, 60_000);
