import { addressOf } from "../../ffi/memory.ts";
import { NONE } from "../base/units.ts";
import { CoreAgent, type CoreInput } from "../core/agent.ts";
import { Core } from "../core/core.ts";
import { COUNTER_NAMES } from "../core/counter-names.ts";
import { OpenBySession } from "../core/orders/open-by-session.ts";
import { Outbox } from "../core/outbox.ts";
import { HEARTBEAT_WORD } from "../lane/words.ts";
import type { SidePlan } from "../plan/plan.ts";
import { CONTROL_ANSWER_BYTES, CONTROL_BYTES } from "../record/control-codes.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { coreConfig, recoverInto, sentIndexes } from "../recovery/recovery.ts";
import { countersAt } from "../telemetry/counters.ts";
import type { LaneContext } from "./lane-context.ts";
import type { BuiltAgent } from "./poll-order.ts";

/** Not a lane: the other end of the control rings. */
const MAIN_THREAD = -1;

/** Builds the core between the rings of all client and venue agents. */
export function buildCore(lane: LaneContext): BuiltAgent {
  const { data, views } = lane;
  const { config, plan, clientIds, venueIds, dir, snapshot } = data;
  const settings = coreConfig(config, clientIds, venueIds);
  const outbox = new Outbox(
    plan.clients.map((side) => lane.outwardRing(side.reportsAt, EXECUTION_REPORT_BYTES, side.lane)),
    plan.venues.map((side) => lane.outwardRing(side.requestsAt, ORDER_REQUEST_BYTES, side.lane)),
    sideOfEach(plan.clients, clientIds, settings.sessionIds),
    sideOfEach(plan.venues, venueIds, settings.venueIds),
    plan.clients.map((side) => lane.groups(side.reportGroupsAt, side.lane)),
    plan.venues.map((side) => lane.groups(side.requestGroupsAt, side.lane)),
  );
  const core = new Core(settings, outbox, countersAt(views, plan.countersAt, COUNTER_NAMES));
  const sessions = Object.keys(config.client.sessions);
  const places = new Int32Array(settings.sessionIds).fill(NONE);
  for (const [place, name] of sessions.entries()) places[clientIds[name]!] = place;
  const shown = views.ints.subarray(plan.openOrdersAt >> 2, (plan.openOrdersAt >> 2) + sessions.length);
  core.state.orders.openBySession = new OpenBySession(settings.sessionIds, shown, places);
  const ringAddress = addressOf(views) + data.sharedAt;
  const input = (side: SidePlan, at: number, slotBytes: number, groupsAt: number): CoreInput => ({
    ring: lane.ring(at, slotBytes, side.lane),
    groups: lane.groups(groupsAt, side.lane),
    ringAddress,
  });
  const controlRing = (at: number, slotBytes: number) => lane.ring(at, slotBytes, MAIN_THREAD, plan.controlSlots);
  const agent = new CoreAgent({
    core,
    outbox,
    journal: lane.writer("core", plan.coreStreamWordsAt),
    orders: plan.clients.map((side) => input(side, side.requestsAt, ORDER_REQUEST_BYTES, side.requestGroupsAt)),
    reports: plan.venues.map((side) => input(side, side.reportsAt, EXECUTION_REPORT_BYTES, side.reportGroupsAt)),
    control: { ring: controlRing(plan.controlAt, CONTROL_BYTES), ringAddress },
    answers: { ring: controlRing(plan.controlAnswersAt, CONTROL_ANSWER_BYTES), wakeup: lane.mainWakeup },
    time: lane.time,
    events: lane.events,
    recover: (target) =>
      recoverInto(target, dir, snapshot, sentIndexes(data.clients), sentIndexes(data.venues), () =>
        Atomics.add(views.ints, (lane.wordsAt >> 2) + HEARTBEAT_WORD, 1),
      ),
  });
  return { kind: "core", agent, afterCore: null };
}

/** Index of the agent that has each session or venue, by id; -1: none has it today. */
function sideOfEach(sides: readonly SidePlan[], ids: Readonly<Record<string, number>>, count: number): Int32Array {
  const sideOf = new Int32Array(count).fill(-1);
  for (const [i, side] of sides.entries()) for (const name of side.members) sideOf[ids[name]!] = i;
  return sideOf;
}
