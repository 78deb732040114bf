import { expect, test } from "bun:test";
import { KIB } from "../../src/base/units.ts";
import { MessageWindow } from "../../src/session/message-window.ts";
import { MESSAGES_PER_STEP } from "../../src/session/resender.ts";
import { LinkRig, short } from "./rig.ts";

/** Logged on, and the peer has read our Logon (1). */
function active(options: ConstructorParameters<typeof LinkRig>[0] = {}): LinkRig {
  const rig = new LinkRig(options).logon();
  expect(short(rig.settle())).toEqual(["A 1"]);
  return rig;
}
// Our Logon was 1 and the answer to the TestRequest 2: reports begin at 3.

test("application messages come again with PossDupFlag and OrigSendingTime, session-level ones as gap fills", () => {
  using rig = active();
  rig.report("one").report("two");
  const before = rig.settle();
  expect(short(before)).toEqual(["8 3 one", "8 4 two"]);
  rig.pass(1);
  const again = rig.say("2", "7=1|16=0|").settle();
  expect(short(again)).toEqual(["4* 1>3", "8* 3 one", "8* 4 two", "4* 5>6"]);
  expect(again[0]?.get(123)).toBe("Y");
  for (const [i, copy] of [again[1]!, again[2]!].entries()) {
    const original = before[i]!;
    expect(copy.get(122)).toBe(original.get(52));
    expect(copy.get(52)).not.toBe(original.get(52));
    for (const tag of [8, 35, 34, 49, 56, 58]) expect([tag, copy.get(tag)]).toEqual([tag, original.get(tag)]);
  }
  expect(rig.link.live).toBe(true);
});

test("a resend uses no number: what follows has the next one", () => {
  using rig = active();
  rig.report("one");
  rig.settle();
  rig.say("2", "7=3|16=3|").settle();
  rig.report("two");
  expect(short(rig.settle())).toEqual(["8 6 two"]);
});

test("a stretch in the middle is answered alone", () => {
  using rig = active();
  for (const text of ["one", "two", "three", "four"]) rig.report(text);
  rig.settle();
  expect(short(rig.say("2", "7=4|16=5|").settle())).toEqual(["8* 4 two", "8* 5 three"]);
});

test("a gap fill never covers what was not asked for", () => {
  using rig = active();
  rig.settle();
  rig.report("one").report("two");
  rig.settle();
  // 2 and 3 were heartbeats, 4 and 5 reports that the peer has.
  expect(short(rig.say("2", "7=2|16=3|").settle())).toEqual(["4* 2>4"]);
});

test("messages written while a resend runs follow it, as they are and in the order of their numbers", () => {
  using rig = active();
  for (let i = 0; i < 700; i++) rig.report(`r${i}`);
  rig.settle();
  const next = rig.link.session.numbers.nextOut;
  rig.say("2", "7=1|16=0|").turnUntil(() => !rig.link.live);
  const seen = rig.take();
  for (let i = 0; i < 3; i++) {
    rig.report(`live${i}`);
    rig.turn();
  }
  const all = [...seen, ...rig.settle()];
  const numbers = all.map((message) => Number(message.get(34)));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
  const live = all.filter((message) => message.get(58)?.startsWith("live"));
  expect(short(live)).toEqual([0, 1, 2].map((i) => `8 ${next + i} live${i}`));
  expect(all.filter((message) => message.get(43) === "Y" && message.get(35) === "8").length).toBe(700);
});

test("a resend that the wire has no room for goes on when it has", () => {
  using rig = active({ outBytes: 16 * KIB });
  const text = "x".repeat(500);
  for (let i = 0; i < 200; i++) {
    rig.report(`${i} ${text}`);
    if (i % 10 === 9) rig.settle();
  }
  const all = rig.say("2", "7=3|16=0|").settle();
  expect(
    all.filter((message) => message.get(35) === "8").map((message) => Number.parseInt(message.get(58)!, 10)),
  ).toEqual(Array.from({ length: 200 }, (_, i) => i));
});

