import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { threadCpus } from "../../ffi/thread.ts";
import { LOGON } from "../../src/counterparty/message.ts";
import { lockLimit } from "../../src/host/memory/lock.ts";
import { flaggedBytes, type Mapping, parseNumaMaps, parseSmaps } from "../../src/host/memory/smaps.ts";
import { Client } from "./client.ts";
import { Gateway, type Setting } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const MIB = 1 << 20;
const WITHOUT_RIGHTS = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"];
const root = process.getuid?.() === 0;
const canDropRights = !root || Bun.which("setpriv") !== null;
const mayLock = lockLimit() === Number.POSITIVE_INFINITY;
const hasHugePages = !/\[never\]/.test(textOf("/sys/kernel/mm/transparent_hugepage/enabled") || "[never]");
const hasNodes = textOf("/proc/self/numa_maps") !== "";

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** A gateway with one lane on a CPU of its own and a few MiB of tables; `more` are lines of [memory]. */
async function started(more = "", wrapper: string[] = []): Promise<Gateway> {
  const cpu = threadCpus(0)[0]!;
  const setting: Partial<Setting> = { lanes: `idle = "park"\ncpus = [${cpu}]`, tables: `[memory]\n${more}` };
  const gateway = new Gateway(setting);
  ends.push(() => gateway.remove());
  await gateway.start(wrapper);
  return gateway;
}

/** It takes orders, so that whatever was refused to it did no harm. */
async function trades(gateway: Gateway): Promise<void> {
  const venue = new Venue(gateway.venuePort);
  ends.push(() => venue.stop());
  venue.listen();
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  await alice.report(alice.order({ 38: 10 }), "0");
  expect(alice.faults).toEqual([]);
}

function mappings(gateway: Gateway): Mapping[] {
  return parseSmaps(textOf(`/proc/${gateway.pid}/smaps`));
}

function lineWith(gateway: Gateway, text: string): string {
  const line = gateway.log.split("\n").find((one) => one.includes("memory:") && one.includes(text));
  expect(line, gateway.log).toBeDefined();
  return line!;
}

/** Numbers of MiB in a line, in order. */
function mibs(line: string): number[] {
  return [...line.matchAll(/([\d.]+) MiB/g)].map((match) => Number(match[1]));
}

function all(some: readonly Mapping[]): { address: number; bytes: number }[] {
  return some.map(({ from, to }) => ({ address: from, bytes: to - from }));
}

function resident(some: readonly Mapping[]): number {
  return some.reduce((sum, { residentBytes }) => sum + residentBytes, 0);
}

test.skipIf(!mayLock)(
  "what it says of its memory is what the kernel's books say (needs the right to lock)",
  async () => {
    const gateway = await started();
    const log = gateway.log;
    // There are huge pages only where memory is whole.
    expect(log).not.toMatch(/WARN {2}memory(?!.* on huge pages)/);
    const now = mappings(gateway);

    const [locked, total] = mibs(lineWith(gateway, "and later mappings"));
    expect(locked! / total!).toBeGreaterThan(0.95);
    const flagged = now.filter(({ flags }) => flags.has("lo"));
    expect(resident(flagged) / resident(now)).toBeGreaterThan(0.95);
    expect(resident(flagged) / MIB).toBeGreaterThan(locked! * 0.9);

    const [rings, ringsAll, tables, tablesAll, buffers, buffersAll] = mibs(lineWith(gateway, "before the first order"));
    expect([rings, tables]).toEqual([ringsAll, tablesAll]);
    expect(buffers).toBeLessThanOrEqual(buffersAll!);
    expect(tables).toBeGreaterThan(2);

    const [kept, keptAll] = mibs(lineWith(gateway, "core dumps"));
    expect(kept).toBe(keptAll!);
    expect(kept!).toBeGreaterThan(ringsAll! + tablesAll!);
    expect(flaggedBytes(all(now), now, "dd") / MIB).toBeGreaterThanOrEqual(kept!);
    await trades(gateway);
    expect(await gateway.stop(), gateway.log).toBe(0);
  },
);

test.skipIf(!mayLock)(
  "the journal is locked as it comes, and never in a core dump (needs the right to lock)",
  async () => {
    const gateway = await started();
    await trades(gateway);
    const text = textOf(`/proc/${gateway.pid}/smaps`);
    const files = new Set(
      [...text.matchAll(/^([0-9a-f]+)-.*\.buffers$/gm)].map((match) => Number.parseInt(match[1]!, 16)),
    );
    const journal = mappings(gateway).filter(({ from }) => files.has(from));
    expect(journal.length).toBeGreaterThan(2);
    expect(journal.filter(({ flags }) => !flags.has("dd"))).toEqual([]);
    expect(journal.filter(({ flags }) => !flags.has("lo"))).toEqual([]);
    expect(resident(journal)).toBeGreaterThan(0);
  },
);

