/*  Where the core's state lies in shared memory. Both sides read this file: the code (WebAssembly) and the TypeScript around it,
 *  which lays the area out before the code opens it (core/area.ts). All numbers are byte offsets.
 *
 *  0            0x200         0x300          0x400               0x1000
 *  ┌────────────┬─────────────┬──────────────┬───────────────────┬──────────────────────────────────┐
 *  │ addresses, │ what inputs │ digits of    │ scratch: texts    │ tables and ends of rings,        │
 *  │ sizes      │ change      │ 3 counters   │ of refusals, ids  │ at the addresses                 │
 *  └────────────┴─────────────┴──────────────┴───────────────────┴──────────────────────────────────┘
 *  An address is a byte offset in the memory (unsigned 32 bits); every table begins at a multiple of 64.
 */

// Order table.
export const MAX_ORDERS = 0x00;
/** maxOrders rows of ORDER_BYTES (order.ts). */
export const ORDERS_AT = 0x04;

// ClOrdIDs: ID_ENTRY_BYTES each; TAIL_BYTES each; index of entries (id-index.ts).
export const ID_CAPACITY = 0x08;
export const IDS_AT = 0x0c;
export const ID_TAILS_AT = 0x10;
export const ID_INDEX_AT = 0x14;
/** Buckets of the index, a power of two. */
export const ID_INDEX_BUCKETS = 0x18;

// OrderIDs of venues: ID_BYTES each, by slot; index of slots.
export const ORDER_IDS_AT = 0x1c;
export const ORDER_ID_INDEX_AT = 0x20;
export const ORDER_ID_INDEX_BUCKETS = 0x24;

// Executions: buckets of BUCKET_BYTES; facts of FACTS_BYTES a bucket.
export const EXECUTION_BUCKETS = 0x28;
export const EXECUTIONS_AT = 0x2c;
export const FACTS_AT = 0x30;

// Names: ID_BYTES each, one byte of length each, index of ints (name + 1). The count is changed by inputs.
export const ACCOUNT_NAMES = 0x34;
export const SYMBOL_NAMES = 0x4c;
/** Of each of the two: */
export const NAMES_AT = 0x00;
export const NAME_LENGTHS_AT = 0x04;
export const NAME_INDEX_AT = 0x08;
/** Slots of the index, a power of two. */
export const NAME_INDEX_SLOTS = 0x0c;
export const NAME_CAPACITY = 0x10;
export const NAME_COUNT = 0x14;

/** Rows of ACCOUNT_BYTES, the last one of the firm; and of SYMBOL_BYTES. */
export const ACCOUNTS_AT = 0x64;
export const SYMBOLS_AT = 0x68;
/** The venue of each symbol, ints, NONE for none; and one byte for each venue id: 1 while it is up. */
export const VENUE_OF_AT = 0x6c;
export const VENUES_UP_AT = 0x70;
export const VENUE_IDS = 0x74;
/** What each venue takes (order-kinds.ts), VENUE_TAKES_BYTES by venue id; and what one takes whose configuration says nothing. */
export const VENUE_TAKES_AT = 0x1fc;
export const USUAL_TAKES_AT = 0x3e0;
export const VENUE_TAKES_BYTES = 16;
/** Bits session · account capacity + account; and one byte for each session id: 1 when it is known. */
export const ENTITLEMENTS_AT = 0x78;
export const KNOWN_SESSIONS_AT = 0x7c;
export const SESSION_IDS = 0x80;
/** Offsets of the trading day's zone: pairs of doubles (from, microseconds; shift, microseconds), ascending. */
export const DAY_OFFSETS_AT = 0x84;
export const DAY_OFFSET_COUNT = 0x88;

