import { afterEach, expect, test } from "bun:test";
import { addressOf } from "../../ffi/memory.ts";
import { Wakeup } from "../../ffi/poller.ts";
import { closeSocket, connectTcp, send } from "../../ffi/socket.ts";
import { Broken } from "../../src/base/broken.ts";
import { Listener, NO_CONNECTION } from "../../src/net/listener.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { untilSync } from "../eventually.ts";
import { connection } from "./sockets.ts";

const source = new ArrayBuffer(4096);
const at = addressOf(source);
const fds: number[] = [];
const reactors: Reactor[] = [];

afterEach(() => {
  for (const fd of fds.splice(0)) closeSocket(fd);
  for (const reactor of reactors.splice(0)) reactor.close();
});

function reactorOf(streams: number, spins = false): Reactor {
  const reactor = new Reactor(streams, spins);
  reactors.push(reactor);
  return reactor;
}

function opened(reactor: Reactor): { stream: Stream; far: number } {
  const { near, far } = connection();
  fds.push(far);
  const stream = new Stream(reactor, 4096, 4096);
  stream.open(near, false);
  stream.readable = false;
  return { stream, far };
}

test("only the stream that something came for is marked", () => {
  const reactor = reactorOf(3);
  const all = [opened(reactor), opened(reactor), opened(reactor)];
  expect(reactor.wait(0)).toBe(0);
  send(all[1]!.far, at, 5);
  untilSync("the mark", () => {
    reactor.wait(100);
    return all[1]!.stream.readable;
  });
  expect(all.map(({ stream }) => stream.readable)).toEqual([false, true, false]);
  for (const { stream } of all) stream.close(false);
});

test("a place that is given back is used again, and what comes for it goes to its new stream", () => {
  const reactor = reactorOf(2);
  const first = opened(reactor);
  const second = opened(reactor);
  const token = first.stream.token;
  first.stream.close(false);
  expect(first.stream.token).toBe(-1);
  const third = opened(reactor);
  expect(third.stream.token).toBe(token);
  send(third.far, at, 5);
  untilSync("the mark", () => {
    reactor.wait(100);
    return third.stream.readable;
  });
  expect([first.stream.readable, second.stream.readable]).toEqual([false, false]);
  second.stream.close(false);
  third.stream.close(false);
});

test("an event of a stream that was closed after it is marked for nobody", () => {
  const reactor = reactorOf(2);
  const { stream, far } = opened(reactor);
  send(far, at, 5);
  stream.close(false);
  expect(reactor.wait(0)).toBe(0);
  expect(stream.readable).toBe(false);
});

test("one stream too many is a broken invariant", () => {
  const reactor = reactorOf(1);
  const { stream } = opened(reactor);
  const { near, far } = connection();
  fds.push(near, far);
  expect(() => new Stream(reactor, 4096, 4096).open(near, false)).toThrow(Broken);
  stream.close(false);
});

test("a ring ends a wait, once", () => {
  const reactor = reactorOf(1);
  const mainWakeup = new Wakeup(reactor.wakeup.fd);
  mainWakeup.ring();
  mainWakeup.ring();
  expect(reactor.wait(30_000)).toBe(1);
  expect(reactor.wait(0)).toBe(0);
});

test("a spinning lane reads directly while connections are few, a parking one never", () => {
  const reactor = reactorOf(8, true);
  expect(reactor.direct).toBe(true);
  const all = Array.from({ length: 7 }, () => opened(reactor));
  expect(reactor.direct).toBe(false);
  all[0]!.stream.close(false);
  expect(reactor.direct).toBe(true);
  for (const { stream } of all) stream.close(false);
  const parking = reactorOf(8);
  const { stream } = opened(parking);
  expect(parking.direct).toBe(false);
  stream.close(false);
});

test("listeners are marked each for itself, give every connection that waits, then none", () => {
  const reactor = reactorOf(4);
  const listeners = [new Listener(reactor, "127.0.0.1", 0), new Listener(reactor, "127.0.0.1", 0)];
  const quiet = listeners[0]!;
  const busy = listeners[1]!;
  expect(busy.port).toBeGreaterThan(0);
  fds.push(connectTcp("127.0.0.1", busy.port), connectTcp("127.0.0.1", busy.port));
  untilSync("the mark", () => {
    reactor.wait(100);
    return busy.ready;
  });
  expect(quiet.ready).toBe(false);
  const taken = [0, 0].map(() => untilSync("a connection", () => (busy.accept() + 1 || null) as number | null) - 1);
  expect(new Set(taken).size).toBe(2);
  expect([busy.accept(), busy.ready]).toEqual([NO_CONNECTION, false]);
  for (const fd of taken) busy.refuse(fd);
  for (const listener of listeners) listener.close();
});

test("a listener that was closed takes no place of another", () => {
  const reactor = reactorOf(4);
  const first = new Listener(reactor, "127.0.0.1", 0);
  const second = new Listener(reactor, "127.0.0.1", 0);
  first.close();
  fds.push(connectTcp("127.0.0.1", second.port));
  untilSync("the mark", () => {
    reactor.wait(100);
    return second.ready;
  });
  expect(first.ready).toBe(false);
  second.close();
});

test("an address that can't be bound is named", () => {
  const reactor = reactorOf(1);
  const listener = new Listener(reactor, "127.0.0.1", 0);
  expect(() => new Listener(reactor, "127.0.0.1", listener.port)).toThrow(`127.0.0.1:${listener.port}`);
  listener.close();
});
