import { idText } from "../base/id.ts";
import { reasonOf } from "../core/decision.ts";
import { ACCEPTED } from "../core/risk/reason-codes.ts";
import { reasonText } from "../core/risk/reasons.ts";
import type { Control } from "../record/control.ts";
import { CONTROL_NAME_AT, STATUS_LAST_AT } from "../record/control-codes.ts";
import type { OrderRequest } from "../record/order-request.ts";
import { partyFields } from "./cancel-text.ts";
import { escaped } from "./escape.ts";

/** Such as `client FIRM1 is told the status of 32 of the orders that its request MS1 asks for`. */
export function massStatusText(control: Control, client: string | undefined, text: Uint8Array): string {
  const id = escaped(idText(control.views.bytes, control.at + CONTROL_NAME_AT, control.nameLength));
  const which = text[STATUS_LAST_AT] === 0 ? "" : "the last ";
  const who = `client ${client ?? `#${control.amount}`}`;
  return `${who} is told the status of ${which}${control.value} of the orders that its request ${id} asks for`;
}

/** The core's record of an OrderMassStatusRequest. */
export function massStatusContents(request: OrderRequest, index: number) {
  const { bytes } = request;
  const account = idText(bytes, request.accountAt, request.accountLength);
  const symbol = idText(bytes, request.symbolAt, request.symbolLength);
  const fields = [
    "35=AF",
    ...(account === "" ? [] : [`1=${account}`]),
    ...partyFields(request),
    ...(symbol === "" ? [] : [`55=${symbol}`]),
    `584=${idText(bytes, request.clOrdIdAt, request.clOrdIdLength)}`,
    `585=${request.ordType}`,
  ];
  const reason = reasonOf(index);
  const decision = reason === ACCEPTED ? `${request.quantity} reported` : `refused: ${reasonText(reason)}`;
  return { direction: "core" as const, fields: fields.map((field) => `${field}\x01`).join(""), decision };
}
