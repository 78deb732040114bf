import { expect, test } from "bun:test";
import { EAGAIN, ECONNREFUSED, ECONNRESET, EPIPE } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import { parseAddress } from "../../ffi/socket.ts";
import { CONNECTED, CONNECTING, Dialer, REFUSED } from "../../src/net/dialer.ts";
import { Listener } from "../../src/net/listener.ts";
import { PipeNetwork } from "../../src/net/pipe.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { BROKEN, ENDED } from "../../src/net/stream-end.ts";
import { outputOf } from "./output.ts";

const memory = new Uint8Array(new ArrayBuffer(8192));
const at = addressOf(memory.buffer);

/** Two connected descriptors. */
function pair(network: PipeNetwork): [number, number] {
  const listener = network.listenTcp("127.0.0.1", 9001, 1);
  const near = network.connect("127.0.0.1:9001");
  return [near, network.acceptTcp(listener)];
}

function say(network: PipeNetwork, fd: number, text: string): number {
  memory.set(Buffer.from(text));
  return network.send(fd, at, text.length);
}

function hear(network: PipeNetwork, fd: number): string | number {
  const count = network.receive(fd, at, memory.length);
  return count < 0 ? count : Buffer.from(memory.slice(0, count)).toString();
}

test("what is sent can be read once it has arrived, in order and in parts", () => {
  const network = new PipeNetwork();
  network.instant = false;
  const [near, far] = pair(network);
  expect(say(network, near, "hello")).toBe(5);
  expect([hear(network, far), network.isReadable(far)]).toEqual([-EAGAIN, false]);
  const pipe = network.sockets.get(near)!.output;
  pipe.deliver(2);
  expect([network.isReadable(far), hear(network, far), hear(network, far)]).toEqual([true, "he", -EAGAIN]);
  pipe.deliver(99);
  expect([hear(network, far), pipe.inFlight]).toEqual(["llo", 0]);
});

test("a full pipe takes a part, then nothing, until it is read", () => {
  const network = new PipeNetwork();
  network.capacity = 6;
  const [near, far] = pair(network);
  expect([say(network, near, "0123"), say(network, near, "4567"), say(network, near, "x")]).toEqual([4, 2, -EAGAIN]);
  expect(network.isWritable(near)).toBe(false);
  expect([hear(network, far), network.isWritable(near), say(network, near, "67")]).toEqual(["012345", true, 2]);
});

test("the end comes after the last byte; what is sent to nobody fails the second time", () => {
  const network = new PipeNetwork();
  const [near, far] = pair(network);
  say(network, near, "bye");
  network.closeSocket(near);
  expect([hear(network, far), hear(network, far)]).toEqual(["bye", ""]);
  expect([say(network, far, "?"), say(network, far, "?")]).toEqual([1, -EPIPE]);
});

test("a descriptor that is closed with bytes unread resets its peer", () => {
  const network = new PipeNetwork();
  const [near, far] = pair(network);
  say(network, near, "unread");
  network.closeSocket(far);
  expect([hear(network, near), say(network, near, "?")]).toEqual([-ECONNRESET, -EPIPE]);
});

test("a severed connection still brings some of what was under way", () => {
  const network = new PipeNetwork();
  network.instant = false;
  const [near, far] = pair(network);
  say(network, near, "half a message");
  network.sever(network.sockets.get(near)!, 4);
  expect([hear(network, far), hear(network, far), hear(network, near)]).toEqual(["half", -ECONNRESET, -ECONNRESET]);
});

test("streams, listeners, dialers and reactors run on it as they do on the kernel", () => {
  const network = new PipeNetwork();
  const reactor = new Reactor(4, false, network);
  const address = parseAddress("127.0.0.1", 9001);
  const dialer = new Dialer(new Stream(reactor, 4096, 4096), address);
  dialer.begin();
  expect(dialer.result()).toBe(CONNECTING);
  reactor.wait(0);
  expect(dialer.result()).toBe(REFUSED);
  dialer.giveUp();

  const listener = new Listener(reactor, "127.0.0.1", 9001);
  expect(() => new Listener(reactor, "127.0.0.1", 9001)).toThrow("127.0.0.1:9001");
  dialer.begin();
  reactor.wait(0);
  expect([dialer.result(), listener.ready]).toEqual([CONNECTED, true]);
  const far = new Stream(reactor, 4096, 4096);
  far.open(listener.accept(), false);
  outputOf(dialer.stream, 4).set(Buffer.from("ping"));
  dialer.stream.outTo = 4;
  expect([dialer.stream.flush(), far.receive(), far.inTo]).toEqual([4, 4, 4]);
  dialer.stream.close(false);
  reactor.wait(0);
  expect([far.readable, far.receive()]).toEqual([true, ENDED]);
  far.close(true);
  listener.close();
  expect([network.descriptors, network.connectResult(network.connect("127.0.0.1:9001"))]).toEqual([0, -ECONNREFUSED]);
});

test("a broken connection is told to the stream", () => {
  const network = new PipeNetwork();
  const reactor = new Reactor(4, false, network);
  const [near, far] = pair(network);
  const stream = new Stream(reactor, 4096, 4096);
  stream.open(near, false);
  network.abortSocket(far);
  expect(stream.room(4)).toBe(true);
  stream.outTo = 4;
  expect([stream.receive(), stream.flush()]).toEqual([BROKEN, BROKEN]);
});
