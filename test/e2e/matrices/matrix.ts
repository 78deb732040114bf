import type { Version } from "../../../src/counterparty/version.ts";

/*  The order state change matrices of the standard (FIX 4.4 Volume 4, FIX 5.0SP2 Volume 7, "Order State Change Matrices") as scripts,
 *  by their numbers there. A letter behind the number is another way through the same matrix. One step a line:
 *
 *    D X 10000           the client sends an order; it reaches the venue
 *    F Y,X · G Y,X 8000  a cancel, a replace to this OrderQty, with ClOrdID and OrigClOrdID
 *    D! F! G!            the same, but it does not reach the venue: the gateway answers
 *    G? Y,X 8000         it may reach the venue, which then sends the next step; else the gateway does
 *    8 Y,X E E 10000 0 10000           the venue reports: ids, ExecType, OrdStatus, OrderQty, CumQty, LeavesQty, in the words of 4.4
 *    8 X F 1 10000 2000 8000 2000@50   of an execution also LastQty and LastPx
 *    9 Y,X 1 0           the venue refuses: OrdStatus, CxlRejReason
 *    H X                 the client asks for the status; the gateway answers what the client was told last
 *    < 8 … · < 9 …       what the gateway says by itself
 *
 *  More words of a step: `id=B` names an execution, `ref=B` is the ExecID of that one, `tag=value` is a further field. The client must
 *  be told what the venue said, under its own ids; AvgPx follows from the executions. In the end the gateway knows the same.
 */
export interface Matrix {
  readonly name: string;
  readonly script: string;
  /** First version that has the words for it. */
  readonly since?: Version;
}
