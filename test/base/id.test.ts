import { expect, test } from "bun:test";
import { ascii } from "../../src/base/ascii.ts";
import { copyId, hashId, ID_BYTES, idText, putId, SHORT_ID_BYTES, sameId } from "../../src/base/id.ts";
import { Views } from "../../src/base/views.ts";

const views = Views.allocate(4096);
const SHORT = "abcdefghijklmnopqrstuvwxyz012345";
const LONG = SHORT + SHORT.toUpperCase();

function id(at: number, value: string): void {
  putId(views, at, ascii(value), 0, value.length);
}

test.each(["", "A", SHORT, `${SHORT}6`, LONG])(
  "a copy of '%s' is the same in every byte, and touches no neighbour",
  (value) => {
    views.bytes.fill(0x55);
    id(0, value);
    copyId(views.ints, 128, views.ints, 0, value.length);
    const room = value.length > SHORT_ID_BYTES ? ID_BYTES : SHORT_ID_BYTES;
    expect(idText(views.bytes, 128, room)).toBe(value.padEnd(room, "\0"));
    expect(sameId(views.ints, 0, views.ints, 128, value.length)).toBe(true);
    expect([views.bytes[127], views.bytes[128 + room]]).toEqual([0x55, 0x55]);
  },
);

test.each([SHORT, `${SHORT}6`, LONG])(
  "ids like '%s' differ when any one byte of them does, and then so do their hashes",
  (value) => {
    const { length } = value;
    id(0, value);
    const hash = hashId(views.ints, 0, length, 7);
    for (let i = 0; i < length; i++) {
      id(64, `${value.slice(0, i)}~${value.slice(i + 1)}`);
      expect(sameId(views.ints, 0, views.ints, 64, length)).toBe(false);
      expect(hashId(views.ints, 64, length, 7)).not.toBe(hash);
    }
    id(64, value);
    expect(hashId(views.ints, 64, length, 7)).toBe(hash);
    expect(hashId(views.ints, 64, length, 8)).not.toBe(hash);
  },
);
