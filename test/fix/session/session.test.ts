import { describe, expect, test } from "bun:test";
import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { utcTimestamp } from "../../../src/counterparty/message.ts";
import { STATE_ACTIVE, STATE_LOGOUT_SENT } from "../../../src/fix/session/states.ts";
import { Rig, WALL } from "./pair.ts";

const active = (): Rig => {
  const rig = new Rig().logon();
  rig.take();
  return rig;
};
const header = (sentUs: number, more = ""): string => `49=CLIENT|52=${utcTimestamp(sentUs)}|56=GATEWAY|${more}`;

describe("logging on", () => {
  test("a Logon is answered with the peer's HeartBtInt", () => {
    const rig = new Rig().logon("98=0|108=17|");
    const [answer] = rig.take();
    expect([answer?.get(35), answer?.get(108), answer?.get(98), answer?.get(34)]).toEqual(["A", "17", "0", "1"]);
    expect(rig.session.state).toBe(STATE_ACTIVE);
    expect(rig.session.numbers.nextIn).toBe(2);
  });

  test("a number that is too high is answered first, then asked for (1S a)", () => {
    const rig = new Rig().logon("98=0|108=30|", 5);
    const [logon, request] = rig.take();
    expect(logon?.get(35)).toBe("A");
    expect([request?.get(35), request?.get(7), request?.get(16)]).toEqual(["2", "1", "0"]);
  });

  test("a number below 1 ends it, and has not reset what it says to reset", () => {
    const rig = new Rig();
    rig.session.numbers.nextIn = 9;
    rig.session.numbers.nextOut = 5;
    rig.receive("A", "98=0|108=30|141=Y|", { sequence: 0 });
    // Its new numbers begin at 1, and so does our answer; ours do not change.
    const [logout] = rig.take();
    expect([logout?.get(35), logout?.get(34)]).toEqual(["5", "1"]);
    expect([rig.closed, rig.resets, rig.session.numbers.nextIn, rig.session.numbers.nextOut]).toEqual([true, 0, 9, 5]);
  });

  test("a number that is too low ends it with a Logout that says so", () => {
    const rig = new Rig();
    rig.session.numbers.nextIn = 9;
    rig.logon("98=0|108=30|", 3);
    expect(rig.take()[0]?.get(58)).toBe("MsgSeqNum too low, expecting 9 but received 3");
    expect(rig.closed).toBe(true);
  });

  test.each([
    ["no HeartBtInt", "98=0|", "HeartBtInt (108) must be a whole number of seconds from 0 to 30"],
    ["an unreadable HeartBtInt", "98=0|108=x|", "HeartBtInt (108) must be a whole number of seconds from 0 to 30"],
    ["a HeartBtInt above ours", "98=0|108=31|", "HeartBtInt (108) must be a whole number of seconds from 0 to 30"],
    ["a HeartBtInt of days", "98=0|108=999999|", "HeartBtInt (108) must be a whole number of seconds from 0 to 30"],
    ["no EncryptMethod", "108=30|", "EncryptMethod (98) must be 0"],
    ["an encryption", "98=1|108=30|", "EncryptMethod (98) must be 0"],
    ["an odd ResetSeqNumFlag", "98=0|108=30|141=J|", "ResetSeqNumFlag (141) must be Y or N"],
    ["a RawDataLength that lies", "98=0|95=9|96=abc|108=30|", "Logon has a faulty field, tag 95"],
    ["RawData without its length", "98=0|96=abc|108=30|", "Logon has a faulty field, tag 95"],
    ["two numbers", "98=0|108=30|34=1|", "Logon has a faulty field, tag 34"],
    ["two senders", "98=0|108=30|49=OTHER|", "Logon has a faulty field, tag 49"],
    ["two HeartBtInts", "98=0|108=30|108=20|", "Logon has a faulty field, tag 108"],
    ["two reset flags", "98=0|108=30|141=N|141=Y|", "Logon has a faulty field, tag 141"],
    ["a stray text", "98=0|108=30|58=a\x01b|", "Logon has a faulty field, tag 58"],
    ["a tag that is none", "98=0|108=30|x=b|", "Logon has a tag that is no number"],
  ])("%s is refused with a Logout that names the field (1S d)", (_, body, words) => {
    const rig = new Rig();
    rig.session.numbers.nextOut = 7;
    rig.logon(body);
    const [logout, ...none] = rig.take();
    expect([logout?.get(35), logout?.get(34), logout?.get(58), none.length]).toEqual(["5", "7", words, 0]);
    expect([rig.closed, rig.session.numbers.nextOut]).toEqual([true, 8]);
  });

  test("a Logon without a number, or without a time, gets the reason", () => {
    expect(new Rig().logon("98=0|108=30|", -1).take()[0]?.get(58)).toBe("MsgSeqNum missing");
    const header = "49=CLIENT|56=GATEWAY|";
    const timeless = new Rig().receive("A", "98=0|108=30|", { sequence: 1, header }).take()[0];
    expect(timeless?.get(58)).toBe("SendingTime (52) is missing or no UTCTimestamp");
  });

  test("the owner may refuse a Logon that is right", () => {
    const rig = new Rig();
    rig.session.declines = DisconnectReason.PASSWORD;
    rig.logon();
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.PASSWORD]);
    expect(rig.take()[0]?.get(58)).toBe("Username (553) or Password (554) is wrong");
    rig.session.disconnected();
    rig.session.connected();
    expect(rig.logon("98=0|108=30|", 1).types()).toBe("A");
  });

  test.each(["", "98=0|", "108=30|", "98=0|108=99999|", "108=x|"])("a venue may answer with %p", (body) => {
    const rig = new Rig({ initiator: true });
    rig.take();
    rig.logon(body);
    expect([rig.session.active, rig.types()]).toEqual([true, ""]);
  });

  test("a venue's answer may have picoseconds", () => {
    const rig = new Rig({ initiator: true });
    rig.receive("A", "98=0|108=30|", {
      sequence: 1,
      header: "49=CLIENT|52=20261124-01:02:03.123456789012|56=GATEWAY|",
    });
    expect(rig.session.active).toBe(true);
  });

  test.each(["5", "3", "j"])("a venue may refuse our Logon with %s, whose text is kept", (type) => {
    const rig = new Rig({ initiator: true });
    rig.receive(type, "45=1|372=A|58=no such client|");
    expect([rig.closed, rig.session.closeReason, rig.peerSaid]).toEqual([
      true,
      DisconnectReason.REFUSED,
      "no such client",
    ]);
  });

  test("a reset makes a NextExpectedMsgSeqNum of old numbers void", () => {
    const options = { nextExpectedMsgSeqNum: true };
    for (const [profile, body, sequence] of [
      [{ resetOnLogon: true, options }, "98=0|108=30|789=7|", 5],
      [{ options }, "98=0|108=30|141=Y|789=7|", 1],
    ] as const) {
      const rig = new Rig(profile);
      rig.session.numbers.nextOut = 7;
      const [answer] = rig.logon(body, sequence).take();
      expect([answer?.get(35), answer?.get(34), answer?.get(789), rig.closed]).toEqual(["A", "1", "2", false]);
      expect([rig.session.numbers.nextIn, rig.resends]).toEqual([2, []]);
    }
  });

  test("another first message is refused (1S e)", () => {
    const rig = new Rig().receive("0");
    expect([rig.closed, rig.session.closeReason, rig.types()]).toEqual([true, DisconnectReason.NOT_LOGON, ""]);
  });

  test("resetOnLogon begins at 1 whatever was before", () => {
    const rig = new Rig({ resetOnLogon: true });
    rig.session.numbers.nextIn = 40;
    rig.session.numbers.nextOut = 50;
    rig.logon();
    expect(rig.take()[0]?.get(34)).toBe("1");
    expect([rig.session.numbers.nextIn, rig.session.numbers.epoch, rig.resets]).toEqual([2, 1, 1]);
  });

  test("141=Y is answered with 141=Y", () => {
    const rig = new Rig();
    rig.session.numbers.nextOut = 50;
    rig.logon("98=0|108=30|141=Y|");
    expect([rig.sent[0]?.get(141), rig.sent[0]?.get(34)]).toEqual(["Y", "1"]);
  });

  test("who connects logs on first, and takes the answer", () => {
    const rig = new Rig({ initiator: true, heartBtIntS: 20 });
    expect(rig.take()[0]?.get(108)).toBe("20");
    rig.logon("98=0|108=20|");
    expect(rig.session.state).toBe(STATE_ACTIVE);
    expect(rig.types()).toBe("");
  });

  test("no Logon in time ends it", () => {
    expect(new Rig().pass(4).closed).toBe(false);
    expect(new Rig().pass(6).closed).toBe(true);
  });
});

