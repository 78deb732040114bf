import { afterEach, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { ReaderProcesses } from "../../../src/gateway/operation/reader-processes.ts";
import { until } from "../../eventually.ts";

const SLOW = new URL("./slow-reader.ts", import.meta.url).href;

let readers = new ReaderProcesses(SLOW);
afterEach(async () => {
  await readers.close();
  readers = new ReaderProcesses(SLOW);
});

/** Readers that run. */
function running(): number {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
        return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("slow-reader");
      } catch {
        // It has ended meanwhile.
        return false;
      }
    }).length;
}

const GONE = "expected a client that waits for the answer, got one that has gone";

test("a reader ends when nobody waits for it, and the next one in the line takes its place", async () => {
  const all = Array.from({ length: 4 }, () => new AbortController());
  const asked = all.map(({ signal }) =>
    readers.answer("audit", {}, 50_000, signal).then(
      () => "an answer",
      (error: Error) => error.message,
    ),
  );
  await until("two readers", () => running() === 2);
  // The third waits, and leaves the line without a process.
  all[2]!.abort();
  expect(await asked[2]).toBe(GONE);
  all[0]!.abort();
  expect(await asked[0]).toBe(GONE);
  await until("the fourth in its place", () => running() === 2);
  all[1]!.abort();
  all[3]!.abort();
  expect(await Promise.all([asked[1], asked[3]])).toEqual([GONE, GONE]);
  await until("no reader", () => running() === 0);
});

test("for who has gone before there is no process", async () => {
  const gone = new AbortController();
  gone.abort();
  await expect(readers.answer("audit", {}, 50_000, gone.signal)).rejects.toThrow(GONE);
  await Bun.sleep(100);
  expect(running()).toBe(0);
});
