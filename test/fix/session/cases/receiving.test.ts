import { describe, expect, test } from "bun:test";
import { DisconnectReason } from "../../../../src/base/disconnect-reason.ts";
import { frame, SOH, sealed } from "../../../../src/counterparty/message.ts";
import { STATE_LOGOUT_SENT } from "../../../../src/fix/session/states.ts";
import { GARBLED, Scanner } from "../../../../src/fix/wire/scan.ts";
import { versionOf } from "../../../../src/fix/wire/version.ts";
import { bytesOf } from "../../wire/messages.ts";
import { active, again, headed, reason, reasonOf, SETTINGS } from "./roles.ts";

describe.each(SETTINGS)("as %s in %s: 2, any message", (role, version) => {
  const begin = versionOf(version).beginString;

  test("2 a: with the expected number is accepted", () => {
    const rig = active(role, version).receive("D").receive("0");
    expect([rig.applications, rig.session.numbers.nextIn, rig.types()]).toEqual([["D"], 4, ""]);
  });

  test("2 b: with a higher number waits, the gap is asked for once, and all is taken in order", () => {
    const rig = active(role, version).receive("G", "", { sequence: 4 }).receive("F", "", { sequence: 5 });
    const [request, ...none] = rig.take();
    expect([request?.get(35), request?.get(7), request?.get(16), none.length]).toEqual([
      "2",
      "2",
      String(versionOf(version).infinity),
      0,
    ]);
    rig.receive("D", "", { sequence: 2 }).receive("H", "", { sequence: 3 });
    expect([rig.applications.join(""), rig.session.numbers.nextIn]).toEqual(["DHGF", 6]);
  });

  test("2 c: with a lower number and no PossDupFlag ends it with a Logout that says so", () => {
    const rig = active(role, version).receive("0", "", { sequence: 1 });
    const [logout] = rig.take();
    expect([logout?.get(35), logout?.get(58), rig.closed, rig.session.closeReason]).toEqual([
      "5",
      "MsgSeqNum too low, expecting 2 but received 1",
      true,
      DisconnectReason.TOO_LOW,
    ]);
  });

  test("2 e: that is a possible duplicate is ignored when it was received, else processed", () => {
    const rig = active(role, version).receive("D", "", { sequence: 1, header: again() });
    expect([rig.applications, rig.types(), rig.session.numbers.nextIn, rig.closed]).toEqual([[], "", 2, false]);
    rig.receive("D", "", { sequence: 2, header: again(-1) });
    expect([rig.applications, rig.types(), rig.session.numbers.nextIn]).toEqual([["D"], "", 3]);
  });

  test.each([1, 2])(
    "2 f: with OrigSendingTime after SendingTime (number %i of 2) is rejected, then Logout",
    (sequence) => {
      const rig = active(role, version).receive("D", "", { sequence, header: again(10) });
      const [reject, logout] = rig.take();
      expect([reject?.get(35), reject?.get(45), logout?.get(35), logout?.get(58)]).toEqual([
        "3",
        String(sequence),
        "5",
        undefined,
      ]);
      expect(reasonOf(version, reject)).toEqual(reason(version, 10, "SendingTime accuracy problem"));
      expect([rig.session.numbers.nextIn, rig.applications]).toEqual([sequence + 1 < 3 ? 2 : 3, []]);
      rig.receive("5", "", { sequence: rig.session.numbers.nextIn });
      expect([rig.closed, rig.session.closeReason]).toEqual([true, DisconnectReason.SENDING_TIME]);
    },
  );

  test.each([1, 2])(
    "2 g: a possible duplicate without OrigSendingTime (number %i of 2) is rejected only",
    (sequence) => {
      const rig = active(role, version).receive("D", "", { sequence, header: headed("43=Y|") });
      const [reject, ...none] = rig.take();
      expect(reasonOf(version, reject)).toEqual(reason(version, 1, "Required tag missing", 122));
      expect([none.length, rig.session.numbers.nextIn, rig.session.active]).toEqual([0, sequence === 1 ? 2 : 3, true]);
    },
  );

  test("2 h, i: with another BeginString ends it with a Logout that says so", () => {
    expect(active(role, version).receive("0", "", { begin }).closed).toBe(false);
    const rig = active(role, version).receive("0", "", { begin: begin === "FIX.4.1" ? "FIX.4.2" : "FIX.4.1" });
    const [logout] = rig.take();
    expect([logout?.get(35), logout?.get(58), rig.closed]).toEqual(["5", "Incorrect BeginString", true]);
  });

  test.each([
    ["SenderCompID", headed().replace("CLIENT", "WT")],
    ["TargetCompID", headed().replace("GATEWAY", "DLSI")],
    ["CompIDs", headed().replace("CLIENT", "WT").replace("GATEWAY", "DLSI")],
  ])("2 j, k: with wrong %s is rejected, then Logout", (_, header) => {
    const rig = active(role, version).receive("D", "", { header });
    const [reject, logout] = rig.take();
    expect(reasonOf(version, reject)).toEqual(reason(version, 9, "CompID problem"));
    expect([logout?.get(35), rig.session.numbers.nextIn, rig.session.state]).toEqual(["5", 3, STATE_LOGOUT_SENT]);
    expect(rig.applications).toEqual([]);
  });

  test("2 n: 119 s away is accepted", () => {
    for (const seconds of [-119, 119])
      expect(
        active(role, version)
          .receive("0", "", { header: headed("", seconds) })
          .types(),
      ).toBe("");
  });

  test.each([-121, 121])("2 o: %i s away is rejected, then Logout", (seconds) => {
    const rig = active(role, version).receive("0", "", { header: headed("", seconds) });
    const [reject, logout] = rig.take();
    expect(reasonOf(version, reject)).toEqual(reason(version, 10, "SendingTime accuracy problem"));
    expect([logout?.get(35), rig.session.numbers.nextIn]).toEqual(["5", 3]);
  });

  test.each(["8", "9", "3", "j"])("2 o: a venue's %s that is 121 s away is not used up: Logout only", (type) => {
    const rig = active(role, version).receive(type, "", { header: headed("", 121) });
    const isVenue = role === "initiator";
    expect([rig.types(), rig.session.numbers.nextIn]).toEqual([isVenue ? "5" : "35", isVenue ? 2 : 3]);
  });

  test("2 r: of a type that nobody takes is refused in the version's way", () => {
    const rig = active(role, version);
    const scan = new Scanner(4096);
    const text = frame(`35=B|34=2|${headed("115=DESK|")}148=x|`, begin);
    expect(scan.scan(bytesOf(text), 0, text.length)).toBe(text.length);
    rig.session.rejects.unsupported(scan, 2);
    const [refusal] = rig.take();
    const has = versionOf(version).hasBusinessReject;
    expect([35, 45, 58, 128, 372, 380].map((tag) => refusal?.get(tag))).toEqual(
      has
        ? ["j", "2", "Unsupported Message Type", "DESK", "B", "3"]
        : ["3", "2", "Unsupported message type", "DESK", undefined, undefined],
    );
  });

  test("without MsgSeqNum ends it with a Logout that says so", () => {
    const rig = active(role, version).receive("0", "", { sequence: -1 });
    expect([rig.take()[0]?.get(58), rig.closed]).toEqual(["MsgSeqNum missing", true]);
  });

  test("18: what it was sent on behalf of comes back reversed, without what is empty", () => {
    const locations = "144=CHI|";
    const rig = active(role, version).receive("1", "", {
      header: headed(`115=JCD|116=CS|${locations}128=TO|129=|145=NY|`),
    });
    const reject = rig.take()[0];
    const has = versionOf(version).hasLocations;
    expect([128, 129, 145, 115, 116, 144].map((tag) => reject?.get(tag))).toEqual([
      "JCD",
      "CS",
      has ? "CHI" : undefined,
      "TO",
      undefined,
      has ? "NY" : undefined,
    ]);
  });
});

