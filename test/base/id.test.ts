import { expect, test } from "bun:test";
import { ascii } from "../../src/base/ascii.ts";
import { copyId, hashId, ID_BYTES, idText, putId, sameId } from "../../src/base/id.ts";
import { Views } from "../../src/base/views.ts";

const views = Views.allocate(4096);
const FULL = "abcdefghijklmnopqrstuvwxyz012345";

function id(at: number, value: string): void {
  putId(views, at, ascii(value), 0, value.length);
}

test("a copy is the same in every byte, and touches no neighbour", () => {
  views.bytes.fill(0x55);
  id(0, FULL);
  copyId(views.ints, 128, views.ints, 0);
  expect([idText(views.bytes, 128), sameId(views.ints, 0, views.ints, 128)]).toEqual([FULL, true]);
  expect([views.bytes[127], views.bytes[128 + ID_BYTES]]).toEqual([0x55, 0x55]);
});

test("ids differ when any one byte of them does, and then so do nearly all hashes", () => {
  id(0, FULL);
  const hash = hashId(views.ints, 0, 7);
  for (let i = 0; i < ID_BYTES; i++) {
    id(64, `${FULL.slice(0, i)}~${FULL.slice(i + 1)}`);
    expect(sameId(views.ints, 0, views.ints, 64)).toBe(false);
    expect(hashId(views.ints, 64, 7)).not.toBe(hash);
  }
  id(64, FULL);
  expect(hashId(views.ints, 64, 7)).toBe(hash);
  expect(hashId(views.ints, 64, 8)).not.toBe(hash);
});