test("messages of segments that are gone from memory are read back", () => {
  using rig = active({ segmentBytes: 64 * KIB });
  const text = "y".repeat(900);
  for (let i = 0; i < 300; i++) {
    rig.report(`${i} ${text}`);
    if (i % 10 === 9) {
      rig.settle();
      rig.journal.settle();
    }
  }
  expect(rig.journal.writer.position).toBeGreaterThan(4 * 64 * KIB);
  const all = rig.say("2", "7=1|16=0|").settle();
  const reports = all.filter((message) => message.get(35) === "8");
  expect(reports.map((message) => Number.parseInt(message.get(58)!, 10))).toEqual(
    Array.from({ length: 300 }, (_, i) => i),
  );
  expect(reports.every((message) => message.get(43) === "Y")).toBe(true);
});

test("what was written while nobody was connected is asked for and comes", () => {
  using rig = active();
  rig.hangUp();
  rig.report("missed one").report("missed two");
  rig.logons = 0;
  rig.logon();
  const logon = rig.settle();
  expect(short(logon)).toEqual(["A 5"]);
  expect(short(rig.say("2", "7=3|16=0|").settle())).toEqual(["8* 3 missed one", "8* 4 missed two", "4* 5>7"]);
});

test("what is too old is gap-filled and reported, the rest is sent", () => {
  using rig = active({ maxAgeUs: 5_000_000 });
  rig.report("old one").report("old two");
  rig.pass(4).report("young").pass(3);
  rig.settle();
  const again = rig.say("2", "7=3|16=0|").settle();
  expect(rig.stales).toEqual(["old one", "old two"]);
  expect(short(again)).toEqual(["4* 3>5", "8* 5 young", "4* 6>7"]);
});

test("what was sent before the clock was set back is of unknown age: too old", () => {
  using rig = active({ maxAgeUs: 5_000_000 });
  rig.report("before");
  rig.time.wallUs -= 3_600_000_000;
  rig.report("after");
  rig.settle();
  const again = rig.say("2", "7=3|16=0|").settle();
  expect(rig.stales).toEqual(["before"]);
  expect(short(again)).toEqual(["4* 3>4", "8* 4 after", "4* 5>6"]);
});

test("a gap fill over what was too old does not leave before that is told", () => {
  using rig = active({ maxAgeUs: 0 });
  rig.report("old");
  rig.settle();
  rig.isTold = false;
  rig.say("2", "7=3|16=3|").turnUntil(() => rig.stales.length > 0);
  for (let i = 0; i < 20; i++) expect(rig.turn()).toBeGreaterThan(0);
  expect(rig.take()).toEqual([]);
  rig.isTold = true;
  expect(short(rig.settle())).toEqual(["4* 3>4"]);
});

test("another session's messages in the same stream are not sent", () => {
  using rig = active();
  rig.report("ours");
  rig.journal.message(2, 3, 100);
  rig.journal.message(2, 4, 100);
  rig.settle();
  expect(short(rig.say("2", "7=3|16=3|").settle())).toEqual(["8* 3 ours"]);
});

test("messages from before a reset are not sent again", () => {
  using rig = active();
  rig.report("before").report("before");
  rig.settle();
  rig.hangUp();
  rig.logons = 0;
  rig.peerNext = 1;
  rig.logon("98=0|108=30|141=Y|");
  rig.report("after");
  expect(short(rig.settle())).toEqual(["A 1", "8 2 after"]);
  expect(short(rig.say("2", "7=1|16=0|").settle())).toEqual(["4* 1>2", "8* 2 after", "4* 3>4"]);
});

test("a second request during a resend begins it anew; nothing is lost", () => {
  using rig = active();
  for (let i = 0; i < 600; i++) rig.report(`r${i}`);
  rig.settle();
  rig.say("2", "7=3|16=0|").turnUntil(() => !rig.link.live);
  const all = [...rig.take(), ...rig.say("2", "7=500|16=0|").settle()];
  const numbers = new Set(all.map((message) => Number(message.get(34))));
  for (let sequence = 500; sequence < 603; sequence++) expect(numbers.has(sequence)).toBe(true);
  expect(rig.link.live).toBe(true);
});

test("while there is no room for what one message may bring, nothing is sent again", () => {
  using rig = active();
  rig.report("one");
  rig.settle();
  // Room for the request itself, and for the look behind it.
  rig.rooms = 2;
  rig.say("2", "7=3|16=3|").turnUntil(() => !rig.link.live);
  for (let i = 0; i < 5; i++) rig.turn();
  expect(rig.take()).toEqual([]);
  rig.rooms = Number.POSITIVE_INFINITY;
  expect(short(rig.settle())).toEqual(["8* 3 one"]);
});

