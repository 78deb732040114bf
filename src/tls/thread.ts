import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { setThreadName } from "../../ffi/thread.ts";
import { Handshakes } from "./handshakes.ts";
import type { FromHandshakes, HandshakesData, ToHandshakes } from "./words.ts";

/** Runs a thread of handshakes until the main thread stops it. */
export async function runHandshakes(): Promise<void> {
  try {
    await run(workerData as HandshakesData);
  } catch (error) {
    post({ failed: (error as Error).message });
  }
}

async function run(data: HandshakesData): Promise<void> {
  setThreadName(data.thread);
  // Of this thread alone. It can't fail: it asks for less.
  setPriority(data.nice);
  const handshakes = new Handshakes(data, {
    warn: (warning) => post({ warning }),
    refuse: (refused) => post({ refused }),
  });
  let isStopping = false;
  parentPort!.on("message", (message: ToHandshakes) => {
    handshakes.take(message);
    if (message.targets !== undefined) post({ targets: handshakes.targetCount });
    if (message.stop === true) isStopping = true;
  });
  post({ ready: { wakeupFd: handshakes.wakeup.fd } });
  while (!isStopping) {
    handshakes.turn();
    // Messages of the main thread come in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  handshakes.close();
  parentPort!.removeAllListeners("message");
  post({ stopped: true });
}

function post(message: FromHandshakes): void {
  parentPort!.postMessage(message);
}
