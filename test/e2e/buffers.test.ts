import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { removeBuffers } from "../../src/journal/store/buffers.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** A running gateway whose client has had `count` orders accepted. */
async function traded(tables: string, count = 100, wrapper: string[] = []) {
  const gateway = new Gateway({ tables });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(() => gateway.remove());
  ends.push(() => venue.stop());
  venue.listen();
  await gateway.start(wrapper);
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  const ids = Array.from({ length: count }, () => alice.order({ 38: 10, 44: "149" }));
  await Promise.all(ids.map((id) => alice.report(id, "0")));
  return { gateway, venue, alice, ids };
}

const inMemory = (data: string): boolean => lstatSync(join(data, "buffers")).isSymbolicLink();
/** Orders that went to the venue, without the first one, which found out whether it is up. */
const accepted = async (data: string): Promise<number> => {
  const { out, code, err } = await runToEnd(["journal", "export", "--session", "VENUE", "--stream", "venue0", data]);
  expect([code, err]).toEqual([0, ""]);
  return [...out.matchAll(/\x0135=D\x01/g)].length - 1;
};

test("in memory: a kill of the whole process loses nothing; a copy has it too, and leaves it to the original", async () => {
  const { gateway } = await traded('bufferDirectory = "/dev/shm"');
  expect(inMemory(gateway.data)).toBe(true);
  const path = readlinkSync(join(gateway.data, "buffers"));
  await gateway.crash();
  const copy = join(gateway.directory, "copy");
  // A socket can't be copied.
  const filter = (file: string): boolean => !file.endsWith(".sock");
  cpSync(gateway.data, copy, { recursive: true, verbatimSymlinks: true, filter });
  expect(await accepted(copy)).toBe(100);
  expect(existsSync(path)).toBe(true);
  expect(await accepted(gateway.data)).toBe(100);
  expect(existsSync(path)).toBe(false);
  await gateway.start();
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("in the data directory: a warning in the log and in check, and a kill loses nothing", async () => {
  const { gateway } = await traded('bufferDirectory = "data"');
  expect(inMemory(gateway.data)).toBe(false);
  expect(gateway.log).toMatch(
    /WARN {2}journal: buffers of 3 × 2 MiB in \S+\/buffers, not in memory, so that the disk can delay/,
  );
  const { out } = await runToEnd(["check", "--config", gateway.configFile]);
  expect(out).toContain(
    "buffers of 2 MiB each in the data directory, so that its disk can delay orders: the configuration says so",
  );
  await gateway.crash();
  expect(await accepted(gateway.data)).toBe(100);
});

test("a data directory copied after a stop has everything, wherever the buffers were", async () => {
  const { gateway } = await traded('bufferDirectory = "/dev/shm"');
  const path = readlinkSync(join(gateway.data, "buffers"));
  expect(await gateway.stop(), gateway.log).toBe(0);
  expect(existsSync(path)).toBe(false);
  const copy = join(gateway.directory, "copy");
  cpSync(gateway.data, copy, { recursive: true });
  expect(readdirSync(copy)).not.toContain("buffers");
  expect(await accepted(copy)).toBe(100);
});

test("memory that is gone, as after a power cut: the start says so and goes on", async () => {
  const { gateway } = await traded('bufferDirectory = "/dev/shm"');
  await gateway.crash();
  removeBuffers(gateway.data);
  await gateway.start();
  expect(gateway.log).toMatch(/WARN {2}journal: the buffers of the run before are lost \(\/dev\/shm\/\S+ is gone\)/);
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("memory that is too small: the buffers are in the data directory", async () => {
  const { gateway } = await traded('bufferDirectory = "/proc"', 1);
  expect(inMemory(gateway.data)).toBe(false);
  expect(gateway.log).toContain("/proc is not in memory (no tmpfs)");
});

const STRACE = Bun.which("strace");

test.skipIf(STRACE === null)("an orderly stop waits for a slow disk (needs strace)", async () => {
  const slow = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_enter=1500000"];
  const { gateway } = await traded("", 10, [STRACE!, "-D", "-f", ...slow, "-o", "/dev/null"]);
  const began = performance.now();
  expect(await gateway.stop(), gateway.log).toBe(0);
  expect(performance.now() - began).toBeGreaterThan(3_000);
});

test("a stop waits for a snapshot in the making", async () => {
  const { gateway, alice } = await traded("snapshotMiB = 1", 1);
  const snapshots = (): string[] => readdirSync(gateway.data).filter((file) => file.endsWith(".snapshot"));
  const making = (): boolean => readdirSync(gateway.data).some((file) => file.endsWith(".making"));
  // More than 1 MiB of journal.
  for (let i = 0; i < 40; i++) {
    const ids = Array.from({ length: 50 }, () => alice.order({ 38: 10, 44: "149" }));
    await Promise.all(ids.map((id) => alice.report(id, "0")));
  }
  await until("a snapshot", () => making() || snapshots().length > 0);
  expect(await gateway.stop(), gateway.log).toBe(0);
  expect(snapshots().length).toBeGreaterThan(0);
  expect(readdirSync(gateway.data).filter((file) => file.endsWith(".making"))).toEqual([]);
});

test("a start that is ended before it is ready, or fails, closes its journal: no buffers are left", async () => {
  // The warm-up takes long enough to be interrupted.
  const lanes = 'idle = "park"\nwarmUp = "on"';
  const gateway = new Gateway({ tables: 'bufferDirectory = "/dev/shm"', lanes });
  ends.push(() => gateway.remove());
  const begun = async (from: number): Promise<string> => {
    await gateway.said(/journal: buffers of 3 × 2 MiB in \/dev\/shm\/\S+/, from);
    return /buffers of 3 × 2 MiB in (\S+)/.exec(gateway.log.slice(from))![1]!;
  };
  const started = gateway.start().catch((error: Error) => error);
  const interrupted = await begun(0);
  gateway.signal("SIGTERM");
  expect(await started).toBeInstanceOf(Error);
  await until("the end of the process", () => !gateway.isRunning);
  await gateway.said("SIGTERM: ended before it was ready");
  expect([existsSync(interrupted), readdirSync(gateway.data).includes("buffers")]).toEqual([false, false]);

  const inUse = Bun.listen({ hostname: "127.0.0.1", port: gateway.clientPort, socket: { data() {} } });
  const from = gateway.log.length;
  expect(await gateway.start().catch((error: Error) => error)).toBeInstanceOf(Error);
  inUse.stop(true);
  await until("the end of the process", () => !gateway.isRunning);
  expect(existsSync(await begun(from))).toBe(false);

  await gateway.start();
  expect(await gateway.stop(), gateway.log).toBe(0);
  expect(gateway.log).not.toContain("did not end cleanly");
  expect(gateway.log).not.toContain("that were in the buffers are in the files");
});
