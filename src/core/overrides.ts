// Overrides of checks (core/assembly/overrides.ts), as readers have them.

import type { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/override-layout.ts";

/** What an override lets through. */
export interface OverrideTerms {
  /** Microseconds since 1970 of the request for it; unique. */
  readonly id: number;
  readonly quantity: bigint;
  /** NO_PRICE: a market order. */
  readonly price: bigint;
  /** Id of the client session. */
  readonly session: number;
  /** Characters. */
  readonly side: number;
  readonly ordType: number;
  readonly account: string;
  readonly symbol: string;
  /** "": any. */
  readonly clOrdId: string;
  readonly by: string;
  readonly confirmedBy: string;
  readonly why: string;
}

export interface OverrideState extends OverrideTerms {
  /** OVERRIDE_GRANTED … */
  readonly state: number;
  readonly reason: number;
  readonly untilUs: number;
  readonly grantedUs: number;
  /** 0 while it is granted. */
  readonly doneUs: number;
  /** Of the order that has used it, 0: none has. */
  readonly orderNumber: number;
}

const LENGTHS = {
  by: [layout.OVERRIDE_BY_AT, layout.OVERRIDE_CONFIRMED_AT],
  confirmedBy: [layout.OVERRIDE_CONFIRMED_AT, layout.OVERRIDE_WHY_AT],
  why: [layout.OVERRIDE_WHY_AT, layout.OVERRIDE_TEXT_BYTES],
} as const;
const NAMES = {
  account: layout.OVERRIDE_ACCOUNT_AT,
  symbol: layout.OVERRIDE_SYMBOL_AT,
  clOrdId: layout.OVERRIDE_CL_ORD_ID_AT,
} as const;

/** The text of a CONTROL_OVERRIDE. */
export function overrideText(terms: OverrideTerms): Uint8Array {
  const text = new Uint8Array(layout.OVERRIDE_TEXT_BYTES);
  const view = new DataView(text.buffer);
  view.setFloat64(0, terms.id, true);
  view.setBigInt64(layout.OVERRIDE_QUANTITY_AT, terms.quantity, true);
  view.setBigInt64(layout.OVERRIDE_PRICE_AT, terms.price, true);
  view.setInt32(layout.OVERRIDE_SESSION_AT, terms.session, true);
  text[layout.OVERRIDE_SIDE_AT] = terms.side;
  text[layout.OVERRIDE_TYPE_AT] = terms.ordType;
  for (const [i, [key, at]] of Object.entries(NAMES).entries()) {
    const name = Buffer.from(terms[key as keyof typeof NAMES], "latin1");
    text[layout.OVERRIDE_LENGTHS_AT + i] = name.length;
    text.set(name, at);
  }
  for (const [key, [from, to]] of Object.entries(LENGTHS))
    new TextEncoder().encodeInto(terms[key as keyof typeof LENGTHS], text.subarray(from, to));
  return text;
}

/** The same back. */
export function overrideTerms(text: Uint8Array): OverrideTerms {
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  const name = (which: number, at: number): string =>
    Buffer.from(text.subarray(at, at + text[layout.OVERRIDE_LENGTHS_AT + which]!)).toString("latin1");
  const words = ([from, to]: readonly [number, number]): string => {
    const end = text.indexOf(0, from);
    // A character that was cut at the end is none.
    return new TextDecoder().decode(text.slice(from, end < 0 || end > to ? to : end), { stream: true });
  };
  return {
    id: view.getFloat64(0, true),
    quantity: view.getBigInt64(layout.OVERRIDE_QUANTITY_AT, true),
    price: view.getBigInt64(layout.OVERRIDE_PRICE_AT, true),
    session: view.getInt32(layout.OVERRIDE_SESSION_AT, true),
    side: text[layout.OVERRIDE_SIDE_AT]!,
    ordType: text[layout.OVERRIDE_TYPE_AT]!,
    account: name(0, layout.OVERRIDE_ACCOUNT_AT),
    symbol: name(1, layout.OVERRIDE_SYMBOL_AT),
    clOrdId: name(2, layout.OVERRIDE_CL_ORD_ID_AT),
    by: words(LENGTHS.by),
    confirmedBy: words(LENGTHS.confirmedBy),
    why: words(LENGTHS.why),
  };
}

/** What the text of a CONTROL_OVERRIDE_END says of the order that has used it: its number, and the refusal that it passed ("": earlier versions do not say it). */
export function overrideUse(text: Uint8Array): { readonly orderNumber: number; readonly passed: string } {
  const orderNumber = new DataView(text.buffer, text.byteOffset, text.length).getFloat64(0, true);
  return { orderNumber, passed: Buffer.from(text.subarray(8)).toString("latin1").replace(/\0+$/, "") };
}

export function overridesIn(area: AreaViews): Views {
  return area.table(layout.OVERRIDES_AT, layout.MOST_OVERRIDES * layout.OVERRIDE_BYTES);
}

/** All overrides that the table has, the newest first. */
export function overrideStates({ bytes, ints, doubles }: Views): OverrideState[] {
  const states: OverrideState[] = [];
  for (let at = 0; at < bytes.length; at += layout.OVERRIDE_BYTES) {
    const state = ints[at / 4]!;
    if (state === layout.OVERRIDE_FREE) continue;
    const text = at + layout.OVERRIDE_TEXT_AT;
    const [untilUs, grantedUs, doneUs, orderNumber] = doubles.subarray(at / 8 + 1, at / 8 + 5);
    states.push({
      ...overrideTerms(bytes.slice(text, text + layout.OVERRIDE_TEXT_BYTES)),
      ...{ state, reason: ints[at / 4 + 1]!, untilUs: untilUs!, grantedUs: grantedUs! },
      ...{ doneUs: doneUs!, orderNumber: orderNumber! },
    });
  }
  return states.sort((one, other) => other.id - one.id);
}
