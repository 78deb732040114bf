/*  The fields of a message that its record does not hold, repeating groups among them, on their way beside the record, which has
 *  their length: as received and in their order, and the structure that the reader found, so that a writer needs only the tables
 *  of that peer's version.
 *
 *  byte 0           4                             4 + textBytes
 *       ┌───────────┬─────────────────────────────┬──────────────────────────┬─────┐
 *       │ textBytes │ whole fields, SOH included  │ marks, one byte a field  │ 0 … │  a multiple of 4
 *       └───────────┴─────────────────────────────┴──────────────────────────┴─────┘
 *  mark  bits 0 to 3: depth, 0 for the count of a group of the body, 1 for the fields of its entries, and so on;
 *        0 in all bits: a field of the body that is in no group
 */
export const GROUPS_TEXT_AT = 4;
export const MARK_DEPTH = 15;
/** The field begins an entry. */
export const MARK_BEGINS = 16;
/** The field counts the entries of a group, which follow it one deeper. */
export const MARK_COUNTS = 32;
/** The field is of a group whose structure could not be found. */
export const MARK_UNREAD = 64;

/** What one message may have beside its record: all of a message of the default limit (client.maxMessageBytes). */
export const GROUP_TEXT_BYTES = 8192;
/** As many as fit in these bytes: a field has four at least. */
export const GROUP_FIELDS = GROUP_TEXT_BYTES / 4;

/** A slot of the ring of groups that runs beside each ring of records: GROUPS_TEXT_AT, text and marks, whole lines. */
export const GROUP_SLOT_BYTES = 10_304;
export const GROUP_SLOTS = 128;
