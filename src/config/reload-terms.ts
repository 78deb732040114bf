import type { Keys } from "./difference.ts";
import { duplicateLimits } from "./exposure.ts";
import { firmMessageLimits, messageLimits } from "./message-limits.ts";
import { rights } from "./rights.ts";

/** The parts of a running gateway that take new values of the configuration. */
export type ReloadPart =
  | "limits"
  | "client sessions"
  | "venues"
  | "credentials"
  | "session locks"
  | "calendars"
  | "retention"
  | "memory limit"
  | "session buffers"
  | "API access"
  | "alarms"
  | "cancel on disconnect"
  | "message limits"
  | "file";

/** How a reload treats a key of the configuration. */
export interface ReloadTerm {
  /** The key, `*` for any name. It holds for the keys below it, too, which have no row of their own. */
  readonly keys: string;
  /** The part that takes a new value while the gateway runs; null: a restart takes it. */
  readonly by: ReloadPart | null;
  /** From when a new value counts; or why it needs a restart. */
  readonly how: string;
}

const NEXT_ORDER = "from the next order";
/** Of an account or a symbol. */
const ADDED_OR_GONE = "from the next order; of one that is gone, open orders can be cancelled";
const NEW_ORDERS = "from the next order; open orders keep the one they were accepted with";
const NEXT_LOGON = "from the next Logon";
const AT_END = "from the next end of its connection";
const NEXT_REQUEST = "from the next request";
const NEXT_MESSAGE = "from the next message; what has come within the window counts";

const MESSAGE_LIMITS = Object.keys(messageLimits);

