import { describe, expect, test } from "bun:test";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { Views } from "../../src/base/views.ts";
import { LinkRows } from "../../src/session/link-rows.ts";
import { readDisconnectRecord } from "../../src/telemetry/disconnect-record.ts";
import {
  ROW_AWAITS_LOGON,
  ROW_DISCONNECT_AT,
  ROW_DISCONNECT_US,
  ROW_DISCONNECTED,
  ROW_LAST_IN_US,
  ROW_LOGGED_ON,
  ROW_LOGGING_OUT,
  ROW_LOGON_US,
  ROW_MESSAGES_IN,
  ROW_MESSAGES_OUT,
  ROW_NEXT_IN,
  ROW_NEXT_OUT,
  ROW_PEER,
  ROW_REJECTS_SENT,
  ROW_STATE,
  SESSION_ROW_BYTES,
  SessionRowReader,
} from "../../src/telemetry/session-rows.ts";
import { LinkRig } from "./rig.ts";

const MS = 1_000_000;

class RowRig extends LinkRig {
  readonly views = Views.allocate(SESSION_ROW_BYTES);
  readonly rows = new LinkRows(this.views, [this.link], [0], this.time);
  private readonly reader = new SessionRowReader(this.views);

  /** The row after it was written. */
  row(): Views {
    this.rows.moved(0);
    this.time.nowNs += 10 * MS;
    expect(this.rows.dueNs).toBeLessThanOrEqual(this.time.nowNs);
    this.rows.poll();
    return this.reader.read(0);
  }

  /** The row as it is. */
  get shown(): Views {
    return this.reader.read(0);
  }
}

describe("the row of a link", () => {
  test("follows its session: no connection, no Logon yet, logged on, logging out, ended", () => {
    using rig = new RowRig();
    rig.rows.open();
    expect(rig.shown.ints[ROW_STATE]).toBe(ROW_DISCONNECTED);
    expect(rig.shown.ints[ROW_PEER + 4]).toBe(0);
    rig.connect();
    expect(rig.row().ints[ROW_STATE]).toBe(ROW_AWAITS_LOGON);
    rig.say("A", "98=0|108=30|").turnUntil(() => rig.logons > 0);
    const on = rig.row();
    expect(on.ints[ROW_STATE]).toBe(ROW_LOGGED_ON);
    expect(on.doubles[ROW_LOGON_US]).toBe(rig.time.wallUs);
    expect(on.ints[ROW_PEER + 4]).toBeGreaterThan(0);
    rig.link.logout(DisconnectReason.STOPPING);
    expect(rig.row().ints[ROW_STATE]).toBe(ROW_LOGGING_OUT);
    rig.hangUp();
    rig.rows.closed(0);
    const ended = rig.shown;
    expect(ended.ints[ROW_STATE]).toBe(ROW_DISCONNECTED);
    expect(ended.ints[ROW_PEER + 4]).toBe(0);
    expect(ended.doubles[ROW_DISCONNECT_US]).toBe(rig.time.wallUs);
    expect(readDisconnectRecord(ended, ROW_DISCONNECT_AT, 224)).toMatchObject({
      reason: DisconnectReason.STOPPING,
      nextIn: 2,
      nextOut: 3,
    });
  });

  test("has the numbers and counts of what has passed, session messages and rejects included", () => {
    using rig = new RowRig();
    rig.logon();
    for (let i = 0; i < 3; i++) rig.say("D", "58=x|");
    rig.say("D", "58=|");
    rig.turnUntil(() => rig.link.session.numbers.nextIn === 6);
    rig.report("one").report("two", 2);
    rig.turn();
    const row = rig.row();
    // Logon, three messages, one that is rejected; Logon, Reject, two reports.
    expect(row.ints[ROW_NEXT_IN]).toBe(6);
    expect(row.ints[ROW_NEXT_OUT]).toBe(5);
    expect(row.doubles[ROW_MESSAGES_IN]).toBe(5);
    expect(row.doubles[ROW_MESSAGES_OUT]).toBe(4);
    expect(row.doubles[ROW_REJECTS_SENT]).toBe(1);
    expect(row.doubles[ROW_LAST_IN_US]).toBe(rig.time.wallUs);
  });

  test("is written at once after a pause, and then at most each 10 ms, however often the link moves", () => {
    using rig = new RowRig();
    rig.logon();
    expect(rig.row().doubles[ROW_MESSAGES_IN]).toBe(1);
    for (let i = 0; i < 3; i++) {
      rig.say("D", "58=x|").turnUntil(() => rig.applications.length === i + 1);
      rig.rows.moved(0);
    }
    // It was written a moment ago.
    expect(rig.rows.dueNs).toBe(rig.time.nowNs + 10 * MS);
    expect(rig.shown.doubles[ROW_MESSAGES_IN]).toBe(1);
    rig.time.nowNs += 10 * MS;
    rig.rows.poll();
    expect(rig.shown.doubles[ROW_MESSAGES_IN]).toBe(4);
    expect(rig.rows.dueNs).toBe(Number.POSITIVE_INFINITY);
    rig.time.nowNs += 500 * MS;
    rig.rows.moved(0);
    expect(rig.rows.dueNs).toBeLessThanOrEqual(rig.time.nowNs);
  });
});

test("of many links that have moved, 64 rows are written at a time, in the order in which they moved", () => {
  using rig = new LinkRig();
  const count = 150;
  const views = Views.allocate(count * SESSION_ROW_BYTES);
  const at = Array.from({ length: count }, (_, i) => i * SESSION_ROW_BYTES);
  const rows = new LinkRows(views, new Array(count).fill(rig.link), at, rig.time);
  const written = (): number => at.filter((place) => views.ints[place >> 2] !== 0).length;
  for (let i = count - 1; i >= 0; i--) rows.moved(i);
  rows.moved(count - 1);
  rows.poll();
  expect(written()).toBe(64);
  expect(views.ints[at[count - 64]! >> 2]).toBe(2);
  expect(rows.dueNs).toBe(rig.time.nowNs + MS);
  rows.poll();
  rows.poll();
  expect(written()).toBe(count);
  expect(rows.dueNs).toBe(Number.POSITIVE_INFINITY);
});