// Outputs. By client session id and venue id, ints: the ring that leads there, NONE for none; the last index; the last one sent.
export const SESSION_RING_AT = 0x8c;
export const VENUE_RING_AT = 0x90;
export const REPORT_INDEXES_AT = 0x94;
export const REQUEST_INDEXES_AT = 0x98;
export const SENT_REPORTS_AT = 0x9c;
export const SENT_REQUESTS_AT = 0xa0;
/** Ends of rings, RING_END_BYTES each: out to clients and venues, with as many of groups; in from clients and venues. */
export const REPORT_RINGS_AT = 0xa4;
export const REPORT_GROUP_RINGS_AT = 0xa8;
export const REPORT_RING_COUNT = 0xac;
export const REQUEST_RINGS_AT = 0xb0;
export const REQUEST_GROUP_RINGS_AT = 0xb4;
export const REQUEST_RING_COUNT = 0xb8;
export const ORDER_INPUTS_AT = 0xbc;
export const ORDER_GROUP_INPUTS_AT = 0xc0;
export const ORDER_INPUT_COUNT = 0xc4;
export const REPORT_INPUTS_AT = 0xc8;
export const REPORT_GROUP_INPUTS_AT = 0xcc;
export const REPORT_INPUT_COUNT = 0xd0;
/** One end each: commands in, their answers out. */
export const CONTROL_INPUT_AT = 0xd4;
export const ANSWERS_AT = 0xd8;

/** Doubles (core/counters.ts), which others may read. */
export const COUNTERS_AT = 0xdc;
/** Open orders, ints: by session id; the place of each session id, NONE for none; by place, which others may read; 0: nobody does. */
export const OPEN_COUNTS_AT = 0xe0;
export const OPEN_PLACES_AT = 0xe4;
export const OPEN_SHOWN_AT = 0xe8;
/** By reason code, REASON_BYTES each: length, OrdRejReason and CxlRejReason of FIX 5.0SP2, 0, text. */
export const REASONS_AT = 0xec;
/** A request and a report with the slot of groups behind: outputs that lead to no ring now. */
export const LATE_REQUEST_AT = 0xf0;
export const LATE_REPORT_AT = 0xf4;
/** A request of the operator. */
export const OPERATOR_REQUEST_AT = 0xf8;
/** The first executions of each order, FIRST_EXECUTIONS_BYTES each, by slot. */
export const FIRST_EXECUTIONS_AT = 0xfc;

/** Words of the journal's stream that inputs go to (journal/layout.ts). */
export const JOURNAL_AT = 0x100;
/** Sequence locks (locks.ts): an int for each order slot, account (the last one the firm) and symbol. */
export const ORDER_LOCKS_AT = 0x104;
export const ACCOUNT_LOCKS_AT = 0x108;
export const SYMBOL_LOCKS_AT = 0x10c;
/** 1 on a processor that does not keep stores in their order. */
export const STORES_REORDER = 0x110;
/** Trading states, ints: how often one has changed; then by session id, and by venue id. Agents read them. */
export const SESSION_TRADING_AT = 0x120;
export const VENUE_TRADING_AT = 0x124;
/** Who has set each of them, and when (trading.ts): TRADING_MARK_BYTES each, by session id, and by venue id. */
export const SESSION_MARKS_AT = 0x128;
export const VENUE_MARKS_AT = 0x12c;
/** Times of orders, for their latencies (telemetry/assembly/layout.ts); 0: nobody measures them. */
export const STAGE_TIMES_AT = 0x114;

/** Settings of accounts, symbols and the firm (settings.ts): SUBJECT_BYTES each, by what they are settings of. */
export const SUBJECTS_AT = 0x140;
export const SUBJECT_BYTES = 16;
/** Of each: rows of SETTING_BYTES, by index and setting; descriptions of SETTING_KIND_BYTES; how many settings it has. */
export const SETTINGS_AT = 0x00;
export const SETTING_KINDS_AT = 0x04;
export const SETTING_COUNT = 0x08;
/** Positions (positions.ts): rows of POSITION_BYTES, index of ints, slots of the index (a power of two), most rows. */
export const POSITIONS_AT = 0x1d0;
export const POSITION_INDEX_AT = 0x1d4;
export const POSITION_INDEX_SLOTS = 0x1d8;
export const POSITION_CAPACITY = 0x1dc;
/** The newest accepted orders (duplicates.ts): DUPLICATE_BYTES each; heads of chains, ints; how many of both, a power of two. */
export const DUPLICATES_AT = 0x1e0;
export const DUPLICATE_HEADS_AT = 0x1e4;
export const DUPLICATE_SLOTS = 0x1e8;
/** When each order came and when it last changed: pairs of doubles, microseconds, by slot. */
export const ORDER_TIMES_AT = 0x190;
/** Ints, MOST_CHANGES: what the changes of a command are about. */
export const CHANGED_AT = 0x194;
/** Pairs of ints by session id: how many accounts it may use, and the sum of their indexes, which is the index where there is one. */
export const DEFAULT_ACCOUNTS_AT = 0x1c0;
/** Counts the commands that changed what is configured, or the file's value of a setting. */
export const FILE_CHANGES = 0x1c4;
/** A command of the core to itself, with its text, and the answer behind it. */
export const OWN_CONTROL_AT = 0x198;
/** The operator's cancel of many orders that is under way (cancel-orders.ts): the same. */
export const CANCEL_ORDERS_AT = 0x1bc;

