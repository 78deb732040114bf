/*  The rules of one message type in a dictionary, and what they share with other types. All addresses are byte offsets in the
 *  memory; fix/orders/codec-rules.ts fills the tables, check.ts reads them.
 *
 *  rules     head, then a word for each tag below `limit`, then the hash of higher tags: tag and word
 *  word      see RULE_…; 0 for a tag that has no place in the hash
 *  shapes    SHAPES of them: sequences of tags that the walk found to be right, with what it found (shapes.ts)
 *  groups    16 bytes each: members from, members to, count of required members, first tag
 *  members   8 bytes each: tag and word
 *  sets      48 bytes each: bits of the values of one character, bits of the values 10 to 99, further values from, to
 *  further   8 bytes each: a value of two to eight characters, zero padded
 */
export const RULES_LIMIT = 0;
export const RULES_WORDS = 4;
export const RULES_HASH = 8;
/** Count of the hash's slots less one; a power of two. 0: there is no hash. */
export const RULES_HASH_MASK = 12;
export const RULES_REQUIRED = 16;
/** Not 0: a new order or a replace, whose OrdType may require Price and StopPx. */
export const RULES_PRICED = 20;
export const RULES_SETS = 24;
export const RULES_GROUPS = 28;
export const RULES_SHAPES = 32;
/** Tags of the record, by bit (fix/orders/message-fields.ts). */
export const RULES_TAGS = 36;
export const MOST_BITS = 32;
export const RULES_HEAD = RULES_TAGS + 2 * MOST_BITS + 4;

/*  A shape:
 *
 *  0       4        8        12       16      32           416           512
 *  ┌───────┬────────┬────────┬────────┬───────┬────────────┬─────────────┬──────────────────────────────────────────┐
 *  │ count │ checks │ beside │ passed │ notes │ tags (u32) │ marks (u8)  │ notes: field, kind (u16 each), number    │
 *  └───────┴────────┴────────┴────────┴───────┴────────────┴─────────────┴──────────────────────────────────────────┘
 *  notes   what depends on a field's value: its data type and its set, or the count of its group, or its length
 */
export const SHAPES = 4;
export const SHAPE_FIELDS = 96;
export const SHAPE_TAGS = 32;
export const SHAPE_MARKS = SHAPE_TAGS + 4 * SHAPE_FIELDS;
export const SHAPE_NOTES = SHAPE_MARKS + SHAPE_FIELDS;
export const SHAPE_BYTES = SHAPE_NOTES + 8 * SHAPE_FIELDS;

/** Bits of a word. The part is 1 for the header, 2 for the body, 3 for the trailer, and 0 of tags that the message does not have. */
export const RULE_PART = 3;
export const RULE_BODY = 2;
export const RULE_REQUIRED = 4;
/** Counts a group: the number in bits RULE_SET and up is the group's. */
export const RULE_COUNTS = 8;
/** Data type (fix/dictionary/data-type.ts). */
export const RULE_TYPE = 4;
export const RULE_TYPE_MASK = 15;
/** The record holds it, or each session writes it itself. */
export const RULE_HELD = 0x100;
/** Is a member of a group. */
export const RULE_MEMBER = 0x200;
/** Such a message, or group, is not plain. */
export const RULE_ODD = 0x400;
/** It is passed on as it is only when the value is one of the set; or only with less than eight characters. */
export const RULE_IN_SET = 0x800;
export const RULE_SHORT = 0x1000;
/** The record has the tag: its bit is the tag's place in RULES_TAGS. */
export const RULE_HAS_BIT = 0x2000;
/** Its value must be checked: its type is not a text of any value. */
export const RULE_VALUE = 0x4000;
/** 1 + number of the set of values, 0 for any value. */
export const RULE_SET = 15;

export const GROUP_BYTES = 16;
export const MEMBER_BYTES = 8;
export const SET_BYTES = 48;
export const SET_PAIRS = 16;
export const SET_FROM = 32;
export const SET_TO = 36;

/** What is checked, as bits. */
export const CHECK_VALUES = 1;
export const CHECK_REQUIRED = 2;
export const CHECK_ORDER = 4;
/** Tags that the message does not have are accepted from 5000 on, or below. */
export const ACCEPT_USER = 8;
export const ACCEPT_UNKNOWN = 16;
/** The fields are passed on, and are those of no whole message. */
export const PASS_ON = 32;
