import { expect, test } from "bun:test";
import { join } from "node:path";
import { EPERM, ESRCH, remedyFor } from "../../ffi/errno.ts";
import { requestSlice, SHORTEST_SLICE_NS, scheduling, setFifo, timeSlice } from "../../ffi/scheduler.ts";

const CHILD = join(import.meta.dir, "scheduler-child.ts");
const root = process.getuid?.() === 0;
const ORDINARY = { policy: "SCHED_OTHER", priority: 0, resetsOnFork: false };

function asked(...wrapper: string[]): Record<string, unknown> {
  const ran = Bun.spawnSync([...wrapper, process.execPath, CHILD], { stderr: "inherit" });
  return JSON.parse(ran.stdout.toString());
}

test.skipIf(!root)("a real-time policy is the thread's alone: what it starts is ordinary (needs root)", () => {
  expect(asked()).toEqual({
    before: ORDINARY,
    set: 0,
    own: { policy: "SCHED_FIFO", priority: 7, resetsOnFork: true },
    child: ORDINARY,
    back: 0,
    after: { ...ORDINARY, resetsOnFork: true },
  });
});

test.skipIf(root && Bun.which("setpriv") === null)("without the right it is refused, with the remedy", () => {
  const without = root ? ["setpriv", "--bounding-set", "-sys_nice", "--inh-caps", "-sys_nice"] : [];
  expect(asked("bash", "-c", 'ulimit -r 0 && exec "$@"', "bash", ...without)).toMatchObject({
    set: -EPERM,
    own: ORDINARY,
    after: { policy: "SCHED_OTHER" },
  });
  expect(remedyFor("sched_setscheduler", EPERM)).toContain("LimitRTPRIO");
});

const mayRaise = root && Bun.spawnSync(["bash", "-c", "ulimit -r 49"], { stderr: "ignore" }).exitCode === 0;

test.skipIf(!mayRaise || Bun.which("setpriv") === null)(
  "the limit is enough, without the capability: as the unit's drop-in has it (needs CAP_SYS_RESOURCE)",
  () => {
    const without = ["setpriv", "--bounding-set", "-sys_nice", "--inh-caps", "-sys_nice"];
    expect(asked("bash", "-c", 'ulimit -r 49 && exec "$@"', "bash", ...without)).toMatchObject({
      set: 0,
      own: { policy: "SCHED_FIFO", priority: 7 },
      back: 0,
    });
  },
);

test("threads and priorities that are not there are errors", () => {
  expect(setFifo(2 ** 30, 1)).toBeLessThan(0);
  expect(setFifo(0, 100)).toBeLessThan(0);
  expect(() => scheduling(2 ** 30)).toThrow("ESRCH");
});

test.skipIf(timeSlice(0) === 0)("a requested time slice is read back, and given back (needs Linux 6.12)", () => {
  const before = timeSlice(0);
  try {
    expect(requestSlice(0, SHORTEST_SLICE_NS)).toBe(1);
    expect(timeSlice(0)).toBe(SHORTEST_SLICE_NS);
    expect(requestSlice(0, SHORTEST_SLICE_NS)).toBe(0);
    expect(scheduling(0)).toEqual(ORDINARY);
  } finally {
    expect(requestSlice(0, 0)).toBe(1);
  }
  expect(timeSlice(0)).toBe(before);
});

test("a thread that is not there has no time slice", () => {
  expect(requestSlice(2 ** 30, SHORTEST_SLICE_NS)).toBe(-ESRCH);
  expect(timeSlice(2 ** 30)).toBe(-ESRCH);
});
