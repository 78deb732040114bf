/** Size of a Control record, and where its name begins. */
export const CONTROL_BYTES = 128;
export const CONTROL_NAME_AT = 32;
/** A text may follow the record; where it begins, its most bytes, and the size of a slot of the ring that has room for it. */
export const CONTROL_TEXT_AT = 128;
export const CONTROL_TEXT_BYTES = 1920;
export const CONTROL_SLOT_BYTES = CONTROL_TEXT_AT + CONTROL_TEXT_BYTES;
/** Size of a ControlAnswer record. */
export const CONTROL_ANSWER_BYTES = 64;

// Kinds of commands.
/** Kill switch: value 1 refuses every new order and replace, 0 accepts them again; `name` is who asks. Cancels always pass. */
export const CONTROL_KILL = 1;
/** Reference price of the symbol in `name`: `price`, NO_PRICE for none. */
export const CONTROL_REFERENCE_PRICE = 2;
/** Cancels an open order at its venue: `value` is its slot, `amount` its first number; the core's own says why in its text, CAUSE_…. */
export const CONTROL_CANCEL_ORDER = 3;
/** The same, but the order ends in the books alone: its venue is not asked. */
export const CONTROL_CLOSE_ORDER = 4;
/**
 * Nothing but an entry in the journal, of what an operator did: the text is a part of JSON (control/action-record.ts); `amount` is the
 * action's number, `value` the part's number from 0 and, from bit 8 on, how many parts there are.
 */
export const CONTROL_OPERATOR_ACTION = 5;
/** Trading state of the client session whose id is `amount`: `value` is TRADING_…; the text is who asks. */
export const CONTROL_SESSION_TRADING = 32;
/** The same of a venue. */
export const CONTROL_VENUE_TRADING = 33;

// Trading state of a client session or a venue, set by an operator.
export const TRADING_ON = 0;
/** New orders and replaces are refused; cancels pass. */
export const TRADING_CANCEL_ONLY = 1;
/** It is logged out besides, and its Logon is refused; a venue is not dialled. */
export const TRADING_OFF = 2;

/** Changes settings of accounts, symbols and the firm: `value` changes in the text, all of them or none; `name` is who has asked. */
export const CONTROL_CHANGE = 16;
/** An order no longer needs attention: `value` is its slot, `amount` its first number. */
export const CONTROL_RELEASE_ORDER = 17;

/** Positions at the start of the trading day: `value` of them in the text, all or none; `name` is who has asked. */
export const CONTROL_POSITIONS = 48;
/** Most of a command, and where the names begin in each of them (core/assembly/start-of-day.ts). */
export const MOST_POSITIONS = 60;
export const POSITION_NAMES_AT = 16;
/**
 * What a reload of the configuration changes: accounts and symbols that come and go, routes, which accounts a session may use, and the
 * file's values of settings. The text and `value` are as in CONTROL_CHANGE; `name` is who has asked.
 */
export const CONTROL_CONFIGURE = 64;

/**
 * Cancels open orders of the client session whose id is `amount` at their venues: looks at some slots from `value` on, so that nobody
 * waits for long. `name` is their symbol, "" for all. Text: byte 0 CAUSE_…, byte 1 CANCEL_ALL or CANCEL_DAY, and from byte 8 on, where it is
 * so long, a double: orders that came at this time or later stay, microseconds. Behind it may be the ClOrdID of the request that asks for
 * it: OrderCancelRejects of orders that can't be canceled now have it. The answer's value is the slot at which the next command
 * begins, NO_MORE_SLOTS after the last one.
 */
export const CONTROL_CANCEL_SESSION = 56;
/**
 * The same, of the core to itself, of some of them: behind the double are the account and the party, 64 bytes each, zero padded, "" for any, and
 * then the request's ClOrdID. The party is the name of a row, TRADER=… or CLIENT=…; byte 4 is the side, 0 for any.
 */
export const CONTROL_CANCEL_MATCHING = 114;
export const CANCEL_SIDE_AT = 4;
export const MATCHING_ACCOUNT_AT = 16;
export const MATCHING_PARTY_AT = 80;
export const MATCHING_TEXT_BYTES = 144;
/**
 * The same of all open orders that match, for an operator (CAUSE_OPERATOR): `amount` is the id of their client session, -1 for any. Behind
 * the double are an int, the id of their venue, -1 for any, and the name of their account, "" for all. The core cancels all of them itself, some
 * orders in each turn, and answers once; a command that found no room is answered with CONTROL_TRY_AGAIN, and its value is where the next
 * one begins.
 */
