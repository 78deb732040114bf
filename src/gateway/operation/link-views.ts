import { describeDisconnect } from "../../base/disconnect-reason.ts";
import { NONE } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import type { LastDisconnect, LinkState, LinkView } from "../../operation/sessions.ts";
import type { ThrottleView } from "../../operation/venues.ts";
import type { CommandedPlan } from "../../plan/command-rings.ts";
import {
  DISCONNECT_TEXT_AT,
  DISCONNECT_TEXT_BYTES,
  type DisconnectRecord,
  endingText,
  peerText,
  readDisconnectRecord,
} from "../../telemetry/disconnect-record.ts";
import {
  ROW_ASKS,
  ROW_ASKS_UNSENT,
  ROW_AWAITS_LOGON,
  ROW_BACKLOG,
  ROW_BACKLOG_LIMIT,
  ROW_CANCEL_TYPE,
  ROW_CANCEL_WINDOW,
  ROW_CANCELS_WAITING,
  ROW_CLOSED,
  ROW_COMP_ID_AT,
  ROW_COMP_ID_LENGTH,
  ROW_DISCONNECT_AT,
  ROW_DISCONNECT_US,
  ROW_DISCONNECTED,
  ROW_DONT_KNOWS,
  ROW_EXPIRED,
  ROW_FLOODS,
  ROW_GAP,
  ROW_GARBLED,
  ROW_LAST_IN_US,
  ROW_LAST_OUT_US,
  ROW_LOGGED_ON,
  ROW_LOGGING_OUT,
  ROW_LOGON_US,
  ROW_MESSAGES_IN,
  ROW_MESSAGES_OUT,
  ROW_NEXT_IN,
  ROW_NEXT_OUT,
  ROW_NOT_ADMITTED,
  ROW_PEER,
  ROW_QUEUE_LENGTH,
  ROW_QUEUED,
  ROW_RECORDS_IN,
  ROW_RECORDS_OUT,
  ROW_REFUSED,
  ROW_REJECTS_RECEIVED,
  ROW_REJECTS_SENT,
  ROW_STATE,
  ROW_THROTTLED,
  ROW_WRITTEN_US,
  SESSION_ROW_BYTES,
  SessionRowReader,
} from "../../telemetry/session-rows.ts";
import type { Member, Roster } from "../roster.ts";
import { tradingStateAt } from "./trading-state.ts";

const STATES: Readonly<Record<number, LinkState>> = {
  [ROW_DISCONNECTED]: "disconnected",
  [ROW_CLOSED]: "closed",
  [ROW_AWAITS_LOGON]: "awaiting logon",
  [ROW_LOGGED_ON]: "logged on",
  [ROW_LOGGING_OUT]: "logging out",
};
const RECORD_BYTES = DISCONNECT_TEXT_AT + DISCONNECT_TEXT_BYTES;

/** A row as it was at one moment, and what clients and venues call their own. */
export interface LinkRow {
  readonly view: LinkView;
  /** Another one after each change of the row. */
  readonly sequence: number;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly refused: number;
  readonly compId: string;
  /** Of the last Logon (fix/session/cancel-terms.ts); NONE: it said none. */
  readonly cancelType: number;
  readonly cancelWindowMs: number;
  readonly dontKnows: number;
  /** Messages refused because too many came, and logouts for that. */
  readonly throttled: number;
  readonly floods: number;
  readonly throttle: ThrottleView;
  /** Of a venue: OrderStatusRequests that its agent has taken, and which of the last were not sent (telemetry/session-rows.ts). */
  readonly asks: number;
  readonly asksUnsent: number;
  /** Why its last connection ended (base/disconnect-reason.ts), or NONE. */
  readonly ended: number;
}

/** Where a side's rows begin, and who has them. */
export interface RowPlace {
  readonly at: number;
  readonly roster: Pick<Roster<unknown, CommandedPlan>, "active" | "rows">;
  /** Where the side's trading states begin. */
  readonly tradingAt: number;
}

/** Reads the rows of all client sessions, or of all venues, and keeps their rates. */
export class LinkViews {
  private readonly reader: SessionRowReader;
  /** By row, in and out in turn: counts when they were sampled last, and messages a second before that. */
  private readonly sampled: Float64Array;
  private readonly rates: Float64Array;
  private sampledMs: number;
  /** By row: as it was read last. Of thousands of sessions few change in a second. */
  private readonly known: (LinkRow | undefined)[] = [];

  constructor(
    private readonly views: Views,
    private readonly rows: RowPlace,
    nowMs: number,
  ) {
    this.reader = new SessionRowReader(views);
    this.sampled = new Float64Array(2 * rows.roster.rows);
    this.rates = new Float64Array(2 * rows.roster.rows);
    this.sampledMs = nowMs;
  }

  /** Computes all rates since the last call. Called once a second. */
  sample(nowMs: number): void {
    const seconds = (nowMs - this.sampledMs) / 1000;
    if (seconds <= 0) return;
    this.sampledMs = nowMs;
    for (const { row } of this.rows.roster.active) {
      const at = this.rows.at + row * SESSION_ROW_BYTES;
      this.rate(2 * row, this.reader.number(at, ROW_MESSAGES_IN), seconds);
      this.rate(2 * row + 1, this.reader.number(at, ROW_MESSAGES_OUT), seconds);
    }
  }

