import type { Dictionary } from "../dictionary/dictionary.ts";
import type { Codec } from "../wire/codec.ts";
import { heldBit } from "../wire/held.ts";
import type { RulesMemory } from "../wire/rules-memory.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { placeRules, SharedRules, TYPES } from "./place-rules.ts";

/** A dictionary's rules for orders and ExecutionReports as tables of a codec (wire/codec/rules.ts). */
export class CodecRules {
  /** By place in TYPES: address, 0 where the codec can't have the rules. */
  private readonly tables: readonly number[];

  /** `odd`: tags with which a message is not plain. */
  constructor(
    memory: RulesMemory,
    dictionary: Dictionary,
    shared = new SharedRules(memory, dictionary),
    odd: readonly number[] = [],
  ) {
    this.tables = TYPES.map((type) => {
      const rules = dictionary.rulesOfType(type);
      return rules === null || rules.open || !shared.isPlaced
        ? 0
        : placeRules(memory, dictionary, shared, type, rules, odd);
    });
  }

  /** Address of the rules of a type, 0 for none. */
  of(msgType: number): number {
    if (msgType === tag.EXECUTION_REPORT) return this.tables[3]!;
    if (msgType === tag.NEW_ORDER_SINGLE) return this.tables[0]!;
    if (msgType === tag.ORDER_CANCEL_REQUEST) return this.tables[1]!;
    return msgType === tag.ORDER_CANCEL_REPLACE_REQUEST ? this.tables[2]! : 0;
  }
}

/** True when the codec can read the scanned message, with what stands beside its record where there are rules. */
export function isPlain(scan: Scanner, codec: Codec, rules: CodecRules | null): boolean {
  if (scan.peer === null) return false;
  if (rules === null) return scan.repeatedTag === 0;
  const table = rules.of(scan.msgType);
  return table !== 0 && codec.isWalked(table, heldBit(scan.msgType));
}
