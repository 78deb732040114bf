import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import {
  IPPROTO_TCP,
  SO_BUSY_POLL,
  SO_PREFER_BUSY_POLL,
  SOL_SOCKET,
  TCP_NODELAY,
  TCP_QUICKACK,
} from "../../ffi/abi.ts";
import { libc } from "../../ffi/libc.ts";
import { type Scheduling, SHORTEST_SLICE_NS, scheduling, timeSlice } from "../../ffi/scheduler.ts";
import { closeSocket, congestionControl, getOption } from "../../ffi/socket.ts";
import { permittedCpus, pinThread, threadCpus } from "../../ffi/thread.ts";
import { LOGON } from "../../src/counterparty/message.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, type Setting } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const CPUS = permittedCpus();
/** Linux 6.12 and later reports and grants time slices. */
const SLICES_WORK = timeSlice(0) > 0;
const SYS_pidfd_open = 434;
const SYS_pidfd_getfd = 438;
const root = process.getuid?.() === 0;

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

interface Thread {
  tid: number;
  name: string;
  cpus: number[];
  how: Scheduling;
  sliceNs: number;
}

/** Its threads, as the kernel shows them to everybody; none that ends meanwhile. */
function threadsOf(pid: number): Thread[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      const name = readFileSync(`/proc/${pid}/task/${tid}/comm`, "utf8").trimEnd();
      const id = Number(tid);
      return [{ tid: id, name, cpus: threadCpus(id), how: scheduling(id), sliceNs: timeSlice(id) }];
    } catch {
      return [];
    }
  });
}

/** A lane with its own CPU; the keeper has none, and stays where the helpers are. */
const isLane = ({ name }: Thread): boolean => name.startsWith("lane ") && !isKeeper(name);
const isKeeper = (name: string): boolean => name === "lane keeper";

/**
 * All threads, once every one that is no lane has these CPUs: a helper that a lane has just needed has the lane's mask until
 * the next sweep.
 */
async function threadsOnceSwept(pid: number, cpus: readonly number[]): Promise<Thread[]> {
  const astray = (threads: Thread[]) => threads.filter((one) => !isLane(one) && !Bun.deepEquals(one.cpus, cpus));
  const swept = () => {
    const threads = threadsOf(pid);
    return astray(threads).length === 0 ? threads : null;
  };
  return until(`process with its other threads on CPU ${cpus}`, swept, PATIENCE_MS, () => astray(threadsOf(pid)));
}

/** False where the thread has ended. */
function leadAstray(tid: number, cpu: number): boolean {
  try {
    pinThread(tid, [cpu]);
    return true;
  } catch {
    return false;
  }
}

async function started(setting: Partial<Setting>, wrapper: string[] = []): Promise<{ gateway: Gateway; venue: Venue }> {
  const gateway = new Gateway(setting);
  const venue = new Venue(gateway.venuePort);
  ends.push(
    () => gateway.remove(),
    () => venue.stop(),
  );
  venue.listen();
  await gateway.start(wrapper);
  return { gateway, venue };
}

async function trades(gateway: Gateway, venue: Venue): Promise<Client> {
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  const id = alice.order({ 38: 101 });
  venue.fill(await venue.orderOf(101), 101);
  await alice.report(id, "F");
  return alice;
}