  /** The same object as before while nothing of it has changed. */
  of(member: Member<unknown, CommandedPlan>): LinkRow {
    const index = member.row;
    const known = this.known[index];
    const sequence = Atomics.load(this.views.ints, (this.rows.at + index * SESSION_ROW_BYTES) >> 2);
    const row = known?.sequence === sequence ? known : this.read(member);
    const tradingState = tradingStateAt(this.views, this.rows.tradingAt, member.id);
    const [inPerSecond, outPerSecond] = [this.rates[2 * index]!, this.rates[2 * index + 1]!];
    const { view } = row;
    const isSame =
      view.tradingState === tradingState && view.inPerSecond === inPerSecond && view.outPerSecond === outPerSecond;
    const now = isSame ? row : { ...row, view: { ...view, tradingState, inPerSecond, outPerSecond } };
    this.known[index] = now;
    return now;
  }

  private read({ name, row: index, side }: Member<unknown, CommandedPlan>): LinkRow {
    const row = this.reader.read(this.rows.at + index * SESSION_ROW_BYTES);
    const { ints, doubles, bytes } = row;
    const time = (index: number): number | null => (doubles[index] === 0 ? null : doubles[index]!);
    const compIdEnd = ROW_COMP_ID_AT + ints[ROW_COMP_ID_LENGTH]!;
    return {
      view: {
        name,
        state: STATES[ints[ROW_STATE]!]!,
        // These three are not of the row.
        tradingState: "on",
        nextIn: ints[ROW_NEXT_IN]!,
        nextOut: ints[ROW_NEXT_OUT]!,
        messagesIn: doubles[ROW_MESSAGES_IN]!,
        messagesOut: doubles[ROW_MESSAGES_OUT]!,
        inPerSecond: 0,
        outPerSecond: 0,
        rejectsSent: doubles[ROW_REJECTS_SENT]!,
        rejectsReceived: doubles[ROW_REJECTS_RECEIVED]!,
        garbled: ints[ROW_GARBLED]!,
        hasGap: ints[ROW_GAP] === 1,
        backlogBytes: ints[ROW_BACKLOG]!,
        backlogLimitBytes: ints[ROW_BACKLOG_LIMIT]!,
        peer: peerOf(row),
        lastInUs: time(ROW_LAST_IN_US),
        lastOutUs: time(ROW_LAST_OUT_US),
        lastLogonUs: time(ROW_LOGON_US),
        lastDisconnect: lastDisconnect(row),
        writtenUs: doubles[ROW_WRITTEN_US]!,
        lane: side.lane,
      },
      sequence: ints[0]!,
      recordsIn: doubles[ROW_RECORDS_IN]!,
      recordsOut: doubles[ROW_RECORDS_OUT]!,
      refused: doubles[ROW_REFUSED]!,
      // 0 says that there is none.
      cancelType: ints[ROW_CANCEL_TYPE]! - 1,
      cancelWindowMs: ints[ROW_CANCEL_WINDOW]! - 1,
      dontKnows: ints[ROW_DONT_KNOWS]!,
      throttled: ints[ROW_THROTTLED]!,
      floods: ints[ROW_FLOODS]!,
      throttle: {
        queued: ints[ROW_QUEUED]!,
        queueLength: ints[ROW_QUEUE_LENGTH]!,
        cancelsWaiting: ints[ROW_CANCELS_WAITING]!,
        throttled: ints[ROW_NOT_ADMITTED]!,
        expired: ints[ROW_EXPIRED]!,
      },
      asks: ints[ROW_ASKS]!,
      asksUnsent: ints[ROW_ASKS_UNSENT]!,
      ended: recordOf(row)?.reason ?? NONE,
      compId: Buffer.from(bytes.slice(ROW_COMP_ID_AT, compIdEnd)).toString("latin1"),
    };
  }

  private rate(index: number, count: number, seconds: number): void {
    this.rates[index] = Math.round((10 * (count - this.sampled[index]!)) / seconds) / 10;
    this.sampled[index] = count;
  }
}

function peerOf({ ints, bytes }: Views): string {
  const port = ints[ROW_PEER + 4]!;
  return port === 0 ? "" : peerText(bytes.slice(4 * ROW_PEER, 4 * ROW_PEER + 16), port);
}

function lastDisconnect(row: Views): LastDisconnect | null {
  const record = recordOf(row);
  const atUs = row.doubles[ROW_DISCONNECT_US]!;
  if (record === null) return null;
  const reason = describeDisconnect(record.reason);
  return { ...record, atUs, reason, why: `${reason}${endingText(record)}` };
}

function recordOf(row: Views): DisconnectRecord | null {
  return row.doubles[ROW_DISCONNECT_US] === 0 ? null : readDisconnectRecord(row, ROW_DISCONNECT_AT, RECORD_BYTES);
}