describe("2 and 3, garbled: skipped without an answer, and the number is not used", () => {
  const good = frame(`35=0|34=2|${headed()}`);
  const scan = (text: string): number => new Scanner(4096).scan(bytesOf(text), 0, text.length);

  test("3 a: the right CheckSum is taken", () => expect(scan(good)).toBe(good.length));
  test.each([
    ["2 d: without BodyLength", sealed(good.replace(/9=\d+\x01/, "").replace(/10=\d+\x01$/, ""))],
    ["2 d: without MsgType", frame(`34=2|${headed()}`)],
    ["2 l, m: with a BodyLength that is too short", sealed(good.replace(/9=(\d+)/, "9=12").replace(/10=\d+\x01$/, ""))],
    ["2 s, t: with MsgType after MsgSeqNum", frame(`34=2|35=0|${headed()}`)],
    [
      "3 b: with a wrong CheckSum",
      good.replace(/10=\d+\x01$/, `10=${good.endsWith(`10=000${SOH}`) ? "001" : "000"}${SOH}`),
    ],
    ["3 c: with a CheckSum of letters", good.replace(/10=\d+\x01$/, `10=abc${SOH}`)],
  ])("%s", (_, text) => expect(scan(text + good)).toBe(GARBLED));

  test("2 m: a BodyLength that is too long takes the message behind with it", () => {
    const long = sealed(
      good.replace(/9=(\d+)/, (_, length: string) => `9=${Number(length) + 30}`).replace(/10=\d+\x01$/, ""),
    );
    const scanner = new Scanner(4096);
    const text = long + good + good;
    expect(scanner.scan(bytesOf(text), 0, text.length)).toBe(GARBLED);
    expect(scanner.next).toBe(long.length + good.length);
  });
});