describe("numbers", () => {
  test("a gap is asked for once, and closed by what comes in order", () => {
    const rig = active().receive("0", "", { sequence: 5 }).receive("0", "", { sequence: 6 });
    const [request, ...none] = rig.take();
    expect([request?.get(35), request?.get(7), none.length]).toEqual(["2", "2", 0]);
    for (let sequence = 2; sequence <= 4; sequence++) rig.receive("0", "", { sequence });
    expect(rig.session.numbers.nextIn).toBe(7);
    rig.receive("0", "", { sequence: 9 });
    expect(rig.types()).toBe("2");
  });

  test("too low without PossDup ends it (2c); with it, it is ignored (2e)", () => {
    const rig = active();
    rig.receive("D", "", { sequence: 1, header: header(WALL, `43=Y|122=${utcTimestamp(WALL)}|`) });
    expect([rig.closed, rig.types(), rig.applications.length]).toEqual([false, "", 0]);
    rig.receive("D", "", { sequence: 1 });
    expect([rig.closed, rig.types()]).toEqual([true, "5"]);
  });

  test("PossDup without OrigSendingTime is rejected (2g), after SendingTime too (2f)", () => {
    const rig = active().receive("0", "", { sequence: 1, header: header(WALL, "43=Y|") });
    const [reject] = rig.take();
    expect([reject?.get(35), reject?.get(373), reject?.get(371), rig.session.numbers.nextIn]).toEqual([
      "3",
      "1",
      "122",
      2,
    ]);
    rig.receive("0", "", { sequence: 2, header: header(WALL, `43=Y|122=${utcTimestamp(WALL + 5_000_000)}|`) });
    expect(rig.take().map((message) => [message.get(35), message.get(373)])).toEqual([
      ["3", "10"],
      ["5", undefined],
    ]);
  });

  test("a gap fill goes on, back is refused, and a reset goes anywhere forward", () => {
    const rig = active().receive("4", "123=Y|36=10|", { sequence: 2 });
    expect(rig.session.numbers.nextIn).toBe(10);
    rig.receive("4", "123=Y|36=10|", { sequence: 10 });
    expect(rig.take()[0]?.get(373)).toBe("5");
    rig.receive("4", "36=40|", { sequence: 1 });
    expect(rig.session.numbers.nextIn).toBe(40);
    rig.receive("4", "36=40|", { sequence: 1 });
    expect([rig.session.numbers.nextIn, rig.types()]).toEqual([40, ""]);
    rig.receive("4", "36=7|", { sequence: 0 });
    const [reject] = rig.take();
    expect([reject?.get(45), reject?.get(373), rig.session.numbers.nextIn]).toEqual(["0", "5", 40]);
  });

  test("a missing MsgSeqNum ends it with a text", () => {
    const rig = active().receive("0", "", { sequence: -1 });
    expect([rig.closed, rig.take()[0]?.get(58)]).toEqual([true, "MsgSeqNum missing"]);
  });

  test("a ResendRequest is passed on with its end bounded", () => {
    const rig = active();
    rig.receive("2", "7=1|16=0|").receive("2", "7=1|16=99|").receive("2", "7=5|16=9|");
    expect(rig.resends).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});

describe("time", () => {
  test("nothing sent for HeartBtInt brings a Heartbeat (4a)", () => {
    const rig = active().pass(20).receive("0").pass(11);
    expect(rig.types()).toBe("0");
  });

  test("silence brings a TestRequest, then the end (6)", () => {
    const rig = active().pass(29.5);
    rig.take();
    rig.pass(7);
    expect(rig.types()).toBe("1");
    rig.pass(34);
    expect([rig.closed, rig.types()]).toEqual([false, ""]);
    rig.pass(3);
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.SILENT]);
  });

  test("a TestRequest is answered with its TestReqID (4b)", () => {
    expect(active().receive("1", "112=are you there|").sent[0]?.get(112)).toBe("are you there");
  });

  test.each([121, -121])("SendingTime %i s off is rejected and ends it (2o)", (seconds) => {
    const rig = active().receive("0", "", { header: header(WALL + seconds * 1e6) });
    const messages = rig.take();
    expect(messages.map((message) => message.get(35)).join("")).toBe("35");
    expect(messages[0]?.get(373)).toBe("10");
    expect(rig.session.state).toBe(STATE_LOGOUT_SENT);
    rig.receive("5");
    expect(rig.closed).toBe(true);
  });

  test("a Logout of ours that is not answered ends it", () => {
    const rig = active();
    rig.session.logout(DisconnectReason.STOPPING);
    expect(rig.take()[0]?.get(58)).toBe("Gateway is stopping");
    expect(rig.pass(1).closed).toBe(false);
    expect(rig.pass(2).closed).toBe(true);
  });
});

