import { aim } from "./area.ts";
import { writeFields } from "./execution-report-fields.ts";
import { LAST_PX, LAST_QTY, REPORT_EXECUTION } from "./execution-report.ts";
import { begin, char, decimal, end, soh, stamp, tag, whole } from "./message.ts";
import { putInt } from "./numbers.ts";
import { NO_PRICE } from "./units.ts";

const EXECUTION_REPORT = 56;
const NO_MORE_TAGS: u32 = 0xffffffff;

/**
 * Writes an ExecutionReport (8) from the record at `report`, ascending by tag. Fields that differ between versions are
 * arguments: `transType` and `execType` 0, `rejReason` and `processed` negative leave the field out.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0 the caller adds groups and CheckSum.
 */
export function writeExecution(
  to: usize,
  report: usize,
  sequence: i32,
  processed: i32,
  version: u32,
  transType: u32,
  hasLast: u32,
  status: u32,
  execType: u32,
  rejReason: i32,
  isWhole: u32,
): i32 {
  aim(to);
  let at = begin(EXECUTION_REPORT, sequence, processed);
  const kind = REPORT_EXECUTION;
  at = writeFields(at, report, kind, version, 0, 20);
  if (transType !== 0) at = char(at, 20, transType);
  at = writeFields(at, report, kind, version, 20, 31);
  if (hasLast !== 0) {
    const price = load<f64>(report, LAST_PX);
    at = decimal(at, 31, price === NO_PRICE ? 0 : price);
    at = whole(at, 32, load<f64>(report, LAST_QTY));
  }
  at = writeFields(at, report, kind, version, 32, 39);
  at = char(at, 39, status);
  at = writeFields(at, report, kind, version, 39, 60);
  at = stamp(at, 60);
  at = writeFields(at, report, kind, version, 60, 103);
  if (rejReason >= 0) at = soh(putInt(tag(at, 103), rejReason));
  at = writeFields(at, report, kind, version, 103, 150);
  if (execType !== 0) at = char(at, 150, execType);
  at = writeFields(at, report, kind, version, 150, NO_MORE_TAGS);
  return end(at, isWhole !== 0);
}
