import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { KIB } from "../../src/base/units.ts";
import {
  ENTRY_MESSAGE,
  ENTRY_RECEIVED,
  ENTRY_RESENT,
  ENTRY_SESSION,
  RECEIVED_GARBLED,
  RECEIVED_MESSAGE,
  RECEIVED_UNREAD,
  SESSION_EVENT_UNRECORDED,
} from "../../src/journal/layout.ts";
import { type EntryView, readStream } from "../../src/journal/store/reader.ts";
import { readDisconnectRecord } from "../../src/telemetry/disconnect-record.ts";
import { LinkRig, SESSION } from "./rig.ts";

const SOH = "\x01";
const WHATS: Record<number, string> = {
  [RECEIVED_MESSAGE]: "<-",
  [RECEIVED_GARBLED]: "garbled",
  [RECEIVED_UNREAD]: "unread",
};

function payload({ views, payloadAt, payloadLength }: EntryView): string {
  return Buffer.from(views.bytes.slice(payloadAt, payloadAt + payloadLength)).toString("latin1");
}

function each(rig: LinkRig, visit: (entry: EntryView) => void): void {
  rig.journal.settle();
  readStream(rig.journal.dir, "client0", (entry) => {
    expect(entry.session).toBe(SESSION);
    visit(entry);
  });
}

/** What was received and sent, in the journal's order: `<- D 2`, `-> 8 2`, `again 8 2`, `garbled 12` with its bytes. */
function story(rig: LinkRig): string[] {
  const lines: string[] = [];
  each(rig, (entry) => {
    const text = payload(entry);
    const type = /\x0135=(\w+)/.exec(text)?.[1];
    if (entry.kind === ENTRY_RECEIVED && entry.index === RECEIVED_MESSAGE) lines.push(`<- ${type} ${entry.sequence}`);
    else if (entry.kind === ENTRY_RECEIVED) lines.push(`${WHATS[entry.index]} ${entry.payloadLength}`);
    else if (entry.kind === ENTRY_MESSAGE) lines.push(`-> ${type} ${entry.sequence}`);
    else if (entry.kind === ENTRY_RESENT) lines.push(`again ${type} ${entry.sequence}`);
  });
  return lines;
}

function bytesOf(rig: LinkRig, kind: number): string[] {
  const found: string[] = [];
  each(rig, (entry) => void (entry.kind === kind && found.push(payload(entry))));
  return found;
}

test("each message is there as it came, before its answer; one behind a gap once, when it comes", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  const texts = [
    rig.peerFrame("D", "58=late|", 5),
    rig.peerFrame("1", "112=first|", 3),
    rig.peerFrame("1", "112=second|", 4),
    rig.peerFrame("1", "112=third|", 6),
  ];
  rig.write(texts.join("")).turnUntil(() => rig.link.session.numbers.nextIn === 7);
  expect(rig.applications).toEqual(["late"]);
  expect(story(rig)).toEqual([
    "<- A 1",
    "-> A 1",
    "<- 1 2",
    "-> 0 2",
    "<- D 5",
    "-> 2 3",
    "<- 1 3",
    "-> 0 4",
    "<- 1 4",
    "-> 0 5",
    "<- 1 6",
    "-> 0 6",
  ]);
  expect(bytesOf(rig, ENTRY_RECEIVED).slice(2)).toEqual(texts);
});

test("a refused message is there before its Reject", () => {
  using rig = new LinkRig().logon();
  const text = rig.peerFrame("D", "58=|", rig.peerNext++);
  rig.write(text).settle();
  expect(story(rig)).toEqual(["<- A 1", "-> A 1", "<- D 2", "-> 3 2", "<- 1 3", "-> 0 3"]);
  expect(bytesOf(rig, ENTRY_RECEIVED)[1]).toBe(text);
});

test("garbled bytes are there as they came, before and between messages", () => {
  using rig = new LinkRig().logon();
  const wrong = rig.peerFrame("D", "58=x|", 2).replace(/10=\d{3}/, "10=999");
  const good = rig.peerFrame("D", "58=good|", 2);
  rig.peerNext = 3;
  rig.write(`${wrong}noise${good}8=FIX.4.4${SOH}no length${SOH}`).settle();
  expect(rig.applications).toEqual(["good"]);
  const all = bytesOf(rig, ENTRY_RECEIVED);
  expect(all.join("")).toStartWith(
    `${all[0]}${wrong}noise${good}8=FIX.4.4${SOH}no length${SOH}`.slice(0, all.join("").length),
  );
  expect(all.slice(1, 4)).toEqual([wrong, "noise", good]);
});

