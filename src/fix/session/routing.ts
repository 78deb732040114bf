import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";

/** Routes an answer to the sender of its message: OnBehalfOf… becomes DeliverTo…, and the other way round. */
export function reverseRoute(writer: Writer, scan: Scanner, hasLocations: boolean): void {
  turn(writer, tag.OnBehalfOfCompID, scan, tag.DeliverToCompID);
  turn(writer, tag.OnBehalfOfSubID, scan, tag.DeliverToSubID);
  turn(writer, tag.DeliverToCompID, scan, tag.OnBehalfOfCompID);
  turn(writer, tag.DeliverToSubID, scan, tag.OnBehalfOfSubID);
  if (!hasLocations) return;
  turn(writer, tag.OnBehalfOfLocationID, scan, tag.DeliverToLocationID);
  turn(writer, tag.DeliverToLocationID, scan, tag.OnBehalfOfLocationID);
}

function turn(writer: Writer, to: number, scan: Scanner, from: number): void {
  const field = scan.find(from);
  if (field < 0) return;
  const start = scan.starts[field]!;
  const end = scan.ends[field]!;
  if (end > start) writer.value(to, scan.bytes, start, end);
}
