import { afterEach, expect, test } from "bun:test";
import { addressOf } from "../../ffi/memory.ts";
import { closeSocket, send } from "../../ffi/socket.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { STARVED } from "../../src/net/stream-end.ts";
import { IN_USE, TAKEN } from "../../src/pool/counters.ts";
import { untilSync } from "../eventually.ts";
import { TestPool } from "../pool/pool.ts";
import { connection } from "./sockets.ts";

const said = new Uint8Array(new ArrayBuffer(1 << 20));
const saidAt = addressOf(said.buffer);
const reactors: Reactor[] = [];

afterEach(() => {
  for (const reactor of reactors.splice(0)) reactor.close();
});

/** Some connections of one lane, which share what they are read into. */
class Lane {
  readonly pool: TestPool;
  readonly reactor: Reactor;
  readonly streams: Stream[] = [];
  readonly fars: number[] = [];

  constructor(count: number, spans = 4) {
    this.pool = new TestPool(spans);
    this.reactor = new Reactor(count, false, undefined, this.pool.lanes[0]!);
    reactors.push(this.reactor);
    for (let i = 0; i < count; i++) {
      const { near, far } = connection();
      const stream = new Stream(this.reactor, 0, 65_536);
      stream.open(near, false);
      this.streams.push(stream);
      this.fars.push(far);
    }
  }

  get counters(): Float64Array {
    return this.pool.lanes[0]!.counters;
  }

  say(i: number, words: string): void {
    said.set(Buffer.from(words));
    expect(send(this.fars[i]!, saidAt, words.length)).toBe(words.length);
  }

  /** Reads until so much is unread. */
  gather(i: number, count: number): void {
    const stream = this.streams[i]!;
    untilSync(`${count} bytes`, () => stream.receive() >= 0 && stream.inTo - stream.inFrom >= count);
  }

  text(i: number): string {
    const stream = this.streams[i]!;
    stream.bringIn();
    return Buffer.from(stream.in.slice(stream.inFrom, stream.inTo)).toString();
  }

  take(i: number, count: number): void {
    this.streams[i]!.inFrom += count;
  }

  end(): void {
    for (const stream of this.streams) stream.close(true);
    for (const far of this.fars) closeSocket(far);
    expect(this.counters[IN_USE]).toBe(0);
    expect(this.pool.central.heldCount()).toBe(0);
  }
}

test("connections that are read to their end share one buffer and take nothing from the pool", () => {
  const lane = new Lane(3);
  expect(new Set(lane.streams.map((stream) => stream.in)).size).toBe(1);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 3; i++) {
      lane.say(i, `round ${round} of ${i}`);
      lane.gather(i, `round ${round} of ${i}`.length);
      expect(lane.text(i)).toBe(`round ${round} of ${i}`);
      lane.take(i, lane.text(i).length);
    }
  }
  expect(lane.counters[TAKEN]).toBe(0);
  lane.end();
});

test("what one leaves is there again when it is read on, whoever was read between", () => {
  const lane = new Lane(3);
  lane.say(0, "one half");
  lane.gather(0, 8);
  lane.take(0, 4);
  lane.say(1, "something else, all of it");
  lane.gather(1, 25);
  lane.say(2, "x".repeat(100_000));
  lane.gather(2, 100_000);
  expect(lane.counters[IN_USE]).toBeGreaterThan(0);
  expect(lane.text(0)).toBe("half");
  lane.say(0, " and the other");
  lane.gather(0, 18);
  expect(lane.text(0)).toBe("half and the other");
  expect(lane.text(1)).toBe("something else, all of it");
  expect(lane.text(2)).toBe("x".repeat(100_000));
  lane.take(2, 99_999);
  expect(lane.text(0)).toBe("half and the other");
  expect(lane.text(2)).toBe("x");
  for (let i = 0; i < 3; i++) lane.take(i, lane.text(i).length);
  lane.end();
});

test("a connection that ends leaves nothing to the next one of its stream, read or put aside", () => {
  const lane = new Lane(2);
  for (const between of [true, false]) {
    lane.say(0, "left unread");
    lane.gather(0, 11);
    if (between) lane.text(1);
    const stream = lane.streams[0]!;
    stream.close(false);
    closeSocket(lane.fars[0]!);
    expect(lane.counters[IN_USE]).toBe(0);
    const { near, far } = connection();
    stream.open(near, false);
    lane.fars[0] = far;
    expect(lane.text(0)).toBe("");
    lane.say(0, "new");
    lane.gather(0, 3);
    expect(lane.text(0)).toBe("new");
    lane.take(0, 3);
  }
  lane.end();
});

test("what cannot be put aside ends its own connection, and no other", () => {
  const lane = new Lane(2, 1);
  const door = lane.pool.lanes[0]!;
  const all: number[] = [];
  for (let at = door.take(0); at >= 0; at = door.take(0)) all.push(at);
  lane.say(0, "half a mess");
  lane.gather(0, 11);
  lane.say(1, "whole");
  lane.gather(1, 5);
  expect(lane.text(1)).toBe("whole");
  lane.take(1, 5);
  expect(lane.streams[0]!.readable).toBe(true);
  expect(lane.streams[0]!.receive()).toBe(STARVED);
  lane.say(1, "more");
  lane.gather(1, 4);
  expect(lane.text(1)).toBe("more");
  lane.take(1, 4);
  for (const at of all) door.give(at);
  lane.end();
});
