import { describe, expect, test } from "bun:test";
import { ascii } from "../../../src/base/ascii.ts";
import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { frame, utcTimestamp } from "../../../src/counterparty/message.ts";
import { maskMessage, maskSecrets } from "../../../src/fix/session/secrets.ts";
import { STATE_LOGOUT_SENT } from "../../../src/fix/session/states.ts";
import { TimestampReader, TimestampWriter } from "../../../src/fix/wire/timestamp.ts";
import { bytesOf, fields, readable } from "../wire/messages.ts";
import { Rig, WALL } from "./pair.ts";
import { Talk } from "./talk.ts";

const both = { options: { nextExpectedMsgSeqNum: true } };

describe("NextExpectedMsgSeqNum", () => {
  test("brings both sides level with no ResendRequest, whoever missed what", () => {
    const talk = new Talk(both, both).connect().settle().cut();
    for (const text of ["v1", "v2", "v3"]) talk.venue.say(text);
    for (const text of ["g1", "g2"]) talk.gateway.say(text);
    talk.gateway.types();
    talk.venue.types();
    talk.connect().settle();
    expect(talk.gateway.heard).toEqual(["v1", "v2", "v3"]);
    expect(talk.venue.heard).toEqual(["g1", "g2"]);
    expect(talk.gateway.types() + talk.venue.types()).not.toContain("2");
    expect(talk.gateway.session.numbers.nextIn).toBe(talk.venue.session.numbers.nextOut);
    expect(talk.venue.session.numbers.nextIn).toBe(talk.gateway.session.numbers.nextOut);
  });

  test("says the number after the Logon when nothing is missing, the first missing one else", () => {
    const rig = new Rig(both).logon("98=0|108=30|789=1|");
    expect(rig.take().map((message) => message.get(789))).toEqual(["2"]);
    expect(rig.resends).toEqual([]);
    const late = new Rig(both).logon("98=0|108=30|789=1|", 7);
    expect(late.take().map((message) => [message.get(35), message.get(789)])).toEqual([["A", "1"]]);
  });

  test("that is higher than what we send next ends the session with a text", () => {
    const rig = new Rig(both).logon("98=0|108=30|789=9|");
    const [logout] = rig.take();
    expect([logout?.get(35), logout?.get(58)]).toEqual([
      "5",
      "NextExpectedMsgSeqNum too high, expecting 1 but received 9",
    ]);
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.NEXT_EXPECTED]);
  });

  test("from a peer that does not say it falls back to a ResendRequest", () => {
    const rig = new Rig(both).logon("98=0|108=30|", 7);
    expect(rig.types()).toBe("A2");
  });

  test("whose resend does not come is followed by a ResendRequest", () => {
    const rig = new Rig(both).logon("98=0|108=30|789=1|", 7);
    rig.take();
    rig.pass(11);
    expect(rig.take().map((message) => [message.get(35), message.get(7)])).toEqual([["2", "1"]]);
  });
});

test("LastMsgSeqNumProcessed is on every message, and the Logon's answer counts the Logon", () => {
  const rig = new Rig({ options: { lastMsgSeqNumProcessed: true } }).logon();
  rig.receive("1", "112=x|").receive("1", "112=y|");
  rig.session.out.begin(56);
  rig.session.out.end(1);
  expect(rig.take().map((message) => [message.get(35), message.get(369)])).toEqual([
    ["A", "1"],
    ["0", "2"],
    ["0", "3"],
    ["8", "3"],
  ]);
});

describe("numbers begin again", () => {
  const numbers = (rig: Rig): number[] => [
    rig.session.numbers.nextIn,
    rig.session.numbers.nextOut,
    rig.session.numbers.epoch,
  ];

  test("after an exchange of Logouts, where that is set", () => {
    for (const resetOnLogout of [false, true]) {
      const rig = new Rig({ options: { resetOnLogout } }).logon().receive("5");
      expect(rig.closed).toBe(true);
      rig.session.disconnected();
      expect(numbers(rig)).toEqual(resetOnLogout ? [1, 1, 1] : [3, 3, 0]);
    }
  });

  test("after any end, where that is set; after a broken connection only there", () => {
    for (const resetOnDisconnect of [false, true]) {
      const rig = new Rig({ options: { resetOnDisconnect, resetOnLogout: true } }).logon();
      rig.session.disconnected();
      expect(numbers(rig)).toEqual(resetOnDisconnect ? [1, 1, 1] : [2, 2, 0]);
    }
  });

  test("never for who has not logged on", () => {
    const rig = new Rig({ options: { resetOnDisconnect: true } });
    rig.session.numbers.nextIn = 5;
    rig.receive("A", "98=0|108=30|", { sequence: 5, header: "49=CLIENT|52=20200101-00:00:00|56=GATEWAY|" });
    rig.session.disconnected();
    expect(numbers(rig)).toEqual([5, 1, 0]);
  });
});