// What inputs change, besides tables.
export const NUMBER = 0x200;
export const EXECUTION = 0x208;
export const KILLED_US = 0x210;
/** The counter of REFERENCE_DIGITS. */
export const REFERENCE = 0x288;
/** The span of time that is known to be in DAY, microseconds. */
export const DAY_FROM_US = 0x218;
export const DAY_UNTIL_US = 0x220;
/** Of the execution that was looked up last. */
export const FOUND_QUANTITY = 0x228;
export const FOUND_PRICE = 0x230;
export const KILLED = 0x238;
export const DAY = 0x23c;
/** Slots that have ever been used; heads of the free and of the done ones. */
export const FRESH = 0x240;
export const FREED = 0x244;
export const OLDEST = 0x248;
export const NEWEST = 0x24c;
export const CLAIMED = 0x250;
export const OPEN_COUNT = 0x254;
export const ATTENTION_COUNT = 0x258;
export const IDS_FRESH = 0x25c;
export const IDS_FREED = 0x260;
export const IDS_USED = 0x264;
/** What became of the report that is being applied, and the tag of the field at fault. */
export const OUTCOME = 0x268;
export const FAULT_TAG = 0x26c;
/** The order of the last report that was of a known one: its slot, NONE before. */
export const ORDER_SLOT = 0x270;
/** 1 while inputs come from the journal; 1 while outputs do, also after the replay until none of them waits. */
export const REPLAYING = 0x274;
export const OUTPUTS_OF_THE_PAST = 0x278;
/** How many outputs wait for their rings; the TypeScript side keeps them. */
export const LATE_COUNT = 0x27c;
/** 1: outputs that lead to no ring are shown to the import `output`. */
export const SHOWS_OUTPUTS = 0x280;
/** Session whose count of open orders has fallen and is not shown yet, or NONE. */
export const FALLEN = 0x284;
/** Rows of positions that are used. */
export const POSITION_COUNT = 0x2c0;
/** Number of the newest accepted order that is kept for duplicates. */
export const DUPLICATE_COUNT = 0x2c4;
/** Time of the newest order that the ring has overwritten, microseconds; 0: of none. */
export const DUPLICATE_LOST_US = 0x2c8;

/** Pairs that are used. */
export const PAIR_COUNT = 0x2d0;
/** Times of executions (repeated-executions.ts), by their numbers from 1 on, 0 for none: used ever, head of the free ones, oldest, newest. */
export const TIMES_FRESH = 0x2d4;
export const TIMES_FREED = 0x2d8;
export const TIMES_OLDEST = 0x2dc;
export const TIMES_NEWEST = 0x2e0;
/** The account that the last report brings to its limit of executions, the symbol of these, and the trader: index + 1, 0 for none. */
export const REACHED_ACCOUNT = 0x2e4;
export const REACHED_SYMBOL = 0x2e8;
export const REACHED_TRADER = 0x2ec;

/** Digits of the three counters: 16 bytes of text each, and the length in the byte behind. */
export const NUMBER_DIGITS = 0x300;
export const EXECUTION_DIGITS = 0x320;
export const REFERENCE_DIGITS = 0x340;
/** Pairs of an account, a client or a trader, and a symbol (pairs.ts): rows of PAIR_BYTES, index of ints, its slots (a power of two), most rows; of traders how many, and most. */
export const PAIRS_AT = 0x380;
export const PAIR_INDEX_AT = 0x384;
export const PAIR_INDEX_SLOTS = 0x388;
export const PAIR_CAPACITY = 0x38c;
export const TRADER_PAIRS = 0x2f0;
export const TRADER_PAIR_CAPACITY = 0x39c;
/** Times of executions: EXECUTION_TIME_BYTES each; most of them. */
export const EXECUTION_TIMES_AT = 0x390;
export const EXECUTION_TIME_CAPACITY = 0x394;
/** Resting orders (resting.ts): RESTING_BYTES each, by slot. */
export const RESTING_AT = 0x398;
/** By row of a position: the row of its client's position in the symbol where that was last found, an int (positions.ts). */
export const POSITION_CLIENTS_AT = 0x3a0;

