import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";

test("memory of more than 2 GiB has views of all of it", () => {
  const bytes = 2 ** 31 + 4096;
  // Pages that nobody touches take no memory.
  const views = new Views(new SharedArrayBuffer(bytes));
  expect([views.bytes.length, views.ints.length, views.doubles.length]).toEqual([bytes, bytes / 4, bytes / 8]);
});
