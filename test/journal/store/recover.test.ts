import { describe, expect, test } from "bun:test";
import {
  COPIED_BYTES,
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_RECEIVED,
  ENTRY_REPORT,
  ENTRY_RESENT,
  ENTRY_SESSION,
  SESSION_EVENT_CLOSED,
  SESSION_EVENT_COPIED,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_HELD,
  SESSION_EVENT_LOGON,
  SESSION_EVENT_NEXT_IN,
  SESSION_EVENT_PASSED,
  SESSION_EVENT_RELEASED,
  SESSION_EVENT_RESET,
  SESSION_EVENT_THROTTLED,
} from "../../../src/journal/layout.ts";
import { handledIndex, mergeNextIn, recoverCore, recoverSide, SideFold } from "../../../src/journal/store/recover.ts";
import { Rig, scratchDirectory } from "../rig.ts";

interface Step {
  kind: number;
  sequence: number;
  index?: number;
  epoch?: number;
  session?: number;
}

const sent = (sequence: number, index = 0, epoch = 0): Step => ({ kind: ENTRY_MESSAGE, sequence, index, epoch });
const event = (index: number, nextIn: number, epoch = 0): Step => ({
  kind: ENTRY_SESSION,
  sequence: nextIn,
  index,
  epoch,
});
const order = (sequence: number, epoch = 0, session = 0): Step => ({ kind: ENTRY_ORDER, sequence, epoch, session });
const report = (sequence: number, epoch = 0, session = 0): Step => ({ kind: ENTRY_REPORT, sequence, epoch, session });

function write(dir: string, stream: string, steps: readonly Step[]): void {
  const rig = new Rig(dir, stream);
  for (const { kind, sequence, index = 0, epoch = 0, session = 0 } of steps) {
    rig.writer.append(kind, session, sequence, 1e15, index, epoch, rig.sourceAddress, 64);
  }
  rig.close();
}

test("requests that were refused before they left are dealt with as those that left are", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "venue0");
  const passed = (index: number) => {
    rig.source.ints[0] = index;
    rig.writer.append(ENTRY_SESSION, 0, 0, 1e15, SESSION_EVENT_PASSED, 0, rig.sourceAddress, 4);
  };
  passed(7);
  rig.settle();
  expect(recoverSide(dir.path, "venue0").sessions.get(0)).toMatchObject({ nextOut: 1, nextIn: 1, lastIndex: 7 });
  rig.writer.append(ENTRY_MESSAGE, 0, 1, 1e15, 9, 0, rig.sourceAddress, 64);
  passed(8);
  rig.close();
  expect(recoverSide(dir.path, "venue0").sessions.get(0)).toMatchObject({ nextOut: 2, nextIn: 1, lastIndex: 9 });
});

test("messages that were refused because too many came are known by their numbers, until a reset", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "client0");
  const throttled = (sequence: number) => {
    rig.source.ints[0] = sequence;
    rig.writer.append(ENTRY_SESSION, 0, 0, 1e15, SESSION_EVENT_THROTTLED, 0, rig.sourceAddress, 4);
  };
  let answers = 0;
  const answered = (sequence: number) => {
    throttled(sequence);
    rig.writer.append(ENTRY_MESSAGE, 0, ++answers, 1e15, 0, 0, rig.sourceAddress, 64);
  };
  for (const sequence of [4, 5, 6, 9]) answered(sequence);
  // A crash before the answer: the client sends the message again, and gets one then.
  throttled(11);
  rig.settle();
  const { sessions } = recoverSide(dir.path, "client0");
  // The core may not have what came between them: the next number is the core's matter.
  expect(sessions.get(0)).toMatchObject({ nextIn: 1, throttled: [4, 6, 9, 9] });
  answered(10);
  rig.settle();
  expect(recoverSide(dir.path, "client0").sessions.get(0)?.throttled).toEqual([4, 6, 9, 10]);
  // What a snapshot has of them goes on in a copy.
  const copied = new SideFold(sessions).sessions().get(0)!.throttled!;
  copied.push(20, 20);
  expect(sessions.get(0)?.throttled).toEqual([4, 6, 9, 9]);
  rig.writer.append(ENTRY_SESSION, 0, 1, 1e15, SESSION_EVENT_RESET, 1, rig.sourceAddress, 12);
  rig.close();
  expect(recoverSide(dir.path, "client0").sessions.get(0)?.throttled).toBeUndefined();
});

