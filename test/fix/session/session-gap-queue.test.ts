import { expect, test } from "bun:test";
import { frame, utcTimestamp } from "../../../src/counterparty/message.ts";
import { GapQueues } from "../../../src/fix/session/gap-queues.ts";
import { Rig, WALL } from "./pair.ts";

const active = (heldBytes?: number): Rig => {
  const rig = new Rig(heldBytes === undefined ? {} : { gapQueues: new GapQueues(heldBytes, 1) }).logon();
  rig.take();
  return rig;
};
const again = `43=Y|49=CLIENT|52=${utcTimestamp(WALL)}|56=GATEWAY|122=${utcTimestamp(WALL)}|`;

test("messages behind a gap wait, and are taken in order once it is closed", () => {
  const rig = active();
  rig.receive("G", "", { sequence: 4 }).receive("F", "", { sequence: 3 }).receive("1", "112=T|", { sequence: 5 });
  expect([rig.applications, rig.types()]).toEqual([[], "2"]);
  rig.receive("D", "", { sequence: 2 });
  expect([rig.applications.join(""), rig.types(), rig.session.numbers.nextIn]).toEqual(["DFG", "0", 6]);
});

test("those that come again with PossDupFlag are not taken twice", () => {
  const rig = active().receive("F", "", { sequence: 3 }).receive("D", "", { sequence: 2, header: again });
  rig.receive("F", "", { sequence: 3, header: again });
  expect([rig.applications.join(""), rig.session.numbers.nextIn, rig.closed]).toEqual(["DF", 4, false]);
});

test("a gap fill over some of them drops those", () => {
  const rig = active();
  for (const sequence of [4, 5, 6]) rig.receive("D", "", { sequence });
  rig.receive("4", "123=Y|36=6|", { sequence: 2 });
  expect([rig.applications.length, rig.session.numbers.nextIn, rig.session.holds]).toEqual([1, 7, false]);
});

test("a gap fill and a TestRequest that came too early are taken in their turn", () => {
  const rig = active().receive("4", "123=Y|36=20|", { sequence: 10 }).receive("1", "112=x|", { sequence: 20 });
  expect(rig.types()).toBe("2");
  for (let sequence = 2; sequence < 10; sequence++) rig.receive("0", "", { sequence });
  expect([rig.session.numbers.nextIn, rig.types()]).toEqual([21, "0"]);
});

test("a ResendRequest behind a gap is answered at once, and its number is used up in its turn", () => {
  const rig = active().receive("2", "7=1|16=0|", { sequence: 3 });
  expect([rig.types(), rig.resends]).toEqual(["2", [[1, 1]]]);
  rig.receive("D", "", { sequence: 2 });
  expect([rig.session.numbers.nextIn, rig.resends.length]).toEqual([4, 1]);
});

test("a Logon ahead of its time keeps its number: what fills the gap may stop before it", () => {
  const rig = new Rig().logon("98=0|108=30|", 4);
  expect(rig.types()).toBe("A2");
  rig.receive("4", "123=Y|36=4|", { sequence: 1 });
  expect([rig.session.numbers.nextIn, rig.types(), rig.session.holds]).toEqual([5, "", false]);
});

test("what finds no room is asked for when the answer to the first request is through", () => {
  const size = frame(`35=D|34=4|49=CLIENT|52=${utcTimestamp(WALL)}|56=GATEWAY|`).length;
  const rig = active(2 * size);
  for (let sequence = 4; sequence <= 8; sequence++) rig.receive("D", "", { sequence });
  expect(rig.take().map((message) => message.get(7))).toEqual(["2"]);
  rig.receive("D", "", { sequence: 2, header: again }).receive("D", "", { sequence: 3, header: again });
  expect([rig.session.numbers.nextIn, rig.applications.length]).toEqual([6, 4]);
  // The answer to an unbounded request goes on by itself …
  rig.receive("D", "", { sequence: 6, header: again });
  expect(rig.types()).toBe("");
  // … and what comes live behind it shows that it has ended.
  rig.receive("D", "", { sequence: 9 });
  expect(rig.take().map((message) => message.get(7))).toEqual(["7"]);
  rig.receive("4", "123=Y|36=9|", { sequence: 7 });
  expect([rig.session.numbers.nextIn, rig.session.holds, rig.types()]).toEqual([10, false, ""]);
});

test("nothing that is held outlives its connection, or a reset", () => {
  const rig = active().receive("D", "", { sequence: 5 });
  expect(rig.session.holds).toBe(true);
  rig.receive("A", "98=0|108=30|141=Y|", { sequence: 1 });
  expect([rig.session.holds, rig.session.numbers.nextIn]).toEqual([false, 2]);
  rig.receive("D", "", { sequence: 5 });
  rig.session.disconnected();
  rig.session.connected();
  expect(rig.session.holds).toBe(false);
});

test("a gap that is asked for in parts skips what is held", () => {
  const rig = new Rig({ options: { maxResendRequest: 2 } }).logon();
  rig.take();
  rig.receive("D", "", { sequence: 4 }).receive("D", "", { sequence: 5 }).receive("D", "", { sequence: 9 });
  const asked = () => rig.take().map((message) => [message.get(35), message.get(7), message.get(16)]);
  expect(asked()).toEqual([["2", "2", "3"]]);
  for (const sequence of [2, 3]) rig.receive("D", "", { sequence, header: again });
  expect([rig.session.numbers.nextIn, asked()]).toEqual([6, [["2", "6", "7"]]]);
  for (const sequence of [6, 7]) rig.receive("D", "", { sequence, header: again });
  expect(asked()).toEqual([["2", "8", "9"]]);
  rig.receive("D", "", { sequence: 8, header: again });
  expect([rig.session.numbers.nextIn, asked(), rig.applications.length]).toEqual([10, [], 8]);
});

test("an open gap has a deadline of its own", () => {
  const rig = active();
  const calm = rig.session.deadlineNs();
  rig.receive("D", "", { sequence: 5 });
  expect(rig.session.deadlineNs()).toBeLessThan(calm);
  rig.receive("4", "123=Y|36=5|", { sequence: 2 });
  expect(rig.session.deadlineNs()).toBe(calm);
});

test("where all queues are lent, what comes behind a gap is asked for again; a queue is lent anew once its gap is closed", () => {
  const gapQueues = new GapQueues(4096, 1);
  const [first, second] = [0, 1].map(() => new Rig({ gapQueues }).logon());
  for (const rig of [first!, second!]) {
    rig.take();
    rig.receive("D", "", { sequence: 4 });
  }
  expect([gapQueues.take(), first!.session.holds, second!.session.holds]).toEqual([null, true, false]);
});
