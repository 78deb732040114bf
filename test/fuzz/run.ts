import { utcTimestamp } from "../../src/counterparty/message.ts";
import { FIX44 } from "../../src/fix/wire/version.ts";
import { Random } from "../crash/random.ts";
import { Mutator, type Place } from "./mutator.ts";
import { Target } from "./target.ts";

/** Inputs that one link, its journal and its numbers live for. */
export const BATCH = 100_000;
const WALL_US = Date.UTC(2026, 10, 24, 1, 2, 3) * 1000;

export interface BatchResult {
  readonly inputs: number;
  readonly messagesOut: number;
  readonly applications: number;
  readonly carried: number;
  readonly connections: number;
}

/** One batch, determined by its seed. Throws with the seed and the input at which something was wrong. */
export function fuzzBatch(seed: number, inputs = BATCH): BatchResult {
  const random = new Random(seed);
  const mutator = new Mutator(random);
  const initiator = random.chance(0.3);
  using target = new Target(FIX44, initiator, random, WALL_US);
  const { session } = target.link;
  const place: { -readonly [K in keyof Place]: Place[K] } = {
    expected: 1,
    theirs: 1,
    time: utcTimestamp(WALL_US),
    beginString: target.version.beginString,
  };
  const aim = () => {
    place.expected = session.numbers.nextIn;
    place.theirs = session.numbers.nextOut - 1;
  };
  for (let input = 0; input < inputs; input++) {
    try {
      if (input % 16 === 0) place.time = utcTimestamp(target.time.wallUs);
      if (!target.connected) {
        target.connect();
        aim();
        if (random.chance(0.95)) {
          mutator.logon(place, random.chance(0.02));
          target.feed(mutator.bytes, mutator.length);
        }
      }
      aim();
      mutator.next(place);
      target.feed(mutator.bytes, mutator.length);
      if (random.chance(0.05)) target.say();
      if (random.chance(0.02)) target.pass(random.chance(0.02) ? random.int(1, 90_000) : random.int(1, 200));
      if (random.chance(0.001) && target.connected) target.hangUp();
    } catch (error) {
      const shown = Buffer.from(mutator.bytes.subarray(0, Math.min(mutator.length, 600))).toString("latin1");
      throw new Error(`seed ${seed}, input ${input}: ${(error as Error).stack}\n${JSON.stringify(shown)}`);
    }
  }
  return {
    inputs,
    messagesOut: target.outgoing.messages,
    applications: target.applications,
    carried: target.carried,
    connections: target.connections,
  };
}
