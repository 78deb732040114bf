import { afterEach, expect, test } from "bun:test";
import { addressOf, viewAt } from "../../ffi/memory.ts";
import { closeSocket, receive, setBufferSizes } from "../../ffi/socket.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { IN_USE, TAKEN } from "../../src/pool/counters.ts";
import { untilSync } from "../eventually.ts";
import { TestPool } from "../pool/pool.ts";
import { connection } from "./sockets.ts";

const KIB = 1024;
const OUT_BYTES = 64 * KIB;
const MESSAGE = 1000;
const peer = new Uint8Array(new ArrayBuffer(1 << 20));
const peerAt = addressOf(peer.buffer);
const reactors: Reactor[] = [];

afterEach(() => {
  for (const reactor of reactors.splice(0)) reactor.close();
});

/** A stream with a backlog in a pool, and the far end of its connection with little room of its own. */
class Slow {
  readonly pool: TestPool;
  readonly reactor: Reactor;
  readonly stream: Stream;
  far = -1;
  written = 0;
  read = 0;

  constructor(spans: number, mostUnsent: number) {
    this.pool = new TestPool(spans);
    this.reactor = new Reactor(4, false, undefined, this.pool.lanes[0]!);
    reactors.push(this.reactor);
    this.stream = new Stream(this.reactor, 4096, OUT_BYTES, mostUnsent);
    this.connect();
  }

  connect(): void {
    const { near, far } = connection();
    setBufferSizes(near, 4096, 16 * KIB);
    setBufferSizes(far, 64 * KIB, 4096);
    this.far = far;
    this.stream.open(near, false);
    this.written = 0;
    this.read = 0;
  }

  get inUse(): number {
    return this.pool.lanes[0]!.counters[IN_USE]!;
  }

  get taken(): number {
    return this.pool.lanes[0]!.counters[TAKEN]!;
  }

  /** One message, each byte of which tells its place; false when there is no room for it. */
  write(bytes = MESSAGE): boolean {
    const { stream } = this;
    if (!stream.room(bytes)) return false;
    const out = new Uint8Array(viewAt(stream.outAddress + stream.outTo, bytes));
    for (let i = 0; i < bytes; i++, this.written++) out[i] = byteAt(this.written);
    stream.outTo += bytes;
    return true;
  }

  /** The peer reads what there is, up to so many bytes. */
  take(most = peer.length): number {
    const count = receive(this.far, peerAt, most);
    for (let i = 0; i < count; i++, this.read++)
      if (peer[i] !== byteAt(this.read)) throw new Error(`byte ${this.read} is wrong`);
    return count;
  }

  drain(): void {
    untilSync("all of it", () => {
      expect(this.stream.flush()).toBeGreaterThanOrEqual(0);
      this.take();
      return this.read === this.written;
    });
  }

  end(): void {
    this.stream.close(true);
    closeSocket(this.far);
    expect(this.inUse).toBe(0);
    expect(this.pool.central.heldCount()).toBe(0);
  }
}

function byteAt(place: number): number {
  return (place * 31 + (place >> 8) + (place >> 16)) & 255;
}

test("a reader that keeps up never touches the pool", () => {
  const slow = new Slow(4, 1024 * KIB);
  for (let i = 0; i < 2000; i++) {
    expect(slow.write()).toBe(true);
    untilSync("room in the kernel", () => slow.stream.flush() > 0 || slow.take() < 0);
    slow.take();
  }
  slow.drain();
  expect(slow.taken).toBe(0);
  slow.end();
});

test("what a slow reader leaves grows in the pool, comes in order, and goes back as it is read", () => {
  const slow = new Slow(8, 4096 * KIB);
  for (let round = 0; round < 3; round++) {
    while (slow.stream.unsent < 3_000_000) {
      expect(slow.write()).toBe(true);
      if (slow.written % 7 === 0) expect(slow.stream.flush()).toBeGreaterThanOrEqual(0);
    }
    expect(slow.inUse).toBeGreaterThan(2_500_000);
    const most = slow.inUse;
    untilSync("the half of it", () => {
      slow.stream.flush();
      slow.take();
      return slow.stream.unsent < 1_500_000;
    });
    expect(slow.inUse).toBeLessThan(most - 1_000_000);
    // It may grow again before it is empty.
    for (let i = 0; i < 100; i++) expect(slow.write()).toBe(true);
    slow.drain();
    expect([slow.inUse, slow.stream.unsent]).toEqual([0, 0]);
  }
  expect(slow.written).toBeGreaterThan(9_000_000);
  slow.end();
});

