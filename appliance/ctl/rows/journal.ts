import { JOURNAL_KINDS } from "../../../src/operation/journal.ts";
import { text, whole, word } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

export const journalRows: readonly CtlRow[] = [
  {
    name: "journal",
    summary: "entries of the journal, a page at a time",
    method: "GET",
    path: "/v1/journal",
    follow: "/v1/journal/stream",
    followOptions: ["session", "type"],
    options: {
      from: text("TIME", "from here: YYYYMMDD-HH:MM:SS, YYYY-MM-DDTHH:MM:SSZ, HH:MM of today, or now; UTC"),
      to: text("TIME", "up to here; as --from"),
      order: text("ID", "only entries of this order: any of its ids"),
      session: text("NAME", "only entries of this client session or venue"),
      type: word("KIND", `only entries of this kind: ${JOURNAL_KINDS.join(", ")}`, JOURNAL_KINDS),
      limit: whole("N", "no more than N entries", 1, 1_000),
      after: text("CURSOR", "next of the page before, as --json shows it"),
    },
    list: "entries",
    columns: {
      time: "time",
      party: "party",
      name: "name",
      kind: "kind",
      decision: "decision",
      fix: "message",
      text: "event",
    },
  },
  {
    name: "timeline",
    summary: "every message and decision of an order",
    method: "GET",
    path: "/v1/orders/:orderId/timeline",
    arguments: ["ID"],
    list: "entries",
    columns: {
      time: "time",
      sinceUs: "µs",
      party: "party",
      name: "name",
      direction: "way",
      decision: "decision",
      fix: "message",
      text: "event",
    },
  },
];
