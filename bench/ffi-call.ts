// Cost of a call into libc, on one thread: a few nanoseconds for FFI, the rest is the kernel's.
import { monotonicNs, wallUs } from "../ffi/clock.ts";
import { EAGAIN, EBADF } from "../ffi/errno.ts";
import { addressOf, copyMemory } from "../ffi/memory.ts";
import { Poller, Wakeup } from "../ffi/poller.ts";
import { acceptTcp, closeSocket, connectTcp, listenTcp, localPort, receive, send } from "../ffi/socket.ts";
import { Views } from "../src/base/views.ts";
import { bench, check, scaled } from "./measure.ts";

const MESSAGE_BYTES = 200;
const SLOT_BYTES = 256;
const SLOTS = 128;

const views = Views.allocate(2 * SLOTS * SLOT_BYTES);
const address = addressOf(views);
const copies = address + SLOTS * SLOT_BYTES;
for (let i = 0; i < MESSAGE_BYTES; i++) views.bytes[i] = i;

const listening = listenTcp("127.0.0.1", 0, 1);
const client = connectTcp("127.0.0.1", localPort(listening));
const poller = new Poller();
poller.add(listening, 0, false);
check("connections", poller.wait(5000), 1);
const server = acceptTcp(listening);
poller.remove(listening);
poller.add(server, 1, false);

const calls = scaled(1_000_000);

bench(
  `copy ${MESSAGE_BYTES} bytes`,
  calls,
  (operations) => {
    for (let i = 0; i < operations; i++) {
      views.bytes[MESSAGE_BYTES - 1] = i;
      copyMemory(copies + (i & (SLOTS - 1)) * SLOT_BYTES, address, MESSAGE_BYTES);
    }
    return views.bytes[SLOTS * SLOT_BYTES + ((operations - 1) & (SLOTS - 1)) * SLOT_BYTES + MESSAGE_BYTES - 1]!;
  },
  (calls - 1) & 0xff,
);

bench(
  "monotonic clock",
  calls,
  (operations) => {
    let backwards = 0;
    let last = 0;
    for (let i = 0; i < operations; i++) {
      const now = monotonicNs();
      if (now < last) backwards++;
      last = now;
    }
    return backwards;
  },
  0,
);

bench(
  "wall clock",
  calls,
  (operations) => {
    const dayUs = 86_400_000_000;
    const about = Date.now() * 1000;
    let wrong = 0;
    for (let i = 0; i < operations; i++) if (Math.abs(wallUs() - about) > dayUs) wrong++;
    return wrong;
  },
  0,
);

bench("a call the kernel refuses, with its errno", calls, (operations) => receiveSum(-1, operations), -EBADF * calls);

bench("receive with nothing there", calls, (operations) => receiveSum(server, operations), -EAGAIN * calls);

bench(
  "look for events with none there",
  calls,
  (operations) => {
    let events = 0;
    for (let i = 0; i < operations; i++) events += poller.wait(0);
    return events;
  },
  0,
);

const wakeup = new Wakeup();
poller.add(wakeup.fd, 2, false);
const wakes = scaled(200_000);
bench(
  "ring a wakeup, see it, drain it",
  wakes,
  (operations) => {
    let tokens = 0;
    for (let i = 0; i < operations; i++) {
      wakeup.wake();
      if (poller.wait(0) === 1) tokens += poller.token(0);
      wakeup.drain();
    }
    return tokens;
  },
  2 * wakes,
);

const messages = scaled(200_000);
bench(
  `send and receive ${MESSAGE_BYTES} bytes over loopback TCP, one thread`,
  messages,
  (operations) => {
    let bytes = 0;
    for (let i = 0; i < operations; i++) {
      bytes -= send(client, address, MESSAGE_BYTES);
      // On a busy machine the kernel may deliver the bytes later.
      for (let came = 0; came < MESSAGE_BYTES; ) {
        const count = receive(server, copies, SLOT_BYTES);
        if (count > 0) came += count;
        else if (count !== -EAGAIN) return count;
      }
      bytes += 2 * MESSAGE_BYTES;
    }
    return bytes;
  },
  messages * MESSAGE_BYTES,
);

for (const fd of [client, server, listening]) closeSocket(fd);

function receiveSum(fd: number, operations: number): number {
  let sum = 0;
  for (let i = 0; i < operations; i++) sum += receive(fd, copies, SLOT_BYTES);
  return sum;
}
