import { NO_PRICE } from "../../base/units.ts";
import * as layout from "../assembly/symbol-layout.ts";
import type { SettingKind } from "./setting-kind.ts";
import { FLAG, INSTANT, ORDER_TYPES, setOf, TIMES_IN_FORCE } from "./setting-terms.ts";

/** What a market takes; nothing where a set is empty. */
const TYPES = { ...setOf(ORDER_TYPES), least: 0n, isOfFile: true } as const;
const TIMES = { ...setOf(TIMES_IN_FORCE), least: 0n, isOfFile: true } as const;

/** Settings of a symbol: the phase of its market and the next one, given by its calendar together with the hours. */
export const PHASE_SETTINGS: readonly SettingKind<unknown>[] = [
  {
    ...{ name: "hasPhases", ...FLAG, isOfFile: true, offset: 0, mask: layout.SYMBOL_HAS_PHASES },
    ofFile: () => 0n,
  },
  {
    ...{ name: "phaseEndsAt", ...INSTANT, noneIsMost: true, offset: layout.SYMBOL_PHASE_ENDS_AT },
    ofFile: () => NO_PRICE,
  },
  { ...{ name: "phaseOrderTypes", ...TYPES, offset: layout.SYMBOL_PHASE_TYPES_AT }, ofFile: () => TYPES.most },
  { ...{ name: "phaseTimesInForce", ...TIMES, offset: layout.SYMBOL_PHASE_TIMES_AT }, ofFile: () => TIMES.most },
  { ...{ name: "nextOrderTypes", ...TYPES, offset: layout.SYMBOL_NEXT_TYPES_AT }, ofFile: () => TYPES.most },
  { ...{ name: "nextTimesInForce", ...TIMES, offset: layout.SYMBOL_NEXT_TIMES_AT }, ofFile: () => TIMES.most },
];