test("the bound is exact whether bytes are in the output or in the pool, and the pool is not to blame", () => {
  for (const most of [10 * KIB, 100 * KIB, 1000 * KIB]) {
    const slow = new Slow(4, 2048 * KIB);
    slow.stream.limitTo(most);
    while (slow.write());
    expect(slow.stream.unsent + MESSAGE).toBeGreaterThan(most);
    expect(slow.stream.unsent).toBeLessThanOrEqual(most);
    expect(slow.stream.starved).toBe(false);
    slow.drain();
    expect(slow.write()).toBe(true);
    slow.end();
  }
});

test("an exhausted pool is told from a bound that is reached, and a session that needs none goes on", () => {
  const slow = new Slow(1, 8192 * KIB);
  const other = new Stream(slow.reactor, 4096, OUT_BYTES, 8192 * KIB);
  const { near, far } = connection();
  other.open(near, false);
  while (slow.write());
  expect(slow.stream.starved).toBe(true);
  expect(slow.stream.unsent).toBeGreaterThan(1024 * KIB);
  expect(other.room(MESSAGE)).toBe(true);
  other.outTo = MESSAGE;
  expect(other.flush()).toBe(MESSAGE);
  other.close(false);
  closeSocket(far);
  slow.drain();
  expect(slow.write()).toBe(true);
  slow.end();
});

test("whoever can wait for room takes nothing from the pool", () => {
  const slow = new Slow(4, 8192 * KIB);
  while (slow.stream.roomHere(MESSAGE)) slow.write();
  expect(slow.stream.unsent).toBeGreaterThan(OUT_BYTES - MESSAGE);
  expect(slow.taken).toBe(0);
  untilSync("some room", () => {
    slow.stream.flush();
    slow.take();
    return slow.stream.roomHere(MESSAGE);
  });
  slow.end();
});

test("a connection that ends gives its backlog back, and the next begins without it", () => {
  const slow = new Slow(4, 2048 * KIB);
  for (let i = 0; i < 1000; i++) expect(slow.write()).toBe(true);
  slow.stream.flush();
  expect(slow.inUse).toBeGreaterThan(500_000);
  slow.stream.close(true);
  closeSocket(slow.far);
  expect([slow.inUse, slow.stream.unsent]).toEqual([0, 0]);
  slow.connect();
  expect(slow.stream.unsent).toBe(0);
  for (let i = 0; i < 500; i++) expect(slow.write()).toBe(true);
  slow.drain();
  slow.end();
});

test("a gate holds back what is in the pool too, to the byte", () => {
  const slow = new Slow(4, 2048 * KIB);
  let open = 0;
  slow.stream.gate = { limit: () => open };
  for (let i = 0; i < 600; i++) expect(slow.write()).toBe(true);
  expect(slow.inUse).toBeGreaterThan(400_000);
  expect([slow.stream.flush(), slow.stream.held]).toEqual([0, true]);
  for (open of [1, 70_001, 300_000, 599_999]) {
    untilSync("what may leave", () => {
      expect(slow.stream.flush()).toBeGreaterThanOrEqual(0);
      slow.take();
      return slow.read === open;
    });
    for (let i = 0; i < 5; i++) expect([slow.stream.flush(), slow.take() > 0]).toEqual([0, false]);
    expect(slow.stream.unsent).toBe(slow.written - open);
  }
  expect(slow.stream.held).toBe(true);
  open = 600_000;
  expect(slow.stream.held).toBe(false);
  slow.drain();
  slow.end();
});

test("a reader that is slow is no event while the kernel is full, and one when it is not", () => {
  const slow = new Slow(4, 2048 * KIB);
  for (let i = 0; i < 800; i++) slow.write();
  // An acknowledgment that comes late makes some room in a kernel that was full.
  untilSync("a full kernel without an event", () => {
    if (slow.stream.flush() !== 0) return false;
    slow.stream.writable = false;
    slow.reactor.wait(0);
    return !slow.stream.writable;
  });
  untilSync("an event", () => {
    slow.take();
    slow.reactor.wait(0);
    return slow.stream.writable;
  });
  slow.drain();
  slow.stream.writable = false;
  slow.reactor.wait(0);
  expect(slow.stream.writable).toBe(false);
  slow.end();
});
