import { expect, test } from "bun:test";
import fc from "fast-check";
import { ascii } from "../../../src/base/ascii.ts";
import { utcTimestamp } from "../../../src/counterparty/message.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { daysFromCivil, TimestampReader, TimestampWriter } from "../../../src/fix/wire/timestamp.ts";
import { FIX44, headerText } from "../../../src/fix/wire/version.ts";
import { Writer } from "../../../src/fix/wire/write.ts";
import { drawn } from "../../property.ts";
import { bytesOf, fields, readable } from "./messages.ts";

const HEADER = headerText(FIX44, "GATEWAY", "CLIENT");
const WALL = Date.UTC(2026, 10, 24, 1, 2, 3, 45) * 1000 + 678;

test.each([0, 30, 900, 2000])(
  "BodyLength and CheckSum are right with %i bytes of text, wherever it begins",
  (length) => {
    for (let at = 0; at < 5; at++) {
      const writer = new Writer(bytesOf("", 8192));
      writer.at = at;
      writer.begin(HEADER, 56, 12, WALL);
      if (length > 0) writer.text(58, ascii("x".repeat(length)));
      writer.end();
      const message = fields(readable(writer.bytes, writer.from, writer.at));
      expect(writer.from).toBe(at);
      expect([...message.keys()].slice(0, 7)).toEqual([8, 9, 35, 34, 49, 52, 56]);
      expect(message.get(34)).toBe("12");
      expect(message.get(52)).toBe("20261124-01:02:03.045");
      expect(message.get(58)?.length ?? 0).toBe(length);
    }
  },
);

test.each([
  ["20261124-01:02:03.044", "20261124-01:02:03.044"],
  ["20261124-01:02:03.045", "20261124-01:02:03.045"],
  ["20261124-01:02:03.046", "20261124-01:02:03.045"],
  ["20261125-00:00:00", "20261124-01:02:03.045"],
  ["20261124-01:02:03", "20261124-01:02:03"],
])("a message of %s is sent again with an OrigSendingTime that is not after SendingTime: %s", (sent, expected) => {
  const writer = new Writer(bytesOf("", 8192));
  writer.beginAgain(HEADER, 56, 12, WALL, ascii(sent), 0, sent.length);
  writer.end();
  const message = fields(readable(writer.bytes, writer.from, writer.at));
  expect([message.get(52), message.get(122), message.get(43)]).toEqual(["20261124-01:02:03.045", expected, "Y"]);
});

test("the CheckSum is right for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 1500 }), (data) => {
      const writer = new Writer(bytesOf("", 8192));
      writer.begin(HEADER, 56, 1, WALL);
      writer.value(96, new Uint8Array(data.map((byte) => (byte === 1 || byte === 124 ? 2 : byte))), 0, data.length);
      writer.end();
      fields(readable(writer.bytes, writer.from, writer.at));
    }),
    drawn(),
  );
});

test("numbers of every size", () => {
  const writer = new Writer(bytesOf("", 8192));
  writer.begin(HEADER, 56, 1, WALL);
  writer.int(38, 2_147_483_647);
  writer.decimalE8(14, 9_100_000_000_000_000_000);
  writer.decimalE8(44, 15_025_000_000);
  writer.decimalE8(31, -1);
  writer.char(1128, 57);
  writer.end();
  const message = fields(readable(writer.bytes, writer.from, writer.at));
  expect([38, 14, 44, 31, 1128].map((tag) => message.get(tag))).toEqual([
    "2147483647",
    "91000000000",
    "150.25",
    "-0.00000001",
    "9",
  ]);
});

test("timestamps are those of the platform's calendar, and are read back", () => {
  const bytes = bytesOf("", 64);
  const writer = new TimestampWriter();
  const reader = new TimestampReader();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      writer.put(bytes, 0, ms * 1000);
      expect(readable(bytes, 0, 21)).toBe(utcTimestamp(ms * 1000));
      expect(reader.read(bytes, 0, 21)).toBe(ms * 1000);
      expect(reader.read(bytes, 0, 17)).toBe(Math.floor(ms / 1000) * 1_000_000);
    }),
    drawn(),
  );
  expect(daysFromCivil(1970, 1, 1)).toBe(0);
});

test.each([
  "2026112-01:02:03.123",
  "20261324-01:02:03",
  "20261124 01:02:03",
  "20261124-25:02:03",
  "20261124-01:02:03.",
  "20261124-01:02:03.1234567890123",
  "20260230-01:02:03",
  "20250229-01:02:03",
  "21000229-01:02:03",
  "20260431-01:02:03",
  "20260100-01:02:03",
  "x",
])("%s is no timestamp", (text) => expect(new TimestampReader().read(bytesOf(text), 0, text.length)).toBe(-1));

test.each(["123456", "1234567", "12345678", "123456789", "123456789012"])(
  "of .%s the microseconds are read",
  (text) => {
    const stamp = `20261124-01:02:03.${text}`;
    expect(new TimestampReader().read(bytesOf(stamp), 0, stamp.length) % 1_000_000).toBe(123_456);
  },
);

test.each(["20240229", "20000229", "20261231"])("%s is a day", (day) => {
  const stamp = `${day}-01:02:03`;
  const expected = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6)), 1, 2, 3);
  expect(new TimestampReader().read(bytesOf(stamp), 0, 17)).toBe(expected * 1000);
});

test("ids towards venues lead back to number and slot, and only ours do", () => {
  const ids = new VenueId(1_700_000_000);
  const bytes = bytesOf("", 64);
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(), (number, slot) => {
      const end = ids.put(bytes, 0, number, slot);
      expect(end).toBeLessThanOrEqual(36);
      expect(ids.read(bytes, 0, end)).toBe(true);
      expect([ids.number, ids.slot]).toEqual([number, slot]);
      expect(new VenueId(1_700_000_001).read(bytes, 0, end)).toBe(false);
    }),
    drawn(),
  );
  for (const text of ["", "S44WE8", "S44WE8-", "S44WE8-1", "S44WE8-1-", "S44WE8-x-1", "S44WE8--1", "SomethingElse"]) {
    expect(ids.read(bytesOf(text), 0, text.length)).toBe(false);
  }
});
