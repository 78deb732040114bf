import { afterEach, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  IPPROTO_TCP,
  SO_BUSY_POLL,
  SO_KEEPALIVE,
  SO_PREFER_BUSY_POLL,
  SOL_SOCKET,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_QUICKACK,
  TCP_USER_TIMEOUT,
} from "../../ffi/abi.ts";
import { EPERM } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import {
  acceptTcp,
  closeSocket,
  congestionControl,
  getOption,
  incomingCpu,
  listenTcp,
  localPort,
  parseAddress,
  send,
  setBusyPoll,
} from "../../ffi/socket.ts";
import { onlineCpus } from "../../ffi/thread.ts";
import { CONNECTED, Dialer } from "../../src/net/dialer.ts";
import { KERNEL } from "../../src/net/network.ts";
import { Reactor, type SocketOptions, SYSTEM } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { untilSync } from "../eventually.ts";
import { outputOf } from "./output.ts";
import { connection } from "./sockets.ts";

const DEAD = { keepAliveIdleS: 7, keepAliveIntervalS: 3, keepAliveCount: 4, userTimeoutMs: 19_000 };
const NEVER = { keepAliveIdleS: 0, keepAliveIntervalS: 3, keepAliveCount: 4, userTimeoutMs: 0 };
const ALL: SocketOptions = { ...DEAD, busyPollUs: 60, preferBusyPoll: true, quickAck: true, congestionControl: "reno" };
const NONE: SocketOptions = {
  ...NEVER,
  busyPollUs: 0,
  preferBusyPoll: false,
  quickAck: false,
  congestionControl: SYSTEM,
};
const bytes = new ArrayBuffer(4096);
const bytesAt = addressOf(bytes);
const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function opened(options: SocketOptions): { reactor: Reactor; stream: Stream; far: number } {
  const reactor = new Reactor(4, false, KERNEL, null, options);
  const stream = new Stream(reactor, 16_384, 16_384);
  const { near, far } = connection();
  stream.open(near, false);
  ends.push(
    () => reactor.close(),
    () => closeSocket(far),
    () => stream.close(true),
  );
  return { reactor, stream, far };
}

const quick = (stream: Stream): number => getOption(stream.fd, IPPROTO_TCP, TCP_QUICKACK);

/** What busy polling a process may ask for here: without CAP_NET_ADMIN none. */
function mayPoll(fd: number): boolean {
  return setBusyPoll(fd, 60) !== -EPERM;
}

test("connections that are taken and made have what was configured", () => {
  const { reactor, stream, far } = opened(ALL);
  const listening = listenTcp("127.0.0.1", 0, 4);
  const made = new Stream(reactor, 16_384, 16_384);
  const dialer = new Dialer(made, parseAddress("127.0.0.1", localPort(listening)));
  dialer.begin();
  untilSync("the connection", () => {
    reactor.wait(10);
    return dialer.result() === CONNECTED;
  });
  const other = untilSync("the other end", () => {
    const fd = acceptTcp(listening);
    return fd >= 0 ? fd : null;
  });
  ends.push(
    () => closeSocket(listening),
    () => closeSocket(other),
    () => made.close(true),
  );
  for (const one of [stream, made]) {
    expect(getOption(one.fd, IPPROTO_TCP, TCP_NODELAY)).toBe(1);
    expect(quick(one)).toBe(1);
    expect(congestionControl(one.fd)).toBe("reno");
    expect(getOption(one.fd, SOL_SOCKET, SO_KEEPALIVE)).toBe(1);
    const kept = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT];
    expect(kept.map((name) => getOption(one.fd, IPPROTO_TCP, name))).toEqual([7, 3, 4, 19_000]);
    if (!mayPoll(far)) continue;
    expect(getOption(one.fd, SOL_SOCKET, SO_BUSY_POLL)).toBe(60);
    expect(getOption(one.fd, SOL_SOCKET, SO_PREFER_BUSY_POLL)).toBe(1);
  }
});

test("without options only TCP_NODELAY is set", () => {
  const { stream } = opened(NONE);
  expect(getOption(stream.fd, IPPROTO_TCP, TCP_NODELAY)).toBe(1);
  expect(getOption(stream.fd, SOL_SOCKET, SO_KEEPALIVE)).toBe(0);
  expect(getOption(stream.fd, IPPROTO_TCP, TCP_USER_TIMEOUT)).toBe(0);
  expect(getOption(stream.fd, SOL_SOCKET, SO_PREFER_BUSY_POLL)).toBe(0);
  expect(getOption(stream.fd, SOL_SOCKET, SO_BUSY_POLL)).not.toBe(60);
  const ofTheSystem = readFileSync("/proc/sys/net/ipv4/tcp_congestion_control", "utf8").trimEnd();
  expect(congestionControl(stream.fd)).toBe(ofTheSystem);
});

/** A message comes and is answered at once, several times; then the stream is found empty. */
function talk({ stream, far }: { stream: Stream; far: number }): number {
  for (let i = 0; i < 20; i++) {
    expect(send(far, bytesAt, 100)).toBe(100);
    untilSync("the message", () => stream.receive() > 0);
    stream.inFrom = stream.inTo;
    outputOf(stream, 1)[0] = 65;
    stream.outTo = 1;
    stream.flush();
  }
  const delayed = quick(stream);
  expect(stream.receive()).toBe(0);
  return delayed;
}

test("answers make the kernel delay its acknowledgements; with quickAck that is undone behind each burst", () => {
  const plain = opened(NONE);
  expect(talk(plain)).toBe(0);
  expect(quick(plain.stream)).toBe(0);
  const asked = opened(ALL);
  expect(talk(asked)).toBe(0);
  expect(quick(asked.stream)).toBe(1);
  // Nothing new, nothing asked: the answer's effect stays.
  outputOf(asked.stream, 1)[0] = 65;
  asked.stream.outTo = 1;
  talk(asked);
  expect(quick(asked.stream)).toBe(1);
});

test("the CPU that packets come by is told only where it is not the lane's", () => {
  const { reactor, stream, far } = opened(NONE);
  send(far, bytesAt, 10);
  untilSync("the packet", () => stream.receive() > 0);
  const cpu = incomingCpu(stream.fd);
  expect(onlineCpus()).toContain(cpu);
  expect(reactor.foreignCpu(stream.fd)).toBe(-1);
  reactor.laneCpu = cpu;
  expect(reactor.foreignCpu(stream.fd)).toBe(-1);
  reactor.laneCpu = cpu + 1;
  expect(reactor.foreignCpu(stream.fd)).toBe(cpu);
});
