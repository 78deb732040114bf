// Unmatched reports (core/assembly/unmatched.ts), as readers have them.

import { idText } from "../base/id.ts";
import type { Views } from "../base/views.ts";
import { EXEC_TRADE_CANCEL, EXEC_TRADE_CORRECT } from "../record/codes.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/unmatched-layout.ts";

/** What an unmatched report says, and what has become of it: the text of its command. */
export interface UnmatchedTerms {
  readonly number: number;
  readonly lastQty: bigint;
  /** NO_PRICE: none. */
  readonly lastPx: bigint;
  readonly orderQty: bigint;
  readonly price: bigint;
  readonly cumQty: bigint;
  readonly leavesQty: bigint;
  /** Microseconds since 1970; 0: none. */
  readonly transactUs: number;
  /** Id of the venue. */
  readonly venue: number;
  /** One of REPORT_… (record/codes.ts); then characters, 0 for none. */
  readonly kind: number;
  readonly execType: number;
  readonly ordStatus: number;
  readonly side: number;
  readonly orderId: string;
  readonly execId: string;
  readonly execRefId: string;
  readonly symbol: string;
  readonly account: string;
  /** Who has assigned or dismissed it, who has confirmed that, and why; "" before. */
  readonly by: string;
  readonly confirmedBy: string;
  readonly why: string;
  /** The account that it is assigned to, or "". */
  readonly to: string;
}

export interface UnmatchedState extends UnmatchedTerms {
  /** UNMATCHED_IS_OPEN … */
  readonly state: number;
  readonly receivedUs: number;
  /** 0 while it is open. */
  readonly doneUs: number;
  /** The text in its bytes. */
  readonly text: Uint8Array;
}

const WORDS = {
  by: [layout.UNMATCHED_BY_AT, layout.UNMATCHED_CONFIRMED_AT],
  confirmedBy: [layout.UNMATCHED_CONFIRMED_AT, layout.UNMATCHED_WHY_AT],
  why: [layout.UNMATCHED_WHY_AT, layout.UNMATCHED_TO_AT],
} as const;
const NAMES = {
  orderId: [0, layout.UNMATCHED_ORDER_ID_AT],
  execId: [1, layout.UNMATCHED_EXEC_ID_AT],
  execRefId: [2, layout.UNMATCHED_EXEC_REF_ID_AT],
  symbol: [3, layout.UNMATCHED_SYMBOL_AT],
  account: [4, layout.UNMATCHED_ACCOUNT_AT],
  to: [layout.UNMATCHED_TO_LENGTH_AT - layout.UNMATCHED_LENGTHS_AT, layout.UNMATCHED_TO_AT],
} as const;
/** Most bytes of a reason. */
export const MOST_UNMATCHED_WHY_BYTES = layout.UNMATCHED_TO_AT - layout.UNMATCHED_WHY_AT;

/** The text of a command that assigns a report (`to`: an account) or dismisses it (""). */
export function unmatchedText(
  report: Uint8Array,
  done: Pick<UnmatchedTerms, "by" | "confirmedBy" | "why" | "to">,
): Uint8Array {
  const text = new Uint8Array(layout.UNMATCHED_TEXT_BYTES);
  text.set(report.subarray(0, layout.UNMATCHED_REPORT_BYTES));
  for (const [key, [from, to]] of Object.entries(WORDS))
    new TextEncoder().encodeInto(done[key as keyof typeof WORDS], text.subarray(from, to));
  const name = Buffer.from(done.to, "latin1");
  text[layout.UNMATCHED_TO_LENGTH_AT] = name.length;
  text.set(name, layout.UNMATCHED_TO_AT);
  return text;
}

