import { describe, expect, test } from "bun:test";
import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { utcTimestamp } from "../../../src/counterparty/message.ts";
import { STATE_ACTIVE } from "../../../src/fix/session/states.ts";
import { Rig, WALL } from "./pair.ts";

const active = (): Rig => {
  const rig = new Rig().logon();
  rig.take();
  return rig;
};

describe("an open gap", () => {
  test("is closed by a gap fill over it: the next one is asked for", () => {
    const rig = active().receive("0", "", { sequence: 5 });
    expect(rig.types()).toBe("2");
    rig.receive("4", "123=Y|36=6|", { sequence: 2 });
    expect(rig.session.numbers.nextIn).toBe(6);
    rig.receive("0", "", { sequence: 8 });
    expect(rig.take().map((message) => message.get(7))).toEqual(["6"]);
  });

  test("is still open after a gap fill of a part of it", () => {
    const rig = active().receive("0", "", { sequence: 5 });
    rig.take();
    rig.receive("4", "123=Y|36=4|", { sequence: 2 }).receive("0", "", { sequence: 6 });
    expect([rig.session.numbers.nextIn, rig.types()]).toEqual([4, ""]);
  });

  test("is asked for again when nothing comes of it", () => {
    const rig = active().receive("0", "", { sequence: 5 });
    rig.take();
    rig.pass(9);
    expect(rig.types()).toBe("");
    rig.pass(2);
    const [again] = rig.take();
    expect([again?.get(35), again?.get(7), again?.get(16)]).toEqual(["2", "2", "0"]);
  });

  test("ends with its connection: the next one is asked for", () => {
    const rig = active().receive("0", "", { sequence: 5 });
    rig.session.disconnected();
    rig.session.connected();
    rig.logon("98=0|108=30|", 2);
    rig.take();
    rig.receive("0", "", { sequence: 9 });
    expect(rig.take().map((message) => message.get(7))).toEqual(["3"]);
  });

  test("does not hold back the answer to a ResendRequest behind it", () => {
    const rig = active().receive("2", "7=1|16=0|", { sequence: 5 });
    expect(rig.resends).toEqual([[1, 1]]);
    expect([rig.types(), rig.session.numbers.nextIn]).toEqual(["2", 2]);
  });
});

describe("a SequenceReset", () => {
  test("without NewSeqNo is rejected, and uses its number when it is the next", () => {
    const rig = active().receive("4", "123=Y|", { sequence: 2 });
    const [reject] = rig.take();
    expect([reject?.get(35), reject?.get(371), reject?.get(373)]).toEqual(["3", "36", "1"]);
    expect(rig.session.numbers.nextIn).toBe(3);
    rig.receive("4", "", { sequence: 7 });
    expect([rig.types(), rig.session.numbers.nextIn]).toEqual(["3", 3]);
  });

  test("to its own number or below uses its number as any message does", () => {
    for (const newSeqNo of [1, 2]) {
      const rig = active().receive("4", `123=Y|36=${newSeqNo}|`, { sequence: 2 });
      const [reject] = rig.take();
      expect([reject?.get(371), reject?.get(373), rig.session.numbers.nextIn]).toEqual(["36", "5", 3]);
    }
  });

  test("as a gap fill with a number that is too high opens a gap, and fills nothing (10)", () => {
    const rig = active().receive("4", "123=Y|36=20|", { sequence: 7 });
    expect([rig.types(), rig.session.numbers.nextIn]).toEqual(["2", 2]);
  });

  test("as a gap fill with a number that is too low ends it, unless it is a possible duplicate (10)", () => {
    // It was never sent before, so it need not say when.
    for (const orig of [`122=${utcTimestamp(WALL)}|`, ""]) {
      const again = active().receive("4", "123=Y|36=20|", {
        sequence: 1,
        header: `43=Y|49=CLIENT|52=${utcTimestamp(WALL)}|56=GATEWAY|${orig}`,
      });
      expect([again.closed, again.types(), again.session.numbers.nextIn]).toEqual([false, "", 2]);
    }
    const low = active().receive("4", "123=Y|36=20|", { sequence: 1 });
    expect([low.closed, low.session.closeReason]).toEqual([true, DisconnectReason.TOO_LOW]);
  });
});