export const CONTROL_CANCEL_ORDERS = 57;
/** The same for an engaged kill switch (CAUSE_KILL): the client reads so in Text, and gets nothing of a cancel that its venue refuses. */
export const CONTROL_CANCEL_KILLED = 124;
export const CANCEL_VENUE_AT = 16;
export const CANCEL_ACCOUNT_AT = 20;
export const CANCEL_TEXT_BYTES = 16;
export const CANCEL_BEFORE_AT = 8;
/** Where the core notes how many bytes of venues it has added behind the text (core/assembly/cancel-many.ts). */
export const CANCEL_VENUES_AT = 2;
export const NO_MORE_SLOTS = -1;
/**
 * Of the core to itself: tells the client session whose id is `amount` the status of `value` orders; `name` is the MassStatusReqID (584) of
 * its OrderMassStatusRequest. Text: MassStatusReqType (585), 1 where these are the last ones, at byte 4 an int, TotNumReports (911), then
 * the orders' slots, ints.
 */
export const CONTROL_MASS_STATUS = 72;
export const STATUS_LAST_AT = 1;
export const STATUS_TOTAL_AT = 4;
export const STATUS_SLOTS_AT = 8;
/**
 * Of the main thread to the core: the venue has not answered a request of the order whose slot is `value` and first number `amount`.
 * Text: byte 0 SILENCE_ASK or SILENCE_ANSWER, byte 1 REPORT_RULES (versions before wrote 0, and left orders alone that had ended), at byte 8 a double, the number of that request; with another one nothing is done. The answer's
 * value is 1 where the client was told.
 */
export const CONTROL_VENUE_SILENCE = 88;
export const SILENCE_TEXT_BYTES = 16;
export const SILENCE_RULES_AT = 1;
export const SILENCE_NUMBER_AT = 8;
/** The venue is asked for the order's status. */
export const SILENCE_ASK = 0;
/** The client is answered in the venue's place. */
export const SILENCE_ANSWER = 1;

/** Of the main thread to the core: asks the venue for the status of the open order whose slot is `value` and first number `amount`. */
export const CONTROL_VENUE_STATUS = 125;
/** The venue whose id is `amount` gets new orders from now on, where its Logon is still the one that the core counts as `value`. */
export const CONTROL_VENUE_READY = 126;

/** As CONTROL_CHANGE, but the values hold until the time `amount`, microseconds since 1970; then those that held before do again. */
export const CONTROL_CHANGE_UNTIL = 96;
/**
 * `value` temporary values in the text, as changes, end: those beneath them hold again. Of the core to itself, `amount` 0; of an operator before
 * the time, `amount` 1. `name` is who has asked.
 */
export const CONTROL_CHANGES_END = 97;

/**
 * As CONTROL_CHANGE, where a value that has an end gives its place up: the core makes it of a CONTROL_CHANGE. Versions before journalled
 * CONTROL_CHANGE there, and the value that has an end held on.
 */
export const CONTROL_CHANGE_LASTING = 100;

/** An override is granted: `value` is the check (core/risk/reason-codes.ts), `amount` its end; the text is in core/assembly/override-layout.ts. */
export const CONTROL_OVERRIDE = 98;
/** The override whose id is `amount` is used, has expired or is withdrawn: `value`; of a used one the text is a double, its order's number. */
export const CONTROL_OVERRIDE_END = 99;

/**
 * The unmatched report whose number is `amount` is assigned to an account, or dismissed; the text is in core/assembly/unmatched-layout.ts.
 * `name` is who has asked.
 */
export const CONTROL_ASSIGN_REPORT = 112;
export const CONTROL_DISMISS_REPORT = 113;

/** `value` quotes of symbols in the text (core/assembly/quotes.ts), each the newest one; the answer's value is how many symbols are not known. */
export const CONTROL_QUOTES = 80;
export const QUOTE_NAME_AT = 12;
/** Of the word that holds its age, milliseconds; a name's length is above. */
export const QUOTE_AGE_BITS = 24;

/**
 * Of the core to itself: the clock was set back. Quotes, executions and operators' prices that are dated later than this command count as too
 * old, and messages, executions and orders that windows hold count as if they had come now.
 */
export const CONTROL_CLOCK_SET_BACK = 104;

// Why the gateway cancels an order that its client did not cancel.
/** The operator wants it. */
export const CAUSE_OPERATOR = 0;
/** The client's connection has ended, or its session was logged out, and it was not back in time. */
export const CAUSE_DISCONNECT = 1;
export const CAUSE_LOGOUT = 2;
/** The client has asked for the cancel of many orders (OrderMassCancelRequest). */
export const CAUSE_MASS = 3;
/** A new order, or a replace, could trade with it. */
export const CAUSE_SELF_TRADE = 4;
/** A kill switch of its scope is engaged, which cancels open orders. */
export const CAUSE_KILL = 5;

