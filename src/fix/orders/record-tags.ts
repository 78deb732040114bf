import { EXECUTION_REPORT } from "../../record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../record/layout/order-request.ts";
import { type RecordTable, writtenTags } from "../../record/layout/row.ts";
import * as tag from "../wire/tags.ts";

/** Fields of an ExecutionReport that are written by the kind of the report; their bits follow those of the record's rows. */
const MORE_REPORT_TAGS = [tag.LastPx, tag.LastQty, tag.CxlRejReason, tag.OrdRejReason, tag.CxlRejResponseTo];

/** The record of a message type, and its tags in the order of their bits. */
export function recordOf(msgType: number): { table: RecordTable; tags: readonly number[] } {
  if (msgType !== tag.EXECUTION_REPORT && msgType !== tag.ORDER_CANCEL_REJECT)
    return { table: ORDER_REQUEST, tags: writtenTags(ORDER_REQUEST) };
  return { table: EXECUTION_REPORT, tags: [...writtenTags(EXECUTION_REPORT), ...MORE_REPORT_TAGS] };
}