describe("a reset", () => {
  test("by a Logon with 141=Y in a running session is answered alike", () => {
    const rig = active();
    rig.session.numbers.nextOut = 40;
    rig.receive("A", "98=0|108=30|141=Y|", { sequence: 1 });
    const [logon, ...none] = rig.take();
    expect([logon?.get(35), logon?.get(34), logon?.get(141), none.length]).toEqual(["A", "1", "Y", 0]);
    const { numbers, state } = rig.session;
    expect([numbers.nextIn, numbers.nextOut, numbers.epoch, rig.resets, state]).toEqual([2, 2, 1, 1, STATE_ACTIVE]);
  });

  test.each([2, 7])("by a Logon with 141=Y and number %i in a running session is refused with a Logout", (sequence) => {
    const rig = active();
    rig.session.numbers.nextOut = 40;
    rig.receive("A", "98=0|108=30|141=Y|", { sequence });
    const [logout, ...none] = rig.take();
    expect([logout?.get(35), logout?.get(34), none.length]).toEqual(["5", "40", 0]);
    expect(logout?.get(58)).toBe("ResetSeqNumFlag (141) = Y needs MsgSeqNum (34) = 1");
    expect([rig.session.numbers.epoch, rig.resets]).toEqual([0, 0]);
  });

  test("that we ask for in a running session may be answered by number 1 without the flag", () => {
    const rig = active();
    rig.session.numbers.nextIn = 40;
    rig.session.restart();
    rig.receive("A", "98=0|108=30|", { sequence: 1 });
    const { numbers, state } = rig.session;
    expect([numbers.nextIn, numbers.nextOut, numbers.restarting, state]).toEqual([2, 2, false, STATE_ACTIVE]);
  });

  test("that a venue's answer says unasked resets both numbers", () => {
    const rig = new Rig({ initiator: true });
    rig.session.disconnected();
    rig.session.numbers.nextIn = 9;
    rig.session.numbers.nextOut = 57;
    rig.session.connected();
    rig.take();
    rig.logon("98=0|108=30|141=Y|").receive("1", "112=x|");
    const [heartbeat, ...none] = rig.take();
    expect([heartbeat?.get(35), heartbeat?.get(34), none.length]).toEqual(["0", "2", 0]);
    expect([rig.session.numbers.nextIn, rig.session.numbers.epoch, rig.resets]).toEqual([3, 1, 1]);
  });

  test.each([
    ["a client's Logon", false],
    ["a venue's answer", true],
  ])("by %s with 141=Y needs number 1", (_, initiator) => {
    const rig = new Rig({ initiator });
    rig.session.numbers.nextIn = 3;
    rig.session.numbers.nextOut = 8;
    rig.take();
    rig.logon("98=0|108=30|141=Y|", 5);
    const [logout, ...none] = rig.take();
    expect([logout?.get(35), logout?.get(34), none.length]).toEqual(["5", initiator ? "8" : "1", 0]);
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.RESET_NUMBER]);
    expect([rig.resets, rig.session.numbers.nextIn]).toEqual([0, 3]);
  });

  test.each([1, 7])("of ours by resetOnLogon is said to a client whose Logon has number %i and no flag", (sequence) => {
    const rig = new Rig({ resetOnLogon: true });
    rig.session.numbers.nextIn = 40;
    rig.session.numbers.nextOut = 50;
    rig.logon("98=0|108=30|", sequence);
    const [logon, ...none] = rig.take();
    expect([logon?.get(35), logon?.get(34), logon?.get(141), none.length]).toEqual(["A", "1", "Y", 0]);
    expect([rig.session.numbers.nextIn, rig.session.numbers.nextOut]).toEqual([2, 2]);
  });

  test.each([{ resetOnLogout: true }, { resetOnDisconnect: true }, { resetOnLogout: false }])(
    "of ours by %p is said to the venue with our Logon",
    (options) => {
      const rig = new Rig({ initiator: true, options });
      rig.take();
      rig.logon().receive("5");
      rig.take();
      rig.session.disconnected();
      rig.session.connected();
      const [logon] = rig.take();
      const resets = Object.values(options)[0];
      expect([logon?.get(34), logon?.get(141)]).toEqual(resets ? ["1", "Y"] : ["3", undefined]);
    },
  );

  test("that who answers our Logon asks for is taken", () => {
    const rig = new Rig({ initiator: true });
    rig.session.numbers.nextIn = 9;
    rig.logon("98=0|108=30|141=Y|");
    expect([rig.closed, rig.session.state, rig.session.numbers.nextIn, rig.session.numbers.epoch]).toEqual([
      false,
      STATE_ACTIVE,
      2,
      1,
    ]);
  });
});

