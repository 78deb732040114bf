import { describe, expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { PAGE_BYTES } from "../../ffi/abi.ts";
import { SystemError } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import { sharedMemory } from "../../src/assembly/module.ts";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { Views } from "../../src/base/views.ts";
import { DurableGate } from "../../src/journal/gate.ts";
import { Keeper } from "../../src/journal/keeper.ts";
import {
  COPIES,
  OFFSET_WORD,
  SEGMENT_WORD,
  STREAM_WORDS_BYTES,
  SWITCHING,
  SYNCED_OFFSET_WORD,
  SYNCED_SEGMENT_WORD,
  SYNCS_WORD,
} from "../../src/journal/layout.ts";
import { positionAt, storeSynced, syncedAt, UNKNOWN } from "../../src/journal/positions.ts";
import { IN_DATA_DIRECTORY } from "../../src/journal/store/buffers.ts";
import { openDirectory, openStreams } from "../../src/journal/store/open.ts";
import { StreamWriter } from "../../src/journal/writer.ts";
import { LinkRig, short } from "../session/rig.ts";
import { Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "./rig.ts";

const OWN = STREAM_WORDS_BYTES >> 2;
const CORE = 512;

/** Where the core stands, and what of it is on the disk; its stream is only words here. */
function coreAt(rig: Rig, offset: number): void {
  rig.shared.ints[CORE + SEGMENT_WORD] = 1;
  rig.shared.ints[CORE + OFFSET_WORD] = offset;
}

function synced(rig: Rig, word: number, position: number): void {
  storeSynced(rig.shared.ints, word, Math.floor(position / SEGMENT_BYTES), position % SEGMENT_BYTES);
}

describe("a gate", () => {
  test("lets go what both streams have on the disk, and nothing before", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    const gate = new DurableGate(rig.writer, rig.shared.ints, OWN, CORE);
    gate.begin(0);
    expect(gate.limit(0)).toBe(0);
    coreAt(rig, 5_000);
    rig.message(1, 1, 100);
    const first = rig.writer.position;
    expect(gate.limit(100)).toBe(0);
    synced(rig, OWN, first);
    expect(gate.limit(100)).toBe(0);
    synced(rig, CORE, SEGMENT_BYTES + 4_999);
    expect(gate.limit(100)).toBe(0);
    // What is written meanwhile waits for its own positions.
    coreAt(rig, 6_000);
    rig.message(1, 2, 100);
    expect(gate.limit(200)).toBe(0);
    synced(rig, CORE, SEGMENT_BYTES + 5_000);
    expect(gate.limit(200)).toBe(100);
    synced(rig, OWN, rig.writer.position);
    expect(gate.limit(200)).toBe(100);
    synced(rig, CORE, SEGMENT_BYTES + 6_000);
    expect(gate.limit(200)).toBe(200);
    rig.abandon();
  });

  test("whose marks are used up waits for the newest of all", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    const gate = new DurableGate(rig.writer, rig.shared.ints, OWN, CORE);
    gate.begin(7);
    for (let i = 1; i <= 100; i++) {
      coreAt(rig, 5_000 + i);
      rig.message(1, i, 100);
      expect(gate.limit(7 + i)).toBe(7);
    }
    synced(rig, OWN, rig.writer.position);
    synced(rig, CORE, SEGMENT_BYTES + 5_031);
    expect(gate.limit(107)).toBe(7 + 31);
    synced(rig, CORE, SEGMENT_BYTES + 5_099);
    expect(gate.limit(107)).toBe(7 + 31);
    synced(rig, CORE, SEGMENT_BYTES + 5_100);
    expect(gate.limit(107)).toBe(107);
    rig.abandon();
  });

  test("takes no position from a core that is changing its segment", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    const gate = new DurableGate(rig.writer, rig.shared.ints, OWN, CORE);
    gate.begin(0);
    coreAt(rig, SWITCHING);
    expect(positionAt(rig.shared.ints, CORE, SEGMENT_BYTES)).toBe(UNKNOWN);
    synced(rig, OWN, 3 * SEGMENT_BYTES);
    synced(rig, CORE, SEGMENT_BYTES + 9_000);
    expect(gate.limit(50)).toBe(0);
    coreAt(rig, 9_000);
    expect(gate.limit(50)).toBe(50);
    rig.abandon();
  });
});

