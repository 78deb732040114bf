// Times of the newest executions of accounts with a limit of them, as a snapshot keeps them.

import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import type { StateSink, StateSource } from "./state-io.ts";

// Of a time (core/assembly/repeated-executions.ts), and of a pair (core/assembly/pairs.ts): ints, and a double.
const PAIR = 0;
const NEWER = 3;
const TIME = 2;
const OWNER = 0;
const SYMBOL = 1;
const LOST = 5;
const TIME_INTS = layout.EXECUTION_TIME_BYTES / 4;
const PAIR_INTS = layout.PAIR_BYTES / 4;
const KEPT = 3;

/** Account, symbol and time, microseconds. */
type KeptTime = readonly [account: number, symbol: number, timeUs: number];

/** All times, the oldest first. */
export function executionTimes(area: AreaViews): KeptTime[] {
  const bytes = area.word(layout.TIMES_FRESH) * layout.EXECUTION_TIME_BYTES;
  const { ints, doubles } = area.table(layout.EXECUTION_TIMES_AT, bytes);
  const pairs = area.ints(layout.PAIRS_AT, area.word(layout.PAIR_COUNT) * PAIR_INTS);
  const times: KeptTime[] = [];
  for (let number = area.word(layout.TIMES_OLDEST); number !== 0; ) {
    const at = (number - 1) * TIME_INTS;
    const pair = ints[at + PAIR]! * PAIR_INTS;
    times.push([pairs[pair + OWNER]!, pairs[pair + SYMBOL]!, doubles[at / 2 + TIME]!]);
    number = ints[at + NEWER]!;
  }
  return times;
}

/** Of each pair that has given one up, the newest of those; in whatever order they stand. */
export function lostTimes(area: AreaViews): KeptTime[] {
  const count = area.word(layout.PAIR_COUNT);
  const { ints, doubles } = area.table(layout.PAIRS_AT, count * layout.PAIR_BYTES);
  const lost: KeptTime[] = [];
  for (let row = 0; row < count; row++) {
    const at = row * PAIR_INTS;
    const timeUs = doubles[at / 2 + LOST]!;
    if (timeUs !== 0) lost.push([ints[at + OWNER]!, ints[at + SYMBOL]!, timeUs]);
  }
  return lost;
}

export function saveExecutionTimes(area: AreaViews, to: StateSink): void {
  save(to, "executionTimes", executionTimes(area));
  save(to, "executionTimesLost", lostTimes(area));
}

/** `accounts`, `symbols`: the index here of each there. Versions before kept none. */
export function loadExecutionTimes(
  code: CoreCode,
  from: StateSource,
  accounts: readonly number[],
  symbols: readonly number[],
): void {
  load(from, "executionTimesLost", accounts, symbols, code.loseExecution);
  load(from, "executionTimes", accounts, symbols, code.keepExecution);
}

function save(to: StateSink, name: string, times: readonly KeptTime[]): void {
  const words = new Int32Array(Float64Array.from(times.flat()).buffer);
  to.words(name, words, words.length);
}

function load(
  from: StateSource,
  name: string,
  accounts: readonly number[],
  symbols: readonly number[],
  take: (account: number, symbol: number, timeUs: number) => void,
): void {
  if (!from.has(name)) return;
  const words = new Int32Array(from.length(name));
  from.words(name, words);
  const kept = new Float64Array(words.buffer);
  for (let at = 0; at < kept.length; at += KEPT) {
    const [account, symbol] = [accounts[kept[at]!]!, symbols[kept[at + 1]!]!];
    if (account !== NONE && symbol !== NONE) take(account, symbol, kept[at + 2]!);
  }
}
