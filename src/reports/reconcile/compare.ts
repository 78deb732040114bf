import type { Column } from "../column.ts";
import { kindOf } from "../kinds/executions.ts";
import type { ReportSeen } from "../seen.ts";
import type { VenueExecution } from "./drop-copy.ts";

/** One execution that we and the venue do not have alike; prices and quantities in 1e-8. */
export interface Difference {
  readonly what: "missing here" | "missing there" | "different" | "twice there";
  readonly execId: string;
  readonly venueOrderId: string;
  readonly clOrdId: string;
  readonly symbol: string;
  readonly quantity: bigint | null;
  readonly theirQuantity: bigint | null;
  readonly priceE8: bigint | null;
  readonly theirPriceE8: bigint | null;
  /** Line of the venue's file; 0: none. */
  readonly line: number;
  readonly remark: string;
}

export const DIFFERENCES: readonly Column<Difference>[] = [
  { name: "difference", type: "text", source: "what is wrong", of: (row) => row.what },
  { name: "execId", type: "text", source: "ExecID (17)", of: (row) => row.execId },
  { name: "venueOrderId", type: "text", source: "OrderID (37) of the venue", of: (row) => row.venueOrderId || null },
  { name: "clOrdId", type: "text", source: "ClOrdID (11) of our client", of: (row) => row.clOrdId || null },
  { name: "symbol", type: "text", source: "Symbol (55)", of: (row) => row.symbol || null },
  { name: "ourQuantity", type: "decimal", source: "journal", of: (row) => row.quantity },
  { name: "theirQuantity", type: "decimal", source: "file", of: (row) => row.theirQuantity },
  { name: "ourPrice", type: "decimal", source: "journal", of: (row) => row.priceE8 },
  { name: "theirPrice", type: "decimal", source: "file", of: (row) => row.theirPriceE8 },
  { name: "line", type: "count", source: "line of the file", of: (row) => row.line || null },
  { name: "remark", type: "text", source: "why", of: (row) => row.remark || null },
];

/** What is left of the trades of a day after corrections and busts, by ExecID. */
class Trades<T> {
  readonly open = new Map<string, T>();
  readonly twice: T[] = [];

  take(kind: VenueExecution["kind"], execId: string, execRefId: string, trade: T): void {
    if (kind !== "trade") this.open.delete(execRefId);
    if (kind === "bust") return;
    if (this.open.has(execId)) this.twice.push(trade);
    else this.open.set(execId, trade);
  }
}

/** Compares our executions of a day at one venue with those of its file. */
export function compareExecutions(ours: readonly ReportSeen[], theirs: readonly VenueExecution[]): Difference[] {
  const here = new Trades<ReportSeen>();
  const unapplied = new Map<string, ReportSeen>();
  for (const seen of ours) {
    if (seen.applied) here.take(kindOf(seen), seen.execId, seen.execRefId, seen);
    else if (!here.open.has(seen.execId)) unapplied.set(seen.execId, seen);
  }
  const there = new Trades<VenueExecution>();
  for (const execution of theirs) there.take(execution.kind, execution.execId, execution.execRefId, execution);
  const found: Difference[] = [];
  for (const execution of there.twice) found.push(difference("twice there", null, execution, ""));
  for (const [execId, execution] of there.open) {
    const seen = here.open.get(execId);
    const late = unapplied.get(execId);
    if (seen !== undefined) {
      const remark = remarkOf(seen, execution);
      if (remark !== "") found.push(difference("different", seen, execution, remark));
    } else found.push(difference("missing here", null, execution, late === undefined ? "" : notApplied(late)));
  }
  for (const [execId, seen] of here.open)
    if (!there.open.has(execId)) found.push(difference("missing there", seen, null, ""));
  return found;
}

function remarkOf(seen: ReportSeen, { quantity, priceE8, symbol, side, venueOrderId }: VenueExecution): string {
  const wrong: string[] = [];
  if (seen.lastQty !== quantity) wrong.push("quantity");
  if (seen.lastPxE8 !== priceE8) wrong.push("price");
  const terms = seen.order ?? seen.assigned;
  if (terms !== null && symbol !== "" && symbol !== terms.symbol) wrong.push(`symbol: ${symbol} there`);
  if (terms !== null && side !== "" && side !== terms.side) wrong.push(`side: ${side} there`);
  if (venueOrderId !== "" && seen.venueOrderId !== "" && venueOrderId !== seen.venueOrderId)
    wrong.push(`OrderID: ${venueOrderId} there`);
  return wrong.join("; ");
}

function notApplied({ outcomes }: ReportSeen): string {
  return `it came, and was not applied: ${outcomes.join("; ")}`;
}

function difference(
  what: Difference["what"],
  seen: ReportSeen | null,
  theirs: VenueExecution | null,
  remark: string,
): Difference {
  return {
    what,
    execId: seen?.execId ?? theirs?.execId ?? "",
    venueOrderId: seen?.venueOrderId ?? theirs?.venueOrderId ?? "",
    clOrdId: seen?.order?.clOrdId ?? "",
    symbol: (seen?.order ?? seen?.assigned)?.symbol ?? theirs?.symbol ?? "",
    quantity: seen?.lastQty ?? null,
    theirQuantity: theirs?.quantity ?? null,
    priceE8: seen?.lastPxE8 ?? null,
    theirPriceE8: theirs?.priceE8 ?? null,
    line: theirs?.line ?? 0,
    remark,
  };
}
