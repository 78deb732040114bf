import { afterEach, describe, expect, test } from "bun:test";
import { addressOf } from "../../ffi/memory.ts";
import { Wakeup } from "../../ffi/poller.ts";
import { closeSocket, connectTcp, send } from "../../ffi/socket.ts";
import { Broken } from "../../src/base/broken.ts";
import { Listener, NO_CONNECTION } from "../../src/net/listener.ts";
import { HOT_STREAMS, Reactor, SYSTEM } from "../../src/net/reactor.ts";
import { ReadyList } from "../../src/net/ready-list.ts";
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
  mainWakeup.wake();
  mainWakeup.wake();
  expect(reactor.wait(30_000)).toBe(1);
  expect(reactor.wait(0)).toBe(0);
});

/** Sends to a stream and looks until it is marked, as many turns as that takes. */
function sendTo(reactor: Reactor, { stream, far }: { stream: Stream; far: number }): number {
  send(far, at, 5);
  let turns = 0;
  untilSync("the mark", () => {
    turns++;
    reactor.beginTurn();
    return stream.readable;
  });
  return turns;
}

function drain({ stream }: { stream: Stream }): void {
  untilSync("the end of it", () => stream.receive() === 0);
  stream.inFrom = stream.inTo;
}

const hot = (all: readonly { stream: Stream }[]): number => all.filter(({ stream }) => stream.hot).length;

describe("hot streams", () => {
  test("what is active on a spinning lane becomes hot; on a parking lane nothing does", () => {
    for (const spins of [true, false]) {
      const reactor = reactorOf(HOT_STREAMS, spins);
      const all = Array.from({ length: HOT_STREAMS }, () => opened(reactor));
      for (const one of all) sendTo(reactor, one);
      expect(hot(all)).toBe(spins ? HOT_STREAMS : 0);
      for (const { stream } of all) stream.close(false);
      expect(hot(all)).toBe(0);
    }
  });

  test("while all are hot epoll is seldom called, while some are not it is called often", () => {
    const reactor = reactorOf(HOT_STREAMS, true);
    const first = opened(reactor);
    sendTo(reactor, first);
    const listener = new Listener(reactor, "127.0.0.1", 0);
    const looksToListener = (): number => {
      fds.push(connectTcp("127.0.0.1", listener.port));
      let turns = 0;
      untilSync("the mark", () => {
        turns++;
        reactor.beginTurn();
        return listener.ready;
      });
      while (listener.accept() !== NO_CONNECTION) {}
      return turns;
    };
    looksToListener();
    const seldom = Math.max(...[1, 2, 3].map(looksToListener));
    expect(seldom).toBeGreaterThan(8);
    const second = opened(reactor);
    drain(first);
    const often = Math.max(...[1, 2, 3].map(looksToListener));
    expect(often).toBeLessThanOrEqual(8);
    listener.close();
    for (const { stream } of [first, second]) stream.close(false);
  });

  test("a place is given to another stream once its owner has received nothing for long", () => {
    const reactor = reactorOf(HOT_STREAMS + 1, true);
    const all = Array.from({ length: HOT_STREAMS + 1 }, () => opened(reactor));
    for (const one of all.slice(0, HOT_STREAMS)) {
      sendTo(reactor, one);
      drain(one);
    }
    expect(hot(all)).toBe(HOT_STREAMS);
    for (let i = 0; i < 10_000; i++) reactor.beginTurn();
    expect(hot(all)).toBe(0);
    sendTo(reactor, all.at(-1)!);
    expect(all.at(-1)!.stream.hot).toBe(true);
    for (const { stream } of all) stream.close(false);
  });

  test("with busy polling some stay hot: only to receive polls the card", () => {
    const options = {
      busyPollUs: 50,
      preferBusyPoll: false,
      quickAck: false,
      congestionControl: SYSTEM,
      keepAliveIdleS: 0,
      keepAliveIntervalS: 1,
      keepAliveCount: 1,
      userTimeoutMs: 0,
    };
    const reactor = new Reactor(HOT_STREAMS + 1, true, undefined, null, options);
    reactors.push(reactor);
    const all = Array.from({ length: HOT_STREAMS + 1 }, () => opened(reactor));
    for (const one of all) {
      sendTo(reactor, one);
      drain(one);
    }
    expect(hot(all)).toBe(2);
    for (let i = 0; i < 10_000; i++) reactor.beginTurn();
    expect(hot(all)).toBe(2);
    for (const { stream } of all) stream.close(false);
  });

  test("when more are active than there is room for, none is hot for a while, and all are marked", () => {
    const reactor = reactorOf(HOT_STREAMS + 1, true);
    const all = Array.from({ length: HOT_STREAMS + 1 }, () => opened(reactor));
    for (const one of all) {
      sendTo(reactor, one);
      drain(one);
    }
    expect(hot(all)).toBe(0);
    for (const one of all) {
      sendTo(reactor, one);
      drain(one);
    }
    expect(hot(all)).toBe(0);
    for (let i = 0; i < 5_000; i++) reactor.beginTurn();
    sendTo(reactor, all[0]!);
    expect(hot(all)).toBe(1);
    for (const { stream } of all) stream.close(false);
  });
});

test("a stream that something came for is in its owner's list, once", () => {
  const reactor = reactorOf(2);
  const all = [opened(reactor), opened(reactor)];
  const ready = new ReadyList(2);
  for (const [i, { stream }] of all.entries()) stream.listIn(ready, i);
  sendTo(reactor, all[1]!);
  reactor.beginTurn();
  expect([ready.size, ready.at(0)]).toEqual([1, 1]);
  all[0]!.stream.wrote(3);
  expect([ready.size, ready.at(1)]).toEqual([2, 0]);
  for (const { stream } of all) stream.close(false);
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
