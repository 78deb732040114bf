/** Size of a Control record, and where its name begins. */
export const CONTROL_BYTES = 128;
export const CONTROL_NAME_AT = 32;
/** Size of a ControlAnswer record. */
export const CONTROL_ANSWER_BYTES = 64;

// Kinds of commands.
/** Kill switch: value 1 refuses every new order and replace, 0 accepts them again. Cancels always pass. */
export const CONTROL_KILL = 1;
/** Reference price of the symbol in `name`: `price`, NO_PRICE for none. */
export const CONTROL_REFERENCE_PRICE = 2;
/** Cancels an open order at its venue: `value` is its slot, `amount` its first number. */
export const CONTROL_CANCEL_ORDER = 3;
/** The same, but the order ends in the books alone: its venue is not asked. */
export const CONTROL_CLOSE_ORDER = 4;

// Results of commands.
/** Applied, and something changed. */
export const CONTROL_APPLIED = 1;
/** Applied, and everything was as asked before. */
export const CONTROL_UNCHANGED = 2;
/** Refused: the core knows no command of this kind. */
export const CONTROL_UNKNOWN_KIND = 3;
/** Refused: the core knows no symbol or account of this name. */
export const CONTROL_UNKNOWN_NAME = 4;
/** Refused: the value or the amount is out of range. */
export const CONTROL_BAD_VALUE = 5;
/** Refused: the core has no order of this slot and number. */
export const CONTROL_UNKNOWN_ORDER = 6;