/*  Routing rules (routing.ts): two sets, of which one is in force and the other takes a reload's. By set: what is the same for every
 *  gateway, ROUTE_SET_BYTES; then the rules that fit each client session, account and symbol, ROUTE_BITS by id or index.
 */
export const ROUTE_SETS_AT = 0x3c0;
export const ROUTE_SESSIONS_AT = 0x3c4;
export const ROUTE_ACCOUNTS_AT = 0x3c8;
export const ROUTE_SYMBOLS_AT = 0x3cc;
/** Which set is in force: 0 or 1. Changed by inputs. */
export const ROUTE_SET = 0x3d0;
/** By client session id: where its own limits are, and how many traders it has (levels.ts), SESSION_LEVEL_BYTES each. */
export const SESSION_LEVELS_AT = 0x3d4;
/** By order slot: the row of its trader + 1, an int, 0 where it has none; and (changed by inputs) 1 when an order ever had one. */
export const ORDER_TRADERS_AT = 0x3d8;
export const HAS_TRADERS = 0x3dc;
/** The limits' currency (base/currency.ts), 64 bits; 0: none is configured. */
export const LIMIT_CURRENCY = 0x3f0;
/** By order slot: its factor (factor.ts), FACTOR_BYTES; and (changed by inputs) 1 when an order ever had one. */
export const ORDER_FACTORS_AT = 0x3f8;
export const HAS_FACTORS = 0x3fc;
/**
 * Times of the newest messages of all client sessions (firm-messages.ts): new orders and replaces, then messages of all kinds, doubles; how
 * many of each, a power of two. Changed by inputs: the numbers of the newest ones.
 */
export const FIRM_TIMES_AT = 0xf00;
export const FIRM_TIME_SLOTS = 0xf04;
export const FIRM_ORDER_NUMBER = 0xf08;
export const FIRM_MESSAGE_NUMBER = 0xf0c;
export const SCRATCH = 0x400;
export const HEAD_BYTES = 0x1000;

/*  End of a ring, as the code keeps it (ring/one-to-one.ts): its own word is `mine`, the other side's last read one is `seen`.
 *
 *  0       4        8        12     16          20          24     28       64
 *  ┌───────┬────────┬────────┬──────┬───────────┬───────────┬──────┬──────┬──┐
 *  │ tail  │ head   │ slots  │ mask │ slotBytes │ oneThread │ mine │ seen │  │   the first three are addresses
 *  └───────┴────────┴────────┴──────┴───────────┴───────────┴──────┴──────┴──┘
 */