/** Orders of any TimeInForce (59); all but those that are good till they are canceled (1) or till a date (6). */
export const CANCEL_ALL = 0;
export const CANCEL_DAY = 1;

// Changes in the text of a CONTROL_CHANGE or CONTROL_CONFIGURE (core/assembly/changes.ts).
/** Where the name of an account or symbol begins in a change. */
export const CHANGE_NAME_AT = 24;
/** Bit of `setting`: the file's value holds again. */
export const CHANGE_RESETS = 1 << 30;
/** Bit of `setting`: it is the file's value that changes; an operator's stays. After a replay the file of today counts again. */
export const CHANGE_IN_FILE = 1 << 29;
/** Bit of `setting`: no setting changes, but what is configured: one of STRUCTURE_…. In a CONTROL_CONFIGURE alone. */
export const CHANGE_STRUCTURE = 1 << 28;
/**
 * The account, symbol or client session is configured from now on. A symbol's step of quantities is `value`; `version` has the signs of
 * its prices in the low byte, and its venue's id + 1 above. A client session's id is `value`.
 */
export const STRUCTURE_ADD = 1;
/** It no longer is: its new orders are refused, its open ones can be cancelled. */
export const STRUCTURE_RETIRE = 2;
/** The client session whose id is `value` may use the account, or no longer. */
export const STRUCTURE_GRANT = 3;
export const STRUCTURE_REVOKE = 4;

// Routing rules, in the order in which a reload gives them: ROUTE_BEGIN, what each rule is, ROUTE_USE. `version` is the rule's number from 0.
/** The rules that follow are `value` new ones, in the place of all; orders follow the old ones until ROUTE_USE. */
export const ROUTE_BEGIN = 32;
/** From the next order on the new rules are in force; `value` is their digest. */
export const ROUTE_USE = 33;
/** Those before the last ROUTE_USE are in force again. */
export const ROUTE_BACK = 34;
/** The rule's next venue, the primary one first: its id is `value`. */
export const ROUTE_VENUE = 35;
/** Each adds to what the rule fits: a client session's id, or a character, in `value`. */
export const ROUTE_SESSION = 36;
export const ROUTE_TYPE = 37;
export const ROUTE_SIDE = 38;
/** The same, in the name: accounts and symbols, in which `*` stands for any characters; SecurityType (167); ExDestination (100). */
export const ROUTE_ACCOUNT = 39;
export const ROUTE_SYMBOL = 40;
export const ROUTE_SECURITY_TYPE = 41;
export const ROUTE_EX_DESTINATION = 42;
/** The rule's least and largest OrderQty (38), in `value`, 1e-8. */
export const ROUTE_MIN_QTY = 43;
export const ROUTE_MAX_QTY = 44;
/** The rule's first `value` venues share its orders: in turn, or each symbol at one of them. */
export const ROUTE_SHARE_BY_ORDER = 45;
export const ROUTE_SHARE_BY_SYMBOL = 46;
/** Of the `version` of a symbol's STRUCTURE_ADD: where its venue begins. */
export const STRUCTURE_VENUE_SHIFT = 8;
export const CHANGE_ANY_VERSION = -1;
/** Most changes of a command; long names leave room for fewer. */
export const MOST_CHANGES = 60;

// Results of commands.
/** Applied, and something changed. */
export const CONTROL_APPLIED = 1;
/** Applied, and everything was as asked before. */
export const CONTROL_UNCHANGED = 2;
/** Refused: the core knows no command of this kind. */
export const CONTROL_UNKNOWN_KIND = 3;
/** Refused: there is no symbol, account, session or venue of this name. */
export const CONTROL_UNKNOWN_NAME = 4;
/** Refused: the value or the amount is out of range. */
export const CONTROL_BAD_VALUE = 5;
/** Refused: the core has no order of this slot and number. */
export const CONTROL_UNKNOWN_ORDER = 6;
/** Refused: an account or symbol has no setting of this number. */
export const CONTROL_UNKNOWN_SETTING = 16;
/** Refused: the account or symbol was changed since it had this version. */
export const CONTROL_VERSION_DIFFERS = 17;
/** Refused: the text is none that this kind has. */
export const CONTROL_BAD_RECORD = 18;
/** Refused: a table of the core has no room for it. */
export const CONTROL_TABLE_FULL = 24;
/** Not taken now, and not journalled: what it leads to finds no room, or outputs of the replay come first. */
export const CONTROL_TRY_AGAIN = 26;
/** Refused: there is no room for another account or symbol. */
export const CONTROL_NO_ROOM = 19;
