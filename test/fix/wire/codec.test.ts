import { expect, test } from "bun:test";
import { sharedMemory } from "../../../src/assembly/module.ts";
import { frame } from "../../../src/counterparty/message.ts";
import { Codec, codecBytes } from "../../../src/fix/wire/codec.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { Twins } from "./twins.ts";

const INPUT_BYTES = 4096;
const BYTES = codecBytes(INPUT_BYTES);

function scanned(by: Codec, text: string): Scanner {
  const scanner = new Scanner(INPUT_BYTES, by);
  by.input.set(Buffer.from(text, "latin1"));
  expect(scanner.scan(by.input, 0, text.length)).toBe(text.length);
  return scanner;
}

test("a codec begins anew where another was before, as in the rounds of a warm-up", () => {
  const memory = sharedMemory(BYTES);
  const before = new Codec(memory, 0, INPUT_BYTES);
  for (let i = 0; i < 10; i++) {
    const scanner = new Scanner(INPUT_BYTES, before);
    const text = frame("35=D|34=1|11=A|1=B|");
    before.input.set(Buffer.from(text, "latin1"));
    for (let j = 0; j < 10; j++) expect(scanner.scan(before.input, 0, text.length)).toBe(text.length);
  }
  const { repeatedTag, count } = scanned(new Codec(memory, 0, INPUT_BYTES), frame("35=D|34=2|11=A|1=B|"));
  expect([repeatedTag, count]).toEqual([0, 6]);
  const without = scanned(new Codec(memory, 0, INPUT_BYTES), frame("35=D|34=2|"));
  expect([without.find(11), without.find(34)]).toEqual([-1, 3]);
});

test("two scanners over one codec do not find what the other found", () => {
  const some = new Twins();
  const others = new Twins();
  for (let i = 0; i < 4; i++) {
    some.expectSameOf(frame("35=D|34=1|49=CLIENT|56=GATEWAY|11=A|55=S|"));
    others.expectSameOf(frame("35=D|34=1|49=CLIENT|56=GATEWAY|"));
  }
});
