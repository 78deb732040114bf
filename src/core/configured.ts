import { NONE } from "../base/units.ts";
import * as layout from "./assembly/layout.ts";
import { ROUTE_DIGEST, ROUTE_SET_BYTES } from "./assembly/route-layout.ts";
import type { SymbolForm } from "./configure.ts";
import { levelOf } from "./level-rows.ts";
import type { StateReader } from "./state-reader.ts";

// Of a symbol's row (core/assembly/symbols.ts): an int, and of eight bytes each.
const SIGNS = 13;
const STEP = 7;

/**
 * What a core has as configured now, while it works on another thread: a reload changes it, so nothing here is of the configuration of the
 * start. Only the main thread asks for such changes, so it sees what the last one has left.
 */
export class Configured {
  /** By ACCOUNTS and SYMBOLS: the names, and how many changes there had been. */
  private readonly present = new Map<number, { readonly changes: number; readonly names: readonly string[] }>();

  constructor(private readonly reader: StateReader) {}

  /** Accounts or symbols that the configuration has, or that a reload has taken away since the start. */
  presentNames(subject: number): readonly string[] {
    const changes = this.reader.area.word(layout.FILE_CHANGES);
    const known = this.present.get(subject);
    if (known?.changes === changes) return known.names;
    const retired = subject === layout.ACCOUNTS ? layout.ACCOUNT_RETIRED : layout.SYMBOL_RETIRED;
    const all = this.reader.namesWith(subject, configuredFlag(subject) | retired);
    const names = all.filter((name) => subject !== layout.ACCOUNTS || levelOf(name).level === "account");
    this.present.set(subject, { changes, names });
    return names;
  }

  /** Accounts or symbols that the configuration has; clients, client sessions and traders are among the accounts. */
  names(subject: number): string[] {
    return this.reader.namesWith(subject, configuredFlag(subject));
  }

  /** Names that the core knows, and for how many it has room. */
  room(subject: number): { readonly taken: number; readonly all: number } {
    const table = subject === layout.ACCOUNTS ? layout.ACCOUNT_NAMES : layout.SYMBOL_NAMES;
    const { area } = this.reader;
    return { taken: area.word(table + layout.NAME_COUNT), all: area.word(table + layout.NAME_CAPACITY) };
  }

  /** True where the start has planned room for the executions of traders. */
  get countsTraders(): boolean {
    return this.reader.area.word(layout.TRADER_PAIR_CAPACITY) > 0;
  }

  /** Ids of the client sessions that the core knows. */
  sessions(): number[] {
    const { area } = this.reader;
    const known = area.tableBytes(layout.KNOWN_SESSIONS_AT, area.word(layout.SESSION_IDS));
    return [...known.entries()].flatMap(([id, isKnown]) => (isKnown === 1 ? [id] : []));
  }

  /** Accounts that a client session may use; `accounts` are all of the core, in their order. */
  accountsOf(session: number, accounts: readonly string[]): string[] {
    const { area } = this.reader;
    const capacity = area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    const bits = area.ints(layout.ENTITLEMENTS_AT, ((area.word(layout.SESSION_IDS) * capacity) >>> 5) + 1);
    return accounts.filter((_, account) => {
      const bit = session * capacity + account;
      return ((bits[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
    });
  }

  /** Digest of the routing rules that are in force (core/routing-rules.ts). */
  routingDigest(): bigint {
    const { area } = this.reader;
    const at = area.word(layout.ROUTE_SET) * ROUTE_SET_BYTES + ROUTE_DIGEST;
    return area.table(layout.ROUTE_SETS_AT, 2 * ROUTE_SET_BYTES).longs[at / 8]!;
  }

  /** Form and route of a symbol, or null where it is not known. */
  formOf(name: string): SymbolForm | null {
    const index = this.reader.indexOfName(layout.SYMBOLS, name);
    if (index === NONE) return null;
    const { area } = this.reader;
    const { ints, longs } = area.table(layout.SYMBOLS_AT, (index + 1) * layout.SYMBOL_BYTES);
    const at = index * layout.SYMBOL_BYTES;
    const venue = area.ints(layout.VENUE_OF_AT, index + 1)[index]!;
    return { signs: ints[at / 4 + SIGNS]!, step: longs[at / 8 + STEP]!, venue };
  }
}

function configuredFlag(subject: number): number {
  return subject === layout.ACCOUNTS ? layout.ACCOUNT_CONFIGURED : layout.SYMBOL_CONFIGURED;
}