test("passwords are masked in whatever came, and keep their length", () => {
  using rig = new LinkRig().connect();
  const secrets = "553=me|554=s3cret|925=n3w|95=3|96=sig|";
  const logon = rig.peerFrame("A", `98=0|108=30|${secrets}`, 1);
  rig.peerNext = 2;
  rig.write(`${logon}8=FIX.4.4${SOH}554=s3cret${SOH}`).turnUntil(() => rig.logons > 0);
  rig.settle();
  rig.write(rig.peerFrame("BE", "923=1|924=1|553=me|554=s3cret|", rig.peerNext++)).settle();
  const all = bytesOf(rig, ENTRY_RECEIVED).join("");
  expect(all).not.toMatch(/s3cret|n3w|sig/);
  expect(all).toContain("|553=me|554=******|925=***|95=3|96=***|".replaceAll("|", SOH));
  expect(bytesOf(rig, ENTRY_RECEIVED)[0]!.length).toBe(logon.length);
});

test("a resend is there as it was sent, gap fills too, and is not taken for new messages", () => {
  using rig = new LinkRig().logon();
  rig.report("one").report("two");
  rig.settle();
  const again = rig.say("2", "7=1|16=0|").settle();
  const marked = bytesOf(rig, ENTRY_RESENT);
  expect(story(rig).filter((line) => line.startsWith("again"))).toEqual([
    "again 4 1",
    "again 8 2",
    "again 8 3",
    "again 4 4",
  ]);
  expect(again.filter((message) => message.get(43) === "Y").map((message) => message.get(52))).toEqual(
    marked.map((text) => /\x0152=([^\x01]+)/.exec(text)![1]),
  );
  // The same once more: the resender steps over these entries.
  expect(
    rig
      .say("2", "7=1|16=0|")
      .settle()
      .map((message) => message.get(35)),
  ).toEqual(["4", "8", "8", "4"]);
});

test("what a connection leaves unread is there, and so is a message that is too long", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  const cut = rig.peerFrame("D", "58=cut|", 9).slice(0, 40);
  rig.write(cut).turn();
  rig.hangUp();
  expect(bytesOf(rig, ENTRY_RECEIVED).at(-1)).toBe(cut);
  expect(story(rig).at(-1)).toBe("unread 40");
  rig.logons = 0;
  rig.logon().settle();
  const long = rig.peerFrame("D", `58=${"x".repeat(4000)}|`, rig.peerNext);
  rig.write(long).turnUntil(() => rig.closings.length === 2);
  const all = bytesOf(rig, ENTRY_RECEIVED).join("");
  expect(all.slice(all.lastIndexOf("8=FIX"))).toBe(long);
  expect(story(rig).some((line) => line.startsWith("-> 5 "))).toBe(true);
});

describe("garbage", () => {
  /** By count in the journal: its bytes. */
  function counts(rig: LinkRig): number[] {
    const bytes: number[] = [];
    each(rig, (entry) => {
      const isCount = entry.kind === ENTRY_SESSION && entry.index === SESSION_EVENT_UNRECORDED;
      if (isCount) bytes.push(entry.views.doubles[(entry.payloadAt + 8) >> 3]!);
    });
    return bytes;
  }

  test("is bounded, and the rest is counted", () => {
    using rig = new LinkRig().logon();
    rig.settle();
    const pieces = 600;
    for (let i = 0; i < pieces; i++) {
      rig.write("z".repeat(1000));
      rig.turn();
    }
    rig.settle();
    const kept = bytesOf(rig, ENTRY_RECEIVED)
      .filter((text) => text.startsWith("z"))
      .join("").length;
    expect(kept).toBeGreaterThan(200 * KIB);
    expect(kept).toBeLessThanOrEqual(256 * KIB);
    // One count before the next message: many of them could fill the disk as well.
    expect(counts(rig)).toEqual([1000 * pieces - kept]);
    rig.pass(10);
    rig.write("y".repeat(100)).settle();
    expect(bytesOf(rig, ENTRY_RECEIVED)).toContain("y".repeat(100));
  });

  test("is counted where the connection ends", () => {
    using rig = new LinkRig().logon();
    rig.settle();
    for (let i = 0; i < 300; i++) {
      rig.write("z".repeat(1000));
      rig.turn();
    }
    rig.hangUp();
    expect(counts(rig)[0]).toBeGreaterThan(30_000);
  });
});

