import type { ActionRecord } from "../control/action-record.ts";

/** Operators' actions that are being done: the journal has what they change between their two records. */
export class OpenActions {
  private readonly open = new Map<number, ActionRecord>();

  take(record: ActionRecord): void {
    if (record.phase === "asked") this.open.set(record.id, record);
    else this.open.delete(record.id);
  }

  /** Why an operator changes something that actions know by one of these names; null where that is not known. */
  reasonOf(by: string, names: readonly string[]): string | null {
    const own = [...this.open.values()].filter(({ who }) => by !== "" && who === by);
    const named = own.findLast(({ target }) => names.includes(target));
    return (named ?? (own.length === 1 ? own[0] : undefined))?.why ?? null;
  }
}