test("what followed a resend as it was is a possible duplicate when it is asked for", () => {
  using rig = active();
  for (let i = 0; i < 400; i++) rig.report(`r${i}`);
  rig.settle();
  const next = rig.link.session.numbers.nextOut;
  rig.say("2", "7=1|16=0|").turnUntil(() => !rig.link.live);
  rig.report("live").turnUntil(() => rig.link.live);
  rig.say("2", `7=${next}|16=${next}|`);
  let copies: ReturnType<typeof rig.take> = [];
  rig.turnUntil(() => {
    copies = [...copies, ...rig.take().filter((message) => message.get(58) === "live")];
    return copies.length === 2;
  });
  expect(short(copies)).toEqual([`8 ${next} live`, `8* ${next} live`]);
});

test("a resend that a broken connection ends leaves nothing behind", () => {
  using rig = active();
  for (let i = 0; i < 2000; i++) rig.report(`r${i}`);
  rig.settle();
  rig.say("2", "7=1|16=0|").turnUntil(() => !rig.link.live);
  rig.hangUp(true);
  expect(rig.link.resender!.find(rig.link, 40)).toBe(true);
  rig.logons = 0;
  rig.logon();
  expect(rig.link.live).toBe(true);
  rig.report("next");
  expect(short(rig.settle()).at(-1)).toMatch(/^8 \d+ next$/);
});

test("a message of ours is found by its number", () => {
  using rig = active();
  for (let i = 0; i < 50; i++) rig.report(`r${i}`);
  const resender = rig.link.resender!;
  expect(resender.find(rig.link, 40)).toBe(true);
  expect(resender.find(rig.link, 53)).toBe(false);
  expect(resender.find(rig.link, 0)).toBe(false);
});

test("a message of ours is found while a resend goes on, which goes on where it was", () => {
  using rig = active();
  for (let i = 0; i < 400; i++) rig.report(`r${i}`);
  rig.settle();
  rig.say("2", "7=3|16=0|").turnUntil(() => !rig.link.live);
  const all = rig.take();
  expect(rig.link.resender!.find(rig.link, 40)).toBe(true);
  rig.turnUntil(() => {
    all.push(...rig.take());
    return rig.link.live;
  });
  all.push(...rig.settle());
  const texts = all.filter((message) => message.get(35) === "8").map((message) => message.get(58));
  expect(texts).toEqual(Array.from({ length: 400 }, (_, i) => `r${i}`));
});

test("without a journal everything is one gap fill", () => {
  using rig = active({ journal: false });
  rig.report("one").report("two");
  rig.settle();
  expect(short(rig.say("2", "7=2|16=0|").settle())).toEqual(["4* 2>6"]);
});

test("with an age of 0 no order is ever sent again, however young", () => {
  using rig = active({ maxAgeUs: 0 });
  rig.report("young");
  rig.settle();
  expect(short(rig.say("2", "7=3|16=3|").settle())).toEqual(["4* 3>4"]);
  expect(rig.stales).toEqual(["young"]);
});

test("numbers that the journal does not have are gap-filled", () => {
  using rig = active();
  rig.hangUp();
  rig.link.session.numbers.nextOut = 20;
  rig.logons = 0;
  rig.logon();
  rig.report("first");
  rig.settle();
  expect(short(rig.say("2", "7=1|16=0|").settle())).toEqual(["4* 1>21", "8* 21 first", "4* 22>23"]);
  expect(short(rig.say("2", "7=5|16=6|").settle())).toEqual(["4* 5>7"]);
});

test("a turn sends a bounded number of messages again, and reads what the peer says meanwhile", () => {
  using rig = active();
  for (let i = 0; i < 200; i++) rig.report(`r${i}`);
  rig.settle();
  rig.say("2", "7=3|16=0|").turnUntil(() => !rig.link.live);
  rig.take();
  for (let turns = 0; !rig.link.live; turns++) {
    rig.link.pollOut();
    // 200 reports take more than six such turns; the last of them ends with the gap fill.
    const count = rig.take().length;
    expect(count).toBeLessThanOrEqual(MESSAGES_PER_STEP + 1);
    expect(turns).toBeLessThan(10);
    if (turns !== 2) continue;
    rig.say("D", "58=meanwhile|").turnUntil(() => rig.applications.length === 1);
    rig.take();
  }
  expect(rig.applications).toEqual(["meanwhile"]);
});

