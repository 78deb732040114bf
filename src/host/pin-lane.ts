import { setFifo } from "../../ffi/scheduler.ts";
import { pinThread, setTimerSlack, timerSlack } from "../../ffi/thread.ts";
import { SCHEDULER_WORD, SLACK_WORD } from "../lane/words.ts";

/** Waits of a lane end when they are due; the kernel would bundle them within 50 µs. */
const SLACK_NS = 1;

/** Puts this thread where its lane is to run; the last that it does before it turns. `word`: where its lane words are. */
export function pinLane(cpu: number | null, fifoPriority: number, ints: Int32Array, word: number): void {
  setTimerSlack(SLACK_NS);
  if (cpu !== null) pinThread(0, [cpu]);
  ints[word + SCHEDULER_WORD] = fifoPriority > 0 ? setFifo(0, fifoPriority) : 0;
  ints[word + SLACK_WORD] = timerSlack();
}
