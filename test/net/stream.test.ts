import { afterEach, expect, test } from "bun:test";
import { EAGAIN } from "../../ffi/errno.ts";
import { addressOf, viewAt } from "../../ffi/memory.ts";
import { abortSocket, closeSocket, receive, send, setBufferSizes } from "../../ffi/socket.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { BROKEN, ENDED } from "../../src/net/stream-end.ts";
import { untilSync } from "../eventually.ts";
import { outputOf } from "./output.ts";
import { connection } from "./sockets.ts";

const peer = new Uint8Array(new ArrayBuffer(1 << 20));
const peerAt = addressOf(peer.buffer);
const reactors: Reactor[] = [];

afterEach(() => {
  for (const reactor of reactors.splice(0)) reactor.close();
});

function opened(inBytes = 16_384, outBytes = 16_384): { reactor: Reactor; stream: Stream; far: number } {
  const reactor = new Reactor(4, false);
  reactors.push(reactor);
  const stream = new Stream(reactor, inBytes, outBytes);
  const { near, far } = connection();
  stream.open(near, false);
  return { reactor, stream, far };
}

const text = (stream: Stream): string => Buffer.from(stream.in.slice(stream.inFrom, stream.inTo)).toString();

function say(far: number, words: string): void {
  peer.set(Buffer.from(words));
  expect(send(far, peerAt, words.length)).toBe(words.length);
}

/** Waits until the stream has `count` unread bytes. */
function gather(stream: Stream, count: number): void {
  untilSync(`${count} bytes`, () => stream.receive() >= 0 && stream.inTo - stream.inFrom >= count);
}

test("what arrives stands behind what is unread, and an empty buffer begins anew", () => {
  const { stream, far } = opened();
  expect(stream.receive()).toBe(0);
  expect(stream.readable).toBe(false);
  say(far, "one ");
  gather(stream, 4);
  say(far, "two");
  gather(stream, 7);
  expect(text(stream)).toBe("one two");
  stream.inFrom = stream.inTo;
  say(far, "three");
  gather(stream, 5);
  expect([stream.inFrom, text(stream)]).toEqual([0, "three"]);
  stream.close(false);
  closeSocket(far);
});

test("a buffer that is nearly full moves its unread rest to the front; a full one reads nothing", () => {
  const { stream, far } = opened(8192);
  say(far, "x".repeat(6000));
  gather(stream, 6000);
  stream.inFrom = 5990;
  say(far, "y".repeat(8182));
  gather(stream, 8192);
  expect(stream.inFrom).toBe(0);
  expect(text(stream)).toBe("x".repeat(10) + "y".repeat(8182));
  say(far, "z");
  expect(stream.receive()).toBe(0);
  stream.inFrom = 8000;
  gather(stream, 193);
  expect(text(stream)).toBe(`${"y".repeat(192)}z`);
  stream.close(false);
  closeSocket(far);
});

test("a peer that ends is told from one that breaks", () => {
  const ended = opened();
  say(ended.far, "bye");
  closeSocket(ended.far);
  gather(ended.stream, 3);
  expect(untilSync("the end", () => ended.stream.receive() || null)).toBe(ENDED);
  ended.stream.close(false);

  const broken = opened();
  abortSocket(broken.far);
  expect(untilSync("the reset", () => broken.stream.receive() || null)).toBe(BROKEN);
  expect(broken.stream.room(100)).toBe(true);
  broken.stream.outTo = 100;
  expect(broken.stream.flush()).toBe(BROKEN);
  broken.stream.close(false);
});

test("what the kernel does not take stays, in order, until it does", () => {
  const bytes = 1 << 20;
  const { reactor, stream, far } = opened(4096, bytes);
  setBufferSizes(stream.fd, 4096, 4096);
  const out = outputOf(stream, bytes);
  for (let i = 0; i < bytes; i++) out[i] = (i * 31 + (i >> 8)) & 255;
  stream.outTo = bytes;
  let flushes = 0;
  let read = 0;
  untilSync("everything", () => {
    if (stream.unsent > 0) {
      expect(stream.flush()).toBeGreaterThanOrEqual(0);
      flushes++;
    }
    const count = receive(far, peerAt, 50_000);
    for (let i = 0; i < count; i++, read++) {
      if (peer[i] !== ((read * 31 + (read >> 8)) & 255)) throw new Error(`byte ${read} is wrong`);
    }
    return read === bytes;
  });
  expect(flushes).toBeGreaterThan(1);
  expect([stream.outFrom, stream.outTo, stream.unsent]).toEqual([0, 0, 0]);
  // Once all is out, room to write is no event any more.
  stream.writable = false;
  reactor.wait(0);
  expect(stream.writable).toBe(false);
  stream.close(false);
  closeSocket(far);
});

test("a reader that is slow is no event until it reads", () => {
  const { reactor, stream, far } = opened(4096, 8 << 20);
  expect(stream.room(8 << 20)).toBe(true);
  stream.outTo = 8 << 20;
  untilSync("a full kernel", () => stream.flush() === 0);
  expect(stream.unsent).toBeGreaterThan(0);
  stream.writable = false;
  untilSync("room", () => {
    receive(far, peerAt, peer.length);
    reactor.wait(0);
    return stream.writable;
  });
  expect(stream.flush()).toBeGreaterThan(0);
  stream.close(true);
  closeSocket(far);
});

test("room for more is made by moving what is unsent to the front", () => {
  const { stream, far } = opened(4096, 8192);
  expect(stream.room(8192)).toBe(true);
  stream.outTo = 8000;
  expect(stream.room(193)).toBe(false);
  const out = new Uint8Array(viewAt(stream.outAddress, 8192));
  out.set(Buffer.from("rest"), 7996);
  stream.outFrom = 7996;
  expect(stream.room(193)).toBe(true);
  expect([stream.outFrom, stream.outTo]).toEqual([0, 4]);
  expect(Buffer.from(out.slice(0, 4)).toString()).toBe("rest");
  expect(stream.room(8189)).toBe(false);
  stream.close(false);
  closeSocket(far);
});

test("aborting is seen by the peer as a reset, closing as an end, and either only once", () => {
  for (const abort of [true, false]) {
    const { stream, far } = opened();
    stream.close(abort);
    stream.close(abort);
    expect([stream.isOpen, stream.fd]).toEqual([false, -1]);
    const seen = untilSync("the end", () => {
      const count = receive(far, peerAt, 100);
      return count === -EAGAIN ? null : { count };
    });
    expect(seen.count === 0).toBe(!abort);
    closeSocket(far);
  }
});

test("a stream serves one connection after another, each from a clean start", () => {
  const { stream, far } = opened();
  say(far, "left unread");
  gather(stream, 11);
  expect(stream.room(50)).toBe(true);
  stream.outTo = 50;
  stream.close(false);
  closeSocket(far);
  const next = connection();
  stream.open(next.near, false);
  expect([stream.inFrom, stream.inTo, stream.outFrom, stream.outTo, stream.readable]).toEqual([0, 0, 0, 0, true]);
  say(next.far, "new");
  gather(stream, 3);
  expect(text(stream)).toBe("new");
  stream.close(false);
  closeSocket(next.far);
});
