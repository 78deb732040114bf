import { expect } from "bun:test";
import fc from "fast-check";
import { venueRoundOf } from "../../src/core/venue-round.ts";
import { REPORT_RULES } from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_ORDER,
  CONTROL_VENUE_READY,
  CONTROL_VENUE_SILENCE,
  SILENCE_ANSWER,
  SILENCE_ASK,
  SILENCE_NUMBER_AT,
  SILENCE_RULES_AT,
  SILENCE_TEXT_BYTES,
} from "../../src/record/control-codes.ts";
import type { CoreDriver } from "./driver.ts";
import type { Model } from "./model.ts";
import type { Out } from "./outs.ts";

/** The venue of an order says nothing; `isEarlier`: it is about a request before the newest one. */
export const drawnSilence = (slots: number) =>
  fc.record({
    what: fc.constant("silence" as const),
    slot: fc.integer({ min: 0, max: slots - 1 }),
    asks: fc.boolean(),
    isEarlier: fc.constantFrom(false, false, false, false, true),
  });
type Drawn = ReturnType<typeof drawnSilence> extends fc.Arbitrary<infer D> ? D : never;

/** Text of a CONTROL_VENUE_SILENCE. */
export function silenceText(request: number, asks: boolean, rules = REPORT_RULES): Uint8Array {
  const text = new Uint8Array(SILENCE_TEXT_BYTES);
  text[SILENCE_RULES_AT] = rules;
  text[0] = asks ? SILENCE_ASK : SILENCE_ANSWER;
  new DataView(text.buffer).setFloat64(SILENCE_NUMBER_AT, request, true);
  return text;
}

/** Gives it to the core and to the model, which must agree. Returns what came out. */
export function silence(driver: CoreDriver, model: Model, { slot, asks, isEarlier }: Drawn): Out[] {
  const order = model.orders.get(slot);
  const newest = order === undefined ? 1 : Math.max(...order.numbers);
  const request = isEarlier ? newest - 1 : newest;
  const number = order?.number ?? 1;
  const result = driver.command(CONTROL_VENUE_SILENCE, slot, number, "", silenceText(request, asks));
  const outs = driver.take();
  if (order === undefined) {
    expect([result, outs]).toEqual([CONTROL_UNKNOWN_ORDER, []]);
    return outs;
  }
  const cause = order.pending?.cause ?? 0;
  const isPending = order.pending !== null;
  const expected = model.silence(slot, request, asks);
  const plain = outs.map((out): Out => ((out.reason ?? 0) === 0 ? out : { ...out, text: "" }));
  expect(plain).toEqual(expected);
  // A cancel that its client has not asked for is over without a message.
  const isSilent = !asks && !isEarlier && isPending && ![0, 3].includes(cause);
  if (!isSilent) expect(result).toBe(outs.length > 0 ? CONTROL_APPLIED : CONTROL_UNCHANGED);
  return outs;
}

/** A venue that has logged on gets new orders; `isEarlier`: the command is about an earlier Logon. */
export function ready(driver: CoreDriver, model: Model, venue: number, isEarlier: boolean): Out[] {
  const round = venueRoundOf(driver.core.area, venue) ?? 7;
  const isOver = !isEarlier && model.up.ready(venue);
  expect(driver.command(CONTROL_VENUE_READY, isEarlier ? round + 1 : round, venue, "", new Uint8Array())).toBe(
    isOver ? CONTROL_APPLIED : CONTROL_UNCHANGED,
  );
  return driver.take();
}
