import { type Message, SOH } from "../../src/counterparty/message.ts";

// Repeating groups as text: "453=1|448=A|" and so on.

/** True when the message has these bytes, one after the other, from the beginning of a field on. */
export function holds(message: Message, text: string): boolean {
  return message.raw.includes(SOH + text.replaceAll("|", SOH));
}

/** Two parties, the first with sub ids; an account split with a party of its own; sessions; another name of the security. */
export const PARTIES = "453=2|448=DESK7|447=D|452=13|802=2|523=TRADER1|803=2|523=FLOOR|803=25|448=CLEARER|447=C|452=4|";
export const ALLOCS =
  "78=2|79=FUND1|661=99|467=A1|539=1|524=CUST|525=D|538=24|804=1|545=SUB|805=10|80=60|79=FUND2|80=40|";
export const SESSIONS = "386=2|336=DAY|625=OPEN|336=EVE|";
export const OTHER_IDS = "454=1|455=US0378331005|456=4|";
