import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { addressedCount, addressOf } from "../../ffi/memory.ts";
import { openSsl } from "../../ffi/openssl.ts";
import { Poller } from "../../ffi/poller.ts";
import { closeSocket, receive } from "../../ffi/socket.ts";
import {
  beginClient,
  beginServer,
  freeContext,
  freeSession,
  HANDSHAKE_DONE,
  handshake,
  makeContext,
  RECORD_BYTES,
  RECORD_WAITS,
  readRecord,
  writeRecord,
} from "../../ffi/tls.ts";
import { Relays } from "../../src/tls/relays.ts";
import { Certificates, OPENSSL } from "../e2e/certificates.ts";
import { until, untilSync } from "../eventually.ts";
import { connection } from "../net/sockets.ts";

describe.skipIf(OPENSSL === null)("relays of the API (need the openssl command)", () => {
  let all: Certificates;
  let behind: Server;
  let server = 0;
  let client = 0;
  const poller = new Poller();
  const relays = new Relays(poller);
  const memory = new ArrayBuffer(65_536);
  const at = addressOf(memory);

  beforeAll(async () => {
    all = new Certificates();
    const main = all.authority("main");
    const files = all.make("server", { subject: "/CN=gateway", names: "DNS:gateway.example", by: main });
    server = makeContext({ ...files, isServer: true, minVersion: "1.2", clientCertificate: "none" });
    client = makeContext({ ca: main.certificate, isServer: false, minVersion: "1.2", clientCertificate: "none" });
    behind = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", (line) => socket.end(`got ${line}`));
    });
    await new Promise<void>((resolve) => behind.listen(all.path("api.sock"), resolve));
    relays.open(all.path("api.sock"));
  });

  afterAll(() => {
    relays.close();
    poller.close();
    behind?.close();
    if (server !== 0) freeContext(server);
    if (client !== 0) freeContext(client);
    all?.remove();
  });

  /** A connection whose handshake is done. */
  function begun(line: string): { operator: number; far: number } {
    const { near, far } = connection();
    const ours = beginServer(server, near);
    const operator = beginClient(client, far, "gateway.example", false);
    let isNear = false;
    let isFar = false;
    untilSync("a handshake", () => {
      isNear ||= handshake(ours) === HANDSHAKE_DONE;
      isFar ||= handshake(operator) === HANDSHAKE_DONE;
      return isNear && isFar;
    });
    expect(relays.begin(ours, near, line)).toBeNull();
    return { operator, far };
  }

  function turn(): void {
    const count = poller.wait(0);
    for (let i = 0; i < count; i++) relays.take(poller.token(i), poller.failed(i));
    relays.turn();
    relays.settle();
  }

  /** One connection from its handshake to its end. Returns  what the operator got. */
  async function relayed(line: string): Promise<string> {
    const { operator, far } = begun(line);
    let got = "";
    await until("the end of an answer", () => {
      turn();
      const bytes = readRecord(operator, at, memory.byteLength);
      if (bytes > 0) got += Buffer.from(memory, 0, bytes).toString();
      return bytes <= 0 && bytes !== RECORD_WAITS;
    });
    freeSession(operator);
    closeSocket(far);
    return got;
  }

  test("pass on an answer whole, and take no memory for each connection that is never freed", async () => {
    expect(await relayed("first")).toBe("got first\n");
    const before = addressedCount();
    for (let i = 0; i < 5; i++) expect(await relayed(`next ${i}`)).toBe(`got next ${i}\n`);
    // The test's own sockets take two addresses for each connection.
    expect(addressedCount() - before).toBe(5 * 2);
  });

  test("say why they don't take a connection: names of a certificate that no record has room for", () => {
    expect(relays.begin(0, -1, "x".repeat(RECORD_BYTES))).toBe(
      "expected a certificate whose names take at most 16384 bytes, got 16385",
    );
  });

  test("end a connection of records without data", () => {
    const { operator, far } = begun("silent");
    // Its answer waits for the main thread, which this test holds.
    untilSync("an end", () => {
      for (let i = 0; i < 20; i++) {
        openSsl().SSL_key_update(operator, 0);
        handshake(operator);
      }
      turn();
      const bytes = readRecord(operator, at, memory.byteLength);
      return bytes <= 0 && bytes !== RECORD_WAITS;
    });
    freeSession(operator);
    closeSocket(far);
  });

  test("what an operator sends after its answer is no reset", async () => {
    const { operator, far } = begun("early");
    await until("the end of an answer", () => {
      turn();
      return readRecord(operator, at, memory.byteLength) === 0;
    });
    for (let i = 0; i < 5; i++) {
      expect(writeRecord(operator, at, 10_000)).toBe(10_000);
      turn();
    }
    expect(receive(far, at, 100)).toBe(0);
    freeSession(operator);
    closeSocket(far);
  });
});
