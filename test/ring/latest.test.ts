import { describe, expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { Latest } from "../../src/ring/latest.ts";

const AT = 64;
const BYTES = 24;

function fixture(): { views: Views; writer: Latest; reader: Latest; copy: Views } {
  const views = Views.allocate(AT + Latest.bytesFor(BYTES));
  return {
    views,
    writer: new Latest(views, AT, BYTES),
    reader: new Latest(views, AT, BYTES),
    copy: Views.allocate(64),
  };
}

function show(latest: Latest, a: number, b: number): void {
  const at = latest.begin();
  latest.views.doubles[at >> 3] = a;
  latest.views.doubles[(at >> 3) + 2] = b;
  latest.end();
}

describe("Latest", () => {
  test("reads zeros before the first value, then the latest one", () => {
    const { writer, reader, copy } = fixture();
    copy.doubles[1] = 7;
    expect(reader.read(copy, 8)).toBe(true);
    expect(copy.doubles[1]).toBe(0);
    show(writer, 1.5, 2.5);
    show(writer, 3.5, 4.5);
    expect(reader.read(copy, 8)).toBe(true);
    expect([copy.doubles[1], copy.doubles[3]]).toEqual([3.5, 4.5]);
  });

  test("shows nothing of a draft before its end, and keeps what the draft does not change", () => {
    const { views, writer, reader, copy } = fixture();
    show(writer, 1, 2);
    const at = writer.begin();
    views.doubles[at >> 3] = 9;
    expect(reader.read(copy, 0)).toBe(true);
    expect([copy.doubles[0], copy.doubles[2]]).toEqual([1, 2]);
    writer.end();
    expect(reader.read(copy, 0)).toBe(true);
    expect([copy.doubles[0], copy.doubles[2]]).toEqual([9, 2]);
  });

  test("changes its version with every value, across the int32 edge", () => {
    const { views, writer, reader, copy } = fixture();
    views.ints[AT >> 2] = 2 ** 31 - 2;
    const seen = new Set([reader.version()]);
    for (let i = 1; i <= 4; i++) {
      show(writer, i, -i);
      seen.add(reader.version());
      expect(reader.read(copy, 0)).toBe(true);
      expect([copy.doubles[0], copy.doubles[2]]).toEqual([i, -i]);
    }
    expect(seen.size).toBe(5);
    expect(reader.version()).toBe((2 ** 31 + 2) | 0);
  });

  test("keeps the last whole value readable when a writer dies in its draft; a successor goes on from it", () => {
    const { views, writer, reader, copy } = fixture();
    show(writer, 1, 2);
    views.doubles[writer.begin() >> 3] = 100;
    const successor = new Latest(views, AT, BYTES);
    expect(reader.read(copy, 0)).toBe(true);
    expect([copy.doubles[0], copy.doubles[2]]).toEqual([1, 2]);
    show(successor, 3, 4);
    expect(reader.read(copy, 0)).toBe(true);
    expect([copy.doubles[0], copy.doubles[2]]).toEqual([3, 4]);
    expect(reader.version()).toBe(2);
  });

  test("stays inside its memory", () => {
    const { views, writer } = fixture();
    const end = AT + Latest.bytesFor(BYTES);
    views.bytes.fill(0xee, end);
    views.bytes.fill(0xee, 0, AT);
    for (let i = 0; i < 8; i++) show(writer, i, i);
    expect(views.bytes.subarray(end).every((byte) => byte === 0xee)).toBe(true);
    expect(views.bytes.subarray(0, AT).every((byte) => byte === 0xee)).toBe(true);
  });

  test("refuses memory that it does not fit in", () => {
    expect(() => new Latest(Views.allocate(4096), 4096 - 64, BYTES)).toThrow("TOO_SMALL");
  });
});
