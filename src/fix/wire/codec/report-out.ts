import { aim } from "./area.ts";
import { writeFields } from "./execution-report-fields.ts";
import { LAST_PX, LAST_QTY } from "./execution-report.ts";
import { HAS_LAST_PX, HAS_LAST_QTY } from "./layout.ts";
import { begin, char, decimal, end, put, soh, tag } from "./message.ts";
import { putInt } from "./numbers.ts";
import { NO_PRICE } from "./units.ts";

const EXECUTION_REPORT = 56;
const NO_MORE_TAGS: u32 = 0xffffffff;

/**
 * Writes an ExecutionReport (8) from the record at `report`, ascending by tag; `writes` has the bits of the record's fields that
 * the message may have, `last` those of LastPx and LastQty. Fields that differ between versions are arguments: `transType`,
 * `status` and `execType` 0, `rejReason` and `processed` negative leave the field out.
 * `beside` is what follows (src/record/groups.ts), 0 for nothing.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0 the caller adds fields and CheckSum.
 */
export function writeExecution(
  to: usize,
  report: usize,
  sequence: i32,
  processed: i32,
  writes: u32,
  transType: u32,
  last: u32,
  status: u32,
  execType: u32,
  rejReason: i32,
  isWhole: u32,
  beside: usize,
): i32 {
  aim(to);
  let at = begin(EXECUTION_REPORT, sequence, processed);
  at = writeFields(at, report, writes, 0, 20);
  if (transType !== 0) at = char(at, 20, transType);
  at = writeFields(at, report, writes, 20, 31);
  if ((last & HAS_LAST_PX) !== 0) {
    const price = load<i64>(report, LAST_PX);
    at = decimal(at, 31, price === NO_PRICE ? 0 : price);
  }
  if ((last & HAS_LAST_QTY) !== 0) at = decimal(at, 32, load<i64>(report, LAST_QTY));
  at = writeFields(at, report, writes, 32, 39);
  if (status !== 0) at = char(at, 39, status);
  at = writeFields(at, report, writes, 39, 103);
  if (rejReason >= 0) at = soh(putInt(tag(at, 103), rejReason));
  at = writeFields(at, report, writes, 103, 150);
  if (execType !== 0) at = char(at, 150, execType);
  at = writeFields(at, report, writes, 150, NO_MORE_TAGS);
  if (beside !== 0) at = put(at, beside + 4, load<u32>(beside));
  return end(at, isWhole !== 0);
}
