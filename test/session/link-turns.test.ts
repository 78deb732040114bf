import { afterEach, expect, test } from "bun:test";
import { addressOf } from "../../ffi/memory.ts";
import { NS_PER_MS } from "../../src/base/units.ts";
import { Listener } from "../../src/net/listener.ts";
import { PipeNetwork } from "../../src/net/pipe.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import type { SessionSchedule } from "../../src/schedule/session-schedule.ts";
import type { Link } from "../../src/session/link.ts";
import { type LinkOwner, LinkTurns } from "../../src/session/link-turns.ts";
import type { Protocol } from "../../src/session/protocol.ts";

const NEVER = Number.POSITIVE_INFINITY;
const memory = new ArrayBuffer(64);
const source = addressOf(memory);

/** What `LinkTurns` needs of a link: it reads what comes, and notes what is done to it. */
class FakeLink {
  stream: Stream | null = null;
  schedule: SessionSchedule | null = null;
  dueNs = NEVER;
  polls = 0;
  received = 0;
  ticks = 0;
  more = false;

  pollOut(): number {
    this.polls++;
    return this.stream === null ? 0 : this.stream.flush();
  }

  pollIn(direct: boolean): number {
    const stream = this.stream!;
    if (!direct && !stream.readable) return 0;
    const got = stream.receive();
    stream.inFrom = stream.inTo;
    if (got > 0) this.received += got;
    return got > 0 ? 1 : 0;
  }

  get unfinished(): boolean {
    return this.stream !== null && (this.more || this.stream.readable || this.stream.hot);
  }
}

class Rig implements LinkOwner {
  readonly network = new PipeNetwork();
  readonly reactor: Reactor;
  readonly links: FakeLink[];
  readonly streams: Stream[];
  readonly far: number[] = [];
  readonly turns: LinkTurns;
  readonly unlinked: number[] = [];
  nowNs = 0;

  constructor(count: number, spins = false) {
    this.reactor = new Reactor(count, spins, this.network);
    const listener = new Listener(this.reactor, "127.0.0.1", 9001);
    this.links = Array.from({ length: count }, () => new FakeLink());
    this.streams = this.links.map(() => new Stream(this.reactor, 4096, 4096));
    const links = this.links as unknown as Link<Protocol>[];
    this.turns = new LinkTurns(this, links, this.streams, count, count, NEVER);
    for (const [i, link] of this.links.entries()) {
      this.far.push(this.network.connect("127.0.0.1:9001"));
      this.streams[i]!.open(listener.accept(), false);
      link.stream = this.streams[i]!;
      this.turns.assign(link.stream, i);
    }
    this.settle();
  }

  /** Until nobody has anything; forgets what was done until then. */
  settle(): void {
    for (let i = 0; i < 300; i++) this.turn();
    for (const link of this.links) link.polls = 0;
  }

  turn(): number {
    this.reactor.beginTurn();
    return this.turns.poll(this.nowNs);
  }

  say(place: number): void {
    this.network.send(this.far[place]!, source, 5);
  }

  get polls(): number[] {
    return this.links.map((link) => link.polls);
  }

  pollUnlinked(index: number, stream: Stream): number {
    this.unlinked.push(index);
    stream.receive();
    stream.inFrom = stream.inTo;
    return 1;
  }

  tick(key: number): void {
    this.links[key]!.ticks++;
  }

  dueNs(key: number): number {
    return this.links[key]!.dueNs;
  }
}

let rig: Rig;
afterEach(() => rig.reactor.close());

test("a turn polls the links whose stream has something, and no others", () => {
  rig = new Rig(5);
  expect(rig.turn()).toBe(0);
  expect(rig.polls).toEqual([0, 0, 0, 0, 0]);
  rig.say(3);
  expect(rig.turn()).toBe(1);
  rig.turn();
  expect(rig.links.map((link) => link.received)).toEqual([0, 0, 0, 5, 0]);
  expect([rig.polls[3]! > 0, rig.polls.filter((polls) => polls > 0).length]).toEqual([true, 1]);
  rig.links[3]!.polls = 0;
  rig.turn();
  expect(rig.polls).toEqual([0, 0, 0, 0, 0]);
});

test("what is written is sent in the next turn, or at once by `flush`", () => {
  rig = new Rig(2);
  for (const send of [() => rig.turn(), () => rig.turns.flush()]) {
    expect(rig.streams[1]!.room(7)).toBe(true);
    rig.streams[1]!.wrote(7);
    expect(send()).toBe(1);
    expect(rig.network.receive(rig.far[1]!, source, 64)).toBe(7);
  }
});