export const ORDER_BYTES = 192;
export const ID_ENTRY_BYTES = 48;
/** Of an entry: its owner, which is session | length << ID_LENGTH_SHIFT | ID_HIDDEN. */
export const ID_OWNER_AT = 32;
export const ID_LENGTH_SHIFT = 24;
/** The entry is not in the index, because its ClOrdID has been used again. */
export const ID_HIDDEN = 1 << 31;
export const TAIL_BYTES = 32;
export const ID_BUCKET_BYTES = 64;
export const FIRST_EXECUTIONS_BYTES = 64;
export const BUCKET_BYTES = 64;
export const FACTS_BYTES = 256;
export const ACCOUNT_BYTES = 384;
export const SYMBOL_BYTES = 320;
export const FACTOR_BYTES = 16;
export const SESSION_LEVEL_BYTES = 16;
export const POSITION_BYTES = 128;
export const DUPLICATE_BYTES = 64;
export const PAIR_BYTES = 64;
export const EXECUTION_TIME_BYTES = 32;
export const RESTING_BYTES = 32;
/** Of an account's row: bits of the order types and of the times in force that it may use, 16 of each. */
export const ACCOUNT_ORDER_TYPES_AT = 4;
export const ACCOUNT_TIMES_IN_FORCE_AT = 6;
/** The restricted lists whose symbols it may not buy, sell, sell short: bits. */
export const ACCOUNT_RESTRICTED_BUY_AT = 168;
export const ACCOUNT_RESTRICTED_SELL_AT = 176;
export const ACCOUNT_RESTRICTED_SHORT_AT = 184;
/** Its limit of executions. */
export const ACCOUNT_EXECUTIONS_AT = 352;
export const ACCOUNT_EXECUTIONS_WINDOW_AT = 360;
/** What becomes of its orders that could trade with each other, and whether those of its client count, too. */
export const ACCOUNT_SELF_TRADE_AT = 368;
export const ACCOUNT_SELF_TRADE_GROUP_AT = 372;
export const SELF_TRADE_OFF = 0;
export const SELF_TRADE_REJECT = 1;
export const SELF_TRADE_CANCEL_OLD = 2;
export const SELF_TRADE_CANCEL_BOTH = 3;
/** In which heaps its orders rest: in none, or in those of its own, or of its client. */
export const RESTS_IN_NONE = 0;
export const RESTS_IN_ACCOUNT = 1;
export const RESTS_IN_CLIENT = 2;
export const ACCOUNT_CLIENT_AT = 248;
/** The bit of OrdType and TimeInForce 0; that of 1 is the next. Behind the digits: the bits of the letters B, J and P. */
export const FIRST_CHAR = 0x30;
export const BIT_OF_B = 10;
export const BIT_OF_J = 11;
export const BIT_OF_P = 12;
/** Of the firm's row, where accounts have other limits: most messages of all client sessions, and the windows in which they count. */
export const FIRM_ORDER_MESSAGES_AT = 232;
export const FIRM_ORDER_WINDOW_AT = 240;
export const FIRM_ALL_MESSAGES_AT = 352;
export const FIRM_ALL_WINDOW_AT = 360;
/** Of a symbol's row: what its orders must keep to. */
export const SYMBOL_TICK_AT = 64;
export const SYMBOL_LOT_AT = 72;
export const SYMBOL_VENUE_MAX_QTY_AT = 80;
export const SYMBOL_MAX_ORDER_QTY_AT = 88;
export const SYMBOL_MAX_NOTIONAL_AT = 96;
/** From when and until when it takes orders, microseconds; the restricted lists that it is on, bits. */
export const SYMBOL_OPENS_AT = 104;
export const SYMBOL_CLOSES_AT = 112;
export const SYMBOL_LISTS_AT = 120;
/** Its contract multiplier, and the currency of its prices (base/currency.ts). */
export const SYMBOL_MULTIPLIER_AT = 128;
export const SYMBOL_CURRENCY_AT = 144;
/** Of the row of a currency among the accounts: units of the limits' currency for one of it, 1e-8. */
export const ACCOUNT_RATE_AT = 344;
/** Where its reference price comes from (reference-sources.ts), what each source is good for, milliseconds, and the sources' prices. */
export const SYMBOL_SOURCES_AT = 152;
export const SYMBOL_QUOTES_STALE_AT = 160;
export const SYMBOL_EXECUTIONS_STALE_AT = 168;
export const SYMBOL_OPERATOR_STALE_AT = 176;
export const SYMBOL_EXECUTION_AT = 192;
export const SYMBOL_QUOTE_AT = 208;
/** The price that an operator, or else the configuration, has set. */
export const SYMBOL_BASE_AT = 224;
/** Bits of a place among the sources, the first one lowest. */
export const SOURCE_BITS = 3;
export const SOURCE_QUOTES = 1;
export const SOURCE_EXECUTIONS = 2;
export const SOURCE_OPERATOR = 3;
export const SOURCE_CONFIGURATION = 4;
export const ORDER_TIMES_BYTES = 16;
export const TRADING_MARK_BYTES = 40;
/** Of a mark: who, zero padded, behind the time. */
export const TRADING_MARK_BY_AT = 8;
export const SETTING_BYTES = 64;
export const SETTING_KIND_BYTES = 32;
/** Where a setting's value stands: an integer of 64 bits, a double, an int, a bit of an int, in the setting alone, or 16 bits. */
export const FORM_LONG = 0;
export const FORM_DOUBLE = 1;
export const FORM_INT = 2;
export const FORM_BIT = 3;
export const FORM_NONE = 4;
export const FORM_SHORT = 5;
/** Bits of a description: a value out of bounds blocks the account or symbol; NO_PRICE is a value; its row then has the largest number; the configuration and its calendars say it. */
export const SETTING_IS_LIMIT = 1;
export const SETTING_MAY_BE_NONE = 2;
export const SETTING_NONE_IS_MOST = 4;
export const SETTING_IS_OF_FILE = 8;
/** Bits of an account's flags. */
export const ACCOUNT_ENABLED = 1;
export const ACCOUNT_HAS_LIMITS = 2;
export const ACCOUNT_KILLED = 4;
export const ACCOUNT_MAY_SELL_SHORT = 16;
/** A limit of its exposure is set (exposure.ts). */
export const ACCOUNT_HAS_EXPOSURE_LIMITS = 32;
/** Without it the account is here for its old orders alone; with ACCOUNT_RETIRED it was configured earlier in this run. */
export const ACCOUNT_CONFIGURED = 64;
export const ACCOUNT_RETIRED = 128;
export const ACCOUNT_NEEDS_LOCATE = 256;
export const ACCOUNT_IS_LEVEL = 512;
export const ACCOUNT_IGNORES_PRICES = 2048;
/** It has had as many executions as it may: no new orders until somebody enables it again. */
export const ACCOUNT_STOPPED = 1024;
/** Bits of a symbol's flags. */
export const SYMBOL_ENABLED = 1;
export const SYMBOL_KILLED = 2;
export const SYMBOL_UNSOUND = 4;
export const SYMBOL_NEEDS_LOCATE = 8;
/** Its currency has no rate: it takes no orders. */
export const SYMBOL_WITHOUT_RATE = 16;
/** Its reference price comes from sources that may be too old. */
export const SYMBOL_HAS_WATERFALL = 32;
/** As ACCOUNT_CONFIGURED and ACCOUNT_RETIRED. */
export const SYMBOL_CONFIGURED = 64;
export const SYMBOL_RETIRED = 128;
/** Settings that the code knows by their numbers (core/risk/settings.ts). */
export const COLLAR_SETTING = 1;
export const COLLAR_WIDTH_SETTING = 2;
export const REFERENCE_SETTING = 3;
export const FIRM_KILLED_SETTING = 0;
export const STOPPED_SETTING = 22;
/** What a limit that an order does not keep to is of (detail.ts). */
export const LEVEL_NONE = 0;
export const LEVEL_FIRM = 1;
export const LEVEL_SESSION = 2;
export const LEVEL_ACCOUNT = 3;
export const LEVEL_SYMBOL = 4;
/** A client, a client session or a trader that has a row, whose name says which; and a trader without one. */
export const LEVEL_ROW = 5;
export const LEVEL_TRADER = 6;
export const REASON_BYTES = 64;
export const REASON_TEXT_AT = 4;