test.skipIf(CPUS.length < 2)("a lane has its CPU, and every other thread the others (needs two CPUs)", async () => {
  const [cpu, ...rest] = CPUS as [number, ...number[]];
  const { gateway, venue } = await started({
    lanes: `idle = "park"\ncpus = [${cpu}]\nwarmUp = "on"\nwarmUpMaxMs = 200`,
  });
  const threads = await threadsOnceSwept(gateway.pid, rest);
  const lanes = threads.filter(isLane);
  expect(lanes.map(({ cpus }) => cpus)).toEqual([[cpu]]);
  expect(threads.length).toBeGreaterThan(2);
  expect(gateway.log).toMatch(
    new RegExp(
      `lane 0: thread ${lanes[0]!.tid} "lane core": on CPU ${cpu} \\(configured, .*parks, the ordinary scheduler`,
    ),
  );
  expect(gateway.log).toContain("timer slack 1 ns");
  expect(gateway.log).toMatch(/other threads: \d+ threads of the process run on CPU [\d,-]+, checked every second/);
  if (SLICES_WORK) {
    for (const one of threads) if (isLane(one)) expect(one.sliceNs).toBeGreaterThan(SHORTEST_SLICE_NS);
    const short = () => threadsOf(gateway.pid).filter((one) => !isLane(one) && one.sliceNs !== SHORTEST_SLICE_NS);
    await until("short time slices for all other threads", () => short().length === 0, PATIENCE_MS, short);
    expect(gateway.log).toContain(
      "other threads: time slices of 0.1 ms, checked every second; lanes with orders have the system's\n",
    );
  } else expect(gateway.log).toContain("other threads: time slices are the system's, as Linux before 6.12");
  // Helpers that stray are brought back within a sweep or two. Some may end before that, not all.
  const strays = threads.filter(
    (one) => !isLane(one) && !isKeeper(one.name) && one.tid !== gateway.pid && leadAstray(one.tid, cpu),
  );
  const swept = await threadsOnceSwept(gateway.pid, rest);
  expect(swept.filter(({ tid }) => strays.some((stray) => stray.tid === tid))).not.toEqual([]);
  await trades(gateway, venue);
  expect(await gateway.stop()).toBe(0);
});

test.skipIf(CPUS.length < 2 || !root)(
  "under SCHED_FIFO a lane alone is real-time, and trades (needs root)",
  async () => {
    const [cpu] = CPUS;
    const { gateway, venue } = await started({
      lanes: `idle = "park"\ncpus = [${cpu}]\nfifoPriority = 11\nwarmUp = "on"\nwarmUpMaxMs = 200`,
    });
    await trades(gateway, venue);
    const ordinary = { policy: "SCHED_OTHER", priority: 0 };
    const real = { policy: "SCHED_FIFO", priority: 11, resetsOnFork: true };
    const threads = threadsOf(gateway.pid);
    expect(threads.filter(isLane)).toHaveLength(1);
    for (const one of threads) expect(one.how, one.name).toMatchObject(isLane(one) ? real : ordinary);
    expect(gateway.log).toContain("parks, SCHED_FIFO 11, timer slack");
    expect(await gateway.stop()).toBe(0);
  },
);

