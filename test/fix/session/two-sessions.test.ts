import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DisconnectReason } from "../../../src/base/disconnect-reason.ts";
import { drawn } from "../../property.ts";
import { type Side, Talk } from "./talk.ts";

const active = (): Talk => {
  const talk = new Talk().connect().settle();
  talk.gateway.types();
  talk.venue.types();
  return talk;
};

describe("two sessions", () => {
  test("log each other on", () => {
    const talk = new Talk().connect().settle();
    for (const { session, logons } of [talk.gateway, talk.venue]) {
      expect([session.active, logons, session.numbers.nextIn, session.numbers.nextOut]).toEqual([true, 1, 2, 2]);
    }
  });

  test.each([
    ["gateway", "venue"],
    ["venue", "gateway"],
  ] as const)("%s logs out: both say so, and both end", (first, second) => {
    const talk = active();
    talk[first].session.logout(DisconnectReason.STOPPING);
    talk.settle();
    expect([talk[first].types(), talk[second].types()]).toEqual(["5", "5"]);
    expect([talk[first].closed, talk[second].closed]).toEqual([true, true]);
    expect([talk[first].session.closeReason, talk[second].session.closeReason]).toEqual([
      DisconnectReason.STOPPING,
      DisconnectReason.PEER_LOGOUT,
    ]);
  });

  test("both log out at once: neither answers the other's", () => {
    const talk = active();
    talk.gateway.session.logout(DisconnectReason.STOPPING);
    talk.venue.session.logout(DisconnectReason.STOPPING);
    talk.settle();
    expect([talk.gateway.types(), talk.venue.types()]).toEqual(["5", "5"]);
    expect([talk.gateway.closed, talk.venue.closed]).toEqual([true, true]);
  });

  test("keep each other alive for an hour with nothing to say, and no more than they must", () => {
    const talk = active();
    for (let i = 0; i < 3600; i++) talk.pass(1);
    expect([talk.gateway.closed, talk.venue.closed]).toEqual([false, false]);
    for (const side of [talk.gateway, talk.venue]) {
      const types = side.types();
      expect(types).toMatch(/^0+$/);
      expect(types.length).toBeLessThanOrEqual(3600 / 30);
      expect(types.length).toBeGreaterThan(3600 / 30 - 5);
    }
  });

  test("with HeartBtInt 0 nobody says anything", () => {
    const talk = new Talk({ heartBtIntS: 0 }).connect().settle();
    talk.gateway.types();
    for (let i = 0; i < 100; i++) talk.pass(60);
    expect([talk.gateway.types(), talk.venue.closed]).toEqual(["", false]);
  });

  test("resume where they were, and each asks for what it missed", () => {
    const talk = active();
    talk.gateway.say("a");
    talk.venue.say("b");
    talk.cut();
    talk.gateway.say("c");
    talk.connect().settle();
    expect(talk.venue.heard).toEqual(["a", "c"]);
    expect(talk.gateway.heard).toEqual(["b"]);
  });

  test("a venue that lost its numbers is told so and the connection ends", () => {
    const talk = active();
    for (let i = 0; i < 5; i++) talk.gateway.say(`${i}`);
    talk.settle().cut();
    talk.gateway.session.numbers.nextOut = 2;
    talk.connect().settle();
    expect([talk.venue.closed, talk.venue.session.closeReason]).toEqual([true, DisconnectReason.TOO_LOW]);
    expect([talk.gateway.closed, talk.gateway.session.active]).toEqual([true, false]);
  });

  test("resetOnLogon on both sides begins both numbers at 1", () => {
    const talk = new Talk({ resetOnLogon: true }, { resetOnLogon: true }).connect().settle();
    talk.gateway.say("a");
    talk.settle().cut().connect().settle();
    for (const { session } of [talk.gateway, talk.venue])
      expect([session.numbers.nextIn, session.numbers.nextOut]).toEqual([2, 2]);
    talk.venue.say("b");
    talk.settle();
    expect(talk.gateway.heard).toEqual(["b"]);
  });

  test("resetOnLogon of one side resets the other by 141=Y", () => {
    const talk = new Talk({ resetOnLogon: true }).connect().settle();
    talk.venue.say("x");
    talk.settle().cut().connect().settle();
    for (const { session } of [talk.gateway, talk.venue]) {
      expect([session.active, session.numbers.nextIn, session.numbers.nextOut]).toEqual([true, 2, 2]);
    }
  });
});

type Act = readonly ["say", 0 | 1] | readonly ["step", 0 | 1] | readonly ["cut"] | readonly ["settle"];

const acts = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant("say" as const), fc.constantFrom(0 as const, 1 as const)) },
    { weight: 10, arbitrary: fc.tuple(fc.constant("step" as const), fc.constantFrom(0 as const, 1 as const)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("cut" as const)) },
    { weight: 1, arbitrary: fc.tuple(fc.constant("settle" as const)) },
  ),
  { maxLength: 120, size: "max" },
);

function perform(talk: Talk, sides: readonly Side[], [what, side]: Act, count: number): void {
  if (what === "say") sides[side]!.say(`${count}`);
  else if (what === "step") talk.step(sides[side]!);
  else if (what === "cut") talk.cut().connect();
  else talk.settle();
}

test("whatever is lost with broken connections, each hears all that the other said, in order and once", () => {
  fc.assert(
    fc.property(acts, (list) => {
      const talk = new Talk().connect().settle();
      const sides = [talk.gateway, talk.venue];
      for (const [count, act] of list.entries()) perform(talk, sides, act, count);
      // Bounded: a break that was not noticed shows with the next message, and one more exchange mends it.
      talk.cut().connect().settle();
      for (const side of sides) side.say("last");
      talk.settle();
      expect(talk.venue.heard).toEqual(talk.gateway.said);
      expect(talk.gateway.heard).toEqual(talk.venue.said);
      expect([talk.gateway.closed, talk.venue.closed]).toEqual([false, false]);
    }),
    drawn(500),
  );
});
