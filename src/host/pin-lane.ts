import { setFifo } from "../../ffi/scheduler.ts";
import { pinThread, setTimerSlack, timerSlack } from "../../ffi/thread.ts";
import { SCHEDULER_WORD, SLACK_WORD } from "../lane/words.ts";

/** A lane's waits end when they are due; by default the kernel bundles those within 50 µs. */
const SLACK_NS = 1;

/** Pins this thread to its lane's CPU under its policy, just before the lane runs. `word`: index of its lane words. */
export function pinLane(cpu: number | null, fifoPriority: number, ints: Int32Array, word: number): void {
  setTimerSlack(SLACK_NS);
  if (cpu !== null) pinThread(0, [cpu]);
  ints[word + SCHEDULER_WORD] = fifoPriority > 0 ? setFifo(0, fifoPriority) : 0;
  ints[word + SLACK_WORD] = timerSlack();
}
