import { addressOf } from "../../ffi/memory.ts";
import { fieldIndex } from "../../src/fix/field-index.ts";
import { GARBLED, INCOMPLETE, Scanner, TOO_LONG } from "../../src/fix/scan.ts";
import { Random } from "../crash/random.ts";
import { Mutator } from "./mutator.ts";

const MAX_MESSAGE = 4096;
const memory = new ArrayBuffer(262_144);
const bytes = new Uint8Array(memory);
/** Given away for good: once a process. */
const address = addressOf(memory);
const PLACE = { expected: 5, theirs: 9, time: "20261124-01:02:03.000", beginString: "FIX.4.4" };

/** Finds the messages in a stretch of which `arrive` tells how much is there, with all that the scanner says of each. */
function frames(
  scanner: Scanner,
  bytes: Uint8Array,
  address: number,
  length: number,
  arrive: (to: number) => number,
): string[] {
  const found: string[] = [];
  let from = 0;
  let to = arrive(0);
  for (;;) {
    const result = scanner.scan(bytes, from, to, address);
    if (result === TOO_LONG) return [...found, "too long"];
    if (result === INCOMPLETE) {
      if (to === length) return found;
      to = arrive(to);
      continue;
    }
    if (result !== GARBLED) {
      check(scanner);
      found.push(`${scanner.from}-${scanner.to} ${digest(scanner)}`);
    }
    if (scanner.next <= from || scanner.next > to) throw new Error(`next is ${scanner.next} of ${from} to ${to}`);
    from = scanner.next;
  }
}

/** The index of a message must lie inside it, in order. */
function check(scanner: Scanner): void {
  let last = scanner.from;
  for (let i = 0; i < scanner.count; i++) {
    const start = scanner.starts[i]!;
    const end = scanner.ends[i]!;
    if (start <= last || end < start || end >= scanner.to) throw new Error(`field ${i} is ${start} to ${end}`);
    last = end;
  }
}

/** Of all fields, and of what is wrong with them. */
function digest(scanner: Scanner): number {
  const { count, msgType, repeatedTag, emptyField, badTagField, strayField } = scanner;
  let sum = 0;
  for (const one of [count, msgType, repeatedTag, emptyField, badTagField, strayField]) sum = Math.imul(sum ^ one, 31);
  for (let i = 0; i < count; i++) {
    for (const part of [scanner.tags, scanner.starts, scanner.ends]) sum = Math.imul(sum ^ part[i]!, 0x01000193);
  }
  return sum;
}

/**
 * Some inputs in one stretch: what is found must not depend on how it arrives, nor on whether fields are found by vectors or
 * byte by byte. Throws with the seed.
 */
export function fuzzFraming(seed: number, inputs: number): number {
  const random = new Random(seed);
  const mutator = new Mutator(random);
  const scanner = new Scanner(MAX_MESSAGE);
  const byVectors = new Scanner(MAX_MESSAGE, fieldIndex());
  for (let input = 0; input < inputs; ) {
    let length = 0;
    for (let count = random.int(1, 4); count > 0; count--, input++) {
      mutator.next(PLACE);
      bytes.set(mutator.bytes.subarray(0, mutator.length), length);
      length += mutator.length;
    }
    const atOnce = frames(byVectors, bytes, address, length, () => length);
    const pieces = frames(scanner, bytes, 0, length, (to) =>
      Math.min(length, to + random.int(1, random.chance(0.5) ? 8 : 400)),
    );
    if (String(atOnce) !== String(pieces)) {
      const shown = JSON.stringify(Buffer.from(bytes.subarray(0, Math.min(length, 1500))).toString("latin1"));
      throw new Error(`seed ${seed}, input ${input}: at once ${atOnce}, in pieces ${pieces}\n${shown}`);
    }
  }
  return inputs;
}
