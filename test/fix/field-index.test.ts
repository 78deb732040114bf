import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { assembled } from "../../appliance/assemble.ts";
import { addressOf } from "../../ffi/memory.ts";
import { FieldIndex } from "../../src/fix/field-index.ts";
import { FIELD_INDEX_CODE } from "../../src/fix/field-index-code.ts";
import { Scanner } from "../../src/fix/scan.ts";
import { bytesOf, frame } from "./messages.ts";

const buffer = new ArrayBuffer(65_536);
const bytes = new Uint8Array(buffer);
const address = addressOf(buffer);

/** All that a scan leaves behind. */
function seen(scanner: Scanner, from: number, to: number, at: number): unknown {
  const length = scanner.scan(bytes, from, to, at);
  if (length <= 0) return { length, next: scanner.next };
  const { count, msgType, repeatedTag, emptyField, badTagField, strayField, countTag } = scanner;
  const found: number[] = [];
  for (let tag = 0; tag < 1100; tag++) if (scanner.find(tag) >= 0) found.push(tag, scanner.find(tag));
  const fields = [scanner.tags, scanner.starts, scanner.ends].map((part) => [...part.subarray(0, count)]);
  return {
    length,
    from: scanner.from,
    to: scanner.to,
    count,
    msgType,
    repeatedTag,
    emptyField,
    badTagField,
    strayField,
    countTag,
    found,
    fields,
  };
}

function expectSame(text: Uint8Array, from: number): void {
  bytes.fill(0);
  bytes.set(text, from);
  // What lies behind the message is nothing of its own, whatever it is.
  bytes.fill(1, from + text.length, from + text.length + 40);
  const ours = JSON.stringify(seen(fast, from, from + text.length, address));
  expect(ours).toBe(JSON.stringify(seen(slow, from, from + text.length, 0)));
}

const fast = new Scanner(60_000, new FieldIndex());
const slow = new Scanner(60_000);
for (const scanner of [fast, slow]) scanner.expectGroups(Int32Array.from([453, 78, 1012]));

const tag = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 999 }).map(String) },
  { weight: 2, arbitrary: fc.integer({ min: 1000, max: 99_999 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("95", "453", "1012", "035", "0", "", "1a", "3:", "/5", "-1", "99999", "123456789"),
  },
);
const value = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(..."abc019=.: -\u00ff\u0000\u0002") }),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "\u0001", "=", "\u0001=\u0001") },
);

describe("the index by vectors", () => {
  test("is made of its text", async () => expect(FIELD_INDEX_CODE).toBe(await assembled()));

  test("finds in any message what the loop over bytes finds", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(tag, value), { maxLength: 40 }),
        fc.integer({ min: 0, max: 70 }),
        (fields, from) => {
          const body = fields.map(([t, v]) => `${t}=${v}\u0001`).join("");
          expectSame(bytesOf(frame(`35=D|49=A|56=B|34=1|${body}`)), from);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("finds the same of every length, up to those it leaves to the loop", () => {
    for (let length = 1; length < 80; length++)
      expectSame(bytesOf(frame(`35=D|58=${"x".repeat(length)}|`)), length % 17);
    for (const length of [40_000, 49_000, 49_200, 50_000])
      expectSame(bytesOf(frame(`35=D|58=${"x".repeat(length)}|`)), 3);
  });

  test("leaves messages of too many fields to the loop", () => {
    for (const count of [507, 508, 509, 510, 511, 512, 513])
      expectSame(bytesOf(frame(`35=D|${"58=x|".repeat(count)}`)), 0);
  });
});