test("the text of the peer's Logout is in the record of the end, and only of that one", () => {
  using rig = new LinkRig().logon();
  rig.say("5", `58=${"because ".repeat(40)}|`).turnUntil(() => rig.closings.length === 1);
  const { disconnectRecord } = rig.link;
  const text = (): string => readDisconnectRecord(disconnectRecord.views, 0, disconnectRecord.length)!.text;
  expect(text()).toBe("because ".repeat(23));
  rig.logons = 0;
  rig.logon();
  rig.settle();
  rig.hangUp();
  expect(text()).toBe("");
});

test("whatever comes, in whatever pieces: the journal has every byte once, in order", () => {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("order", "test", "early", "wrong sum", "wrong length", "no side", "low") },
    { weight: 1, arbitrary: fc.stringMatching(/^[ -~\n\x01]{1,40}$/) },
    { weight: 1, arbitrary: fc.constantFrom("8=FIX", "8=FIX.4.4\x019=30\x01", "10=000\x01", "8=8=8=", "\x01\x01") },
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), fc.array(fc.nat(200)), (pieces, cuts) => {
      using rig = new LinkRig().logon();
      const before = bytesOf(rig, ENTRY_RECEIVED).length;
      const all = pieces.map((what) => made(rig, what)).join("");
      let at = 0;
      for (let i = 0; at < all.length && rig.closings.length === 0; i++) {
        const next = i < cuts.length ? at + cuts[i]! : all.length;
        if (next > at) rig.write(all.slice(at, next));
        at = next;
        for (let turns = 0; turns < 4; turns++) rig.turn();
      }
      if (rig.closings.length === 0) rig.hangUp();
      const kept = bytesOf(rig, ENTRY_RECEIVED).slice(before).join("");
      expect(kept).toBe(all.slice(0, kept.length));
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(at, all.length));
    }),
    { numRuns: 100 },
  );
});

/** Bytes of a peer: a message as it should be, or not, or the text itself. */
function made(rig: LinkRig, what: string): string {
  const next = rig.peerNext;
  if (what === "order") return rig.peerFrame("D", "58=x|", rig.peerNext++);
  if (what === "test") return rig.peerFrame("1", "112=x|", rig.peerNext++);
  if (what === "early") return rig.peerFrame("D", "58=y|", next + 2);
  if (what === "low") return rig.peerFrame("D", "43=Y|58=z|", 1);
  if (what === "no side") return rig.peerFrame("D", "58=|", rig.peerNext++);
  if (what === "wrong sum") return rig.peerFrame("D", "58=x|", next).replace(/10=\d{3}/, "10=999");
  if (what === "wrong length") return rig.peerFrame("D", "58=x|", next).replace(/9=\d+/, "9=7");
  return what;
}

test("a resend catches up beside sessions that receive more than they send", () => {
  using rig = new LinkRig({ segmentBytes: 4096 * KIB }).logon();
  for (let i = 0; i < 100; i++) rig.report(`${i}`, i + 1);
  rig.settle();
  rig.take();
  rig.say("2", "7=1|16=0|");
  const { writer, source, sourceAddress } = rig.journal;
  source.bytes.fill(0x35, 0, 200);
  rig.turnUntil(() => {
    // In each turn others receive 1500 messages.
    for (let i = 0; i < 1500; i++) {
      if (!writer.room(1024)) rig.journal.settle();
      writer.append(ENTRY_RECEIVED, SESSION + 1, 1, 1, RECEIVED_MESSAGE, 0, sourceAddress, 200);
    }
    return rig.link.live && rig.take().some((message) => message.get(35) === "4");
  });
});
