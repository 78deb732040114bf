import * as code from "../../src/record/codes.ts";
import type { RequestTerms } from "./driver.ts";
import type { Model } from "./model.ts";
import type { Out } from "./outs.ts";

// What the property test makes of drawn requests, and of what comes out.

/** Points a request at an order that is there, half of the time: random ids seldom meet. */
export function aimed(model: Model, terms: Required<RequestTerms>, any: number): Required<RequestTerms> {
  const orders = [...model.orders.values()];
  if (terms.kind === code.REQUEST_NEW || any % 2 === 0 || orders.length === 0) return terms;
  const order = orders[(any >> 1) % orders.length]!;
  const orig = order.ids[(any >> 4) % order.ids.length]!;
  if (terms.kind !== code.REQUEST_REPLACE || any % 3 === 0) return { ...terms, session: order.session, orig };
  const { session, account, symbol, side, type, tif } = order;
  return { ...terms, session, account, symbol, side, type, tif, orig };
}

/** Refusals explain themselves with numbers that the model does not know. */
export function withoutText(outs: Out[]): Out[] {
  return outs.map((out) => (out.reason === 0 || out.reason === undefined ? out : { ...out, text: "" }));
}

/** By id: the index of the last one. */
export function last(outs: Out[], key: "session" | "venue", ids: number): number[] {
  const indexes = new Array<number>(ids).fill(0);
  for (const out of outs) if (typeof out[key] === "number") indexes[out[key]] = out.index as number;
  return indexes;
}
