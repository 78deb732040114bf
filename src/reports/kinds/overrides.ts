import { idText } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import { OVERRIDE_EXPIRED, OVERRIDE_USED, OVERRIDE_WITHDRAWN } from "../../core/assembly/override-layout.ts";
import { type OverrideTerms, overrideTerms, overrideUse } from "../../core/overrides.ts";
import { OVERRIDABLE } from "../../core/risk/overridable.ts";
import type { EntryView } from "../../journal/store/reader.ts";
import {
  CONTROL_APPLIED,
  CONTROL_NAME_AT,
  CONTROL_OVERRIDE,
  CONTROL_OVERRIDE_END,
} from "../../record/control-codes.ts";
import type { EntryRecords } from "../../recovery/entry-records.ts";
import type { Column } from "../column.ts";
import { SIDES, wordOf } from "../words.ts";

/** An override of a check: what two persons granted, and how it ended. */
export interface OverrideSeen {
  readonly id: number;
  /** Null: the journal no longer has its grant. */
  readonly grant:
    | (OverrideTerms & { readonly reason: number; readonly timeUs: number; readonly untilUs: number })
    | null;
  /** Of its client session. */
  readonly client: string;
  readonly end: {
    readonly state: number;
    readonly timeUs: number;
    /** Who has withdrawn it. */
    readonly by: string;
    /** Of the order that has used it; 0: none has. */
    readonly orderNumber: number;
    /** What that order has passed: `limit=100 value=500 level=ACCOUNT:FUND`. */
    readonly passed: string;
  } | null;
}

const STATES: Readonly<Record<number, string>> = {
  [OVERRIDE_USED]: "used",
  [OVERRIDE_EXPIRED]: "expired",
  [OVERRIDE_WITHDRAWN]: "withdrawn",
};

export const OVERRIDES: readonly Column<OverrideSeen>[] = [
  { name: "id", type: "text", source: "the number of the action that asked for it", of: (row) => String(row.id) },
  { name: "state", type: "text", source: "at the end of the day", of: ({ end }) => stateOf(end?.state) },
  { name: "granted", type: "time", source: "when the core took it", of: ({ grant }) => grant?.timeUs ?? null },
  { name: "until", type: "time", source: "its end", of: ({ grant }) => grant?.untilUs ?? null },
  { name: "ended", type: "time", source: "used, expired or withdrawn", of: ({ end }) => end?.timeUs ?? null },
  {
    name: "check",
    type: "text",
    source: "the check that one order may pass",
    of: ({ grant }) => checkOf(grant?.reason),
  },
  {
    name: "passed",
    type: "text",
    source: "limit, value and level that the order has passed, as a refusal says them",
    of: ({ end }) => end?.passed || null,
  },
  { name: "session", type: "text", source: "client session", of: (row) => row.client || null },
  { name: "account", type: "text", source: "Account (1)", of: ({ grant }) => grant?.account ?? null },
  { name: "symbol", type: "text", source: "Symbol (55)", of: ({ grant }) => grant?.symbol ?? null },
  {
    name: "side",
    type: "text",
    source: "Side (54)",
    of: ({ grant }) => (grant === null ? null : wordOf(SIDES, grant.side)),
  },
  { name: "quantity", type: "decimal", source: "OrderQty (38)", of: ({ grant }) => grant?.quantity ?? null },
  {
    name: "price",
    type: "decimal",
    source: "Price (44); null: a market order",
    of: ({ grant }) => priceOf(grant?.price),
  },
  { name: "clOrdId", type: "text", source: "ClOrdID (11); null: any", of: ({ grant }) => grant?.clOrdId || null },
  {
    name: "orderId",
    type: "text",
    source: "OrderID (37) of the order that used it",
    of: ({ end }) => orderOf(end?.orderNumber),
  },
  { name: "by", type: "text", source: "who asked for it", of: ({ grant }) => grant?.by || null },
  { name: "confirmedBy", type: "text", source: "second person", of: ({ grant }) => grant?.confirmedBy || null },
  { name: "why", type: "text", source: "reason that was given", of: ({ grant }) => grant?.why || null },
  { name: "withdrawnBy", type: "text", source: "who took it back", of: ({ end }) => end?.by || null },
];

function stateOf(state: number | undefined): string {
  return state === undefined ? "granted" : (STATES[state] ?? `state ${state}`);
}

function checkOf(reason: number | undefined): string | null {
  if (reason === undefined) return null;
  return OVERRIDABLE.find((check) => check.reason === reason)?.name ?? `check ${reason}`;
}

function priceOf(price: bigint | undefined): bigint | null {
  return price === undefined || price === NO_PRICE ? null : price;
}

function orderOf(number: number | undefined): string | null {
  return number === undefined || number === 0 ? null : String(number);
}

/** Overrides by their commands in the core's stream, in the order in which they were granted. */
export class OverrideFold {
  private readonly seen = new Map<number, OverrideSeen>();

  constructor(
    private readonly records: EntryRecords,
    private readonly clientOf: (id: number) => string,
  ) {}

  /** Takes an entry of a command. */
  take(entry: EntryView): void {
    const control = this.records.control(entry);
    const { timeUs } = entry;
    if (control.kind === CONTROL_OVERRIDE) {
      if (entry.index !== CONTROL_APPLIED) return;
      const terms = overrideTerms(this.records.controlText(entry));
      const grant = { ...terms, reason: control.value, timeUs, untilUs: control.amount };
      this.seen.set(terms.id, { id: terms.id, grant, client: this.clientOf(terms.session), end: null });
    } else if (control.kind === CONTROL_OVERRIDE_END && entry.index <= CONTROL_APPLIED)
      this.end(entry, control.amount, control.value);
  }

  /** Those that were granted or ended between these times, or held there. */
  *between(fromUs: number, untilUs: number): Iterable<OverrideSeen> {
    for (const one of this.seen.values())
      if ((one.grant?.timeUs ?? 0) < untilUs && (one.end?.timeUs ?? Number.POSITIVE_INFINITY) >= fromUs) yield one;
  }

  private end(entry: EntryView, id: number, state: number): void {
    const before = this.seen.get(id);
    // What has ended does not end again.
    if (before !== undefined && before.end !== null) return;
    const { views, at, nameLength } = this.records.control(entry);
    const by = state === OVERRIDE_WITHDRAWN ? idText(views.bytes, at + CONTROL_NAME_AT, nameLength) : "";
    const text = this.records.controlText(entry);
    const isUsed = state === OVERRIDE_USED && text.length >= 8;
    const use = isUsed ? overrideUse(text) : { orderNumber: 0, passed: "" };
    this.seen.set(id, {
      ...(before ?? { id, grant: null, client: "" }),
      end: { state, timeUs: entry.timeUs, by, ...use },
    });
  }
}