/** Every key of the configuration; the row with the longest key that fits counts. */
export const RELOAD_TERMS: readonly ReloadTerm[] = [
  { keys: "gateway.compId", by: null, how: "sessions have their CompIDs from their start" },
  { keys: "gateway.data", by: null, how: "the journal is open in its directory" },
  { keys: "lanes", by: null, how: "threads and their CPUs are laid out at the start" },
  { keys: "sockets", by: null, how: "the lanes have these settings from their start" },
  { keys: "client", by: null, how: "the client lane has its listeners and tables from its start" },
  { keys: "client.lockAfter", by: "session locks", how: "from the next wrong password" },
  {
    keys: "client.sessions.*",
    by: "client sessions",
    how: "at once: a new one may log on; one that is gone is logged out, and its open orders stay unless cancelOnDisconnect cancels them",
  },
  { keys: "client.sessions.*.accounts", by: "limits", how: NEXT_ORDER },
  { keys: "client.sessions.*.traders", by: "limits", how: NEXT_ORDER },
  { keys: "client.sessions.*.maxOrderQty", by: "limits", how: NEXT_ORDER },
  { keys: "client.sessions.*.maxOrderNotional", by: "limits", how: NEXT_ORDER },
  { keys: "client.sessions.*.maxOpenOrders", by: "limits", how: NEXT_ORDER },
  ...Object.keys({ ...duplicateLimits(""), ...rights("") }).map((key) => ({
    ...{ keys: `client.sessions.*.${key}`, by: "limits" as const, how: NEXT_ORDER },
  })),
  { keys: "client.sessions.*.certificate", by: "credentials", how: NEXT_LOGON },
  { keys: "client.sessions.*.allow", by: "credentials", how: NEXT_LOGON },
  { keys: "client.sessions.*.username", by: "credentials", how: NEXT_LOGON },
  { keys: "client.sessions.*.passwordHash", by: "credentials", how: NEXT_LOGON },
  { keys: "client.sessions.*.cancelOnDisconnect", by: "cancel on disconnect", how: AT_END },
  { keys: "client.sessions.*.cancelOnDisconnectWindowMs", by: "cancel on disconnect", how: AT_END },
  { keys: "client.sessions.*.cancelOnDisconnectOrders", by: "cancel on disconnect", how: AT_END },
  ...MESSAGE_LIMITS.flatMap((key) => [
    { keys: `client.${key}`, by: "message limits" as const, how: NEXT_MESSAGE },
    { keys: `client.sessions.*.${key}`, by: "message limits" as const, how: NEXT_MESSAGE },
  ]),
  { keys: "client.sessions.*.*", by: null, how: "a lane builds its sessions at its start" },
  {
    keys: "venues.*",
    by: "venues",
    how: "at once: a new one is connected; one that is gone, without open orders, is logged out",
  },
  { keys: "venues.*.*", by: null, how: "a lane builds its venue sessions at its start" },
  { keys: "calendars", by: null, how: "the places of calendars in shared memory are planned at the start" },
  {
    keys: "calendars.*.*",
    by: "calendars",
    how: "at once: sessions whose hours are over log out; symbols have other hours within a second",
  },
  { keys: "routing.default", by: "limits", how: NEXT_ORDER },
  { keys: "routing.rules", by: "limits", how: NEXT_ORDER },
  { keys: "symbols", by: "limits", how: ADDED_OR_GONE },
  { keys: "symbols.*.schedule", by: "limits", how: "within a second" },
  { keys: "symbols.*.multiplier", by: "limits", how: NEW_ORDERS },
  { keys: "symbols.*.currency", by: "limits", how: NEW_ORDERS },
  { keys: "symbols.*.*", by: "limits", how: NEXT_ORDER },
  { keys: "risk.collarPercent", by: "limits", how: NEXT_ORDER },
  ...["referenceSources", "quotesStaleMs", "executionsStaleMs", "operatorStaleMs"].map((key) => ({
    ...{ keys: `risk.${key}`, by: "limits" as const, how: NEXT_ORDER },
  })),
  ...Object.keys(firmMessageLimits).map((key) => ({ keys: `risk.${key}`, by: "limits" as const, how: NEXT_ORDER })),
  { keys: "risk.maxOrderQty", by: "limits", how: NEXT_ORDER },
  { keys: "risk.maxOrderNotional", by: "limits", how: NEXT_ORDER },
  { keys: "risk.maxOpenOrders", by: "limits", how: NEXT_ORDER },
  { keys: "risk.kill", by: null, how: "it is the kill switch's state at a start; the kill switch itself changes now" },
  { keys: "risk.maxGrossExposure", by: "limits", how: NEXT_ORDER },
  { keys: "risk.maxNetExposure", by: "limits", how: NEXT_ORDER },
  { keys: "risk.maxDailyNotional", by: "limits", how: NEXT_ORDER },
  { keys: "risk.maxDailyVolume", by: "limits", how: NEXT_ORDER },
  { keys: "risk.creditLimit", by: "limits", how: NEXT_ORDER },
  {
    keys: "risk.currency",
    by: null,
    how: "limits, open orders and what was executed are counted in it from the start",
  },
  { keys: "risk.rates", by: "limits", how: NEW_ORDERS },
  { keys: "risk.clients", by: null, how: "the rows of clients are laid out at the start" },
  {
    keys: "risk.clients.*.accounts",
    by: null,
    how: "sums over the accounts of a client are made at the start; an account that comes or goes with it waits, too",
  },
  { keys: "risk.clients.*.*", by: "limits", how: NEXT_ORDER },
  { keys: "risk.traders", by: "limits", how: ADDED_OR_GONE },
  { keys: "risk.traders.*.*", by: "limits", how: NEXT_ORDER },
  { keys: "risk.restricted", by: "limits", how: NEXT_ORDER },
  { keys: "risk.restricted.*.*", by: "limits", how: NEXT_ORDER },
  { keys: "risk.accounts", by: "limits", how: ADDED_OR_GONE },
  { keys: "risk.accounts.*.*", by: "limits", how: NEXT_ORDER },
  { keys: "core.spareNames", by: null, how: "the core's tables are laid out at the start" },
  { keys: "core.maxOrders", by: null, how: "the core's tables are laid out at the start" },
  { keys: "core.spareVenues", by: null, how: "the places of venues in shared memory are planned at the start" },
  { keys: "core.maxPositions", by: null, how: "the core's tables are laid out at the start" },
  { keys: "core.tradingDay", by: null, how: "the core has its trading days from its start" },
  { keys: "journal", by: null, how: "the journal's files and buffers are laid out at the start" },
  { keys: "journal.resendHours", by: "retention", how: "from the next snapshot" },
  { keys: "journal.archiveDays", by: "retention", how: "from the next snapshot" },
  { keys: "journal.archiveGiB", by: "retention", how: "from the next snapshot" },
  { keys: "journal.spareMiB", by: "file", how: "it has no effect" },
  { keys: "memory", by: null, how: "the engine and the memory of the process are set up at the start" },
  { keys: "memory.limitMiB", by: "memory limit", how: "within a second" },
  { keys: "pool", by: null, how: "the memory of the session buffers is laid out at the start" },
  { keys: "pool.idleS", by: "session buffers", how: "at once" },
  { keys: "quotes", by: null, how: "the socket and the file are opened at the start" },
  { keys: "day", by: null, how: "start and end of day read it at the start" },
  { keys: "admin", by: null, how: "the API's sockets and bounds are set up at the start" },
  { keys: "admin.users", by: "API access", how: NEXT_REQUEST },
  { keys: "admin.certificates", by: "API access", how: NEXT_REQUEST },
  { keys: "admin.tokens", by: "API access", how: NEXT_REQUEST },
  { keys: "alarms", by: "alarms", how: "from the next second" },
  ...[
    ...["alarms.url", "alarms.routingKey", "alarms.routingKeyFile", "alarms.command"],
    ...["alarms.timeoutMs", "alarms.giveUpAfterS"],
  ].map((keys) => ({ keys, by: null, how: "the receivers of alarms are set up at the start" })),
  { keys: "alarms.baseline", by: null, how: "the baseline is set up at the start" },
  { keys: "alarms.baselineFactor", by: null, how: "the baseline is set up at the start" },
  { keys: "metrics", by: null, how: "metrics are set up at the start" },
  { keys: "profiles", by: null, how: "captures are bounded by these from the start" },
  { keys: "dropCopy", by: null, how: "the drop copy lane has its listener and sessions from its start" },
  { keys: "upgrade", by: "file", how: "the next sallyport upgrade reads it" },
  { keys: "exchange", by: null, how: "the built-in exchange is set up at the start" },
];

/** The row of a key. */
export function reloadTerm(keys: Keys): ReloadTerm {
  let found: ReloadTerm | undefined;
  let longest = 0;
  for (const term of RELOAD_TERMS) {
    const pattern = term.keys.split(".");
    if (pattern.length <= longest || pattern.length > keys.length) continue;
    if (!pattern.every((word, i) => word === "*" || word === String(keys[i]))) continue;
    found = term;
    longest = pattern.length;
  }
  if (found === undefined) throw new Error(`${keys.join(".")}: expected a row in config/reload-terms.ts, got none`);
  return found;
}
