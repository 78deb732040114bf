import { expect, test } from "bun:test";
import { utcTimestamp } from "../../src/counterparty/message.ts";
import { APPLICATION, INVALID, REJECTED } from "../../src/session/protocol.ts";
import { LinkRig } from "./rig.ts";

const numbers = (rig: LinkRig): number[] => rig.verdicts.map(({ msgSeqNum }) => msgSeqNum);

test("the handler learns the number and the kind of each message", () => {
  using rig = new LinkRig().logon();
  rig.say("0").say("D", "58=one|").say("3", "45=7|58=two|").say("j", "58=three|").settle();
  expect(rig.applications).toEqual(["one", "two", "three"]);
  expect(rig.verdicts).toMatchObject([
    { kind: APPLICATION, msgSeqNum: 3, epoch: 0 },
    { kind: REJECTED, msgSeqNum: 4, epoch: 0 },
    { kind: APPLICATION, msgSeqNum: 5, epoch: 0 },
  ]);
});

test("the handler learns which messages our session has rejected, and for which field", () => {
  using rig = new LinkRig().logon();
  rig.say("8", "37=|58=one|").say("8", "-1=1|58=two|").say("8", "58=three|").settle();
  expect(rig.applications).toEqual(["one", "two", "three"]);
  expect(rig.verdicts[0]).toMatchObject({ kind: INVALID, msgSeqNum: 2, refTag: 37 });
  expect(rig.verdicts[1]).toMatchObject({ kind: INVALID, msgSeqNum: 3 });
  expect(rig.verdicts[1]!.refTag).toBeLessThanOrEqual(0);
  expect(rig.verdicts[2]).toMatchObject({ kind: APPLICATION, msgSeqNum: 4 });
});

test("messages that waited behind a gap have their own numbers, in order", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  const first = rig.peerNext;
  const again = `43=Y|122=${utcTimestamp(rig.time.wallUs)}|`;
  rig.say("D", "58=c|", first + 2).say("D", "58=d|", first + 3);
  rig.turnUntil(() => rig.take().some((message) => message.get(35) === "2"));
  expect(rig.verdicts).toEqual([]);
  rig.say("D", `${again}58=a|`, first).say("D", `${again}58=b|`, first + 1);
  rig.turnUntil(() => rig.applications.length === 4);
  expect([rig.applications.join(""), numbers(rig)]).toEqual(["abcd", [first, first + 1, first + 2, first + 3]]);
});

test("after a reset the numbers count in the next epoch", () => {
  using rig = new LinkRig().logon();
  rig.say("D", "58=old|").say("A", "98=0|108=30|141=Y|", 1).say("D", "58=new|").settle();
  expect(rig.verdicts.map(({ msgSeqNum, epoch }) => [msgSeqNum, epoch])).toEqual([
    [2, 0],
    [2, 1],
  ]);
});
