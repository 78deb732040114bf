import { heapStats } from "bun:jsc";
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { monotonicNs, SystemClock, wallUs } from "../../ffi/clock.ts";
import { closeFd, O_RDONLY, openFile, readAt } from "../../ffi/file.ts";
import { addressOf, copyMemory, dontNeed, mapAnonymous, populateWrite } from "../../ffi/memory.ts";
import { Poller, Wakeup } from "../../ffi/poller.ts";
import {
  abortSocket,
  acceptTcp,
  closeSocket,
  connectResult,
  connectTcp,
  connectTo,
  listenTcp,
  localPort,
  parseAddress,
  receive,
  send,
  setNoDelay,
} from "../../ffi/socket.ts";
import { Views } from "../../src/base/views.ts";

setDefaultTimeout(60_000);

const ROUNDS = 10;
/** Few enough that one object for each would not yet start a collection, which would hide it. */
const CALLS = 10_000;
/** What compiling and measuring leave behind in a round; in a large test run up to two hundred; one object in twenty calls is more. */
const NOISE = 500;

const views = Views.allocate(1 << 16);
const at = addressOf(views);
const mapped = mapAnonymous(1 << 16);
const clock = new SystemClock();
const poller = new Poller();
const wakeup = new Wakeup();
const listening = listenTcp("127.0.0.1", 0, 64);
const client = connectTcp("127.0.0.1", localPort(listening));
const here = parseAddress("127.0.0.1", localPort(listening));
const nobody = parseAddress("127.0.0.1", 1);
const file = openFile(import.meta.path, O_RDONLY);
poller.add(wakeup.fd, 1, false);
poller.add(listening, 2, false);
poller.wait(30_000);
const server = acceptTcp(listening);
poller.add(server, 3, false);

/** Results are stored, so that no call can be left out. */
const results = new Float64Array(512);

afterAll(() => {
  for (const fd of [client, server, listening]) closeSocket(fd);
  closeFd(file);
  poller.close();
  wakeup.close();
});

/**
 * Cells on this thread's heap, garbage included. `objectCount` of the same statistics would not do: it counts what the
 * last collection has marked, so that what was made since stays unseen.
 */
function cells(): number {
  let count = 0;
  for (const ofType of Object.values(heapStats().objectTypeCounts)) count += ofType;
  return count;
}

/** The cells made in each round, beyond those that counting makes. */
function cellsMade(turns: (calls: number) => void): number[] {
  for (let warm = 0; warm < 4; warm++) turns(CALLS);
  const made: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    Bun.gc(true);
    cells();
    const before = cells();
    const between = cells();
    turns(CALLS);
    made.push(cells() - between - (between - before));
  }
  return made;
}

const cases: [string, (calls: number) => void][] = [
  [
    "send and receive",
    (calls) => {
      for (let i = 0; i < calls; i++) {
        results[0]! += send(client, at, 200);
        results[0]! += receive(server, at + 1024, 4096);
        results[0]! += receive(server, at + 1024, 4096); // nothing there: -EAGAIN
      }
    },
  ],
  [
    "waiting and being woken",
    (calls) => {
      for (let i = 0; i < calls; i++) {
        wakeup.wake();
        const count = poller.wait(0);
        for (let event = 0; event < count; event++) {
          results[0]! += poller.token(event);
          if (poller.readable(event) && !poller.writable(event) && !poller.failed(event)) wakeup.drain();
        }
        poller.watch(server, 3, (i & 1) === 0);
        results[0]! += poller.wait(0);
      }
      poller.watch(server, 3, false);
    },
  ],
  [
    "clocks",
    (calls) => {
      for (let i = 0; i < calls; i++) results[0]! += monotonicNs() - clock.monotonicNs() + wallUs() - clock.wallUs();
    },
  ],
  [
    "copying, populating, giving back, reading a file",
    (calls) => {
      for (let i = 0; i < calls; i++) {
        copyMemory(mapped + (i & 0xfff), at, 200);
        if ((i & 15) === 0) results[0]! += populateWrite(mapped, 8192) + dontNeed(mapped, 8192);
        results[0]! += readAt(file, at, 64, i & 255);
      }
    },
  ],
  [
    "accepting when nobody comes, failing calls",
    (calls) => {
      for (let i = 0; i < calls; i++) results[0]! += acceptTcp(listening) + receive(-1, at, 1) + send(-1, at, 1);
    },
  ],
  [
    "connecting, accepting and aborting, and being refused",
    (calls) => {
      // A tenth: each turn makes and breaks a connection.
      for (let i = 0; i < calls; i += 10) {
        const fd = connectTo(here);
        results[0]! += connectResult(fd) + setNoDelay(fd);
        const accepted = acceptTcp(listening);
        abortSocket(fd);
        if (accepted >= 0) abortSocket(accepted);
        const refused = connectTo(nobody);
        if (refused >= 0) {
          results[0]! += connectResult(refused);
          closeSocket(refused);
        }
      }
    },
  ],
];

test.each(cases)("%s allocates nothing", (_, turns) => {
  const made = cellsMade(turns);
  expect(Math.max(...made)).toBeLessThan(NOISE);
});

test("the count sees garbage: objects, closures and BigInts that nobody keeps", () => {
  let last: unknown;
  const makers: ((calls: number) => void)[] = [
    (calls) => {
      for (let i = 0; i < calls; i++) last = { i };
    },
    (calls) => {
      for (let i = 0; i < calls; i++) last = () => i;
    },
    (calls) => {
      for (let i = 0; i < calls; i++) last = BigInt(i) * 7n;
    },
  ];
  for (const make of makers) expect(Math.min(...cellsMade(make))).toBeGreaterThan(CALLS / 2);
  expect(last).toBe(BigInt(CALLS - 1) * 7n);
});
