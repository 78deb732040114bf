import { messageFields, type Party } from "../audit/entry-text.ts";
import { type Ends, OpenedJournal } from "../audit/read.ts";
import { ActionParts, type ActionRecord, actionText } from "../control/action-record.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_RECEIVED,
  ENTRY_SESSION,
  SESSION_EVENT_NUMBERS_SET,
} from "../journal/layout.ts";
import { type EntryView, StreamReader } from "../journal/store/reader.ts";
import type { ReportKind } from "../operation/reports.ts";
import { CONTROL_OPERATOR_ACTION } from "../record/control-codes.ts";
import { EntryRecords } from "../recovery/entry-records.ts";
import { isExecution } from "./apply-report.ts";
import type { Column } from "./column.ts";
import { type Action, OPERATOR_ACTIONS } from "./kinds/actions.ts";
import { BREACHES, isBreach } from "./kinds/breaches.ts";
import { EXECUTIONS } from "./kinds/executions.ts";
import { LIMIT_CHANGES, type LimitChange, limitChangesOf } from "./kinds/limit-changes.ts";
import { OPEN_GTC, ORDERS } from "./kinds/orders.ts";
import { OVERRIDES, OverrideFold, type OverrideSeen } from "./kinds/overrides.ts";
import { REJECTS, type Reject, refusedByVenue, refusedMessage, refusedRequest } from "./kinds/rejects.ts";
import { countEntry, newStatistics, SESSIONS, type SessionStatistics } from "./kinds/sessions.ts";
import { OpenActions } from "./open-actions.ts";
import { isOpen } from "./order.ts";
import { type FoldListener, OrderFold } from "./order-fold.ts";
import type { RequestSeen } from "./seen.ts";
import type { DayRange } from "./trading-day.ts";

// biome-ignore lint/suspicious/noExplicitAny: each kind has rows of its own.
type AnyColumn = Column<any>;
type Take = (row: unknown) => void;

/** Times in force of orders that do not end with the day. */
const STAYING: readonly string[] = ["gtc", "gtd"];

/** Columns of each kind. */
export const COLUMNS: Readonly<Record<ReportKind, readonly AnyColumn[]>> = {
  orders: ORDERS,
  executions: EXECUTIONS,
  rejects: REJECTS,
  "open-gtc": OPEN_GTC,
  "limit-changes": LIMIT_CHANGES,
  overrides: OVERRIDES,
  "operator-actions": OPERATOR_ACTIONS,
  breaches: BREACHES,
  sessions: SESSIONS,
};

/** Reads the rows of one report of a day in a journal, also while that is being written. */
export class DayRows {
  private readonly journal: OpenedJournal;

  constructor(
    private readonly dir: string,
    private readonly range: DayRange,
    private readonly until: Ends = {},
  ) {
    this.journal = new OpenedJournal(dir);
  }

  /** Calls `take` with each row. */
  read(kind: ReportKind, take: Take): void {
    if (kind === "orders") for (const row of this.orders()) take(row);
    else if (kind === "open-gtc") for (const row of this.openGtc()) take(row);
    else if (kind === "executions") this.executions(take);
    else if (kind === "rejects") for (const row of this.rejects()) take(row);
    else if (kind === "breaches") this.fold({ request: (seen) => this.ifOfDay(seen, isBreach(seen), take) });
    else if (kind === "overrides") for (const row of this.overrides()) take(row);
    else if (kind === "sessions") for (const row of this.sessions()) take(row);
    else for (const row of kind === "limit-changes" ? this.limitChanges() : this.operatorActions()) take(row);
  }

  private *orders(): Iterable<unknown> {
    for (const order of this.fold({}).orders()) if (this.isOfDay(order.receivedUs)) yield order;
  }

  private *openGtc(): Iterable<unknown> {
    for (const order of this.fold({}).orders()) if (STAYING.includes(order.timeInForce) && isOpen(order)) yield order;
  }

  private executions(take: Take): void {
    this.fold({ report: (seen) => this.ifOfDay(seen, isExecution(seen), take) });
  }

  private rejects(): Reject[] {
    const rows: Reject[] = [];
    const add = (row: Reject | null): void => {
      if (row !== null && this.isOfDay(row.timeUs)) rows.push(row);
    };
    this.fold({ request: (seen) => add(refusedRequest(seen)), report: (seen) => add(refusedByVenue(seen)) });
    this.eachOfSides((entry, party) => {
      const { kind } = entry;
      if (kind === ENTRY_MESSAGE || kind === ENTRY_RECEIVED)
        add(refusedMessage(entry.timeUs, kind === ENTRY_MESSAGE, party, messageFields(entry)));
    });
    return rows.sort((a, b) => a.timeUs - b.timeUs);
  }