test("a gap is asked for in parts, one after the other", () => {
  const rig = new Rig({ options: { maxResendRequest: 3 } }).logon();
  rig.take();
  rig.receive("0", "", { sequence: 9 });
  const asked = (): (string | undefined)[][] =>
    rig
      .take()
      .filter((message) => message.get(35) === "2")
      .map((message) => [message.get(7), message.get(16)]);
  expect(asked()).toEqual([["2", "4"]]);
  const again = { header: `49=CLIENT|52=${utcTimestamp(WALL)}|56=GATEWAY|43=Y|122=${utcTimestamp(WALL)}|` };
  for (const sequence of [2, 3, 4]) rig.receive("0", "", { ...again, sequence });
  expect(asked()).toEqual([["5", "7"]]);
  // A gap fill beyond what was asked for is progress all the same.
  rig.receive("4", "123=Y|36=8|", { ...again, sequence: 5 });
  expect(asked()).toEqual([["8", "9"]]);
  // What showed the gap was held; it need not come again.
  rig.receive("0", "", { ...again, sequence: 8 });
  expect(asked()).toEqual([]);
  expect(rig.session.numbers.nextIn).toBe(10);
});

describe("a resend loop", () => {
  test("of the peer is ended with a text; requests that get further are none", () => {
    const rig = new Rig({ options: { maxSameResends: 3 } }).logon();
    for (let i = 0; i < 20; i++) {
      rig.session.out.begin(56);
      rig.session.out.end(1);
    }
    for (let begin = 1; begin < 12; begin++) rig.receive("2", `7=${begin}|16=0|`);
    expect(rig.resends.length).toBe(11);
    rig.take();
    for (let i = 0; i < 5; i++) rig.receive("2", "7=11|16=0|");
    expect(rig.resends.length).toBe(13);
    const [logout] = rig.take();
    expect([logout?.get(35), logout?.get(58)]).toEqual([
      "5",
      "Resend loop: the same messages were requested repeatedly",
    ]);
    expect(rig.session.state).toBe(STATE_LOGOUT_SENT);
    rig.pass(3);
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.RESEND_LOOP]);
  });

  test("is none when it is slow", () => {
    const rig = new Rig({ heartBtIntS: 0, options: { maxSameResends: 2 } }).logon("98=0|108=0|");
    for (let i = 0; i < 10; i++) rig.pass(61).receive("2", "7=1|16=0|");
    expect(rig.resends.length).toBe(10);
    expect(rig.closed).toBe(false);
  });

  test.each([30, 0])("of ours is ended as well, with HeartBtInt %p", (heartBtIntS) => {
    const rig = new Rig({ heartBtIntS, options: { maxSameResends: 2 } }).logon(`98=0|108=${heartBtIntS}|`);
    rig.receive("0", "", { sequence: 9 });
    let sent = "";
    for (let i = 0; i < 4; i++) {
      rig.pass(11);
      sent += rig.types();
      rig.receive("0", "", { sequence: 10 + i });
    }
    expect(sent.replaceAll(/[01A]/g, "")).toBe("225");
    expect(rig.session.closeReason).toBe(DisconnectReason.RESEND_FRUITLESS);
  });
});