describe("a link with a gate", () => {
  function gated(): LinkRig {
    const rig = new LinkRig();
    rig.link.gate = new DurableGate(rig.journal.writer, rig.journal.shared.ints, OWN, CORE);
    coreAt(rig.journal, 5_000);
    return rig;
  }
  const release = (rig: LinkRig): void => {
    synced(rig.journal, OWN, rig.journal.writer.position);
    synced(rig.journal, CORE, SEGMENT_BYTES + rig.journal.shared.ints[CORE + OFFSET_WORD]!);
  };
  const turns = (rig: LinkRig): void => {
    for (let i = 0; i < 50; i++) rig.turn();
  };

  test("sends nothing before its sync, not even a Logon or a Logout, and everything after", () => {
    using rig = gated();
    rig.connect().say("A", "98=0|108=30|");
    rig.turnUntil(() => rig.logons > 0);
    turns(rig);
    expect(rig.take()).toEqual([]);
    release(rig);
    rig.turnUntil(() => short(rig.take()).includes("A 1"));
    coreAt(rig.journal, 5_400);
    rig.report("one").report("two", 2);
    turns(rig);
    synced(rig.journal, OWN, rig.journal.writer.position);
    turns(rig);
    expect(rig.take()).toEqual([]);
    release(rig);
    const got: string[] = [];
    rig.turnUntil(() => got.push(...short(rig.take())) >= 2);
    expect(got).toEqual(["8 2 one", "8 3 two"]);
    // The end of the session: the connection stays until the Logout has left.
    rig.say("5");
    turns(rig);
    expect(rig.closings).toEqual([]);
    expect(rig.take()).toEqual([]);
    release(rig);
    rig.turnUntil(() => rig.closings.length > 0);
    expect(short(rig.take())).toEqual(["5 4"]);
    expect(rig.closings).toEqual([DisconnectReason.PEER_LOGOUT]);
  });

  test("keeps count of its bytes through full buffers and a second connection", () => {
    using rig = new LinkRig({ outBytes: 16_384 });
    rig.link.gate = new DurableGate(rig.journal.writer, rig.journal.shared.ints, OWN, CORE);
    coreAt(rig.journal, 5_000);
    rig.connect().say("A", "98=0|108=30|");
    for (let round = 0; round < 3; round++) {
      if (round > 0) rig.connect().say("A", "98=0|108=30|");
      const logons = rig.logons;
      rig.turnUntil(() => rig.logons > logons || (round === 0 && rig.logons === 1));
      const got: string[] = [];
      let sent = 0;
      for (let i = 0; i < 200; i++) {
        rig.report(`${round}-${i}`, 1 + i);
        sent++;
        if (i % 7 === 0) release(rig);
        rig.turn();
        got.push(...short(rig.take()));
        if (i % 50 === 0) rig.journal.settle();
      }
      release(rig);
      rig.turnUntil(() => {
        got.push(...short(rig.take()));
        return got.length >= sent + 1;
      });
      expect(got.slice(1).map((text) => text.split(" ").at(-1))).toEqual(
        Array.from({ length: 200 }, (_, i) => `${round}-${i}`),
      );
      rig.hangUp();
    }
  });
});

/** A stream whose keeper waits for a disk that the test plays. */
class Disk {
  readonly rig: Rig;
  /** What each sync saw as synced before it, and what it answers. */
  readonly seen: number[] = [];
  answer = 0;

  constructor(dir: string) {
    this.rig = new Rig(
      dir,
      "core",
      {},
      {
        syncFile: () => {
          // Not at the start.
          if (this.rig !== undefined) this.seen.push(this.synced);
          return this.answer;
        },
      },
    );
  }

  get shared(): Views {
    return this.rig.shared;
  }

  get writer(): StreamWriter {
    return this.rig.writer;
  }

  get keeper(): Keeper {
    return this.rig.keeper;
  }

  get synced(): number {
    return syncedAt(this.shared.ints, OWN, SEGMENT_BYTES);
  }

  write(bytes: number): void {
    this.writer.claim(bytes);
    this.writer.commit(4, 1, 1, 1, 1, 0);
  }
}