test("of refused messages the newest ranges are kept", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "client0");
  for (let sequence = 2; sequence <= 2 * 1_030; sequence += 2) {
    rig.source.ints[0] = sequence;
    rig.writer.append(ENTRY_SESSION, 0, 0, 1e15, SESSION_EVENT_THROTTLED, 0, rig.sourceAddress, 4);
    rig.writer.append(ENTRY_MESSAGE, 0, sequence / 2, 1e15, 0, 0, rig.sourceAddress, 64);
  }
  rig.close();
  const ranges = recoverSide(dir.path, "client0").sessions.get(0)!.throttled!;
  expect(ranges.length).toBe(2 * 1_024);
  expect(ranges.slice(0, 2)).toEqual([14, 14]);
  expect(ranges.slice(-2)).toEqual([2_060, 2_060]);
});

test("a request that waits is not handled by what is sent before it, until it is sent or refused itself", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "venue0");
  const event = (code: number, index: number) => {
    rig.source.ints[0] = index;
    rig.writer.append(ENTRY_SESSION, 0, 0, 1e15, code, 0, rig.sourceAddress, 4);
  };
  const send = (sequence: number, index: number) =>
    rig.writer.append(ENTRY_MESSAGE, 0, sequence, 1e15, index, 0, rig.sourceAddress, 64);
  const now = () => {
    rig.settle();
    const session = recoverSide(dir.path, "venue0").sessions.get(0)!;
    return [session.lastIndex, session.held, handledIndex(session)];
  };
  send(1, 4);
  for (const index of [5, 6, 8]) event(SESSION_EVENT_HELD, index);
  // Repeated by the start of an agent with another stream.
  event(SESSION_EVENT_HELD, 6);
  expect(now()).toEqual([4, [5, 6, 8], 4]);
  send(2, 7);
  event(SESSION_EVENT_PASSED, 9);
  expect(now()).toEqual([9, [5, 6, 8], 4]);
  send(3, 5);
  expect(now()).toEqual([9, [6, 8], 5]);
  event(SESSION_EVENT_RELEASED, 6);
  expect(now()).toEqual([9, [8], 7]);
  send(4, 8);
  expect(now()).toEqual([9, undefined, 9]);
  rig.close();
});

describe("a session after a restart", () => {
  const table: [string, Step[], Step[], { nextOut: number; nextIn: number; epoch: number; lastIndex: number }][] = [
    ["nothing written", [event(SESSION_EVENT_LOGON, 0)], [], { nextOut: 1, nextIn: 1, epoch: 0, lastIndex: 0 }],
    [
      "messages sent, orders taken",
      [event(SESSION_EVENT_LOGON, 0), sent(1), sent(2, 1), sent(3, 2), sent(4)],
      [order(2), order(3)],
      { nextOut: 5, nextIn: 4, epoch: 0, lastIndex: 2 },
    ],
    [
      "a clean stop knows of inbound session messages too",
      [sent(1), sent(2), event(SESSION_EVENT_CLOSED, 9)],
      [order(4)],
      { nextOut: 3, nextIn: 9, epoch: 0, lastIndex: 0 },
    ],
    [
      "orders taken after a clean stop count on",
      [
        sent(1),
        event(SESSION_EVENT_CLOSED, 5),
        event(SESSION_EVENT_LOGON, 0),
        sent(2),
        event(SESSION_EVENT_DISCONNECT, 0),
      ],
      [order(4), order(7)],
      { nextOut: 3, nextIn: 8, epoch: 0, lastIndex: 0 },
    ],
    [
      "a reset begins both numbers again and forgets neither index nor epoch",
      [sent(1), sent(2, 1), sent(3, 2), event(SESSION_EVENT_RESET, 1, 1), sent(1, 0, 1), sent(2, 3, 1)],
      [order(50), order(2, 1)],
      { nextOut: 3, nextIn: 3, epoch: 1, lastIndex: 3 },
    ],
    [
      "orders of an earlier epoch say nothing of this one",
      [sent(1), event(SESSION_EVENT_RESET, 1, 1)],
      [order(50)],
      { nextOut: 1, nextIn: 1, epoch: 1, lastIndex: 0 },
    ],
    [
      "the peer set our next inbound number",
      [sent(1), event(SESSION_EVENT_NEXT_IN, 100)],
      [order(4)],
      { nextOut: 2, nextIn: 100, epoch: 0, lastIndex: 0 },
    ],
    [
      "messages as they came, and what was sent again, count for nothing",
      [
        sent(1),
        sent(2, 1),
        { kind: ENTRY_RECEIVED, sequence: 70, index: 9, epoch: 4 },
        { kind: ENTRY_RESENT, sequence: 1, index: 0, epoch: 0 },
      ],
      [order(4)],
      { nextOut: 3, nextIn: 5, epoch: 0, lastIndex: 1 },
    ],
    [
      "resets one after the other",
      [
        event(SESSION_EVENT_RESET, 1, 1),
        event(SESSION_EVENT_RESET, 1, 2),
        sent(1, 0, 2),
        event(SESSION_EVENT_RESET, 1, 3),
      ],
      [order(3, 2)],
      { nextOut: 1, nextIn: 1, epoch: 3, lastIndex: 0 },
    ],
  ];

  test.each(table)("%s", (_, side, core, expected) => {
    using dir = scratchDirectory();
    write(dir.path, "client0", side);
    write(dir.path, "core", core);
    const { sessions, end } = recoverSide(dir.path, "client0");
    const session = sessions.get(0)!;
    mergeNextIn(session, recoverCore(dir.path, "core").clients.get(0));
    expect(session).toMatchObject(expected);
    expect(end.entries).toBe(side.length);
  });
});

