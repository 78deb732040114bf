// Times of the newest messages of all client sessions, as a snapshot keeps them.

import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import type { StateSink, StateSource } from "./state-io.ts";

/** The longest window: older ones are of no account any more. */
const LONGEST_US = 60_000_000;
const COUNTERS = [layout.FIRM_ORDER_NUMBER, layout.FIRM_MESSAGE_NUMBER];
const KEPT = 2;

/** Which ring (0: new orders and replaces, 1: all kinds), and time. */
type KeptMessage = readonly [ring: number, timeUs: number];

/** Those within the longest window before the newest one, the oldest first. */
export function firmMessages(area: AreaViews): KeptMessage[] {
  const slots = area.word(layout.FIRM_TIME_SLOTS);
  const times = area.doubles(layout.FIRM_TIMES_AT, COUNTERS.length * slots);
  return COUNTERS.flatMap((counter, ring) => {
    const newest = area.word(counter);
    const timeOf = (back: number): number => times[ring * slots + ((newest - back) & (slots - 1))]!;
    const messages: KeptMessage[] = [];
    for (let back = 0; back < slots && timeOf(back) > timeOf(0) - LONGEST_US && timeOf(back) !== 0; back++)
      messages.push([ring, timeOf(back)]);
    return messages.reverse();
  });
}

export function saveFirmMessages(area: AreaViews, to: StateSink): void {
  const words = new Int32Array(Float64Array.from(firmMessages(area).flat()).buffer);
  to.words("firmMessages", words, words.length);
}

/** Versions before kept none. */
export function loadFirmMessages(code: CoreCode, from: StateSource): void {
  if (!from.has("firmMessages")) return;
  const words = new Int32Array(from.length("firmMessages"));
  from.words("firmMessages", words);
  const kept = new Float64Array(words.buffer);
  for (let at = 0; at < kept.length; at += KEPT) code.keepFirmMessage(kept[at] === 0 ? 1 : 0, kept[at + 1]!);
}