test("after a reset by the peer, number 1, its Logon's answer, is no message of the journal: it is gap-filled", () => {
  using rig = new LinkRig({ profile: { initiator: true } });
  rig.link.session.numbers.nextOut = 57;
  rig.connect();
  rig.turnUntil(() => rig.take().length > 0);
  rig.say("A", "98=0|108=30|141=Y|", 1).turnUntil(() => rig.logons > 0);
  rig.say("2", "7=1|16=0|");
  expect(short(rig.settle())).toEqual(["4* 1>2"]);
  rig.report("one");
  expect(short(rig.settle())).toEqual(["8 3 one"]);
  expect(short(rig.say("2", "7=1|16=0|").settle())).toEqual(["4* 1>3", "8* 3 one", "4* 4>5"]);
});

/** Seconds after which the peer admits messages again. */
const WINDOW_S = 100;

/** A resend of six reports that waits for a peer which admits three; what has come of it. */
function waiting(rig: LinkRig): ReturnType<LinkRig["settle"]> {
  for (let i = 0; i < 6; i++) rig.report(`r${i}`);
  rig.settle();
  rig.link.window = new MessageWindow(3, WINDOW_S * 1e9);
  const first = rig.say("2", "7=3|16=0|").settle();
  expect(short(first)).toEqual(["8* 3 r0", "8* 4 r1", "8* 5 r2"]);
  return first;
}

/** One window after another passes: the rest of the resend. */
function rest(rig: LinkRig): string[] {
  const all: string[] = [];
  rig.turnUntil(() => {
    all.push(...short(rig.take()));
    rig.link.window!.left(rig.time.nowNs);
    rig.time.nowNs += WINDOW_S * 1e9;
    return rig.link.live && rig.turn() === 0;
  });
  return [...all, ...short(rig.take())];
}

test("while a peer admits no more messages, it gets heartbeats and answers to its TestRequests in time", () => {
  using rig = active();
  waiting(rig);
  expect(rig.link.live).toBe(false);
  const beats: string[] = [];
  for (let i = 0; i < 3; i++) {
    rig.say("0").pass(30);
    rig.turnUntil(() => {
      const came = short(rig.take());
      beats.push(...came);
      return came.length > 0;
    });
  }
  // 9 answered the TestRequest that made the reports settle, 10 the one behind the request for the resend.
  expect(beats).toEqual(["0 11", "0 12", "0 13"]);
  expect(rest(rig)).toEqual(["8* 6 r3", "8* 7 r4", "8* 8 r5", "4* 9>10"]);
  rig.report("new");
  expect(short(rig.settle())).toEqual(["8 14 new"]);
});

test("behind a new application message, which needs the peer's room, they wait", () => {
  using rig = active();
  waiting(rig);
  rig.report("new").say("0").pass(30);
  rig.say("1", "112=LATE|");
  for (let i = 0; i < 10; i++) rig.turn();
  expect(short(rig.take())).toEqual([]);
  expect(rest(rig)).toEqual(["8* 6 r3", "8* 7 r4", "8* 8 r5", "4* 9>10", "8 11 new", "0 12", "0 13"]);
});

test("a message of an earlier configuration that is too long now is gap-filled and named, once a resend", () => {
  using rig = active();
  const long = "x".repeat(2_100);
  rig.report("one").report(long).report(long).report("two");
  rig.settle();
  const again = rig.say("2", "7=3|16=0|").settle();
  expect(short(again)).toEqual(["8* 3 one", "4* 4>6", "8* 6 two", "4* 7>8"]);
  expect(rig.tooLongs).toHaveLength(1);
  expect(rig.tooLongs[0]).toMatch(/^4: 2\d{3}$/);
  expect(rig.stales).toEqual([long, long]);
  expect(short(rig.say("2", "7=4|16=4|").settle())).toEqual(["4* 4>5"]);
  expect(rig.tooLongs).toHaveLength(2);
});
