import * as codes from "../record/control-codes.ts";

/** Sizes, offsets and results have the same prefix; a new result is named here. */
const NO_KIND =
  /_(?:BYTES|AT)$|^CONTROL_(?:APPLIED|UNCHANGED|UNKNOWN_\w+|BAD_\w+|VERSION_DIFFERS|TABLE_FULL|NO_ROOM|TRY_AGAIN)$/;

/** Every kind of command that the core of this version knows: a start refuses a journal with another one. */
export const COMMAND_KINDS: readonly number[] = Object.entries(codes)
  .flatMap(([name, value]) => (name.startsWith("CONTROL_") && !NO_KIND.test(name) ? [value] : []))
  .sort((a, b) => a - b);
