import { expect, test } from "bun:test";
import { Worker } from "node:worker_threads";
import { WakeupListener } from "../../src/gateway/wakeup-listener.ts";
import { MainWakeup } from "../../src/ring/main-wakeup.ts";
import { until } from "../eventually.ts";

/** Rings as a lane does: it never comes to its event loop meanwhile. */
const LANE = `
const { workerData } = require("node:worker_threads");
const { ints, word, times } = workerData;
for (let i = 0; i < times; i++) { Atomics.add(ints, word, 1); Atomics.notify(ints, word); }
Atomics.wait(ints, 7, 0);
`;

test("what was rung is answered, whoever rings; many at a time are few", async () => {
  const ints = new Int32Array(new SharedArrayBuffer(64));
  let answered = 0;
  const answers: number[] = [];
  const calls = new WakeupListener(ints, [0, 1], [], () => {
    answered = ints[0]! + ints[1]!;
    answers.push(answered);
  });
  calls.start();
  expect(answers).toEqual([0, 0]);
  new MainWakeup(ints, 0).wake();
  await until("an answer", () => answered === 1);
  const worker = new Worker(LANE, { eval: true, workerData: { ints, word: 1, times: 10_000 } });
  await until("an answer", () => answered === 10_001);
  expect(answers.length).toBeLessThan(1_000);
  new MainWakeup(ints, 1).wake();
  new MainWakeup(ints, 0).wake();
  await until("an answer", () => answered === 10_003);
  calls.stop();
  Atomics.store(ints, 7, 1);
  Atomics.notify(ints, 7);
  await worker.terminate();
});

test("after the stop nothing is heard", async () => {
  const ints = new Int32Array(new SharedArrayBuffer(64));
  let count = 0;
  const calls = new WakeupListener(ints, [0], [], () => count++);
  let heard = 0;
  // Waits for the same word behind the first one, and is answered after it.
  const other = new WakeupListener(ints, [0], [], () => {
    heard = ints[0]!;
  });
  calls.start();
  other.start();
  calls.stop();
  new MainWakeup(ints, 0).wake();
  await until("what the other one hears", () => heard === 1);
  expect(count).toBe(1);
  other.stop();
});

/** Whether what is rung within a pause is heard before a timer that is as long as the pause and began before it. */
async function isHeardInPause(isAwaited: boolean, hurries: boolean): Promise<boolean> {
  const ints = new Int32Array(new SharedArrayBuffer(64));
  let heard = 0;
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, 50);
  const hear = (): void => {
    heard = ints[0]!;
  };
  const sender = { isWaiting: isAwaited, poll: () => {} };
  const calls = new WakeupListener(ints, [0], [sender], hear);
  calls.start();
  new MainWakeup(ints, 0).wake();
  if (hurries) calls.hurry();
  let wasFirst = false;
  await until("what was rung", () => {
    wasFirst ||= heard === 1 && !isOver;
    return heard === 1 && isOver;
  });
  calls.stop();
  return wasFirst;
}

test("what comes within a pause waits for its end, but not where a command was sent or waits for its answer", async () => {
  const times = async (isAwaited: boolean, hurries: boolean): Promise<number> => {
    let count = 0;
    for (let i = 0; i < 10; i++) if (await isHeardInPause(isAwaited, hurries)) count++;
    return count;
  };
  expect(await times(false, false)).toBe(0);
  expect(await times(true, false)).toBeGreaterThan(0);
  expect(await times(false, true)).toBeGreaterThan(0);
});
