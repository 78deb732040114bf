import { afterEach, beforeEach, expect, test } from "bun:test";
import { Worker } from "node:worker_threads";
import { EBADF, EEXIST, ENOENT } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import { POLLER_EVENTS_MAX, Poller, Wakeup } from "../../ffi/poller.ts";
import {
  abortSocket,
  acceptTcp,
  closeSocket,
  connectTcp,
  listenTcp,
  localPort,
  receive,
  send,
} from "../../ffi/socket.ts";
import { Views } from "../../src/base/views.ts";

const views = Views.allocate(1 << 16);
const at = addressOf(views);
let poller: Poller;
let open: number[] = [];

beforeEach(() => {
  poller = new Poller();
});

afterEach(() => {
  poller.close();
  for (const fd of open) closeSocket(fd);
  open = [];
});

function pair(): [number, number] {
  const listening = listenTcp("127.0.0.1", 0, 4);
  const client = connectTcp("127.0.0.1", localPort(listening));
  poller.add(listening, 0, false);
  poller.wait(30_000);
  const server = acceptTcp(listening);
  poller.remove(listening);
  open.push(listening, client, server);
  return [client, server];
}

test("a listener becomes readable when somebody connects, until accepted", () => {
  const listening = listenTcp("127.0.0.1", 0, 4);
  open.push(listening);
  expect(poller.add(listening, -7, false)).toBe(0);
  expect(poller.wait(0)).toBe(0);
  open.push(connectTcp("127.0.0.1", localPort(listening)));
  for (let i = 0; i < 2; i++) {
    expect(poller.wait(30_000)).toBe(1);
    expect(poller.token(0)).toBe(-7);
    expect(poller.readable(0)).toBe(true);
    expect(poller.writable(0)).toBe(false);
    expect(poller.failed(0)).toBe(false);
  }
  open.push(acceptTcp(listening));
  expect(poller.wait(0)).toBe(0);
});

test("writing is told only when asked for, and level-triggered", () => {
  const [client] = pair();
  poller.add(client, 5, false);
  expect(poller.wait(0)).toBe(0);
  expect(poller.watch(client, 6, true)).toBe(0);
  expect(poller.wait(0)).toBe(1);
  expect(poller.wait(0)).toBe(1);
  expect(poller.token(0)).toBe(6);
  expect(poller.writable(0)).toBe(true);
  expect(poller.readable(0)).toBe(false);
  poller.watch(client, 6, false);
  expect(poller.wait(0)).toBe(0);
});

test("a reader can be put off", () => {
  const [client, server] = pair();
  poller.add(server, 1, false);
  send(client, at, 10);
  expect(poller.wait(30_000)).toBe(1);
  poller.watch(server, 1, false, false);
  expect(poller.wait(0)).toBe(0);
  poller.watch(server, 1, false);
  expect(poller.wait(0)).toBe(1);
});

test("the end of the stream is readable; a reset has failed", () => {
  const [client, server] = pair();
  poller.add(server, 1, false);
  closeSocket(client);
  open.splice(open.indexOf(client), 1);
  expect(poller.wait(30_000)).toBe(1);
  expect(poller.readable(0)).toBe(true);
  expect(receive(server, at, 10)).toBe(0);

  const [second, other] = pair();
  poller.remove(server);
  poller.add(other, 2, false);
  abortSocket(second);
  open.splice(open.indexOf(second), 1);
  expect(poller.wait(30_000)).toBe(1);
  expect([poller.token(0), poller.readable(0), poller.failed(0)]).toEqual([2, true, true]);
});

test("several at once keep their own tokens", () => {
  const wakeups = Array.from({ length: 20 }, () => new Wakeup());
  for (const [i, wakeup] of wakeups.entries()) poller.add(wakeup.fd, 1000 + i, false);
  for (const i of [3, 11, 19]) wakeups[i]!.wake();
  expect(poller.wait(0)).toBe(3);
  expect([poller.token(0), poller.token(1), poller.token(2)].sort()).toEqual([1003, 1011, 1019]);
  for (const wakeup of wakeups) wakeup.close();
});

test("more events than one wait brings come with the next", () => {
  const wakeups = Array.from({ length: POLLER_EVENTS_MAX + 10 }, () => new Wakeup());
  for (const [i, wakeup] of wakeups.entries()) {
    poller.add(wakeup.fd, i, false);
    wakeup.wake();
  }
  const seen = new Set<number>();
  for (let turn = 0; turn < 4; turn++) {
    const count = poller.wait(0);
    expect(count).toBeLessThanOrEqual(POLLER_EVENTS_MAX);
    for (let i = 0; i < count; i++) seen.add(poller.token(i));
  }
  expect(seen.size).toBe(wakeups.length);
  for (const wakeup of wakeups) wakeup.close();
});

test("what cannot be watched is an errno", () => {
  const wakeup = new Wakeup();
  expect(poller.add(9999, 1, false)).toBe(-EBADF);
  expect(poller.watch(wakeup.fd, 1, false)).toBe(-ENOENT);
  expect(poller.add(wakeup.fd, 1, false)).toBe(0);
  expect(poller.add(wakeup.fd, 1, false)).toBe(-EEXIST);
  expect(poller.remove(wakeup.fd)).toBe(0);
  expect(poller.remove(wakeup.fd)).toBe(-ENOENT);
  wakeup.close();
  const closed = new Poller();
  closed.close();
  expect(closed.wait(0)).toBe(-EBADF);
});

test("rings are one until drained, and draining silence is nothing", () => {
  const wakeup = new Wakeup();
  const same = new Wakeup(wakeup.fd);
  poller.add(wakeup.fd, 3, false);
  wakeup.drain();
  expect(poller.wait(0)).toBe(0);
  same.wake();
  same.wake();
  expect(poller.wait(0)).toBe(1);
  wakeup.drain();
  expect(poller.wait(0)).toBe(0);
  // A borrowed wakeup leaves the descriptor open.
  same.close();
  wakeup.wake();
  expect(poller.wait(0)).toBe(1);
  wakeup.close();
});

test("a wait without end is ended by a ring from another thread", async () => {
  const wakeup = new Wakeup();
  poller.add(wakeup.fd, 9, false);
  const worker = new Worker(new URL("./other-thread.ts", import.meta.url), { workerData: { ring: wakeup.fd } });
  const said = new Promise((resolve) => worker.once("message", resolve));
  const events = poller.wait(30_000);
  expect([events, poller.token(0)]).toEqual([1, 9]);
  await said;
  worker.terminate();
  wakeup.close();
});
