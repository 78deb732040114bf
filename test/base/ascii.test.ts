import { expect, test } from "bun:test";
import { ascii, equals, put, text } from "../../src/base/ascii.ts";

test("bytes and text are each other's", () => {
  const bytes = ascii("8=FIX.4.4\x01");
  expect([...bytes]).toEqual([...Buffer.from("8=FIX.4.4\x01", "latin1")]);
  expect([text(bytes, 0, bytes.length), text(bytes, 2, 5), text(bytes, 3, 3)]).toEqual(["8=FIX.4.4\x01", "FIX", ""]);
});

test("equal means all of it", () => {
  const bytes = ascii("xABCx");
  expect(equals(bytes, 1, 4, ascii("ABC"))).toBe(true);
  for (const other of ["AB", "ABCx", "ABD", "xBC", ""]) expect(equals(bytes, 1, 4, ascii(other))).toBe(false);
});

test("put writes only what it is given", () => {
  const bytes = ascii("......");
  expect(put(bytes, 2, ascii("AB"))).toBe(4);
  expect(text(bytes, 0, 6)).toBe("..AB..");
});