test("sessions of one stream are kept apart", () => {
  using dir = scratchDirectory();
  const of = (session: number, step: Step): Step => ({ ...step, session });
  write(dir.path, "venue0", [
    of(4, sent(1)),
    of(2, sent(1, 5)),
    of(4, sent(2, 9)),
    of(2, event(SESSION_EVENT_RESET, 1, 1)),
  ]);
  const { sessions } = recoverSide(dir.path, "venue0");
  expect([...sessions.keys()].sort()).toEqual([2, 4]);
  expect(sessions.get(4)).toMatchObject({ nextOut: 3, epoch: 0, lastIndex: 9 });
  expect(sessions.get(2)).toMatchObject({ nextOut: 1, epoch: 1, lastIndex: 5 });
});

test("the core's stream tells the highest inbound number of each session's newest epoch, by side", () => {
  using dir = scratchDirectory();
  write(dir.path, "core", [
    order(7, 0, 1),
    report(3, 0, 1),
    order(5, 1, 1),
    order(9, 1, 1),
    order(2, 1, 1),
    order(4, 0, 2),
    report(8, 2, 0),
    { kind: ENTRY_CONTROL, sequence: 0 },
  ]);
  const { clients, venues, inputs } = recoverCore(dir.path, "core");
  expect([...clients]).toEqual([
    [1, { epoch: 1, sequence: 9 }],
    [2, { epoch: 0, sequence: 4 }],
  ]);
  expect([...venues]).toEqual([
    [1, { epoch: 0, sequence: 3 }],
    [0, { epoch: 2, sequence: 8 }],
  ]);
  expect(inputs).toBe(8);
});

test("anchors lead to every 16th message of the newest epoch", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "client0");
  const positions: number[] = [];
  const send = (sequence: number, epoch: number): void => {
    positions[sequence] = rig.message(0, sequence, 100, 0, epoch);
    if (sequence % 50 === 0) rig.settle();
  };
  for (let sequence = 1; sequence <= 300; sequence++) send(sequence, 0);
  rig.writer.append(ENTRY_SESSION, 0, 1, 1e15, SESSION_EVENT_RESET, 1, rig.sourceAddress, 8);
  for (let sequence = 1; sequence <= 200; sequence++) send(sequence, 1);
  rig.close();
  const session = recoverSide(dir.path, "client0").sessions.get(0)!;
  const noted = Array.from({ length: 13 }, (_, i) => 16 * i + 1);
  expect(session.indexSequences).toEqual(noted);
  expect(session.indexPositions).toEqual(noted.map((sequence) => positions[sequence]!));
});

test("a copy counts once the journal has it: the position before it holds until then", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "drop-copy");
  const copied = (index: number, agent: number, position: number) => {
    rig.source.ints.set([index, agent]);
    rig.source.doubles[1] = position;
    rig.writer.append(ENTRY_SESSION, 0, 0, 1e15, SESSION_EVENT_COPIED, 0, rig.sourceAddress, COPIED_BYTES);
  };
  const recovered = () => {
    rig.settle();
    return recoverSide(dir.path, "drop-copy").sessions.get(0);
  };
  copied(0, 0, 4_096);
  copied(0, 1, 8_192);
  expect(recovered()?.copied).toEqual({ 0: 4_096, 1: 8_192 });
  copied(1, 0, 5_000);
  // A heartbeat is no copy.
  rig.writer.append(ENTRY_MESSAGE, 0, 1, 1e15, 0, 0, rig.sourceAddress, 64);
  expect(recovered()).toMatchObject({ copied: { 0: 4_096, 1: 8_192 }, lastIndex: 0 });
  rig.writer.append(ENTRY_MESSAGE, 0, 2, 1e15, 1, 0, rig.sourceAddress, 64);
  expect(recovered()).toMatchObject({ copied: { 0: 5_000, 1: 8_192 }, lastIndex: 1, nextOut: 3 });
  copied(0, 1, 9_000);
  expect(recovered()?.copied).toEqual({ 0: 5_000, 1: 9_000 });
  // Killed between the two: the next start copies the report again.
  copied(2, 0, 6_000);
  rig.close();
  const { sessions } = recoverSide(dir.path, "drop-copy");
  expect(sessions.get(0)).toMatchObject({ copied: { 0: 5_000, 1: 9_000 }, lastIndex: 1 });
});