test.skipIf(!hasHugePages)("large tables are on huge pages (needs a kernel that has them)", async () => {
  const gateway = await started();
  const line = lineWith(gateway, "on huge pages");
  const [got, asked] = mibs(line);
  expect(asked!).toBeGreaterThan(2);
  const now = mappings(gateway);
  // The line has one decimal.
  expect(flaggedBytes(all(now), now, "hg") / MIB).toBeGreaterThanOrEqual(asked! - 0.05);
  const huge = now.filter(({ flags }) => flags.has("hg")).reduce((sum, { hugeBytes }) => sum + hugeBytes, 0);
  // A table may have no room for one, and memory may be in small pieces: what the log says is what there is.
  expect(huge / MIB).toBeGreaterThanOrEqual(got!);
});

test.skipIf(!hasNodes)("hot memory is bound to the node of the lane's CPU (needs a kernel with NUMA)", async () => {
  const gateway = await started();
  const line = lineWith(gateway, "of hot memory on it, bound");
  const node = Number(/node (\d+),/.exec(line)![1]);
  const bound = parseNumaMaps(textOf(`/proc/${gateway.pid}/numa_maps`)).filter(({ policy }) =>
    [`bind:${node}`, `prefer:${node}`].includes(policy),
  );
  const bytes = bound.reduce((sum, one) => sum + (one.bytes[node] ?? 0), 0);
  expect(bytes / MIB).toBeGreaterThanOrEqual(mibs(line)[0]! * 0.9);
  const elsewhere = bound.flatMap((one) => Object.keys(one.bytes)).filter((one) => Number(one) !== node);
  expect(elsewhere).toEqual([]);
});

test.skipIf(!canDropRights || Bun.which("prlimit") === null)(
  "without the right to lock and with a small limit it starts, says what is locked and what to do, and trades",
  async () => {
    const limit = 8 * MIB;
    const rights = root ? WITHOUT_RIGHTS : [];
    const gateway = await started("", ["prlimit", `--memlock=${limit}:${limit}`, ...rights]);
    const line = lineWith(gateway, "hot memory locked, no other");
    expect(line).toContain(" WARN  memory: ");
    expect(line).toContain("mlockall: ENOMEM");
    expect(line).toContain("LimitMEMLOCK=infinity");
    const flagged = flaggedBytes(all(mappings(gateway)), mappings(gateway), "lo");
    expect(flagged).toBeGreaterThan(0);
    expect(flagged).toBeLessThanOrEqual(limit);
    expect(flagged / MIB).toBeGreaterThanOrEqual(mibs(line)[0]! - 0.1);
    await trades(gateway);
    expect(await gateway.stop(), gateway.log).toBe(0);
  },
);

test.skipIf(!canDropRights || Bun.which("prlimit") === null)(
  "where nothing may be locked it says so, and trades",
  async () => {
    const gateway = await started("", ["prlimit", "--memlock=0:0", ...(root ? WITHOUT_RIGHTS : [])]);
    const line = lineWith(gateway, "hot memory locked, no other");
    expect(line).toMatch(/WARN {2}memory: 0\.0 MiB of .*mlockall: EPERM/);
    expect(flaggedBytes(all(mappings(gateway)), mappings(gateway), "lo")).toBe(0);
    await trades(gateway);
  },
);

test("what is turned off is not done, and the log says so", async () => {
  const gateway = await started("lock = false\nprefault = false\nhugePages = false\nnuma = false\ndump = true");
  for (const text of [
    "NUMA placement is off",
    "locking is off",
    "prefault is off",
    "huge pages are off",
    "memory.dump",
  ])
    lineWith(gateway, text);
  const now = mappings(gateway);
  expect(flaggedBytes(all(now), now, "lo")).toBe(0);
  expect(flaggedBytes(all(now), now, "hg")).toBe(0);
  const policies = parseNumaMaps(textOf(`/proc/${gateway.pid}/numa_maps`)).map(({ policy }) => policy);
  expect(policies.filter((policy) => /^(bind|prefer)/.test(policy))).toEqual([]);
  await trades(gateway);
});
