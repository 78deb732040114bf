import { ACCOUNT_KEYS, SESSION_KEYS, SYMBOL_KEYS, TRADER_KEYS } from "./check-keys.ts";
import * as why from "./reason-codes.ts";
import { type ByVersion, type Check, check } from "./reason-row.ts";

/** Unknown account, unknown symbol, the broker's option. */
const UNKNOWN: ByVersion = [0, 15, 15];
const SYMBOL: ByVersion = [1, 1, 1];
const BROKER: ByVersion = [0, 0, 0];
const CXL_BROKER: ByVersion = [2, 2, 2];
const EXECUTIONS = ["repeatedExecutions", "executionsWindowMs"];

/** Checks of who sends an order and for whom, and whether they and the symbol are switched on: the first ones (checks.ts). */
export const PARTY_CHECKS: readonly Check[] = [
  check(why.UNKNOWN_SESSION, "UNKNOWN_SESSION", {
    levels: ["SESSION"],
    keys: [SESSION_KEYS],
    meaning: "The session is not in the configuration any more.",
    remedy: "Add its table under `client.sessions`.",
  }),
  check(why.BAD_CL_ORD_ID, "BAD_CLORDID", {
    family: "CORE",
    levels: ["ORDER"],
    meaning: "ClOrdID (11) is empty or longer than 64 characters.",
    remedy: "Send a shorter ClOrdID.",
  }),
  check(why.DUPLICATE_CL_ORD_ID, "DUPLICATE_CLORDID", {
    ord: [6, 6, 6],
    cxl: [2, 6, 6],
    levels: ["SESSION"],
    meaning: "The session has used this ClOrdID (11) before, and may not use it again yet; see [orders](orders.md).",
    remedy: "Send a new ClOrdID.",
  }),
  check(why.JOURNAL_FULL, "JOURNAL_FULL", {
    family: "CORE",
    ord: BROKER,
    cxl: CXL_BROKER,
    levels: ["FIRM"],
    meaning: "The disk of the journal is full. Cancels and reports still pass.",
    remedy: "Free disk space; see [journal](journal.md).",
  }),
  check(why.KILL_SWITCH, "KILL_SWITCH", {
    levels: ["FIRM"],
    keys: ["risk.kill"],
    meaning: "The kill switch is engaged.",
    remedy: "Find out why it was engaged; release it with `SIGUSR2`.",
  }),
  check(why.SESSION_CANCEL_ONLY, "SESSION_CANCEL_ONLY", {
    levels: ["SESSION"],
    meaning: "An operator lets the session only cancel.",
    remedy: "Ask the operator; `sallyport ctl session state NAME on`.",
  }),
  check(why.SESSION_OFF, "SESSION_OFF", {
    levels: ["SESSION"],
    meaning: "An operator has switched the session off; the order came before its Logout.",
    remedy: "Ask the operator; `sallyport ctl session state NAME on`.",
  }),
  check(why.FIRM_ORDER_MESSAGES, "FIRM_ORDER_MESSAGES", {
    levels: ["FIRM"],
    keys: ["risk.firmOrderMessages", "risk.firmOrderMessagesWindowMs"],
    meaning:
      "All client sessions together have sent `firmOrderMessages` new orders and replaces within `firmOrderMessagesWindowMs`; what this refuses does not count.",
    remedy: "Send it again later, or raise the limit.",
  }),
  check(why.FIRM_ALL_MESSAGES, "FIRM_ALL_MESSAGES", {
    levels: ["FIRM"],
    keys: ["risk.firmAllMessages", "risk.firmAllMessagesWindowMs"],
    meaning:
      "The same of all their requests, by the keys with `firmAllMessages`. Cancels, mass cancels and status requests count, and are not refused.",
    remedy: "Send it again later, or raise the limit.",
  }),
  check(why.UNKNOWN_ACCOUNT, "UNKNOWN_ACCOUNT", {
    ord: UNKNOWN,
    levels: ["ACCOUNT"],
    keys: [ACCOUNT_KEYS],
    meaning: "Account (1) is missing or has no table.",
    remedy: "Correct the account, or add `[risk.accounts.NAME]`.",
  }),
  check(why.NOT_ENTITLED, "NOT_ENTITLED", {
    ord: UNKNOWN,
    levels: ["SESSION", "ACCOUNT", "TRADER"],
    keys: [`${SESSION_KEYS}.accounts`, `${SESSION_KEYS}.traders`],
    meaning:
      "The session may not trade this account. With `level=TRADER`: it has traders, and the new order names none of them; this is checked behind the account and its client.",
    remedy: "Add the account to `accounts`, or the trader to `traders`, of the client session.",
  }),
  check(why.KILL_SWITCH_ACCOUNT, "KILL_SWITCH_ACCOUNT", {
    levels: ["ACCOUNT"],
    meaning: "The account's kill switch is engaged.",
    remedy: "Ask the operator; `sallyport ctl lift account:NAME`.",
  }),
  check(why.REPEATED_EXECUTIONS, "REPEATED_EXECUTIONS", {
    ord: [0, 99, 21],
    levels: ["ACCOUNT", "TRADER"],
    keys: EXECUTIONS.flatMap((key) => [`${ACCOUNT_KEYS}.${key}`, `${TRADER_KEYS}.${key}`]),
    meaning:
      "The account has had `repeatedExecutions` executions in one symbol within `executionsWindowMs`, and is stopped since, in all symbols. With `level=TRADER`: the trader, which is checked behind the account and its client; a replace is refused for the trader who entered the order.",
    remedy: "Find out why it traded so often; `sallyport ctl account enable NAME`, or `trader enable NAME`.",
  }),
  check(why.ACCOUNT_DISABLED, "ACCOUNT_DISABLED", {
    levels: ["ACCOUNT"],
    keys: [`${ACCOUNT_KEYS}.enabled`],
    meaning: "The account has `enabled = false`.",
    remedy: "Enable it if it may trade.",
  }),
  check(why.ACCOUNT_WITHOUT_LIMITS, "ACCOUNT_WITHOUT_LIMITS", {
    levels: ["ACCOUNT"],
    keys: [ACCOUNT_KEYS],
    meaning: "The account has no limits.",
    remedy: "Set its limits.",
  }),
  check(why.KILL_SWITCH_CLIENT, "KILL_SWITCH_CLIENT", {
    levels: ["CLIENT"],
    meaning: "The kill switch of the account's client is engaged.",
    remedy: "Ask the operator; `sallyport ctl lift client:NAME`.",
  }),
  check(why.KILL_SWITCH_TRADER, "KILL_SWITCH_TRADER", {
    levels: ["TRADER"],
    meaning: "The trader's kill switch is engaged. A replace is refused for the trader who entered the order.",
    remedy: "Ask the operator; `sallyport ctl lift trader:NAME`.",
  }),
  check(why.TRADER_DISABLED, "TRADER_DISABLED", {
    levels: ["TRADER"],
    keys: [`${TRADER_KEYS}.enabled`],
    meaning: "The trader has `enabled = false`.",
    remedy: "Enable it if it may trade.",
  }),
  check(why.UNKNOWN_SYMBOL, "UNKNOWN_SYMBOL", {
    ord: SYMBOL,
    levels: ["SYMBOL"],
    keys: [SYMBOL_KEYS],
    meaning: "The symbol has no table.",
    remedy: "Add `[symbols.NAME]`, or correct Symbol (55).",
  }),
  check(why.KILL_SWITCH_SYMBOL, "KILL_SWITCH_SYMBOL", {
    levels: ["SYMBOL"],
    meaning: "The symbol's kill switch is engaged.",
    remedy: "Ask the operator; `sallyport ctl lift symbol:NAME`.",
  }),
  check(why.SYMBOL_DISABLED, "SYMBOL_DISABLED", {
    ord: SYMBOL,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.enabled`],
    meaning: "The symbol has `enabled = false`.",
    remedy: "Enable it if it may be traded.",
  }),
  check(why.RATE_MISSING, "RATE_MISSING", {
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.currency`, "risk.rates"],
    meaning: "The currency of the symbol's prices has no rate to `risk.currency`.",
    remedy: "Set it in `risk.rates`, or with `sallyport ctl currency set`.",
  }),
];