test("SendingTime may be as far off as is set, or any, but has to be there", () => {
  const late = (seconds: number) => ({ header: `49=CLIENT|52=${utcTimestamp(WALL - seconds * 1e6)}|56=GATEWAY|` });
  const strict = new Rig({ options: { maxLatencyS: 5 } }).logon();
  strict.receive("0", "", late(4));
  strict.take();
  expect(strict.receive("0", "", late(6)).types()).toBe("35");
  const loose = new Rig({ options: { checkLatency: false } }).logon();
  loose.take();
  loose.receive("0", "", late(1e6));
  expect(loose.types()).toBe("");
  expect(loose.receive("0", "", { header: "49=CLIENT|56=GATEWAY|" }).types()).toBe("3");
});

test.each([
  [0, "20261124-01:02:03"],
  [3, "20261124-01:02:03.045"],
  [6, "20261124-01:02:03.045678"],
  [9, "20261124-01:02:03.045678500"],
])("timestamps with %i decimals", (decimals, wanted) => {
  const bytes = bytesOf("");
  const writer = new TimestampWriter(decimals);
  const us = Date.UTC(2026, 10, 24, 1, 2, 3, 45) * 1000 + 678.5;
  for (let i = 0; i < 2; i++) {
    expect(readable(bytes, 5, writer.put(bytes, 5, us))).toBe(wanted);
    writer.put(bytes, 5, us + 777_777);
  }
});

test("timestamps with 0 to 9 decimals are read", () => {
  const reader = new TimestampReader();
  const base = Date.UTC(2026, 10, 24, 1, 2, 3) * 1000;
  for (let decimals = 0; decimals < 10; decimals++) {
    const text = `20261124-01:02:03${decimals === 0 ? "" : `.${"123456789".slice(0, decimals)}`}`;
    const us = Math.floor(Number(`0.${"123456789".slice(0, decimals) || "0"}`) * 1e6);
    expect([decimals, reader.read(bytesOf(text), 0, text.length)]).toEqual([decimals, base + us]);
  }
  expect(reader.read(bytesOf("20261124-01:02:03."), 0, 18)).toBe(-1);
});

describe("an initiator's password", () => {
  const options = { username: "trader", password: "s3cret" };

  test("is in its Logon, and in no other", () => {
    const talk = new Talk({ options }).connect();
    const logon = fields(talk.gateway.log[0]!);
    expect([logon.get(553), logon.get(554)]).toEqual(["trader", "s3cret"]);
    talk.settle();
    talk.gateway.say("x");
    expect(talk.gateway.masked).toEqual([true, false]);
  });

  test("is masked, keeps its length, and the CheckSum is made to fit", () => {
    const secret = frame(
      "35=A|34=1|49=A|52=20261124-01:02:03|56=B|98=0|95=5|96=ab\x01cd|553=me|554=s3cret|925=news|141=Y|",
    );
    const bytes = Buffer.concat([ascii("junk"), Buffer.from(secret, "latin1")]);
    maskMessage(bytes, 4, bytes.length);
    const masked = readable(bytes, 4, bytes.length);
    expect(masked).toContain("|95=5|96=*****|553=me|554=******|925=****|141=Y|10=");
    expect(fields(masked).get(34)).toBe("1");
  });

  test.each([
    ["a whole message", "8=FIX.4.4|553=me|554=abc|925=d|10=001|", "8=FIX.4.4|553=me|554=***|925=*|10=001|"],
    ["one that is cut within its password", "8=FIX.4.4|554=ab", "8=FIX.4.4|554=**"],
    ["the end of one", "54=1|0554=abc|1402=x|1404=yz|", "54=1|0554=***|1402=*|1404=**|"],
    ["data whose length is too short", "95=2|96=a|cd|10=1|", "95=2|96=****|10=1|"],
    ["data whose length is too long", "95=99|96=abcd|10=1|", "95=99|96=**********"],
    ["no fields at all", "554|554a=b|x554=cd|=554=e|", "554|554a=b|x554=**|=554=*|"],
    ["one with other delimiters", "8=FIX.4.4;554=ab;10=1|9=1|", "8=FIX.4.4;554=*******|9=1|"],
    ["a tag as long as a line", `${"5".repeat(300)}554=a|`, `${"5".repeat(300)}554=a|`],
  ])("is masked in what a peer sent: %s", (_, text, masked) => {
    const bytes = bytesOf(text.replaceAll("|", "\x01"));
    maskSecrets(bytes, 0, text.length);
    expect(readable(bytes, 0, text.length)).toBe(masked);
  });
});