test("a link that has more to do is polled in each turn until it has not", () => {
  rig = new Rig(2);
  rig.links[0]!.more = true;
  rig.say(0);
  for (let i = 0; i < 5; i++) rig.turn();
  const polls = rig.polls[0]!;
  expect(polls).toBeGreaterThanOrEqual(5);
  rig.links[0]!.more = false;
  rig.turn();
  rig.turn();
  expect(rig.polls).toEqual([polls + 1, 0]);
});

test("a spinning lane receives from a stream that was active although nobody marks it", () => {
  rig = new Rig(2, true);
  rig.say(0);
  for (let i = 0; i < 20; i++) rig.turn();
  expect(rig.links.map((link) => link.received)).toEqual([5, 0]);
  rig.say(0);
  rig.turns.poll(0);
  expect(rig.links[0]!.received).toBe(10);
});

test("a stream that no link has is its owner's", () => {
  rig = new Rig(3);
  rig.turns.assign(rig.streams[2]!, -1);
  rig.say(2);
  rig.turn();
  expect(rig.unlinked).toEqual([2]);
  expect(rig.links[2]!.received).toBe(0);
});

test("a link is ticked when it is due; one whose time has moved on is asked again and left alone till then", () => {
  rig = new Rig(2);
  const [link] = rig.links;
  rig.turns.deadlines.set(0, 100);
  link!.dueNs = 200;
  const ticks = [99, 100, 101, 199].map((now) => {
    rig.nowNs = now;
    rig.turn();
    return link!.ticks;
  });
  expect(ticks).toEqual([0, 1, 1, 1]);
  link!.dueNs = NEVER;
  rig.nowNs = 200;
  rig.turn();
  expect([link!.ticks, rig.turns.deadlines.firstNs]).toEqual([2, NEVER]);
});

test("after a link has worked it may be due earlier than was known", () => {
  rig = new Rig(1);
  rig.turns.deadlines.set(0, 1_000);
  rig.links[0]!.dueNs = 400;
  rig.turn();
  expect(rig.turns.deadlines.firstNs).toBe(1_000);
  rig.say(0);
  rig.turn();
  expect(rig.turns.deadlines.firstNs).toBe(400);
});

test("a link that loses its connection is asked when it is due", () => {
  rig = new Rig(1);
  const link = rig.links[0]!;
  link.pollIn = () => {
    link.stream = null;
    return 0;
  };
  link.dueNs = 70;
  rig.say(0);
  rig.turn();
  expect(rig.turns.deadlines.firstNs).toBe(70);
});

test("a link that stays due is ticked again after a while, not in each turn", () => {
  rig = new Rig(1);
  rig.nowNs = 50;
  rig.links[0]!.dueNs = 50;
  rig.turns.deadlines.set(0, 50);
  for (let i = 0; i < 10; i++) rig.turn();
  expect(rig.links[0]!.ticks).toBe(1);
  rig.nowNs += NS_PER_MS;
  rig.turn();
  expect(rig.links[0]!.ticks).toBe(2);
});

test("of many that are due at once each turn ticks some, until all were", () => {
  rig = new Rig(50);
  for (let i = 0; i < 50; i++) rig.turns.deadlines.set(i, 1);
  rig.nowNs = 1;
  const perTurn: number[] = [];
  for (let i = 0; i < 10; i++) perTurn.push(rig.turn());
  expect(perTurn).toEqual([8, 8, 8, 8, 8, 8, 2, 0, 0, 0]);
  expect(rig.links.every((link) => link.ticks === 1)).toBe(true);
});

test("when a schedule changes, the links that keep it are due", () => {
  const schedule = {
    open: false,
    resetUs: Number.NEGATIVE_INFINITY,
    update: () => schedule,
  } as unknown as SessionSchedule;
  rig = new Rig(1);
  const links = [new FakeLink(), new FakeLink()];
  links[1]!.schedule = schedule;
  const turns = new LinkTurns(rig, links as unknown as Link<Protocol>[], [], 0, 2, NEVER);
  turns.watchSchedules(10, 0);
  expect(turns.deadlines.firstNs).toBe(NEVER);
  schedule.open = true;
  turns.watchSchedules(20, 0);
  expect([turns.deadlines.of(0), turns.deadlines.of(1)]).toEqual([NEVER, 20]);
  turns.deadlines.set(1, NEVER);
  schedule.resetUs = 5;
  turns.watchSchedules(30, 0);
  turns.watchSchedules(40, 0);
  expect(turns.deadlines.of(1)).toBe(30);
});