describe("what is missing", () => {
  test.each([
    ["2", "16=0|", "7"],
    ["2", "7=1|", "16"],
    ["1", "", "112"],
  ])("in a %s with %s is named", (type, body, missing) => {
    const rig = active().receive(type, body);
    const [reject] = rig.take();
    expect([reject?.get(35), reject?.get(45), reject?.get(371), reject?.get(372)]).toEqual(["3", "2", missing, type]);
    expect([rig.session.numbers.nextIn, rig.resends.length, rig.closed]).toEqual([3, 0, false]);
  });

  test("SendingTime, alone, is rejected and the session goes on", () => {
    const rig = active().receive("D", "", { header: "49=CLIENT|56=GATEWAY|" });
    const [reject] = rig.take();
    expect([reject?.get(371), reject?.get(373), rig.session.state]).toEqual(["52", "1", STATE_ACTIVE]);
    expect([rig.session.numbers.nextIn, rig.applications.length]).toEqual([3, 0]);
    rig.receive("D");
    expect(rig.applications).toEqual(["D"]);
  });

  test("a tag that is no number is rejected, and uses its number", () => {
    const rig = active().receive("D", "x1=5|");
    const [reject] = rig.take();
    expect([reject?.get(35), reject?.get(373), rig.session.numbers.nextIn]).toEqual(["3", "0", 3]);
  });
});

describe("a Logon", () => {
  test("from or to somebody else is refused without a word", () => {
    const rig = new Rig().receive("A", "98=0|108=30|", { sequence: 1, from: "OTHER" });
    expect([rig.closed, rig.session.closeReason, rig.types()]).toEqual([true, DisconnectReason.COMP_ID, ""]);
  });

  test("of another time is refused, and told so unless it is an old one", () => {
    const at = (seconds: number): Rig => {
      const header = `49=CLIENT|52=${utcTimestamp(WALL - seconds * 1e6)}|56=GATEWAY|`;
      return new Rig().receive("A", "98=0|108=30|", { sequence: 1, header });
    };
    const late = at(200);
    expect([late.closed, late.session.closeReason, late.types()]).toEqual([true, DisconnectReason.SENDING_TIME, "5"]);
    const old = at(86_400);
    expect([old.closed, old.session.closeReason, old.types()]).toEqual([true, DisconnectReason.OLD_LOGON, ""]);
  });

  test("answered with a Logout is refused", () => {
    const rig = new Rig({ initiator: true }).receive("5");
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.REFUSED]);
  });
});

test("the next deadline is when tick next has something to do", () => {
  const rig = new Rig();
  expect(rig.session.deadlineNs()).toBe(1e9 + 5e9);
  rig.logon();
  expect(rig.session.deadlineNs()).toBe(1e9 + 30e9);
  rig.pass(31);
  rig.take();
  expect(rig.session.deadlineNs()).toBe(1e9 + 36e9);
  rig.pass(5.5);
  expect(rig.types()).toBe("1");
  expect(rig.session.deadlineNs()).toBe(1e9 + 72e9);
  rig.receive("0");
  rig.session.logout(DisconnectReason.STOPPING);
  expect(rig.session.deadlineNs()).toBe(1e9 + 36.5e9 + 2e9);
  rig.session.disconnected();
  expect(rig.session.deadlineNs()).toBe(Number.POSITIVE_INFINITY);
});
