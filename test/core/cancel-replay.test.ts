// A cancel of a session's orders is replayed as it was taken, whichever venues are up in the replay.

import { expect, test } from "bun:test";
import { Core } from "../../src/core/core.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "../../src/core/entry-kinds.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import * as code from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { CAUSE_DISCONNECT, CONTROL_CANCEL_SESSION } from "../../src/record/control-codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { type Entry, Rig } from "./agent-rig.ts";
import { CONFIG } from "./driver.ts";
import { Kept } from "./kept.ts";

const TEXT = new Uint8Array([CAUSE_DISCONNECT, 0]);

function replay(core: Core, entries: readonly Entry[]): void {
  for (const { kind, payload, timeUs, index } of entries) {
    if (kind === ENTRY_ORDER) core.order(new OrderRequest(payload), timeUs, index);
    else if (kind === ENTRY_REPORT) core.report(new ExecutionReport(payload), timeUs);
    else if (kind === ENTRY_CONTROL) core.control(new Control(payload), timeUs, index);
  }
}

/** Orders of session 1 on both venues, of which `up` are up; then a cancel of all of them. */
function rigOf(recover: ((core: Core) => void) | null, up: readonly number[], id: string): Rig {
  const rig = new Rig(recover);
  for (const venue of up) rig.say({ kind: code.REPORT_VENUE_UP, venue });
  rig.put({ id });
  rig.put({ id: `${id}M`, symbol: "MSFT", px: 200e8 });
  rig.agent.poll(0);
  return rig;
}

function cancel(rig: Rig): void {
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 1, TEXT);
  rig.agent.poll(0);
}

test("behind a snapshot, which says nothing about venues", () => {
  const rig = rigOf(null, [0, 1], "A");
  const kept = new Kept();
  saveState(rig.core, kept);
  const before = rig.entries.length;
  cancel(rig);
  expect(rig.sent().map(({ id }) => id)).toEqual(["A", "AM", "SESSION-3", "SESSION-4"]);
  const again = Core.alone(CONFIG);
  again.beginReplay([], []);
  loadState(again, kept);
  replay(again, rig.entries.slice(before));
  expect(again.digest()).toBe(rig.core.digest());
});

test("from the start of a journal, in which a venue was up that was down after a later start", () => {
  const first = rigOf(null, [0, 1], "A");
  const entries = [...first.entries];
  const second = rigOf(
    (core) => {
      core.beginReplay([9, 9, 9], [9, 9]);
      replay(core, entries);
      core.endReplay();
    },
    [0],
    "B",
  );
  cancel(second);
  expect(second.sent().map(({ id }) => id)).toEqual(["B", "SESSION-5", "SESSION-6"]);
  const again = Core.alone(CONFIG);
  again.beginReplay([], []);
  replay(again, [...entries, ...second.entries]);
  expect(again.digest()).toBe(second.core.digest());
});

test("a mass cancel of the client, too", () => {
  const rig = rigOf(null, [0], "A");
  const kept = new Kept();
  saveState(rig.core, kept);
  const before = rig.entries.length;
  const request = { kind: code.REQUEST_MASS_CANCEL, id: "Q", type: code.MASS_CANCEL_ALL, side: 0 };
  rig.put(request);
  rig.agent.poll(0);
  expect(rig.sent().map(({ id }) => id)).toEqual(["A", "MASS-3"]);
  const again = Core.alone(CONFIG);
  again.beginReplay([], []);
  loadState(again, kept);
  replay(again, rig.entries.slice(before));
  expect(again.digest()).toBe(rig.core.digest());
});
