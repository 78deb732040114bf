import { describe, expect, test } from "bun:test";
import { ascii } from "../../src/base/ascii.ts";
import { Views } from "../../src/base/views.ts";
import {
  DISCONNECT_RECORD_BYTES,
  DisconnectRecordWriter,
  readDisconnectRecord,
} from "../../src/telemetry/disconnect-record.ts";
import {
  ROW_COMP_ID_AT,
  ROW_COMP_ID_LENGTH,
  ROW_DISCONNECT_AT,
  ROW_MESSAGES_IN,
  ROW_NEXT_IN,
  ROW_PEER,
  ROW_STATE,
  SESSION_ROW_BYTES,
  SessionRowReader,
  SessionRowWriter,
} from "../../src/telemetry/session-rows.ts";

const AT = 2 * SESSION_ROW_BYTES;

function rig(): { views: Views; writer: SessionRowWriter; reader: SessionRowReader } {
  const views = Views.allocate(4 * SESSION_ROW_BYTES);
  return { views, writer: new SessionRowWriter(views), reader: new SessionRowReader(views) };
}

describe("a session's row", () => {
  test("is read as it was written, and its neighbours stay zero", () => {
    const { views, writer, reader } = rig();
    writer.begin(AT);
    writer.int(ROW_STATE, 3);
    writer.int(ROW_NEXT_IN, -7);
    writer.number(ROW_MESSAGES_IN, 2 ** 40 + 1);
    writer.peer(new Int32Array([0, 0, -65_536, 0x0100007f, 51_234]));
    writer.compId(ascii("DESK-E7"));
    writer.end();
    const row = reader.read(AT);
    expect(row.ints[ROW_STATE]).toBe(3);
    expect(row.ints[ROW_NEXT_IN]).toBe(-7);
    expect(row.doubles[ROW_MESSAGES_IN]).toBe(2 ** 40 + 1);
    expect(Array.from(row.ints.slice(ROW_PEER, ROW_PEER + 5))).toEqual([0, 0, -65_536, 0x0100007f, 51_234]);
    const length = row.ints[ROW_COMP_ID_LENGTH]!;
    expect(Buffer.from(row.bytes.slice(ROW_COMP_ID_AT, ROW_COMP_ID_AT + length)).toString()).toBe("DESK-E7");
    expect(views.bytes.slice(0, AT).every((byte) => byte === 0)).toBeTrue();
    expect(views.bytes.slice(AT + SESSION_ROW_BYTES).every((byte) => byte === 0)).toBeTrue();
  });

  test("has a CompID of 32 characters whole, and a shorter one after it alone", () => {
    const { writer, reader } = rig();
    for (const id of ["A".repeat(32), "SHORT"]) {
      writer.begin(AT);
      writer.compId(ascii(id));
      writer.end();
      const { bytes, ints } = reader.read(AT);
      expect(Buffer.from(bytes.slice(ROW_COMP_ID_AT, ROW_COMP_ID_AT + 32)).toString()).toBe(id.padEnd(32, "\0"));
      expect(ints[ROW_COMP_ID_LENGTH]).toBe(id.length);
    }
  });

  test("keeps the record of how a connection ended, without bytes of the one before", () => {
    const { writer, reader } = rig();
    const record = new DisconnectRecordWriter(Views.allocate(DISCONNECT_RECORD_BYTES));
    for (const text of ["a long text of the peer", "bye"]) {
      record.set(12, 34, 2, 5, new Int32Array([0, 0, -65_536, 0x0100007f, 9001]));
      record.text(ascii(text), 0, text.length);
      writer.begin(AT);
      writer.disconnect(record.views);
      writer.end();
      expect(readDisconnectRecord(reader.read(AT), ROW_DISCONNECT_AT, 224)).toEqual({
        nextOut: 12,
        nextIn: 34,
        reason: 2,
        pendingBytes: 5,
        peer: "127.0.0.1:9001",
        text,
      });
    }
  });

  test("is not read while it is being written", () => {
    const { writer, reader } = rig();
    writer.begin(AT);
    expect(() => reader.read(AT)).toThrow("expected a moment without changes");
    writer.end();
    expect(reader.read(AT).ints[ROW_STATE]).toBe(0);
  });

  test("is of one moment while its writer never pauses", async () => {
    const memory = new SharedArrayBuffer(SESSION_ROW_BYTES);
    const views = new Views(memory);
    const reader = new SessionRowReader(views);
    const worker = new Worker(new URL("./row-writer.ts", import.meta.url));
    try {
      worker.postMessage(memory);
      let seen = 0;
      for (let reads = 0; reads < 200_000 && seen < 1000; reads++) {
        const { ints, doubles } = reader.read(0);
        const value = ints[ROW_NEXT_IN]!;
        expect(doubles[ROW_MESSAGES_IN]).toBe(value);
        expect(ints[ROW_COMP_ID_AT >> 2]).toBe(value === 0 ? 0 : 0x30303030 + (value % 10));
        if (value > 0) seen++;
        else await Bun.sleep(1);
      }
      expect(seen).toBe(1000);
    } finally {
      worker.terminate();
    }
  });
});