describe("messages", () => {
  test("application messages in order are the caller's, also after our Logout", () => {
    const rig = active().receive("D").receive("8");
    rig.session.logout(DisconnectReason.STOPPING);
    rig.receive("D");
    expect(rig.applications).toEqual(["D", "8", "D"]);
  });

  test("a wrong CompID is rejected and ends it (2k); a missing one is rejected only", () => {
    const rig = active().receive("0", "", { from: "OTHER" });
    expect(rig.take().map((message) => message.get(373))).toEqual(["9", undefined]);
    const other = active().receive("0", "", { header: `52=${utcTimestamp(WALL)}|56=GATEWAY|` });
    expect([other.sent[0]?.get(373), other.sent[0]?.get(371), other.sent.length]).toEqual(["1", "49", 1]);
  });

  test("another BeginString ends it with a text (2i)", () => {
    const rig = active().receive("0", "", { begin: "FIX.4.2" });
    expect([rig.take()[0]?.get(58), rig.closed]).toEqual(["Incorrect BeginString", true]);
  });

  test("a tag without a value is rejected, and uses its number", () => {
    const rig = active().receive("0", "112=|");
    expect([rig.sent[0]?.get(373), rig.sent[0]?.get(371), rig.session.numbers.nextIn]).toEqual(["4", "112", 3]);
  });

  test("a Logout is answered whatever its number (13b)", () => {
    expect(active().receive("5").types()).toBe("5");
    expect(active().receive("5", "", { sequence: 77 }).types()).toBe("5");
  });
});

