import { describe, expect, test } from "bun:test";
import { DisconnectReason } from "../../../../src/base/disconnect-reason.ts";
import { versionOf } from "../../../../src/fix/wire/version.ts";
import { active, again, headed, logonBody, reason, reasonOf, SETTINGS, waiting } from "./roles.ts";

const TOO_LOW = "Value is incorrect (out of range) for this tag";

describe.each(SETTINGS)("as %s in %s", (role, version) => {
  test("4 a: nothing sent for HeartBtInt brings a Heartbeat", () => {
    const rig = active(role, version).pass(29);
    expect(rig.types()).toBe("");
    expect(rig.pass(2).types()).toBe("0");
  });

  test("4 b: a TestRequest is answered by a Heartbeat with its TestReqID", () => {
    const [beat, ...none] = active(role, version).receive("1", "112=HELLO|").take();
    expect([beat?.get(35), beat?.get(112), none.length]).toEqual(["0", "HELLO", 0]);
  });

  test("5: a Heartbeat is accepted", () => {
    const rig = active(role, version).receive("0").receive("0", "112=TEST|");
    expect([rig.types(), rig.session.numbers.nextIn]).toEqual(["", 4]);
  });

  test("6: HeartBtInt and a fifth without a message brings TestRequest TEST, twice that the end, without a Logout", () => {
    const rig = active(role, version).pass(30);
    expect(rig.types()).toBe("0");
    rig.pass(7);
    const [request, ...none] = rig.take();
    expect([request?.get(35), request?.get(112), none.length]).toEqual(["1", "TEST", 0]);
    rig.pass(34);
    expect([rig.types(), rig.closed]).toEqual(["", false]);
    rig.pass(2);
    expect([rig.types(), rig.closed, rig.session.closeReason]).toEqual(["", true, DisconnectReason.SILENT]);
  });

  test("6: any message answers it", () => {
    const rig = active(role, version).pass(37);
    rig.take();
    rig.receive("D").pass(34);
    expect([rig.types(), rig.closed]).toEqual(["0", false]);
  });

  test("7: a Reject uses its number, and is the caller's to know of", () => {
    const rig = active(role, version).receive("3", "45=1|58=no|");
    expect([rig.session.numbers.nextIn, rig.types(), rig.applications]).toEqual([3, "", ["3"]]);
  });

  test("8: a ResendRequest is passed on, whatever its number; the version's infinity means all there are", () => {
    const rig = active(role, version);
    rig.session.numbers.nextOut = 20;
    rig.receive("2", "7=3|16=9|").receive("2", `7=1|16=${versionOf(version).infinity}|`, { sequence: 1 });
    rig.receive("2", "7=5|16=0|", { sequence: 9 });
    expect(rig.resends.slice(0, 2)).toEqual([
      [3, 9],
      [1, 19],
    ]);
    expect([rig.resends[2]?.[0], rig.types(), rig.session.numbers.nextIn]).toEqual([5, "2", 3]);
  });

  test("9: a SequenceReset-Reset is how the numbers are brought back after an application failure", () => {
    const rig = active(role, version).receive("4", "36=500|", { sequence: 1 });
    expect([rig.session.numbers.nextIn, rig.types()]).toEqual([500, ""]);
  });

  test("10 a: a gap fill with a number that is too high opens a gap, and waits", () => {
    const rig = active(role, version).receive("4", "36=20|123=Y|", { sequence: 10 });
    expect([rig.types(), rig.session.numbers.nextIn]).toEqual(["2", 2]);
    rig.receive("4", "36=10|123=Y|", { sequence: 2 });
    expect([rig.types(), rig.session.numbers.nextIn]).toEqual(["", 20]);
  });

  test("10 b: one with the expected number goes on at NewSeqNo", () => {
    expect(active(role, version).receive("4", "36=20|123=Y|").session.numbers.nextIn).toBe(20);
  });

  test("10 c: one with a low number and PossDupFlag is ignored", () => {
    const rig = active(role, version).receive("4", "36=20|123=Y|", { sequence: 1, header: again(-1) });
    expect([rig.types(), rig.session.numbers.nextIn, rig.closed]).toEqual(["", 2, false]);
  });

  test("10 d: one with a low number ends it", () => {
    const rig = active(role, version).receive("4", "36=20|123=Y|", { sequence: 1 });
    expect([rig.take()[0]?.get(58), rig.closed]).toEqual(["MsgSeqNum too low, expecting 2 but received 1", true]);
  });

  test.each([1, 2])("10 e: one to %i or below is rejected, and uses its number", (newSeqNo) => {
    const rig = active(role, version).receive("4", `36=${newSeqNo}|123=Y|`);
    const text = `attempt to lower sequence number, invalid value NewSeqNum=${newSeqNo}`;
    expect(reasonOf(version, rig.take()[0])).toEqual(reason(version, 5, text, 36));
    expect(rig.session.numbers.nextIn).toBe(3);
  });

  test("11 a: a reset forward is taken whatever its number", () => {
    for (const sequence of [0, 1, 2, 9])
      expect(active(role, version).receive("4", "36=40|", { sequence }).session.numbers.nextIn).toBe(40);
  });

  test("11 b: one to where we are changes nothing", () => {
    const rig = active(role, version).receive("4", "36=2|123=N|", { sequence: 0 });
    expect([rig.session.numbers.nextIn, rig.types()]).toEqual([2, ""]);
  });

  test("11 c: one backward is rejected; the number is neither used nor lowered", () => {
    const rig = active(role, version).receive("4", "36=1|", { sequence: 0 });
    const [reject] = rig.take();
    expect([reject?.get(45), ...reasonOf(version, reject)]).toEqual(["0", ...reason(version, 5, TOO_LOW)]);
    expect(rig.session.numbers.nextIn).toBe(2);
  });

  test("12: our Logout waits for the peer's, and not for ever", () => {
    const rig = active(role, version);
    rig.session.logout(DisconnectReason.STOPPING);
    expect([rig.types(), rig.closed]).toEqual(["5", false]);
    rig.receive("5");
    expect([rig.types(), rig.closed, rig.session.closeReason]).toEqual(["", true, DisconnectReason.STOPPING]);
    const silent = active(role, version);
    silent.session.logout(DisconnectReason.STOPPING);
    expect(silent.pass(11).closed).toBe(true);
  });

  test.each([1, 2, 77])("13 b: a Logout with number %i is answered by Logout, and ends it", (sequence) => {
    const rig = active(role, version).receive("5", "", { sequence });
    expect([rig.types(), rig.closed, rig.session.closeReason]).toEqual(["5", true, DisconnectReason.PEER_LOGOUT]);
  });

  test("14 b: a missing header field is rejected, and uses its number", () => {
    for (const tag of [49, 52, 56]) {
      const header = headed().replace(new RegExp(`${tag}=[^|]*\\|`), "");
      const rig = active(role, version).receive("0", "", { header });
      const [reject, ...none] = rig.take();
      expect(reasonOf(version, reject)).toEqual(reason(version, 1, "Required tag missing", tag));
      expect([none.length, rig.session.numbers.nextIn, rig.session.active]).toEqual([0, 3, true]);
    }
  });

  test("14 d: a tag without a value is rejected, and uses its number; a CompID too", () => {
    for (const [tag, more] of [
      [112, {}],
      [56, { header: headed().replace("GATEWAY", "") }],
    ] as const) {
      const rig = active(role, version).receive("0", tag === 112 ? "112=|" : "", more);
      const [reject, ...none] = rig.take();
      expect(reasonOf(version, reject)).toEqual(reason(version, 4, "Tag specified without a value", tag));
      expect([none.length, rig.session.numbers.nextIn, rig.session.active]).toEqual([0, 3, true]);
    }
  });

  test("15: header fields in any order are accepted", () => {
    const header = headed().split("|").filter(Boolean).reverse().join("|");
    const rig = active(role, version).receive("D", "", { header: `${header}|` });
    expect([rig.applications, rig.types()]).toEqual([["D"], ""]);
  });

  test("16: what is sent while nobody is there keeps its number, and is had by ResendRequest", () => {
    const rig = active(role, version);
    rig.session.disconnected();
    rig.session.out.begin("8".charCodeAt(0));
    rig.session.out.end(1);
    const lost = rig.take()[0]?.get(34);
    rig.session.connected();
    rig.logon(logonBody(version), 2);
    expect([lost, rig.take()[0]?.get(34)]).toEqual(["2", "3"]);
    rig.receive("2", "7=2|16=2|");
    expect(rig.resends).toEqual([[2, 2]]);
  });

  test("17: no encryption is spoken", () => {
    const rig = waiting(role, version).logon(logonBody(version).replace("98=0", "98=1"));
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.ENCRYPT_METHOD]);
  });

  test("19: PossResend is the application's to judge: it comes with a number of its own", () => {
    const rig = active(role, version).receive("D", "", { header: headed("97=Y|") });
    expect([rig.applications, rig.session.numbers.nextIn]).toEqual([["D"], 3]);
  });

  test("20: a ResendRequest is answered while our own is open, and both gaps close", () => {
    const rig = active(role, version);
    rig.session.numbers.nextOut = 4;
    rig.receive("0", "", { sequence: 5 }).receive("2", "7=2|16=3|", { sequence: 6 });
    expect([rig.types(), rig.resends]).toEqual(["2", [[2, 3]]]);
    for (const sequence of [2, 3, 4]) rig.receive("0", "", { sequence, header: again() });
    expect([rig.session.numbers.nextIn, rig.types()]).toEqual([7, ""]);
  });
});