describe("a keeper that waits for the disk", () => {
  test("shows a position only after its sync has returned, one sync for all that was written meanwhile", () => {
    using dir = scratchDirectory();
    const disk = new Disk(dir.path);
    let now = 0;
    for (let i = 0; i < 400; i++) {
      const before = disk.synced;
      const syncs = disk.seen.length;
      for (let k = 0; k <= i % 5; k++) disk.write(900);
      const written = disk.writer.position;
      disk.keeper.poll((now += 1e7));
      expect(disk.seen[syncs]).toBe(before);
      expect(disk.synced).toBe(written);
      for (; disk.keeper.poll((now += 1e7)) > 0; );
    }
    expect(disk.writer.position).toBeGreaterThan(4 * SEGMENT_BYTES);
    expect(disk.shared.ints[OWN + SYNCS_WORD]).toBe(400);
    // One for each group, one more where a segment ended, one where the next was prepared, and three at the start.
    expect(disk.seen.length).toBeLessThan(430);
    const quiet = disk.seen.length;
    disk.keeper.poll((now += 1e7));
    expect(disk.seen.length).toBe(quiet);
  });

  test("syncs all streams that have moved at once", () => {
    using dir = scratchDirectory();
    const memory = sharedMemory(PAGE_BYTES + 3 * COPIES * SEGMENT_BYTES);
    const shared = new Views(memory.buffer, 0, PAGE_BYTES);
    const journal = openDirectory(dir.path, ["FIRM1"], ["ARCA"], SEGMENT_BYTES);
    const places = ["core", "client0", "venue0"].map((name, i) => {
      const bufferAt = PAGE_BYTES + i * COPIES * SEGMENT_BYTES;
      const address = addressOf(memory.buffer) + bufferAt;
      return { name, wordsAt: (i + 1) * STREAM_WORDS_BYTES, bufferAt, address };
    });
    const buffers = openStreams(journal, places, new Map(), shared, SEGMENT_BYTES, IN_DATA_DIRECTORY);
    const synced: string[] = [];
    const keeper = new Keeper({
      shared,
      streams: places,
      dir: dir.path,
      segmentBytes: SEGMENT_BYTES,
      birth: journal.names.birth,
      buffersFd: buffers.fd,
      bufferBytes: SEGMENT_BYTES,
      syncFile: (fd) => {
        synced.push(readlinkSync(`/proc/self/fd/${fd}`));
        return 0;
      },
    });
    keeper.open(0);
    keeper.poll(1);
    synced.length = 0;
    const writers = places.map(({ name, wordsAt, bufferAt }) => {
      return new StreamWriter(name, { memory, wordsAt, bufferAt, bufferBytes: SEGMENT_BYTES }, SEGMENT_BYTES);
    });
    for (const writer of writers) {
      writer.claim(100);
      writer.commit(4, 1, 1, 1, 1, 0);
    }
    keeper.poll(1e7);
    expect(synced).toEqual([`${dir.path}/sync-0.log`]);
    for (const [i, { wordsAt }] of places.entries())
      expect(syncedAt(shared.ints, wordsAt >> 2, SEGMENT_BYTES)).toBe(writers[i]!.position);
  });

  test("stops when the disk says no, and what waits never leaves", () => {
    using dir = scratchDirectory();
    const disk = new Disk(dir.path);
    disk.write(100);
    disk.keeper.poll(1e7);
    const before = disk.synced;
    disk.write(100);
    disk.answer = -5;
    expect(() => disk.keeper.poll(2e7)).toThrow(SystemError);
    expect(() => disk.keeper.poll(3e7)).toThrow("fdatasync");
    expect(disk.synced).toBe(before);
    expect(disk.shared.ints[OWN + SYNCED_SEGMENT_WORD]).toBe(1);
    expect(disk.shared.ints[OWN + SYNCED_OFFSET_WORD]).toBeGreaterThan(0);
  });
});

test("a stream's words tell its place through changes of segment", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  const count = 3_000;
  for (let sequence = 1; sequence <= count; sequence++) {
    if (sequence % 50 === 0) rig.settle();
    rig.message(1, sequence, 200);
    expect(positionAt(rig.shared.ints, OWN, SEGMENT_BYTES)).toBe(rig.writer.position);
  }
  rig.abandon();
  expect(readBack(dir.path).sequences).toEqual(upTo(count));
});
