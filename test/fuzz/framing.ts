import { GARBLED, INCOMPLETE, type Scanner, TOO_LONG } from "../../src/fix/wire/scan.ts";
import { type FixVersion, VERSION_NAMES, versionOf } from "../../src/fix/wire/version.ts";
import { Random } from "../crash/random.ts";
import { codec, records } from "../fix/wire/captured-session.ts";
import { Way } from "../fix/wire/twins.ts";
import { Mutator } from "./mutator.ts";

const MAX_MESSAGE = 4096;
const bytes = codec.input;
const byCodec = new Way(codec, records, MAX_MESSAGE, "PEER");
const byBytes = new Way(null, records, MAX_MESSAGE, "PEER");

/** Finds the messages in a stretch of which `arrive` tells how much is there, with all that is said, and made, of each. */
function frames(way: Way, version: FixVersion, length: number, arrive: (to: number) => number): string[] {
  const { scanner } = way;
  way.expect(version);
  const found: string[] = [];
  let from = 0;
  let to = arrive(0);
  for (;;) {
    const result = scanner.scan(bytes, from, to);
    if (result === TOO_LONG) return [...found, "too long"];
    if (result === INCOMPLETE) {
      if (to === length) return found;
      to = arrive(to);
      continue;
    }
    if (result !== GARBLED) {
      check(scanner);
      found.push(`${scanner.from}-${scanner.to} ${digest(scanner)} ${JSON.stringify(way.made(version))}`);
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
 * Some inputs in one stretch: what is found, and read of it, must not depend on how it arrives, nor on whether the codec does
 * it or it is done byte by byte. Throws with the seed.
 */
export function fuzzFraming(seed: number, inputs: number): number {
  const random = new Random(seed);
  const mutator = new Mutator(random);
  const version = versionOf(VERSION_NAMES[seed % VERSION_NAMES.length]!);
  const place = { expected: 5, theirs: 9, time: "20261124-01:02:03.000", beginString: version.beginString };
  for (let input = 0; input < inputs; ) {
    let length = 0;
    for (let count = random.int(1, 4); count > 0; count--, input++) {
      mutator.next(place);
      bytes.set(mutator.bytes.subarray(0, mutator.length), length);
      length += mutator.length;
    }
    const atOnce = frames(byCodec, version, length, () => length);
    const pieces = frames(byBytes, version, length, (to) =>
      Math.min(length, to + random.int(1, random.chance(0.5) ? 8 : 400)),
    );
    if (String(atOnce) !== String(pieces)) {
      const shown = JSON.stringify(Buffer.from(bytes.subarray(0, Math.min(length, 1500))).toString("latin1"));
      throw new Error(`seed ${seed}, input ${input}: at once ${atOnce}, in pieces ${pieces}\n${shown}`);
    }
  }
  return inputs;
}
