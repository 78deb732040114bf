import { afterEach, describe, expect, test } from "bun:test";
import { IPPROTO_TCP, SO_RCVBUF, SO_REUSEADDR, SOL_SOCKET, TCP_NODELAY } from "../../ffi/abi.ts";
import { EAGAIN, EBADF, ECONNREFUSED, ECONNRESET, EINPROGRESS, EPERM, EPIPE } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import { Poller } from "../../ffi/poller.ts";
import {
  abortSocket,
  acceptTcp,
  closeSocket,
  connectResult,
  connectTcp,
  connectTo,
  endSending,
  getOption,
  listenTcp,
  localPort,
  parseAddress,
  peerAddress,
  receive,
  send,
  setBufferSizes,
  setBusyPoll,
  setNoDelay,
} from "../../ffi/socket.ts";
import { Views } from "../../src/base/views.ts";

const views = Views.allocate(1 << 20);
const at = addressOf(views);
const open: number[] = [];

afterEach(() => {
  for (const fd of open.splice(0)) closeSocket(fd);
});

function kept(fd: number): number {
  expect(fd).toBeGreaterThanOrEqual(0);
  open.push(fd);
  return fd;
}

/** Waits until a descriptor says something, as an agent would; half a minute is for a machine in trouble. */
function ready(fd: number, writable: boolean): void {
  const poller = new Poller();
  poller.add(fd, 1, writable);
  expect(poller.wait(30_000)).toBe(1);
  poller.close();
}

function listener(host: string): number {
  return kept(listenTcp(host, 0, 16));
}

function pair(host: string): [number, number] {
  const listening = listener(host);
  const client = kept(connectTcp(host, localPort(listening)));
  ready(listening, false);
  const server = kept(acceptTcp(listening));
  ready(client, true);
  expect(connectResult(client)).toBe(0);
  return [client, server];
}

/** A port that was free a moment ago. */
function unusedPort(host: string): number {
  const fd = listenTcp(host, 0, 1);
  const port = localPort(fd);
  closeSocket(fd);
  return port;
}

function hasIpv6(): boolean {
  try {
    closeSocket(listenTcp("::1", 0, 1));
    return true;
  } catch {
    return false;
  }
}

describe.each([
  ["IPv4", "127.0.0.1", true],
  ["IPv6", "::1", hasIpv6()],
])("over %s", (_, host, usable) => {
  const check = test.skipIf(!usable);

  check("bytes go both ways, in order, and nothing comes when nothing was sent", () => {
    const [client, server] = pair(host);
    expect(receive(server, at, 100)).toBe(-EAGAIN);
    views.bytes.set([1, 2, 3, 4, 5]);
    expect(send(client, at, 5)).toBe(5);
    ready(server, false);
    expect(receive(server, at + 100, 3)).toBe(3);
    expect(receive(server, at + 103, 100)).toBe(2);
    expect([...views.bytes.subarray(100, 105)]).toEqual([1, 2, 3, 4, 5]);
    expect(send(server, at + 104, 1)).toBe(1);
    ready(client, false);
    expect(receive(client, at + 200, 100)).toBe(1);
    expect(views.bytes[200]).toBe(5);
  });

  check("a peer that ends its side is 0, and can still be answered", () => {
    const [client, server] = pair(host);
    expect(send(client, at, 3)).toBe(3);
    expect(endSending(client)).toBe(0);
    ready(server, false);
    expect(receive(server, at, 100)).toBe(3);
    ready(server, false);
    expect(receive(server, at, 100)).toBe(0);
    expect(send(server, at, 4)).toBe(4);
    ready(client, false);
    expect(receive(client, at, 100)).toBe(4);
  });

  check("an aborted connection is a reset at the other end, and no signal ends us", () => {
    const [client, server] = pair(host);
    open.splice(open.indexOf(client), 1);
    abortSocket(client);
    ready(server, false);
    expect(receive(server, at, 100)).toBe(-ECONNRESET);
    expect(send(server, at, 100)).toBe(-EPIPE);
  });

  check("a peer that does not read fills the buffers, and the rest is ours to keep", () => {
    const [client, server] = pair(host);
    expect(setBufferSizes(client, 8192, 8192)).toBe(0);
    let taken = 0;
    for (let sent = 0; (sent = send(client, at, 1 << 20)) > 0; ) taken += sent;
    expect(send(client, at, 1)).toBe(-EAGAIN);
    let came = 0;
    while (came < taken) {
      ready(server, false);
      came += receive(server, at, 1 << 20);
    }
    expect(came).toBe(taken);
    ready(client, true);
    expect(send(client, at, 1)).toBe(1);
  });

  check("connecting where nobody listens is refused, and says what to do", () => {
    const port = unusedPort(host);
    const fd = connectTo(parseAddress(host, port));
    let why = fd;
    if (fd >= 0) {
      kept(fd);
      ready(fd, true);
      why = connectResult(fd);
      // Told once by the kernel; asked again it is still not connected.
      expect(connectResult(fd)).toBeLessThan(0);
    }
    expect(why).toBe(-ECONNREFUSED);
  });

  check("addresses of both ends are told", () => {
    const [client, server] = pair(host);
    const shown = host === "::1" ? "[::1]" : host;
    expect(peerAddress(server)).toBe(`${shown}:${localPort(client)}`);
    expect(peerAddress(client)).toBe(`${shown}:${localPort(server)}`);
  });

  check("a port in use is an error that says so; a closed one is free at once", () => {
    const [client, server] = pair(host);
    const port = localPort(server);
    const shown = host === "::1" ? "[::1]" : host;
    expect(() => listenTcp(host, port, 1)).toThrow(
      `${shown}:${port}: EADDRINUSE (another program holds that port: stop it, or take another port)`,
    );
    for (const fd of open.splice(0).reverse()) if (fd !== client) closeSocket(fd);
    kept(client);
    kept(listenTcp(host, port, 1));
  });

  check("many connections are accepted one by one, then none", () => {
    const listening = listener(host);
    const address = parseAddress(host, localPort(listening));
    for (let i = 0; i < 10; i++) kept(connectTo(address));
    const accepted = new Set<number>();
    while (accepted.size < 10) {
      ready(listening, false);
      accepted.add(kept(acceptTcp(listening)));
    }
    expect(acceptTcp(listening)).toBe(-EAGAIN);
  });
});