test.skipIf(CPUS.length < 2 || !root || Bun.which("setpriv") === null)(
  "without the rights it runs as far as it may, and says what is missing (needs root)",
  async () => {
    const lanes = `idle = "park"\ncpus = [${CPUS[0]}]\nfifoPriority = 11\ncpuLatency = "on"`;
    const tables = "[sockets]\npreferBusyPoll = true";
    const without = ["setpriv", "--bounding-set", "-sys_nice,-net_admin", "--inh-caps", "-sys_nice,-net_admin"];
    const { gateway, venue } = await started({ lanes, tables }, [
      "bash",
      "-c",
      'ulimit -r 0 && exec "$@"',
      "bash",
      ...without,
    ]);
    expect(gateway.log).toMatch(/WARN {2}lane 0: sched_setscheduler SCHED_FIFO: EPERM \(.*LimitRTPRIO/);
    expect(gateway.log).toMatch(/WARN {2}lane 0: .* the ordinary scheduler, .*; asked for SCHED_FIFO 11\n/);
    expect(gateway.log).toMatch(/WARN {2}sockets: sockets\.preferBusyPoll: setsockopt SO_PREFER_BUSY_POLL: EPERM/);
    await trades(gateway, venue);
  },
);

const AGENTS = ["core", "client", "venue", "keeper"];

/** A lane on each CPU; the last has all agents that are left. */
function everyCpu(): string {
  const tables = CPUS.map((cpu, i) => {
    const agents = i === CPUS.length - 1 ? AGENTS.slice(i) : AGENTS.slice(i, i + 1);
    return `[[lanes.place]]\ncpu = ${cpu}\nagents = [${agents.map((agent) => `"${agent}"`).join(", ")}]`;
  });
  return `idle = "park"\nfifoPriority = 11\n${tables.join("\n")}`;
}

test.skipIf(CPUS.length > AGENTS.length)(
  "lanes on every CPU: helpers stay anywhere, lanes are refused SCHED_FIFO, and both are said (needs few CPUs)",
  async () => {
    const { gateway } = await started({ lanes: everyCpu() });
    expect(gateway.log).toContain(
      "WARN  lane CPUs: every CPU is given to a lane: the process's other threads share them\n",
    );
    expect(gateway.log).toMatch(/lane core runs under the ordinary scheduler: .* would get no time on CPU/);
    const threads = threadsOf(gateway.pid);
    expect(threads.filter(isLane)).not.toEqual([]);
    for (const one of threads) {
      expect(one.how.policy, one.name).toBe("SCHED_OTHER");
      if (isLane(one)) expect(one.cpus, one.name).toEqual([CPUS[CPUS.length === 1 ? 0 : laneOf(one.name)]!]);
      // A helper that a lane was the first to need has the lane's CPU for good: nobody sweeps.
      else if (one.tid !== gateway.pid) expect(CPUS, one.name).toEqual(expect.arrayContaining(one.cpus));
      else expect(one.cpus, one.name).toEqual(CPUS);
    }
  },
);

function laneOf(name: string): number {
  return Math.min(
    CPUS.length - 1,
    AGENTS.findIndex((agent) => name.startsWith(`lane ${agent}`)),
  );
}

test.skipIf(CPUS.length < 2)("the process's affinity is where its other threads stay (needs two CPUs)", async () => {
  const [lane, other] = CPUS;
  const { gateway } = await started({ lanes: `idle = "park"\ncpus = [${lane}]` }, ["taskset", "-c", String(other)]);
  const threads = await threadsOnceSwept(gateway.pid, [other!]);
  expect(threads.length).toBeGreaterThan(2);
  expect(threads.filter(isLane).map(({ cpus }) => cpus)).toEqual([[lane!]]);
});

test.skipIf(CPUS.length < 2)(
  "packets that come by another CPU than the lane's are told, once a session (needs two CPUs)",
  async () => {
    const [lane, other] = CPUS;
    // Loopback hands a packet over on the CPU that sent it.
    pinThread(0, [other!]);
    ends.push(() => pinThread(0, CPUS));
    const { gateway, venue } = await started({ lanes: `idle = "park"\ncpus = [${lane}]` });
    const alice = await trades(gateway, venue);
    const told = `its packets come by CPU ${other}, its lane has CPU ${lane} `;
    await gateway.said(`client ALICE: ${told}`);
    await gateway.said(`venue VENUE: ${told}`);
    await alice.logout();
    await alice.logon();
    await alice.logout();
    expect(await gateway.stop()).toBe(0);
    expect(gateway.log.split(`client ALICE: ${told}`).length).toBe(2);
  },
);

/** Runs `look` on each TCP connection of another process; needs the right to debug it. */
function connectionsOf(pid: number, look: (fd: number) => void): number {
  const process = libc.syscall(SYS_pidfd_open, pid, 0, 0, 0, 0, 0);
  expect(process).toBeGreaterThan(0);
  let count = 0;
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const fd = libc.syscall(SYS_pidfd_getfd, process, Number(name), 0, 0, 0, 0);
    if (fd < 0) continue;
    // What is no connection has no peer, or no such option.
    if (getOption(fd, IPPROTO_TCP, TCP_NODELAY) === 1) {
      look(fd);
      count++;
    }
    closeSocket(fd);
  }
  closeSocket(process);
  return count;
}

test.skipIf(!root)("every connection has what [sockets] says, seen in the kernel (needs root)", async () => {
  const tables = "[sockets]\nbusyPollUs = 70\npreferBusyPoll = true\nquickAck = true";
  const { gateway, venue } = await started({ lanes: `idle = "park"\ncpus = [${CPUS[0]}]`, tables });
  expect(gateway.log).toContain("sockets.busyPollUs: SO_BUSY_POLL is 70 on every connection, read back");
  await trades(gateway, venue);
  // From the venue came the last word. To ALICE we had it, which the kernel takes for a reason to delay until she speaks.
  await until("a connection that acknowledges at once", () => {
    const quick: number[] = [];
    const seen = connectionsOf(gateway.pid, (fd) => {
      expect(getOption(fd, SOL_SOCKET, SO_BUSY_POLL)).toBe(70);
      expect(getOption(fd, SOL_SOCKET, SO_PREFER_BUSY_POLL)).toBe(1);
      expect(congestionControl(fd)).toBe("reno");
      quick.push(getOption(fd, IPPROTO_TCP, TCP_QUICKACK));
    });
    // ALICE and the venue.
    expect(seen).toBe(2);
    return quick.includes(1);
  });
  expect(await gateway.stop()).toBe(0);
});
