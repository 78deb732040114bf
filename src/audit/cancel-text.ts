import { ID_BYTES, idText } from "../base/id.ts";
import { reasonOf } from "../core/decision.ts";
import { levelOf } from "../core/level-rows.ts";
import { ACCEPTED } from "../core/risk/reason-codes.ts";
import { reasonText } from "../core/risk/reasons.ts";
import type { Control } from "../record/control.ts";
import {
  CANCEL_ACCOUNT_AT,
  CANCEL_DAY,
  CANCEL_SIDE_AT,
  CANCEL_VENUE_AT,
  CANCEL_VENUES_AT,
  CAUSE_DISCONNECT,
  CAUSE_KILL,
  CAUSE_LOGOUT,
  CAUSE_MASS,
  CAUSE_OPERATOR,
  CONTROL_NAME_AT,
  MATCHING_ACCOUNT_AT,
  MATCHING_PARTY_AT,
} from "../record/control-codes.ts";
import type { OrderRequest } from "../record/order-request.ts";
import { escaped } from "./escape.ts";

const CAUSES: Readonly<Record<number, string>> = {
  [CAUSE_OPERATOR]: "an operator wants it",
  [CAUSE_DISCONNECT]: "it is disconnected",
  [CAUSE_LOGOUT]: "it is logged out",
  [CAUSE_MASS]: "it has asked for that",
  [CAUSE_KILL]: "a kill switch wants it",
};

/** Such as `open orders on side 1 of trader TOM of client FIRM1 shall be canceled at their venues, from slot 0 on: it has asked for that`. */
export function cancelMatchingText(control: Control, client: string | undefined, text: Uint8Array): string {
  const name = (at: number): string => {
    const end = text.indexOf(0, at);
    return idText(text, at, Math.min(end < 0 ? ID_BYTES : end - at, ID_BYTES));
  };
  const side = text[CANCEL_SIDE_AT]!;
  const account = name(MATCHING_ACCOUNT_AT);
  const party = name(MATCHING_PARTY_AT);
  const { level, name: of } = levelOf(party);
  const which = [
    side === 0 ? "" : ` on side ${String.fromCharCode(side)}`,
    account === "" ? "" : ` of account ${account}`,
    party === "" ? "" : ` of ${level} ${of}`,
  ].join("");
  return cancelSessionText(control, client, text, escaped(which));
}

/** Such as `open orders of client FIRM1 shall be canceled at their venues, from slot 0 on: it is disconnected`. */
export function cancelSessionText(control: Control, client: string | undefined, text: Uint8Array, which = ""): string {
  const symbol = escaped(idText(control.views.bytes, control.at + CONTROL_NAME_AT, control.nameLength));
  const orders = `open${text[1] === CANCEL_DAY ? " day" : ""} orders${symbol === "" ? "" : ` in ${symbol}`}${which}`;
  const who = `client ${client ?? `#${control.amount}`}`;
  const why = CAUSES[text[0]!] ?? `cause ${text[0]}`;
  return `${orders} of ${who} shall be canceled at their venues, from slot ${control.value} on: ${why}`;
}

/** Such as `open orders of account ACC1 at venue XNAS shall be canceled at their venues, from slot 0 on: an operator wants it`. */
export function cancelOrdersText(
  control: Control,
  client: string | undefined,
  venues: ReadonlyMap<number, string>,
  text: Uint8Array,
): string {
  const symbol = escaped(idText(control.views.bytes, control.at + CONTROL_NAME_AT, control.nameLength));
  const view = new DataView(text.buffer, text.byteOffset, text.byteLength);
  const venue = view.getInt32(CANCEL_VENUE_AT, true);
  // Behind the account is which venues were up.
  const end = text.length - Math.max(0, view.getUint16(CANCEL_VENUES_AT, true) - 1);
  const account = escaped(new TextDecoder().decode(text.subarray(CANCEL_ACCOUNT_AT, end)));
  const of = [
    symbol === "" ? "" : ` in ${symbol}`,
    control.amount < 0 ? "" : ` of client ${client ?? `#${control.amount}`}`,
    account === "" ? "" : ` of account ${account}`,
    venue < 0 ? "" : ` at venue ${venues.get(venue) ?? `#${venue}`}`,
  ].join("");
  const why = CAUSES[text[0]!] ?? `cause ${text[0]}`;
  return `open orders${of} shall be canceled at their venues, from slot ${control.value} on: ${why}`;
}

/** What a Logon said of CancelOnDisconnectType (35002) and CODTimeoutWindow (35003). */
export function cancelTermsText(type: number, windowMs: number): string {
  const said = [type < 0 ? "" : `35002=${type}`, windowMs < 0 ? "" : `35003=${windowMs}`].filter((one) => one !== "");
  return `open orders at the end of its connection: ${said.length === 0 ? "as configured" : said.join(", ")}`;
}

/** What a request about many orders is narrowed by, beside its security; the party as the core knows it. */
export function partyFields(request: OrderRequest): string[] {
  const { bytes, side } = request;
  const party = idText(bytes, request.traderAt, request.traderLength);
  return [...(side === 0 ? [] : [`54=${String.fromCharCode(side)}`]), ...(party === "" ? [] : [`448=${party}`])];
}

/** The core's record of an OrderMassCancelRequest. */
export function massCancelContents(request: OrderRequest, index: number) {
  const { bytes } = request;
  const id = idText(bytes, request.clOrdIdAt, request.clOrdIdLength);
  const symbol = idText(bytes, request.symbolAt, request.symbolLength);
  const fields = [
    "35=q",
    `11=${id}`,
    ...partyFields(request),
    ...(symbol === "" ? [] : [`55=${symbol}`]),
    `530=${String.fromCharCode(request.ordType)}`,
  ];
  const reason = reasonOf(index);
  const decision = reason === ACCEPTED ? `${request.quantity} canceled` : `refused: ${reasonText(reason)}`;
  return { direction: "core" as const, fields: fields.map((field) => `${field}\x01`).join(""), decision };
}