// What a table of names is called in a failure; and what a setting is of.
export const ACCOUNTS = 0;
export const SYMBOLS = 1;
export const FIRM = 2;
/** Client sessions: what is configured of them, not a setting. */
export const SESSIONS = 3;
/** Routing rules: the same. */
export const ROUTES = 40;
export const SUBJECT_COUNT = 3;

// Failures, by the number that the import `fail` gets: see core/failures.ts.
export const BAD_SLOT = 1;
export const SLOT_TAKEN = 2;
export const IDS_CLAIMED = 3;
export const IDS_OF_DONE = 4;
export const OWNER_OF_ID = 5;
export const OPEN_OF_ACCOUNT = 6;
export const HELD_BY_ACCOUNT = 7;
export const OPEN_OF_SESSION = 8;
export const CLOSED_TO_STATE = 9;
export const REOPENED_TO_STATE = 10;
export const OUTBOX_ROOM = 11;
export const OUTBOX_GROUPS = 12;
export const GROUPS_OF_ORDER = 15;
export const GROUPS_OF_REPORT = 16;
export const ANSWERS_FULL = 17;
/** These are no broken invariants: the journal does not fit the configuration. */
export const JOURNAL_SESSION = 18;
export const JOURNAL_VENUE = 19;
export const JOURNAL_ORDERS = 20;
export const JOURNAL_NAMES = 21;
/** Broken invariants again. */
export const ID_OF_INDEX = 22;
export const TEXT_OF_REASON = 23;
export const QUANTITY_OF_ACCOUNT = 26;
export const QUANTITY_OF_POSITION = 27;
/** As JOURNAL_ORDERS. */
export const JOURNAL_POSITIONS = 28;
