import type { Views } from "../base/views.ts";
import { countersAt } from "./counters.ts";

/** Names and offset of one owner's counters; plain data, from the plan. */
export interface CounterGroup {
  readonly owner: string;
  readonly names: readonly string[];
  readonly at: number;
}

/** All counters, by owner and name; for readers. */
export class CounterTable {
  private readonly owners = new Map<string, { names: readonly string[]; values: Float64Array }>();

  constructor(views: Views, groups: readonly CounterGroup[]) {
    for (const { owner, names, at } of groups) {
      if (this.owners.has(owner)) throw new Error(`counters of ${owner}: laid out twice`);
      this.owners.set(owner, { names, values: countersAt(views, at, names) });
    }
  }

  /** Value of one counter. Throws when the owner has no counter of that name. */
  value(owner: string, name: string): number {
    const group = this.owners.get(owner);
    const slot = group?.names.indexOf(name) ?? -1;
    if (group === undefined || slot < 0) throw new Error(`no counter ${name} of ${owner}`);
    return group.values[slot]!;
  }

  /** Sum of all owners' counters of that name. Throws when no owner has one. */
  total(name: string): number {
    let total = 0;
    let found = false;
    for (const { names, values } of this.owners.values()) {
      const slot = names.indexOf(name);
      if (slot < 0) continue;
      found = true;
      total += values[slot]!;
    }
    if (!found) throw new Error(`no counter ${name}`);
    return total;
  }

  /** Current values: owner → name → count. */
  snapshot(): Record<string, Record<string, number>> {
    const all: Record<string, Record<string, number>> = {};
    for (const [owner, { names, values }] of this.owners)
      all[owner] = Object.fromEntries(names.map((name, slot) => [name, values[slot]!]));
    return all;
  }
}
