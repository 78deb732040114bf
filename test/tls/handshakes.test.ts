import { expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { closeFd } from "../../ffi/file.ts";
import { addressOf, SCRATCH_BYTES } from "../../ffi/memory.ts";
import { makePipe, readPipe } from "../../ffi/pipe.ts";
import { closeSocket, listenTcp, localPort } from "../../ffi/socket.ts";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { HANDED_BYTES, REASON_WORD } from "../../src/net/handed.ts";
import { Handshakes } from "../../src/tls/handshakes.ts";
import { until } from "../eventually.ts";

const PIPE_BYTES = 65_536;
const COUNT = 400;

test("refused connections of which a lane takes no word wait in the kernel's queue, and none is forgotten", async () => {
  const listenFd = listenTcp("127.0.0.1", 0, COUNT);
  const { readFd, writeFd } = makePipe();
  const limits = { timeoutMs: 60_000, mostHandshakes: 2, mostPerAddress: 1 };
  const says = { warn: () => {}, refuse: () => {} };
  const server = { name: "client", listenFds: [listenFd], pipeFd: writeFd, ...limits } as const;
  const handshakes = new Handshakes({ contexts: {}, servers: [server], targets: [], dials: [] }, says);
  const memory = new ArrayBuffer(SCRATCH_BYTES);
  const sockets: Socket[] = [];
  let ended = 0;
  let openCount = 0;
  /** Turns until nothing has ended in some of them. */
  const settle = async (): Promise<void> => {
    for (let before = -1; ended !== before; ) {
      before = ended;
      for (let i = 0; i < 20; i++) {
        handshakes.wakeup.wake();
        handshakes.turn();
        await Bun.sleep(1);
      }
    }
  };
  try {
    for (let i = 0; i < COUNT; i++) {
      const socket = connect({ host: "127.0.0.1", port: localPort(listenFd) }, () => openCount++);
      socket.on("error", () => {});
      socket.on("close", () => ended++);
      socket.resume();
      sockets.push(socket);
    }
    await until("all connections", () => openCount === COUNT);
    await settle();
    // One is under way, one waits for the lane, and one for a place.
    expect(ended).toBe(PIPE_BYTES / HANDED_BYTES + 1);
    let said = 0;
    while (said < COUNT - 1) {
      const before = said;
      while (readPipe(readFd, addressOf(memory), HANDED_BYTES) === HANDED_BYTES) {
        said++;
        expect(new Int32Array(memory)[REASON_WORD]).toBe(DisconnectReason.HANDSHAKE_SHARE);
      }
      await settle();
      if (said === before) break;
    }
    expect([said, ended]).toEqual([COUNT - 1, COUNT - 1]);
  } finally {
    for (const socket of sockets) socket.destroy();
    handshakes.close();
    closeSocket(listenFd);
    for (const fd of [readFd, writeFd]) closeFd(fd);
  }
});
