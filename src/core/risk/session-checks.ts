import * as why from "./reason-codes.ts";
import { type Check, check } from "./reason-row.ts";

const KEYS = "client.sessions.NAME";

/** Limits of messages, which the client side checks before a message reaches the core (client/throttle.ts). */
export const SESSION_CHECKS: readonly Check[] = [
  check(why.ORDER_MESSAGES, "ORDER_MESSAGES", {
    levels: ["SESSION"],
    keys: [`${KEYS}.orderMessages`],
    meaning:
      "More new orders and replaces of the session within `orderMessagesWindowMs` than `orderMessages`; refused ones count. The answer is a BusinessMessageReject, or the Logout above `orderMessagesDisconnect`.",
    remedy: "Send more slowly, or raise the limit.",
  }),
  check(why.CANCEL_MESSAGES, "CANCEL_MESSAGES", {
    levels: ["SESSION"],
    keys: [`${KEYS}.cancelMessages`],
    meaning: "The same of cancels, mass cancels and status requests, by the keys with `cancelMessages`.",
    remedy: "Send more slowly, or raise the limit.",
  }),
  check(why.ALL_MESSAGES, "ALL_MESSAGES", {
    levels: ["SESSION"],
    keys: [`${KEYS}.allMessages`],
    meaning:
      "The same of all application messages, by the keys with `allMessages`. Cancels, mass cancels and status requests count, and are not refused.",
    remedy: "Send more slowly, or raise the limit.",
  }),
];