describe("a probe", () => {
  test("asks a quiet peer, and ends the connection when it does not answer within 2 s", () => {
    for (const body of ["98=0|108=30|", "98=0|108=0|"]) {
      const rig = new Rig().logon(body).pass(1);
      rig.take();
      rig.session.probe();
      expect(rig.pass(0.001).types()).toBe("1");
      rig.session.probe();
      expect([rig.pass(1.9).types(), rig.closed]).toEqual(["", false]);
      expect([rig.pass(0.2).closed, rig.session.closeReason]).toEqual([true, DisconnectReason.SILENT]);
    }
  });

  test("is over with anything that the peer sends", () => {
    const rig = new Rig().logon("98=0|108=0|").pass(1);
    rig.take();
    rig.session.probe();
    rig.pass(0.1).receive("D").pass(60);
    expect([rig.closed, rig.types(), rig.session.deadlineNs()]).toEqual([false, "1", Number.POSITIVE_INFINITY]);
  });

  test("asks nothing of a peer that has just sent something, unless it is quiet from then on", () => {
    const rig = new Rig().logon();
    rig.take();
    rig.session.probe();
    expect(rig.pass(0.4).types()).toBe("");
    rig.receive("0").pass(5);
    expect([rig.types(), rig.closed]).toEqual(["", false]);
    rig.receive("0").session.probe();
    expect([rig.pass(0.4).types(), rig.pass(0.2).types()]).toEqual(["", "1"]);
  });

  test("does not repeat a TestRequest that is unanswered", () => {
    const rig = new Rig().logon("98=0|108=10|");
    rig.take();
    expect(rig.pass(12.5).types()).toBe("1");
    rig.session.probe();
    rig.pass(0.1);
    expect([rig.types(), rig.closed, rig.pass(2).closed]).toEqual(["", false, true]);
  });
});
