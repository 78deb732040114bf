import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { onlineCpus, pinThread } from "../../ffi/thread.ts";
import type { StallsDocument } from "../../src/stalls/log.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { Gateway, runToEnd } from "./gateway.ts";

setDefaultTimeout(60_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

/** Three processes that do nothing but take this CPU. */
function crowd(cpu: number): void {
  for (let i = 0; i < 3; i++) {
    const busy = Bun.spawn(["sh", "-c", "while :; do :; done"]);
    ends.push(() => busy.kill("SIGKILL"));
    pinThread(busy.pid, [cpu]);
  }
}

async function stallsOf(gateway: Gateway): Promise<StallsDocument | null> {
  const { code, out } = await runToEnd(["stalls", "--data", gateway.data, "--json"]);
  return code === 0 ? (JSON.parse(out) as StallsDocument) : null;
}

const countOf = (document: StallsDocument | null, cause: string): number =>
  document?.lanes[0]?.causes.find((sum) => sum.cause === cause)?.count ?? 0;

test("a lane whose CPU others want is seen to be pushed aside, while it runs, at its end and after", async () => {
  const cpu = onlineCpus().at(-1)!;
  const gateway = new Gateway({ lanes: `idle = "spin"\ncpus = [${cpu}]\nwarmUp = "off"\nstallUs = 500` });
  ends.push(() => gateway.remove());
  await gateway.start();
  crowd(cpu);
  let running: StallsDocument | null = null;
  const seen = async () => {
    running = await stallsOf(gateway);
    return countOf(running, "preempted") >= 10 ? running : null;
  };
  running = await until("ten stalls", seen, 2 * PATIENCE_MS, () => running);
  expect(running).toMatchObject({
    thresholdUs: 500,
    lanes: [
      { lane: 0, agents: ["client0", "core", "venue0"] },
      { lane: 1, agents: ["keeper"] },
    ],
  });
  const pushed = running!.lanes[0]!.last.filter(({ cause }) => cause === "preempted");
  expect(pushed.length).toBeGreaterThanOrEqual(10);
  expect(pushed.every(({ gapUs, waitUs, switches }) => gapUs > 500 && waitUs + switches > 0)).toBe(true);
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log).toMatch(/lane 0: [\d,]+ stalls of more than 500 µs: .*preempted [\d,]+ \(worst [\d,]+ µs\)/);
  const after = await runToEnd(["stalls", "--data", gateway.data, "--last", "5"]);
  expect(after.code).toBe(0);
  expect(after.out).toMatch(/^lane 0: client0, core, venue0$/m);
  expect(after.out).toMatch(/^preempted +[\d,]+ /m);
  expect(after.out.split("\n").filter((line) => /^\d{4}-\d\d-\d\dT/.test(line)).length).toBe(5);
  expect(countOf(await stallsOf(gateway), "preempted")).toBeGreaterThanOrEqual(countOf(running, "preempted"));
});

test("with stallUs = 0 nothing is measured", async () => {
  const gateway = new Gateway({ lanes: 'idle = "park"\nstallUs = 0' });
  ends.push(() => gateway.remove());
  await gateway.start();
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log).not.toContain("stalls");
  const { code, err } = await runToEnd(["stalls", "--data", gateway.data]);
  expect([code, err]).toEqual([1, "sallyport: no stalls recorded: none yet, or no gateway has run there\n"]);
});