/** The same back. */
export function unmatchedTerms(text: Uint8Array): UnmatchedTerms {
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  const name = ([which, at]: readonly [number, number]): string =>
    idText(text, at, text[layout.UNMATCHED_LENGTHS_AT + which]!);
  const words = ([from, to]: readonly [number, number]): string => {
    const end = text.indexOf(0, from);
    // A character that was cut at the end is none.
    return new TextDecoder().decode(text.slice(from, end < 0 || end > to ? to : end), { stream: true });
  };
  const long = (at: number): bigint => view.getBigInt64(at, true);
  return {
    number: view.getFloat64(0, true),
    lastQty: long(layout.UNMATCHED_LAST_QTY_AT),
    lastPx: long(layout.UNMATCHED_LAST_PX_AT),
    orderQty: long(layout.UNMATCHED_ORDER_QTY_AT),
    price: long(layout.UNMATCHED_PRICE_AT),
    cumQty: long(layout.UNMATCHED_CUM_QTY_AT),
    leavesQty: long(layout.UNMATCHED_LEAVES_QTY_AT),
    transactUs: view.getFloat64(layout.UNMATCHED_TRANSACT_AT, true),
    venue: view.getInt32(layout.UNMATCHED_VENUE_AT, true),
    kind: text[layout.UNMATCHED_KIND_AT]!,
    execType: text[layout.UNMATCHED_EXEC_TYPE_AT]!,
    ordStatus: text[layout.UNMATCHED_ORD_STATUS_AT]!,
    side: text[layout.UNMATCHED_SIDE_AT]!,
    ...{ orderId: name(NAMES.orderId), execId: name(NAMES.execId), execRefId: name(NAMES.execRefId) },
    ...{ symbol: name(NAMES.symbol), account: name(NAMES.account), to: name(NAMES.to) },
    ...{ by: words(WORDS.by), confirmedBy: words(WORDS.confirmedBy), why: words(WORDS.why) },
  };
}

/** The report that was assigned and that a bust or correction changes, as core/assembly/unmatched.ts finds it. */
export function changedBy(report: UnmatchedState, states: readonly UnmatchedState[]): UnmatchedState | undefined {
  if (report.execRefId === "") return undefined;
  const isOfOrder = ({ venue, orderId }: UnmatchedState) => venue === report.venue && orderId === report.orderId;
  const corrections = states.filter(
    (one) =>
      isOfOrder(one) &&
      one.execType === EXEC_TRADE_CORRECT &&
      (one.state === layout.UNMATCHED_ASSIGNED || one.state === layout.UNMATCHED_TAKEN_BACK),
  );
  const rootOf = (id: string): string => {
    let root = id;
    for (const _ of corrections) root = corrections.find(({ execId }) => execId === root)?.execRefId ?? root;
    return root;
  };
  const root = rootOf(report.execRefId);
  const assigned = states.filter(
    ({ state, venue, execType }) =>
      state === layout.UNMATCHED_ASSIGNED && venue === report.venue && execType !== EXEC_TRADE_CANCEL,
  );
  const named = assigned.filter(({ execId }) => execId === report.execRefId);
  return named.find(isOfOrder) ?? assigned.find((one) => isOfOrder(one) && rootOf(one.execId) === root) ?? named.at(-1);
}

export function unmatchedIn(area: AreaViews): Views {
  return area.table(layout.UNMATCHED_AT, layout.MOST_UNMATCHED * layout.UNMATCHED_BYTES);
}

/** All that the table has, the newest first. */
export function unmatchedStates({ bytes, ints, doubles }: Views): UnmatchedState[] {
  const states: UnmatchedState[] = [];
  for (let at = 0; at < bytes.length; at += layout.UNMATCHED_BYTES) {
    const state = ints[at / 4]!;
    if (state === layout.UNMATCHED_FREE) continue;
    const from = at + layout.UNMATCHED_TEXT_AT;
    const text = bytes.slice(from, from + layout.UNMATCHED_TEXT_BYTES);
    states.push({
      ...unmatchedTerms(text),
      ...{ state, text },
      receivedUs: doubles[(at + layout.UNMATCHED_RECEIVED_AT) / 8]!,
      doneUs: doubles[(at + layout.UNMATCHED_DONE_AT) / 8]!,
    });
  }
  return states.sort((one, other) => other.number - one.number);
}
