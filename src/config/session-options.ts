import { choice, flag, whole } from "./fields.ts";

/** Options that client sessions and venues have alike; `fix/options.ts` says what they do. */
export const sessionOptions = {
  checkLatency: flag("Whether SendingTime (52) is held against our clock.", { default: true }),
  maxLatencyS: whole("How far SendingTime (52) may be from our clock, seconds.", 1, 86_400, { default: 120 }),
  timestampPrecision: choice(
    "Precision of the timestamps we send; what comes may have any.",
    ["seconds", "milliseconds", "microseconds", "nanoseconds"],
    { default: "milliseconds" },
  ),
  nextExpectedMsgSeqNum: flag(
    "Logons carry NextExpectedMsgSeqNum (789), and each side sends unasked what the other misses (FIX 4.4 on).",
    { default: false },
  ),
  lastMsgSeqNumProcessed: flag("Every message carries LastMsgSeqNumProcessed (369).", { default: false }),
  resetOnLogout: flag("Both sequence numbers start at 1 after an exchange of Logouts.", { default: false }),
  resetOnDisconnect: flag("Both sequence numbers start at 1 whenever a connection ends.", { default: false }),
  maxResendRequest: whole("Messages that one ResendRequest of ours asks for; 0: all that are missing.", 0, 1_000_000, {
    default: 0,
  }),
  maxSameResends: whole(
    "Times that either side may ask for the same messages again without progress; then the session is logged out.",
    1,
    1_000,
    { default: 10 },
  ),
};
