import { choice, flag, whole } from "./fields.ts";

/** When a client session's open orders are canceled because it is gone. */
export const CANCEL_MODES = ["none", "disconnect", "logout", "both"] as const;
export type CancelMode = (typeof CANCEL_MODES)[number];

/** Keys of a client session about its open orders when its connection ends. */
export const cancelOnDisconnect = {
  cancelOnDisconnect: choice(
    "Cancel its open orders at their venues when its connection ends without a Logout (disconnect), after a Logout of either side (logout), or both. A start of the gateway counts as the end of the connections before it.",
    [...CANCEL_MODES],
    { default: "none" },
  ),
  cancelOnDisconnectWindowMs: whole(
    "Time in which it may come back before that, milliseconds; after a start of the gateway it begins when Logons are taken. 0: none, its orders are canceled at once.",
    0,
    3_600_000,
    { default: 0 },
  ),
  cancelOnDisconnectOrders: choice(
    "Which orders that means: all, or all but those that are good till canceled or till a date (59=1, 6).",
    ["all", "day"],
    { default: "all" },
  ),
  cancelOnDisconnectByLogon: flag(
    "Its Logon may say both itself, by CancelOnDisconnectType (35002: 0 none, 1 disconnect, 2 logout, 3 both) and CODTimeoutWindow (35003, milliseconds); what it does not say is as configured here.",
    { default: false },
  ),
};
