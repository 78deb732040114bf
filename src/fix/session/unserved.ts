import { ascii } from "../../base/ascii.ts";
import { UNSUPPORTED_MESSAGE_TYPE } from "./texts.ts";

/** Messages that carry orders and are not served: a client reads their names in the reject. */
const NAMES: readonly (readonly [type: string, name: string])[] = [
  ["E", "NewOrderList"],
  ["K", "ListCancelRequest"],
  ["L", "ListExecute"],
  ["M", "ListStatusRequest"],
  ["AB", "NewOrderMultileg"],
  ["AC", "MultilegOrderCancelReplace"],
  ["s", "NewOrderCross"],
  ["t", "CrossOrderCancelReplaceRequest"],
  ["u", "CrossOrderCancelRequest"],
  // Served from FIX.4.3 on.
  ["AF", "OrderMassStatusRequest"],
];
const TYPES = Int32Array.from(NAMES, ([type]) => type.charCodeAt(0) | ((type.charCodeAt(1) || 0) << 8));
const TEXTS = NAMES.map(([type, name]) => ascii(`Unsupported Message Type: ${name} (${type})`));

/** Text of the reject of a message whose type is not served. */
export function unsupportedText(msgType: number): Uint8Array {
  for (let i = 0; i < TYPES.length; i++) if (TYPES[i] === msgType) return TEXTS[i]!;
  return UNSUPPORTED_MESSAGE_TYPE;
}
