import { monotonicNs } from "../../ffi/clock.ts";
import { NONE } from "../base/units.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { CoreAgent } from "../core/agent.ts";
import type { CoreRings, RingPair } from "../core/area.ts";
import { STORES_REORDER } from "../core/assembly/layout.ts";
import { Core } from "../core/core.ts";
import { HEARTBEAT_WORD } from "../lane/words.ts";
import type { SidePlan } from "../plan/plan.ts";
import { CONTROL_ANSWER_BYTES, CONTROL_SLOT_BYTES } from "../record/control-codes.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { coreConfig, recoverInto, sentIndexes } from "../recovery/recovery.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { type LaneContext, MAIN_THREAD } from "./lane-context.ts";
import type { BuiltAgent } from "./poll-order.ts";

/** Builds the core between the rings of all client and venue agents. */
export function buildCore(lane: LaneContext): BuiltAgent {
  const { data, views } = lane;
  const { config, plan, clientIds, venueIds, dir, snapshot, shared, sharedAt } = data;
  const settings = coreConfig(config, clientIds, venueIds);
  const sessions = Object.keys(config.client.sessions);
  const places = new Int32Array(settings.sessionIds).fill(NONE);
  for (const [place, name] of sessions.entries()) places[clientIds[name]!] = place;
  for (let row = sessions.length; row < plan.sessionRows; row++)
    places[plan.givenIds.clients + row - sessions.length] = row;
  const core = new Core(
    settings,
    {
      memory: shared,
      at: sharedAt + plan.coreAt,
      bytes: plan.coreBytes,
      countersAt: sharedAt + plan.countersAt,
      ...(plan.stages === null
        ? {}
        : { stages: { at: timesOf(shared, sharedAt + plan.stages.timesAt, config), nowNs: monotonicNs } }),
      openOrders: { at: sharedAt + plan.openOrdersAt, places },
      trading: { sessionsAt: sharedAt + plan.sessionTradingAt, venuesAt: sharedAt + plan.venueTradingAt },
    },
    ringsOf(lane, settings.sessionIds, settings.venueIds),
  );
  core.area.setWord(STORES_REORDER, process.arch === "x64" ? 0 : 1);
  const agent = new CoreAgent({
    core,
    journal: lane.writer("core", plan.coreStreamWordsAt),
    wakeup: lane.mainWakeup,
    time: lane.time,
    events: lane.events,
    recover: (target) =>
      recoverInto(target, dir, snapshot, sentIndexes(data.clients), sentIndexes(data.venues), () =>
        Atomics.add(views.ints, (lane.wordsAt >> 2) + HEARTBEAT_WORD, 1),
      ),
  });
  return { kind: "core", agent, afterCore: null };
}

/** The table of the orders' times, with its count of slots. */
function timesOf(shared: WebAssembly.Memory, at: number, { core }: GatewayConfig): number {
  new Int32Array(shared.buffer, at, 1)[0] = core.maxOrders;
  return at;
}

function ringsOf(lane: LaneContext, sessionIds: number, venueIds: number): CoreRings {
  const { plan, clientIds, venueIds: idOfVenue } = lane.data;
  const pair = (ring: OneToOne, side: SidePlan, groupsAt: number): RingPair => ({
    ring,
    groups: lane.groups(groupsAt, side.lane),
  });
  const inward = (side: SidePlan, at: number, slotBytes: number, groupsAt: number): RingPair =>
    pair(lane.ring(at, slotBytes, side.lane), side, groupsAt);
  const outward = (side: SidePlan, at: number, slotBytes: number, groupsAt: number): RingPair =>
    pair(lane.outwardRing(at, slotBytes, side.lane), side, groupsAt);
  const control = (at: number, slotBytes: number): OneToOne => lane.ring(at, slotBytes, MAIN_THREAD, plan.controlSlots);
  return {
    toClients: plan.clients.map((side) => outward(side, side.reportsAt, EXECUTION_REPORT_BYTES, side.reportGroupsAt)),
    toVenues: plan.venues.map((side) => outward(side, side.requestsAt, ORDER_REQUEST_BYTES, side.requestGroupsAt)),
    orders: plan.clients.map((side) => inward(side, side.requestsAt, ORDER_REQUEST_BYTES, side.requestGroupsAt)),
    reports: plan.venues.map((side) => inward(side, side.reportsAt, EXECUTION_REPORT_BYTES, side.reportGroupsAt)),
    control: control(plan.controlAt, CONTROL_SLOT_BYTES),
    answers: control(plan.controlAnswersAt, CONTROL_ANSWER_BYTES),
    sessionRing: sideOfEach(plan.clients, clientIds, plan.givenIds.clients, plan.sessionRows, sessionIds),
    venueRing: sideOfEach(plan.venues, idOfVenue, plan.givenIds.venues, plan.venueRows, venueIds),
  };
}

/** Index of the agent that has each session or venue, by id, or will have it once it is added; NONE: none has it today. */
function sideOfEach(
  sides: readonly SidePlan[],
  ids: Readonly<Record<string, number>>,
  given: number,
  rows: number,
  count: number,
): Int32Array {
  const sideOf = new Int32Array(count).fill(NONE);
  for (const [i, side] of sides.entries()) for (const name of side.members) sideOf[ids[name]!] = i;
  const taken = sides.reduce((sum, { members }) => sum + members.length, 0);
  for (let row = taken; row < rows; row++) sideOf[given + row - taken] = row % sides.length;
  return sideOf;
}
