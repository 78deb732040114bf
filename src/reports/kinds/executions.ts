import { EXEC_TRADE_CANCEL, EXEC_TRADE_CORRECT } from "../../record/codes.ts";
import type { Column } from "../column.ts";
import type { ReportSeen } from "../seen.ts";

/** Trades, corrections and busts that venues reported in the day, and unmatched ones again when they are assigned to an account. */
export const EXECUTIONS: readonly Column<ReportSeen>[] = [
  { name: "time", type: "time", source: "when the core took the report", of: (row) => row.timeUs },
  { name: "kind", type: "text", source: "trade, correction or bust", of: (row) => kindOf(row) },
  { name: "venue", type: "text", source: "venue", of: (row) => row.venue },
  { name: "execId", type: "text", source: "ExecID (17) of the venue", of: (row) => row.execId || null },
  { name: "execRefId", type: "text", source: "ExecRefID (19) of the venue", of: (row) => row.execRefId || null },
  { name: "venueOrderId", type: "text", source: "OrderID (37) of the venue", of: (row) => row.venueOrderId || null },
  { name: "orderId", type: "text", source: "OrderID (37) that the client sees", of: (row) => idOf(row) },
  { name: "session", type: "text", source: "client session", of: (row) => row.order?.session ?? null },
  { name: "clOrdId", type: "text", source: "ClOrdID (11) of the new order", of: (row) => row.order?.clOrdId ?? null },
  {
    name: "account",
    type: "text",
    source: "Account (1)",
    of: ({ order, assigned }) => (order ?? assigned)?.account ?? null,
  },
  {
    name: "symbol",
    type: "text",
    source: "Symbol (55)",
    of: ({ order, assigned }) => (order ?? assigned)?.symbol ?? null,
  },
  { name: "side", type: "text", source: "Side (54)", of: ({ order, assigned }) => (order ?? assigned)?.side ?? null },
  { name: "lastQty", type: "decimal", source: "LastQty (32)", of: (row) => row.lastQty },
  { name: "lastPx", type: "decimal", source: "LastPx (31)", of: (row) => row.lastPxE8 },
  { name: "cumQty", type: "decimal", source: "CumQty (14) of the venue", of: (row) => row.cumQty },
  { name: "leavesQty", type: "decimal", source: "LeavesQty (151) of the venue", of: (row) => row.leavesQty },
  { name: "transactTime", type: "time", source: "TransactTime (60) of the venue", of: (row) => row.transactUs },
  { name: "applied", type: "flag", source: "false: it changed nothing", of: (row) => row.applied },
  { name: "remark", type: "text", source: "what was wrong with it", of: (row) => row.outcomes.join("; ") || null },
];

export function kindOf({ execType }: ReportSeen): "trade" | "correction" | "bust" {
  if (execType === EXEC_TRADE_CORRECT) return "correction";
  return execType === EXEC_TRADE_CANCEL ? "bust" : "trade";
}

function idOf({ order }: ReportSeen): string | null {
  return order === null ? null : String(order.number);
}