test.skipIf(!hasIpv6())("an IPv6 listener leaves IPv4 to another", () => {
  const six = kept(listenTcp("::", 0, 1));
  const four = kept(listenTcp("0.0.0.0", localPort(six), 1));
  expect(localPort(four)).toBe(localPort(six));
});

test("a connect under way is EINPROGRESS, not success", () => {
  // A full backlog: the kernel drops what comes, so the connect stays undecided.
  const listening = kept(listenTcp("127.0.0.1", 0, 0));
  const address = parseAddress("127.0.0.1", localPort(listening));
  let undecided = false;
  for (let i = 0; i < 8 && !undecided; i++) undecided = connectResult(kept(connectTo(address))) === -EINPROGRESS;
  expect(undecided).toBe(true);
});

test("options are set, and what may not be set is an errno", () => {
  const [client, server] = pair("127.0.0.1");
  expect(getOption(client, IPPROTO_TCP, TCP_NODELAY)).toBe(0);
  expect(setNoDelay(client)).toBe(0);
  expect(getOption(client, IPPROTO_TCP, TCP_NODELAY)).toBe(1);
  expect(setBufferSizes(server, 10_000, 10_000)).toBe(0);
  expect(getOption(server, SOL_SOCKET, SO_RCVBUF)).toBe(20_000);
  expect([0, -EPERM]).toContain(setBusyPoll(client, 50));
  expect(setNoDelay(9999)).toBe(-EBADF);
  expect(getOption(9999, SOL_SOCKET, SO_REUSEADDR)).toBe(-EBADF);
});

test("what is no socket is an errno in hot calls, an error in cold ones", () => {
  expect(receive(9999, at, 1)).toBe(-EBADF);
  expect(send(9999, at, 1)).toBe(-EBADF);
  expect(acceptTcp(9999)).toBe(-EBADF);
  expect(connectResult(9999)).toBe(-EBADF);
  expect(() => localPort(9999)).toThrow("getsockname: EBADF");
  expect(() => peerAddress(9999)).toThrow("getpeername: EBADF");
});

test("an address that is not this machine's is refused with a remedy", () => {
  expect(() => listenTcp("192.0.2.1", 0, 1)).toThrow("bind 192.0.2.1:0: EADDRNOTAVAIL (no interface of this machine");
});
