import { Type } from "@sinclair/typebox";
import { cancelOnDisconnect } from "./cancel-on-disconnect.ts";
import { duplicateLimits, orderLimits } from "./exposure.ts";
import { choice, flag, traderId, whole } from "./fields.ts";
import { messageLimits, sessionMessageLimits } from "./message-limits.ts";
import { rights } from "./rights.ts";
import { spareSessions } from "./spare.ts";

/** Options of client sessions and venues. */
export const sessionOptions = {
  checkLatency: flag("Check SendingTime (52) against our clock.", { default: true }),
  maxLatencyS: whole("Largest difference of SendingTime (52) from our clock, seconds.", 1, 86_400, { default: 120 }),
  timestampPrecision: choice(
    "Precision of the timestamps that we send; received ones may have any.",
    ["seconds", "milliseconds", "microseconds", "nanoseconds"],
    { default: "milliseconds" },
  ),
  nextExpectedMsgSeqNum: flag(
    "Logons carry NextExpectedMsgSeqNum (789), and each side resends the messages that the other lacks without a ResendRequest (from FIX 4.4).",
    { default: false },
  ),
  lastMsgSeqNumProcessed: flag("Every message carries LastMsgSeqNumProcessed (369).", { default: false }),
  resetOnLogout: flag("Reset both sequence numbers to 1 after an exchange of Logouts.", { default: false }),
  resetOnDisconnect: flag("Reset both sequence numbers to 1 at the end of every connection.", { default: false }),
  maxResendRequest: whole("Most messages in one ResendRequest of ours; 0: all that are missing.", 0, 1_000_000, {
    default: 0,
  }),
  maxSameResends: whole(
    "Times that either side may request the same messages without progress before the session is logged out.",
    1,
    1_000,
    { default: 10 },
  ),
};

const traders = Type.Optional(
  Type.Array(traderId("A trader of risk.traders."), {
    description:
      "Who may enter new orders: PartyID (448) of role 36, else of role 11, else SenderSubID (50). Default: orders need no trader.",
    minItems: 1,
    maxItems: 16_384,
    uniqueItems: true,
  }),
);

/** Options of client sessions. */
export const clientOptions = {
  ...sessionOptions,
  ...cancelOnDisconnect,
  ...sessionMessageLimits,
  ...orderLimits("this session"),
  ...duplicateLimits("this session"),
  ...rights("its orders"),
  traders,
};

/** Keys of the client side that session tables may have, too, and its spare places. */
export const clientDefaults = { ...messageLimits, spareSessions };
