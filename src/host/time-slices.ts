import { EOPNOTSUPP, SystemError } from "../../ffi/errno.ts";
import { requestSlice, SHORTEST_SLICE_NS } from "../../ffi/scheduler.ts";
import { threadId } from "../../ffi/thread.ts";
import { info, type LogLine, warning } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import { NS_PER_MS } from "../base/units.ts";
import { ThreadSweep } from "./thread-sweep.ts";

const HELD = "helpers on a CPU that they share hold it for some milliseconds";

/**
 * Short time slices for every thread of the process that is no lane with orders: a helper that shares a CPU with a client, a venue or
 * the kernel's network threads gives it back after 0.1 ms. So does the lane of the keeper, which has only the journal's files. Lanes
 * with orders have the system's slices.
 */
export class TimeSlices {
  private readonly others: ThreadSweep;
  /** Why there are none, as -errno, or 0. */
  private refused = 0;

  constructor(
    /** Ids of the threads of lanes with orders. */
    private readonly lanes: () => ReadonlySet<number>,
  ) {
    this.others = new ThreadSweep((tid) => requestSlice(tid, SHORTEST_SLICE_NS), lanes);
  }

  /** Before any lane starts: threads that start later inherit the slice of the thread that starts them. */
  start(periodicTasks: PeriodicTasks): void {
    this.refused = Math.min(0, requestSlice(threadId(), SHORTEST_SLICE_NS));
    if (this.refused === 0) this.others.start(periodicTasks);
  }

  /** Once all lanes run: restores the slices of those with orders. Returns the line for the log. */
  settle(): LogLine {
    if (this.refused === -EOPNOTSUPP)
      return info(`time slices are the system's, as Linux before 6.12 takes no requests: ${HELD}`);
    if (this.refused < 0)
      return warning(
        `${new SystemError("sched_setattr", this.refused).message}; time slices are the system's: ${HELD}`,
      );
    for (const tid of this.lanes()) requestSlice(tid, 0);
    this.others.sweep();
    return info(
      `time slices of ${SHORTEST_SLICE_NS / NS_PER_MS} ms, checked every second; lanes with orders have the system's`,
    );
  }

  stop(): void {
    this.others.stop();
    if (this.refused === 0) requestSlice(threadId(), 0);
  }
}
