import { describe, expect, test } from "bun:test";
import { DisconnectReason } from "../../../../src/base/disconnect-reason.ts";
import { VERSION_NAMES, versionOf } from "../../../../src/fix/wire/version.ts";
import { active, headed, logonBody, waiting } from "./roles.ts";

describe.each(VERSION_NAMES)("%s: 1B, who connects", (version) => {
  const applVerId = versionOf(version).applVerId || undefined;
  const connected = () => waiting("initiator", version);

  test("1B a: sends Logon with 98, 108 and over FIXT 1137", () => {
    const [logon, ...none] = connected().take();
    expect([35, 34, 98, 108, 1137].map((tag) => logon?.get(tag))).toEqual(["A", "1", "0", "30", applVerId]);
    expect(none).toEqual([]);
  });

  test("1B b: a valid Logon in answer makes the session active", () => {
    const rig = connected().logon(logonBody(version));
    expect([rig.session.active, rig.session.numbers.nextIn, rig.closed]).toEqual([true, 2, false]);
  });

  test("1B c: one whose number is too high is taken, and the gap asked for", () => {
    const rig = connected();
    rig.take();
    rig.logon(logonBody(version), 5);
    const [request, ...none] = rig.take();
    expect([request?.get(35), request?.get(7), request?.get(16), none.length, rig.session.active]).toEqual([
      "2",
      "1",
      String(versionOf(version).infinity),
      0,
      true,
    ]);
  });

  test("1B d: an invalid Logon ends the connection", () => {
    const rig = connected();
    rig.take();
    rig.logon(logonBody(version).replace("98=0", "98=1"));
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.ENCRYPT_METHOD]);
    expect(rig.take()[0]?.get(58)).toBe("EncryptMethod (98) must be 0");
  });

  test("1B e: anything else ends the connection", () => {
    const rig = connected().receive("0");
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.NOT_LOGON]);
    const refused = connected().receive("5", "58=no|");
    expect([refused.closed, refused.session.closeReason]).toEqual([true, DisconnectReason.REFUSED]);
  });
});

describe.each(VERSION_NAMES)("%s: 1S, who is connected to", (version) => {
  const listening = () => waiting("acceptor", version);

  test("1S a: a valid Logon is answered by Logon", () => {
    const rig = listening().logon(logonBody(version));
    const [logon, ...none] = rig.take();
    expect([logon?.get(35), logon?.get(108), logon?.get(1137), none.length]).toEqual([
      "A",
      "30",
      versionOf(version).applVerId || undefined,
      0,
    ]);
  });

  test("1S a: one whose number is too high is answered by Logon first, then by ResendRequest", () => {
    const rig = listening().logon(logonBody(version), 5);
    expect([rig.types(), rig.session.active]).toEqual(["A2", true]);
  });

  test("1S b: a session that is on is not for a second connection", () => {
    // Who listens finds the session by the Logon, and sees that it is taken; the refusal is tested on the executable.
    const rig = active("acceptor", version);
    expect([rig.session.active, rig.types()]).toEqual([true, ""]);
  });

  test.each([
    ["SenderCompID", { from: "OTHER" }],
    ["TargetCompID", { header: headed().replace("56=GATEWAY", "56=OTHER") }],
  ])("1S c: an unknown %s is dropped without a word", (_, more) => {
    const rig = listening().receive("A", logonBody(version), { sequence: 1, ...more });
    expect([rig.closed, rig.session.closeReason, rig.types()]).toEqual([true, DisconnectReason.COMP_ID, ""]);
  });

  test.each([
    ["without HeartBtInt", "98=0|", DisconnectReason.HEARTBEAT],
    ["without EncryptMethod", "108=30|", DisconnectReason.ENCRYPT_METHOD],
    ["with an encryption", "98=2|108=30|", DisconnectReason.ENCRYPT_METHOD],
  ])("1S d: a Logon %s is answered with a Logout that says so", (_, body, reason) => {
    const rig = listening().logon(`${body}1137=${versionOf(version).applVerId || "9"}|`);
    expect([rig.closed, rig.session.closeReason]).toEqual([true, reason]);
    const [logout, ...none] = rig.take();
    const field = reason === DisconnectReason.HEARTBEAT ? "HeartBtInt (108)" : "EncryptMethod (98)";
    expect([logout?.get(35), logout?.get(58)?.startsWith(field), none.length]).toEqual(["5", true, 0]);
  });

  test("1S d: a Logon of another day is dropped without a word", () => {
    const rig = listening().receive("A", logonBody(version), { sequence: 1, header: headed("", -86_400) });
    expect([rig.closed, rig.session.closeReason, rig.types()]).toEqual([true, DisconnectReason.OLD_LOGON, ""]);
  });

  test("1S d: a Logon of another time zone gets the reason", () => {
    const rig = listening().receive("A", logonBody(version), { sequence: 1, header: headed("", -3600) });
    expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.SENDING_TIME]);
    expect(rig.take()[0]?.get(58)).toContain("SendingTime (52)");
  });

  test("1S d: over FIXT, a Logon without DefaultApplVerID is dropped without a word, one with another gets the reason", () => {
    if (versionOf(version).applVerId === "") return;
    const without = listening().logon("98=0|108=30|");
    const { NO_APPL_VERSION, APPL_VERSION } = DisconnectReason;
    expect([without.closed, without.session.closeReason, without.types()]).toEqual([true, NO_APPL_VERSION, ""]);
    const other = listening().logon("98=0|108=30|1137=6|");
    expect([other.closed, other.session.closeReason]).toEqual([true, APPL_VERSION]);
    expect(other.take()[0]?.get(58)).toContain("DefaultApplVerID (1137)");
  });

  test("1S e: a first message that is no Logon is dropped without a word", () => {
    const rig = listening().receive("0");
    expect([rig.closed, rig.session.closeReason, rig.types()]).toEqual([true, DisconnectReason.NOT_LOGON, ""]);
  });
});
