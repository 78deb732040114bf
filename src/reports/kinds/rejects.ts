import { EXEC_REJECTED, REPORT_CANCEL_REJECT, REPORT_EXECUTION, REPORT_NOT_TAKEN } from "../../record/codes.ts";
import type { Column } from "../column.ts";
import type { ReportSeen, RequestSeen } from "../seen.ts";

/** A refusal: by the gateway's checks, by a venue, or of a message as such. */
export interface Reject {
  readonly timeUs: number;
  /** Who refused. */
  readonly by: "gateway" | "venue" | "client";
  /** Client session, or venue for a message that it or we refused. */
  readonly party: string;
  readonly what: string;
  readonly clOrdId: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: bigint | null;
  readonly priceE8: bigint | null;
  readonly code: string;
  readonly text: string;
}

export const REJECTS: readonly Column<Reject>[] = [
  { name: "time", type: "time", source: "entry of the journal", of: (row) => row.timeUs },
  { name: "by", type: "text", source: "who refused: gateway, venue or client", of: (row) => row.by },
  { name: "party", type: "text", source: "client session or venue", of: (row) => row.party },
  { name: "what", type: "text", source: "new, cancel, replace, status, or message 35=…", of: (row) => row.what },
  { name: "clOrdId", type: "text", source: "ClOrdID (11)", of: (row) => row.clOrdId || null },
  { name: "account", type: "text", source: "Account (1)", of: (row) => row.account || null },
  { name: "symbol", type: "text", source: "Symbol (55)", of: (row) => row.symbol || null },
  { name: "side", type: "text", source: "Side (54)", of: (row) => row.side || null },
  { name: "quantity", type: "decimal", source: "OrderQty (38)", of: (row) => row.quantity },
  { name: "price", type: "decimal", source: "Price (44), of a stop order StopPx (99)", of: (row) => row.priceE8 },
  { name: "code", type: "text", source: "reason of the gateway, 103, 102, 373 or 380", of: (row) => row.code || null },
  { name: "text", type: "text", source: "Text (58)", of: (row) => row.text || null },
];

/** The row of a request that the gateway refused; null: it was accepted. */
export function refusedRequest(seen: RequestSeen): Reject | null {
  if (seen.reason === "") return null;
  const { timeUs, session, kind, clOrdId, account, symbol, side, quantity, priceE8, reason } = seen;
  return {
    timeUs,
    by: "gateway",
    party: session,
    what: kind,
    clOrdId,
    account,
    symbol,
    side,
    quantity: kind === "new" || kind === "replace" ? quantity : null,
    priceE8,
    code: reason,
    text: "",
  };
}

/** The row of a venue's refusal; null: the report is none. */
export function refusedByVenue(seen: ReportSeen): Reject | null {
  const { kind, order, timeUs } = seen;
  const isNew = kind === REPORT_EXECUTION && seen.execType === EXEC_REJECTED;
  if (!isNew && kind !== REPORT_CANCEL_REJECT && kind !== REPORT_NOT_TAKEN) return null;
  return {
    timeUs,
    by: "venue",
    party: seen.venue,
    what: whatOf(seen, isNew),
    clOrdId: order?.currentId ?? "",
    account: order?.account ?? "",
    symbol: order?.symbol ?? "",
    side: order?.side ?? "",
    quantity: order?.quantity ?? null,
    priceE8: order?.priceE8 ?? null,
    code: kind === REPORT_NOT_TAKEN ? "" : String(seen.refusal),
    text: seen.text,
  };
}

function whatOf({ kind, requestNumber }: ReportSeen, isNew: boolean): string {
  if (isNew) return "new";
  if (kind === REPORT_CANCEL_REJECT) return "cancel or replace";
  return requestNumber > 0 ? "cancel or replace, not taken" : "new, not taken";
}

/** The row of a Reject (3) or BusinessMessageReject (j) that was sent or received; null: the message is none. */
export function refusedMessage(
  timeUs: number,
  isSent: boolean,
  party: { readonly kind: string; readonly name: string },
  fields: ReadonlyMap<string, string>,
): Reject | null {
  const type = fields.get("35");
  if (type !== "3" && type !== "j") return null;
  return {
    timeUs,
    by: isSent ? "gateway" : party.kind === "venue" ? "venue" : "client",
    party: party.name,
    what: `message 35=${fields.get("372") ?? "?"}`,
    clOrdId: fields.get("379") ?? "",
    account: "",
    symbol: "",
    side: "",
    quantity: null,
    priceE8: null,
    code: fields.get(type === "3" ? "373" : "380") ?? "",
    text: fields.get("58") ?? "",
  };
}
