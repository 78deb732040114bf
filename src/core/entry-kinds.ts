/** Kinds of the entries that the core writes; the journal's layout gives them their numbers. */
export const ENTRY_ORDER = 1;
export const ENTRY_REPORT = 2;
export const ENTRY_CONTROL = 3;
export const ENTRY_OUTCOME = 10;
/** Where the tag begins in the index of an ENTRY_OUTCOME, and how much of the report's record it has. */
export const OUTCOME_TAG_SHIFT = 8;
export const OUTCOME_BYTES = 96;
