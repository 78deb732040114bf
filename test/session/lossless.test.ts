import { expect, test } from "bun:test";
import fc from "fast-check";
import { SOH } from "../../src/counterparty/message.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import { Side } from "../fix/session/talk.ts";
import { drawn } from "../property.ts";
import { LinkRig } from "./rig.ts";

type Act = "link" | "burst" | "peer" | "test" | "again" | "turn" | "step" | "cut";

/** A link with its journal on one side of a real connection, a bare session with a plain log on the other. */
class Pair implements Disposable {
  readonly rig = new LinkRig();
  readonly peer = new Side({ compId: "PEER", peerCompId: "GATEWAY", initiator: true });
  readonly said: string[] = [];

  connect(): void {
    this.rig.connect();
    this.peer.connect();
  }

  cut(): void {
    this.peer.disconnect();
    this.rig.hangUp();
    this.connect();
  }

  perform(act: Act, count: number): void {
    const { rig, peer } = this;
    if (act === "link") this.say(`${count}`);
    else if (act === "burst") for (let i = 0; i < 300; i++) this.say(`${count}.${i}`);
    else if (act === "peer") peer.say(`${count}`);
    else if (act === "test") this.session(tag.TEST_REQUEST, [[tag.TestReqID, count]]);
    else if (act === "again")
      this.session(
        tag.RESEND_REQUEST,
        [tag.BeginSeqNo, tag.EndSeqNo].map((at) => [at, 0]),
      );
    else if (act === "turn") rig.turn();
    else if (act === "step") this.pump(3);
    else this.cut();
  }

  /** Until neither side has said anything for a while: a TestRequest of the peer is answered after all before it. */
  settle(): void {
    let quiet = 0;
    for (let i = 0; quiet < 50; i++) {
      if (i > 20_000) throw new Error("they talk for ever");
      quiet = this.pump(Number.POSITIVE_INFINITY) + this.rig.turn() > 0 || !this.rig.link.live ? 0 : quiet + 1;
    }
  }

  [Symbol.dispose](): void {
    this.rig[Symbol.dispose]();
  }

  /** An agent gives a session reports whether it is logged on or not. */
  private say(text: string): void {
    this.said.push(text);
    this.rig.report(text);
  }

  private session(type: number, body: readonly (readonly number[])[]): void {
    const { session } = this.peer;
    if (!session.active) return;
    const writer = session.out.begin(type);
    for (const [at, value] of body) writer.int(at!, value!);
    session.out.end(0);
  }

  private pump(most: number): number {
    let count = 0;
    while (count < most && this.peer.wire.length > 0) {
      this.rig.write(this.peer.wire.shift()!.replaceAll("|", SOH));
      count++;
    }
    for (const text of this.rig.takeTexts()) {
      this.peer.hear(text.replaceAll(SOH, "|"));
      count++;
    }
    return count;
  }
}

const ACTS: readonly (readonly [Act, number])[] = [
  ["link", 6],
  ["burst", 1],
  ["peer", 4],
  ["test", 2],
  ["again", 1],
  ["turn", 6],
  ["step", 6],
  ["cut", 1],
];
const acts = fc.array(fc.oneof(...ACTS.map(([act, weight]) => ({ weight, arbitrary: fc.constant(act) }))), {
  maxLength: 60,
  size: "max",
});

test("whatever connections break and whatever is asked again, all is heard in order and once", () => {
  fc.assert(
    fc.property(acts, (list) => {
      using pair = new Pair();
      pair.connect();
      pair.settle();
      for (const [count, act] of list.entries()) pair.perform(act, count);
      pair.cut();
      pair.settle();
      pair.perform("link", list.length);
      pair.perform("peer", list.length);
      pair.settle();
      expect(pair.peer.heard).toEqual(pair.said);
      expect(pair.rig.applications).toEqual(pair.peer.said);
      expect([pair.peer.closed, pair.rig.link.active]).toEqual([false, true]);
    }),
    drawn(60),
  );
}, 60_000);