  private sessions(): SessionStatistics[] {
    const rows = new Map<string, SessionStatistics>();
    const rowOf = (kind: string, name: string): SessionStatistics => {
      const key = `${kind} ${name}`;
      const row = rows.get(key) ?? newStatistics(kind, name);
      rows.set(key, row);
      return row;
    };
    this.eachOfSides((entry, { kind, name }) => {
      if (kind !== "") countEntry(rowOf(kind, name), entry);
    });
    this.fold({
      request: (seen) => this.isOfDay(seen.timeUs) && countRequest(rowOf("client", seen.session), seen),
      report: (seen) => {
        if (this.isOfDay(seen.timeUs) && seen.order !== null) rowOf("venue", seen.venue).reports++;
      },
    });
    return [...rows.values()].sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1));
  }

  private limitChanges(): LimitChange[] {
    const rows: LimitChange[] = [];
    const records = new EntryRecords();
    const parts = new ActionParts();
    const actions = new OpenActions();
    this.eachOf("core", (entry) => {
      if (entry.kind !== ENTRY_CONTROL) return;
      rows.push(...limitChangesOf(entry, records, actions));
      if (controlKind(entry) !== CONTROL_OPERATOR_ACTION) return;
      const { amount, value } = records.control(entry);
      const record = parts.take(amount, value, records.controlText(entry));
      if (record !== null) actions.take(record);
    });
    return rows;
  }

  /** One may be granted long before the day in which it is used. */
  private overrides(): Iterable<OverrideSeen> {
    const names = new Map(Object.entries(this.journal.names.clients).map(([name, id]) => [id, name]));
    const overrides = new OverrideFold(new EntryRecords(), (id) => names.get(id) ?? `#${id}`);
    this.untilEnd((entry) => entry.kind === ENTRY_CONTROL && overrides.take(entry));
    return overrides.between(this.range.fromUs, this.range.untilUs);
  }

  /** One row for each action, and for commands and numbers set by hand. */
  private operatorActions(): Action[] {
    const rows: Action[] = [];
    const asked = new Map<number, number>();
    const parts = new ActionParts();
    const records = new EntryRecords();
    this.eachOf("core", (entry) => {
      if (entry.kind !== ENTRY_CONTROL) return;
      if (controlKind(entry) !== CONTROL_OPERATOR_ACTION) {
        rows.push(this.action("core", entry, null));
        return;
      }
      const { amount, value } = records.control(entry);
      const record = parts.take(amount, value, records.controlText(entry));
      if (record === null) return;
      const at = asked.get(record.id) ?? rows.length;
      const timeUs = rows[at]?.timeUs ?? entry.timeUs;
      rows[at] = { timeUs, party: "", record, text: actionText({ ...record, phase: "asked" }) };
      asked.set(record.id, at);
    });
    this.eachOfSides((entry, _, stream) => {
      if (entry.kind === ENTRY_SESSION && entry.index === SESSION_EVENT_NUMBERS_SET)
        rows.push(this.action(stream, entry, null));
    });
    return rows.sort((a, b) => a.timeUs - b.timeUs);
  }

  private action(stream: string, entry: EntryView, record: ActionRecord | null): Action {
    const party = this.journal.texts.party(stream, entry);
    const { text = "" } = this.journal.texts.contents(entry, party);
    return { timeUs: entry.timeUs, party: party.name, record, text };
  }

  private fold(listener: FoldListener): OrderFold {
    const fold = new OrderFold(this.journal.names, this.range.fromUs, listener);
    this.untilEnd((entry) => fold.take(entry));
    fold.end();
    return fold;
  }

  /** Reads the core's stream up to the end of the day. */
  private untilEnd(visit: (entry: EntryView) => void): void {
    const reader = new StreamReader(this.dir, "core", { partial: true, until: this.until.core });
    try {
      for (let entry = reader.next(); entry !== null && entry.timeUs < this.range.untilUs; entry = reader.next())
        visit(entry);
    } finally {
      reader.close();
    }
  }

  private eachOfSides(visit: (entry: EntryView, party: Party, stream: string) => void): void {
    for (const stream of this.journal.streams) {
      if (stream === "core") continue;
      this.eachOf(stream, (entry) => visit(entry, this.journal.texts.party(stream, entry), stream));
    }
  }

  /** Visits the entries of the day in a stream. */
  private eachOf(stream: string, visit: (entry: EntryView) => void): void {
    const { fromUs, untilUs } = this.range;
    const from = this.journal.positionsBefore(fromUs)[stream];
    const reader = new StreamReader(this.dir, stream, { partial: true, from, until: this.until[stream] });
    try {
      for (let entry = reader.next(); entry !== null && entry.timeUs < untilUs; entry = reader.next())
        if (entry.timeUs >= fromUs) visit(entry);
    } finally {
      reader.close();
    }
  }

  private ifOfDay(seen: { readonly timeUs: number }, isWanted: boolean, take: Take): void {
    if (isWanted && this.isOfDay(seen.timeUs)) take(seen);
  }

  private isOfDay(timeUs: number): boolean {
    return timeUs >= this.range.fromUs && timeUs < this.range.untilUs;
  }
}

function countRequest(row: SessionStatistics, { kind, reason }: RequestSeen): void {
  if (kind === "new") row.orders++;
  else if (kind === "cancel") row.cancels++;
  else if (kind === "replace") row.replaces++;
  if (reason !== "") row.refused++;
}

function controlKind(entry: EntryView): number {
  return entry.views.ints[entry.payloadAt >> 2]!;
}
