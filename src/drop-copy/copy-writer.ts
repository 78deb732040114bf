import { broken } from "../base/broken.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import { FIX44 } from "../fix/wire/version.ts";

const YES = 89;
/** `10=123|` */
const CHECKSUM_BYTES = 7;
/** What a copy may have more than its report; see COPY_BYTES of the plan. */
const ADDED_BYTES = 256;

/** Header fields that may follow TargetCompID (56) in what we send; a copy has a header of its own. */
const HEADER: readonly number[] = [
  ...[tag.LastMsgSeqNumProcessed, tag.OnBehalfOfCompID, tag.OnBehalfOfSubID, tag.OnBehalfOfLocationID],
  ...[tag.DeliverToCompID, tag.DeliverToSubID, tag.DeliverToLocationID],
];

/** Most bytes that the copy of the report that `scan` holds may have. */
export function copyBytes(scan: Scanner): number {
  return scan.to - scan.from + ADDED_BYTES;
}

/**
 * Writes the session's next message: the copy of the ExecutionReport that `scan` holds, as its client got it. The client is
 * named in OnBehalfOfCompID (115) by the CompID that it logs on with, and CopyMsgIndicator (797) says from FIX 4.4 on that it is
 * a copy. `index` counts the session's copies.
 */
export function writeCopy(session: FixSession, scan: Scanner, index: number): void {
  const client = scan.find(tag.TargetCompID);
  if (client < 0) broken("report without TargetCompID", index);
  let last = client;
  while (HEADER.includes(scan.tags[last + 1]!)) last++;
  const { out } = session;
  const writer = out.begin(tag.EXECUTION_REPORT);
  writer.value(tag.OnBehalfOfCompID, scan.bytes, scan.starts[client]!, scan.ends[client]!);
  if (session.profile.version.ordinal >= FIX44.ordinal) writer.char(tag.CopyMsgIndicator, YES);
  writer.fields(scan.bytes, scan.ends[last]! + 1, scan.to - CHECKSUM_BYTES);
  out.end(index);
}
