import { LaneTime } from "../../src/base/lane-time.ts";
import { EMPTY } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { Loop } from "../../src/lane/loop.ts";
import { PeerWakeups } from "../../src/lane/peer-wakeups.ts";
import { LANE_OPEN, LANE_WORDS_BYTES, STATE_WORD, WAKEUP_WORD } from "../../src/lane/words.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";

declare const self: Worker;

export const RING_AT = 1024;
export const SLOTS = 64;
export const SLOT_BYTES = 64;
/** Sum of what has arrived, written by the lane. */
export const SUM_WORD = 200;
export const SHARED_BYTES = RING_AT + OneToOne.bytesFor(SLOTS, SLOT_BYTES);

/** A lane in a thread of its own that parks when idle and adds up what comes over its ring. */
if (!Bun.isMainThread) {
  self.onmessage = (event: MessageEvent<SharedArrayBuffer>) => {
    const shared = new Views(event.data);
    const ring = new OneToOne(shared, RING_AT, SLOTS, SLOT_BYTES);
    const reactor = new Reactor(1, false);
    const adder = {
      name: "adder",
      open(): void {},
      poll(): number {
        const at = ring.peek();
        if (at === EMPTY) return 0;
        Atomics.add(shared.ints, SUM_WORD, shared.ints[at >> 2]!);
        ring.release();
        return 1;
      },
      deadlineNs: () => Number.POSITIVE_INFINITY,
      stop(): void {},
      stopped: () => ring.size() === 0,
      close(): void {},
    };
    // A lane looks by itself a few times a second. This one sleeps until it is woken: a bell that is lost is not made good.
    const waiter = {
      direct: false,
      beginTurn: () => 0,
      wait: (timeoutMs: number) => reactor.wait(timeoutMs === 0 ? 0 : -1),
    };
    const peerWakeups = new PeerWakeups(shared, [LANE_WORDS_BYTES], 0);
    const loop = new Loop([adder], [adder], waiter, peerWakeups, new LaneTime(), false, shared, LANE_WORDS_BYTES);
    loop.open();
    const word = LANE_WORDS_BYTES >> 2;
    Atomics.store(shared.ints, word + WAKEUP_WORD, reactor.wakeup.fd);
    Atomics.store(shared.ints, word + STATE_WORD, LANE_OPEN);
    loop.run();
    reactor.close();
    self.postMessage(Atomics.load(shared.ints, SUM_WORD));
  };
}
