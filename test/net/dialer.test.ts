import { expect, test } from "bun:test";
import { closeSocket, parseAddress } from "../../ffi/socket.ts";
import { CONNECTED, CONNECTING, Dialer, REFUSED } from "../../src/net/dialer.ts";
import { Listener } from "../../src/net/listener.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { untilSync } from "../eventually.ts";

function settled(reactor: Reactor, dialer: Dialer): number {
  return (
    untilSync("a result", () => {
      reactor.wait(100);
      const result = dialer.result();
      return result === CONNECTING ? null : result + 1;
    }) - 1
  );
}

test("a dial that succeeds gives an open stream, which then waits for input only", () => {
  const reactor = new Reactor(2, false);
  const listener = new Listener(reactor, "127.0.0.1", 0);
  const stream = new Stream(reactor, 4096, 4096);
  const dialer = new Dialer(stream, parseAddress("127.0.0.1", listener.port));
  expect(dialer.begin()).toBe(true);
  expect(settled(reactor, dialer)).toBe(CONNECTED);
  const fd = untilSync("a connection", () => listener.accept() + 1) - 1;
  reactor.wait(0);
  expect([stream.isOpen, stream.writable]).toEqual([true, false]);
  expect(stream.receive()).toBe(0);
  stream.close(false);
  listener.refuse(fd);
  listener.close();
  reactor.close();
});

test("a dial that nobody answers is refused, and can be given up and tried again", () => {
  const reactor = new Reactor(2, false);
  const listener = new Listener(reactor, "127.0.0.1", 0);
  const port = listener.port;
  listener.close();
  const stream = new Stream(reactor, 4096, 4096);
  const dialer = new Dialer(stream, parseAddress("127.0.0.1", port));
  for (let attempt = 0; attempt < 2; attempt++) {
    if (!dialer.begin()) continue;
    expect(settled(reactor, dialer)).toBe(REFUSED);
    dialer.giveUp();
    expect(stream.isOpen).toBe(false);
  }
  const again = new Listener(reactor, "127.0.0.1", port);
  expect(dialer.begin()).toBe(true);
  expect(settled(reactor, dialer)).toBe(CONNECTED);
  stream.close(false);
  closeSocket(untilSync("a connection", () => again.accept() + 1) - 1);
  again.close();
  reactor.close();
});
