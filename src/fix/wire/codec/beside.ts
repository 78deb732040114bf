import { aim, area } from "./area.ts";
import { walk } from "./check.ts";
import { BESIDE, COUNT_WORD, MARKS_AT, NOT_PLAIN, TAKEN_AT } from "./layout.ts";
import { put } from "./message.ts";
import { PASS_ON } from "./rules.ts";
import { beginOf, endOf, indexFields } from "./scan.ts";

/** The layout and the bound of src/record/groups.ts. */
const TEXT_AT = 4;
const MOST_BYTES = 8192;
/** The first fields are BeginString, BodyLength and MsgType. */
const FIRST_FIELD = 3;

/**
 * Copies the marked fields of the scanned message, which was walked, to `to`, in the layout of src/record/groups.ts.
 * Returns  bytes, 0 for none, or NOT_PLAIN when there is no room.
 */
export function takeBeside(at: usize, to: usize): i32 {
  aim(at);
  const count = load<i32>(area, COUNT_WORD * 4);
  const marks = area + MARKS_AT;
  const taken = area + TAKEN_AT;
  let end = to + TEXT_AT;
  const limit = end + MOST_BYTES;
  let fields: usize = 0;
  let i = FIRST_FIELD;
  while (i < count) {
    if (<i32>load<u8>(marks + i) < BESIDE) {
      i++;
      continue;
    }
    // Neighbours are copied at once.
    const from = beginOf(i);
    do store<u8>(taken + fields++, load<u8>(marks + i++) & (BESIDE - 1));
    while (i < count && <i32>load<u8>(marks + i) >= BESIDE);
    const bytes = endOf(i - 1) + 1 - from;
    if (end + bytes > limit) return NOT_PLAIN;
    end = put(end, from, <u32>bytes);
  }
  if (fields === 0) return 0;
  store<u32>(to, <u32>(end - to) - TEXT_AT);
  end = put(end, taken, <u32>fields);
  for (; ((end - to) & 3) !== 0; end++) store<u8>(end, 0);
  return <i32>(end - to);
}

/**
 * True when the fields at `beside` go as they are to a peer with these rules, in these groups. `base` is the base of their index.
 * `passed` has the bits of those that the record has a place for, too.
 */
export function passBeside(at: usize, beside: usize, rules: usize, checks: u32, base: i32): i32 {
  aim(at);
  const from = beside + TEXT_AT;
  const to = from + load<u32>(beside);
  if (!indexFields(from, to, base) || !walk(rules, checks | PASS_ON)) return 0;
  const count = load<i32>(area, COUNT_WORD * 4);
  for (let i = 0; i < count; i++)
    if ((load<u8>(area + MARKS_AT + i) & (BESIDE - 1)) !== load<u8>(to + i)) return 0;
  return 1;
}
