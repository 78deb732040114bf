import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { openSsl } from "../../ffi/openssl.ts";
import { closeSocket, setBufferSizes } from "../../ffi/socket.ts";
import {
  beginClient,
  beginServer,
  endSession,
  freeContext,
  HANDSHAKE_DONE,
  HANDSHAKE_FAILED,
  handshake,
  handshakeProblem,
  makeContext,
  RECORD_CUT,
  RECORD_WAITS,
  readRecord,
  writeRecord,
} from "../../ffi/tls.ts";
import { Reactor } from "../../src/net/reactor.ts";
import { Stream } from "../../src/net/stream.ts";
import { BAD_RECORD, CUT, ENDED } from "../../src/net/stream-end.ts";
import { TlsChannel } from "../../src/net/tls-channel.ts";
import { Certificates, OPENSSL } from "../e2e/certificates.ts";
import { untilSync } from "../eventually.ts";
import { TestPool } from "../pool/pool.ts";
import { connection } from "./sockets.ts";

const BUFFER = 1 << 20;

describe.skipIf(OPENSSL === null)("a stream with TLS (needs the openssl command)", () => {
  let all: Certificates;
  let server = 0;
  let client = 0;
  const reactors: Reactor[] = [];
  const memory = new ArrayBuffer(BUFFER);
  const bytes = new Uint8Array(memory);
  const at = addressOf(memory);

  beforeAll(() => {
    all = new Certificates();
    const main = all.authority("main");
    const files = all.make("server", { subject: "/CN=gateway", names: "DNS:gateway.example", by: main });
    server = makeContext({ ...files, isServer: true, minVersion: "1.2", clientCertificate: "none" });
    client = makeContext({ ca: main.certificate, isServer: false, minVersion: "1.2", clientCertificate: "none" });
  });

  afterEach(() => {
    for (const reactor of reactors.splice(0)) reactor.close();
  });

  afterAll(() => {
    if (server !== 0) freeContext(server);
    if (client !== 0) freeContext(client);
    all?.remove();
  });

  /** A stream whose handshake is done, and the session of its far end. */
  function pair(outBytes = 65_536, mostUnsent = outBytes) {
    const pool = new TestPool(16);
    const reactor = new Reactor(2, false, undefined, pool.lanes[0]!);
    reactors.push(reactor);
    const { near, far } = connection();
    setBufferSizes(near, 65_536, 16_384);
    setBufferSizes(far, 65_536, 65_536);
    const nearSession = beginServer(server, near);
    const farSession = beginClient(client, far, "gateway.example", false);
    let isNear = false;
    let isFar = false;
    untilSync("a handshake", () => {
      isNear ||= handshake(nearSession) === HANDSHAKE_DONE;
      isFar ||= handshake(farSession) === HANDSHAKE_DONE;
      return isNear && isFar;
    });
    const stream = new Stream(reactor, 0, outBytes, mostUnsent);
    stream.tls = new TlsChannel();
    stream.open(near, false);
    stream.tls.begin(nearSession);
    return { stream, reactor, farSession, far };
  }

  /** Reads what has come at the far end. */
  function readFar(session: number): Buffer {
    const count = readRecord(session, at, BUFFER);
    return count > 0 ? Buffer.from(bytes.slice(0, count)) : Buffer.alloc(0);
  }

  test.each(["alone", "with key updates"])(
    "output that the socket does not take waits, moves to the backlog, and arrives whole and in order: %s",
    (how) => {
      const { stream, reactor, farSession } = pair(65_536, 1 << 20);
      let seed = 7;
      const random = (below: number): number => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
        return seed % below;
      };
      const sent: Buffer[] = [];
      const got: Buffer[] = [];
      let unread = 0;
      let wasBlocked = 0;
      for (let round = 0; round < 2_000; round++) {
        const length = 1 + random(round % 100 === 0 ? 30_000 : 3_000);
        if (stream.room(32_768)) {
          const piece = Buffer.from(Array.from({ length }, () => random(256)));
          bytes.set(piece);
          copyMemory(stream.outAddress + stream.outTo, at, length);
          stream.wrote(stream.outTo + length);
          sent.push(piece);
          unread += length;
        }
        if (random(3) === 0 && stream.unsent > 0) expect(stream.flush()).toBeGreaterThanOrEqual(0);
        if (stream.blocked) wasBlocked++;
        if (how.includes("updates") && random(4) === 0) {
          openSsl().SSL_key_update(farSession, 1);
          handshake(farSession);
        }
        expect(stream.receive()).toBe(0);
        if (random(4) === 0) {
          const piece = readFar(farSession);
          got.push(piece);
          unread -= piece.length;
        }
      }
      untilSync("all bytes", () => {
        reactor.wait(0);
        if (stream.unsent > 0) expect(stream.flush()).toBeGreaterThanOrEqual(0);
        const piece = readFar(farSession);
        got.push(piece);
        unread -= piece.length;
        return unread === 0;
      });
      expect(wasBlocked).toBeGreaterThan(100);
      expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
      expect(stream.unsent).toBe(0);
      stream.close(false);
      endSession(farSession, false);
    },
  );

  test("input comes record by record, and its end says whether something may be missing", () => {
    const proper = pair();
    for (const text of ["one", "two"]) {
      bytes.set(Buffer.from(text));
      expect(writeRecord(proper.farSession, at, text.length)).toBe(text.length);
    }
    untilSync("both records", () => proper.stream.receive() >= 0 && proper.stream.inTo - proper.stream.inFrom === 6);
    expect(Buffer.from(proper.stream.in.slice(proper.stream.inFrom, proper.stream.inTo)).toString()).toBe("onetwo");
    endSession(proper.farSession, true);
    let end = 0;
    untilSync("an end", () => (end = proper.stream.receive()) !== 0);
    expect(end).toBe(ENDED);
    proper.stream.close(false);

    const cut = pair();
    endSession(cut.farSession, false);
    cut.reactor.network.closeSocket(cut.far);
    untilSync("an end", () => (end = cut.stream.receive()) !== 0);
    expect(end).toBe(CUT);
    cut.stream.close(false);

    const unsent = pair();
    expect(unsent.stream.room(4)).toBe(true);
    unsent.stream.wrote(unsent.stream.outTo + 4);
    unsent.stream.close(false);
    untilSync("an end", () => (end = readRecord(unsent.farSession, at, BUFFER)) !== RECORD_WAITS);
    expect(end).toBe(RECORD_CUT);
    endSession(unsent.farSession, false);
    closeSocket(unsent.far);

    const wrong = pair();
    bytes.set(Buffer.from("no record at all, and long enough to be read as one"));
    wrong.reactor.network.send(wrong.far, at, 40);
    untilSync("an end", () => (end = wrong.stream.receive()) !== 0);
    expect(end).toBe(BAD_RECORD);
    wrong.stream.close(false);
    // What went wrong in one session is no error of the next on this thread.
    const next = pair();
    expect(readRecord(next.farSession, at, BUFFER)).toBe(RECORD_WAITS);
    expect(next.stream.receive()).toBe(0);
    next.stream.close(false);
  });

  test("records without data take a receive each, do not hide the data behind them, and end a connection that has only them", () => {
    const { stream, farSession, far } = pair();
    const update = (): void => {
      expect(openSsl().SSL_key_update(farSession, 0)).toBe(1);
      expect(handshake(farSession)).toBe(HANDSHAKE_DONE);
    };
    const updates = 20;
    for (let i = 0; i < updates; i++) update();
    bytes.set(Buffer.from("data"));
    expect(writeRecord(farSession, at, 4)).toBe(4);
    let receives = 0;
    let count = 0;
    // One receive takes what the memory has, and one more of the socket.
    untilSync("the data", () => {
      receives++;
      count = stream.receive();
      return count !== 0;
    });
    expect(count).toBe(4);
    expect(receives).toBeGreaterThan(updates / 2);
    let end = 0;
    for (let i = 0; end === 0 && i < 20_000; i++) {
      update();
      end = stream.receive();
    }
    expect(end).toBe(BAD_RECORD);
    expect(Buffer.from(stream.tls!.problem).toString()).toBe("too many records without data");
    stream.close(false);
    endSession(farSession, false);
    closeSocket(far);
  });

  test.each([
    ["another name", "other.example", false, "hostname mismatch"],
    ["another address", "192.0.2.1", true, "IP address mismatch"],
    ["another address with a zone", "fe80::1%lo", true, "IP address mismatch"],
  ])("a client refuses a server of %s", (_, name, isAddress, reason) => {
    const { near, far } = connection();
    const nearSession = beginServer(server, near);
    const farSession = beginClient(client, far, name, isAddress);
    let state = 0;
    untilSync("a refusal", () => {
      handshake(nearSession);
      state = handshake(farSession);
      return state === HANDSHAKE_FAILED;
    });
    expect(handshakeProblem(farSession)).toContain(reason);
    endSession(nearSession, false);
    endSession(farSession, false);
  });

  test("a client does not begin where the name can't be checked", () => {
    const { near, far } = connection();
    expect(beginClient(client, far, "no address", true)).toBe(0);
    closeSocket(near);
    closeSocket(far);
  });
});
