import type { Message } from "../../src/counterparty/message.ts";

// Repeating groups that follow from another field of their message, so that who gets it knows what they must be.

let carried = true;

/** Whether messages have groups from now on. */
export function carryGroups(on: boolean): void {
  carried = on;
}

/** Of an order or a replace by its OrderQty: none, parties, or parties and allocations. */
export function orderGroups(quantity: number): string {
  const kind = quantity % 8;
  if (kind > 2 || !carried) return "";
  const parties = `453=2|448=P${quantity}|447=D|452=3|802=2|523=A${quantity}|803=1|523=B|448=C|452=4|`;
  return kind > 0 ? parties : `${parties}78=2|79=F${quantity}|80=1|79=G|80=2|`;
}

/** Of a fill by its LastQty: none, or contra brokers. */
export function fillGroups(lastQty: number): string {
  return lastQty % 4 !== 0 || !carried ? "" : `382=2|375=B${lastQty}|337=T|437=${lastQty}|375=C|`;
}

/** True when the message ends with these groups and has no others. */
export function hasGroups(message: Message, wanted: string): boolean {
  return message.tail(453, 78, 382) === wanted;
}
