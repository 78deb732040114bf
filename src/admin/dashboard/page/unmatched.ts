import type { UnmatchedView } from "../../../operation/unmatched.ts";
import { part } from "./api.ts";
import { ask } from "./dialog.ts";
import { clock } from "./format.ts";
import { Table } from "./table.ts";
import type { Page } from "./view.ts";

const STATES = { open: "bad", assigned: "good", dismissed: "good", "taken-back": "good" } as const;
const SIDES: Readonly<Record<string, string>> = { 1: "buy", 2: "sell", 5: "sell short" };

/** Reports of orders that are not known here: open ones with what can be done, and done ones. */
export function unmatchedTable(page: Page, done: () => void): Table<UnmatchedView> {
  return new Table<UnmatchedView>({
    caption: "Reports of unknown orders",
    key: ({ number }) => String(number),
    empty: "There is none.",
    columns: [
      { title: "State", text: ({ state }) => state, state: ({ state }) => STATES[state] },
      { title: "Received", kind: "time", text: ({ receivedAt }) => clock(receivedAt, 0) },
      { title: "Venue", text: ({ venue }) => venue },
      { title: "Report", text: reportOf },
      { title: "OrderID", text: ({ orderId }) => orderId ?? "–" },
      { title: "ExecID", text: ({ execId }) => execId ?? "–" },
      { title: "Account", text: ({ account }) => account ?? "–" },
      { title: "Assigned to", text: ({ assignedTo }) => assignedTo ?? "–" },
      { title: "By", text: byOf },
      { title: "Reason", kind: "wide", text: ({ why }) => why ?? "–" },
    ],
    actions: (report) => {
      if (report.state !== "open") return [];
      const dismiss = { label: "Dismiss", run: () => askDismiss(page, report, done) };
      const isExecution = report.kind !== "other" && report.kind !== "cancel-reject";
      const assign = { label: "Assign", danger: true, run: () => askAssign(page, report, done) };
      return isExecution ? [assign, dismiss] : [dismiss];
    },
  });
}

function askAssign(page: Page, report: UnmatchedView, done: () => void): void {
  ask({
    title: "Assign a report to an account",
    text: `The account's position and executed amounts get it, once: ${reportOf(report)}.`,
    inputs: [{ name: "account", label: "Account", value: report.account ?? "", required: true }],
    confirm: "Assign",
    danger: true,
    run: (values) => send(page, report, "assign", values),
    done,
  });
}

function askDismiss(page: Page, report: UnmatchedView, done: () => void): void {
  ask({
    title: "Dismiss a report",
    text: `Nothing is booked here for it: ${reportOf(report)}.`,
    confirm: "Dismiss",
    run: (values) => send(page, report, "dismiss", values),
    done,
  });
}

function send(page: Page, { number }: UnmatchedView, what: string, values: object): Promise<unknown> {
  return page.api.send("POST", `unmatched-reports/${part(String(number))}/${what}`, values).then(({ body }) => body);
}

function reportOf({ kind, execType, side, lastQty, symbol, lastPx }: UnmatchedView): string {
  if (kind === "cancel-reject") return "cancel reject";
  if (kind === "other") return `ExecType ${execType ?? "–"}`;
  return `${kind}: ${SIDES[side ?? ""] ?? `side ${side ?? "–"}`} ${lastQty} ${symbol ?? "–"} at ${lastPx ?? "–"}`;
}

function byOf({ by, confirmedBy }: UnmatchedView): string {
  return by === null ? "–" : `${by}${confirmedBy === null ? "" : `, confirmed by ${confirmedBy}`}`;
}
