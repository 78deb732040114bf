import { describe, expect, test } from "bun:test";
import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { NONE } from "../../../src/base/units.ts";
import { Rig } from "./pair.ts";

const byLogon = { options: { cancelTermsByLogon: true } };
const LOGON = "98=0|108=30|";

test("a Logon says when open orders are canceled, and its answer repeats it", () => {
  const rig = new Rig(byLogon).logon(`${LOGON}35002=3|35003=5000|`);
  const [answer] = rig.take();
  expect([answer?.get(35), answer?.get(35002), answer?.get(35003)]).toEqual(["A", "3", "5000"]);
  expect(rig.session.out.cancelTerms).toMatchObject({ type: 3, windowMs: 5000 });
});

test("they hold until the next Logon, which may say nothing", () => {
  const rig = new Rig(byLogon).logon(`${LOGON}35002=1|`);
  expect(rig.session.out.cancelTerms).toMatchObject({ type: 1, windowMs: NONE });
  rig.session.disconnected();
  expect(rig.session.out.cancelTerms).toMatchObject({ type: 1, windowMs: NONE });
  rig.session.connected();
  rig.logon(LOGON, 2);
  expect(rig.session.out.cancelTerms).toMatchObject({ type: NONE, windowMs: NONE });
  expect(rig.take().at(-1)?.has(35002)).toBe(false);
});

test.each([
  ["35002=4|", DisconnectReason.CANCEL_TYPE, "CancelOnDisconnectType (35002) must be 0, 1, 2 or 3"],
  ["35002=x|", DisconnectReason.CANCEL_TYPE, "CancelOnDisconnectType (35002) must be 0, 1, 2 or 3"],
  [
    "35002=1|35003=3600001|",
    DisconnectReason.CANCEL_WINDOW,
    "CODTimeoutWindow (35003) must be 0 to 3600000 milliseconds",
  ],
  ["35003=-1|", DisconnectReason.CANCEL_WINDOW, "CODTimeoutWindow (35003) must be 0 to 3600000 milliseconds"],
  ["35002=1|35002=1|", DisconnectReason.LOGON_FIELD, "Logon has a faulty field, tag 35002"],
])("a Logon with %s is refused, and what held before holds", (fields, reason, text) => {
  const rig = new Rig(byLogon).logon(`${LOGON}35002=2|35003=7|`);
  rig.session.disconnected();
  rig.session.connected();
  rig.take();
  rig.logon(LOGON + fields, 2);
  const [logout] = rig.take();
  expect([logout?.get(35), logout?.get(58)]).toEqual(["5", text]);
  expect([rig.closed, rig.session.closeReason]).toEqual([true, reason]);
  expect(rig.session.out.cancelTerms).toMatchObject({ type: 2, windowMs: 7 });
});

describe("a Logon within the connection that resets the numbers", () => {
  const RESET = `${LOGON}141=Y|`;

  test("is taken as a first one, and its answer repeats what it says", () => {
    const rig = new Rig(byLogon).logon(`${LOGON}35002=1|35003=5|`);
    rig.take();
    rig.logon(`${RESET}35002=3|35003=7000|`);
    const [answer] = rig.take();
    expect([answer?.get(35), answer?.get(34), answer?.get(35002), answer?.get(35003)]).toEqual(["A", "1", "3", "7000"]);
    expect(rig.session.out.cancelTerms).toMatchObject({ type: 3, windowMs: 7000 });
    rig.logon(RESET);
    expect(rig.take().at(-1)?.has(35002)).toBe(false);
    expect(rig.kept).toEqual([
      [1, 5],
      [3, 7000],
      [NONE, NONE],
    ]);
  });

  test.each([
    ["35002=4|", "CancelOnDisconnectType (35002) must be 0, 1, 2 or 3"],
    ["35002=1|35002=2|", "CancelOnDisconnectType (35002) must be 0, 1, 2 or 3"],
    ["35003=x|", "CODTimeoutWindow (35003) must be 0 to 3600000 milliseconds"],
  ])("with %s it is answered by a Logout and resets nothing; what held before holds", (fields, text) => {
    const rig = new Rig(byLogon).logon(`${LOGON}35002=2|35003=7|`);
    rig.take();
    rig.logon(RESET + fields);
    const [logout] = rig.take();
    expect([logout?.get(35), logout?.get(34), logout?.get(58)]).toEqual(["5", "2", text]);
    expect([rig.resets, rig.session.loggingOut]).toEqual([0, true]);
    expect(rig.session.out.cancelTerms).toMatchObject({ type: 2, windowMs: 7 });
  });

  test("that answers ours leaves what it does not say", () => {
    const rig = new Rig(byLogon).logon(`${LOGON}35002=2|35003=7|`);
    rig.session.restart();
    expect(rig.take().at(-1)?.get(35002)).toBe("2");
    rig.logon(RESET);
    expect(rig.session.out.cancelTerms).toMatchObject({ type: 2, windowMs: 7 });
    rig.session.restart();
    rig.logon(`${RESET}35002=1|`);
    expect(rig.session.out.cancelTerms).toMatchObject({ type: 1, windowMs: 7 });
  });
});

test("a session that may not say it takes such a Logon as any other", () => {
  const rig = new Rig().logon(`${LOGON}35002=9|35003=x|`);
  const [answer] = rig.take();
  expect([answer?.get(35), answer?.has(35002)]).toEqual(["A", false]);
  expect(rig.session.out.cancelTerms).toBeNull();
});
