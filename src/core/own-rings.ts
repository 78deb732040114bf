import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { CONTROL_ANSWER_BYTES, CONTROL_SLOT_BYTES } from "../record/control-codes.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import type { CoreRings, RingPair } from "./area.ts";
import type { CoreConfig } from "./config.ts";

/** Slots of the rings of a core that has its own memory. */
export interface RingSlots {
  readonly toClients: number;
  readonly toVenues: number;
  readonly inputs: number;
  readonly control: number;
  readonly groups: number;
}

/** Bytes of the rings of a core with one agent on each side. */
export function ringBytes(slots: RingSlots): number {
  const { toClients, toVenues, inputs, control, groups } = slots;
  return (
    OneToOne.bytesFor(toClients, EXECUTION_REPORT_BYTES) +
    OneToOne.bytesFor(inputs, EXECUTION_REPORT_BYTES) +
    OneToOne.bytesFor(toVenues, ORDER_REQUEST_BYTES) +
    OneToOne.bytesFor(inputs, ORDER_REQUEST_BYTES) +
    OneToOne.bytesFor(control, CONTROL_SLOT_BYTES) +
    OneToOne.bytesFor(control, CONTROL_ANSWER_BYTES) +
    4 * OneToOne.bytesFor(groups, GROUP_SLOT_BYTES)
  );
}

/** These rings, from byte 0 of a memory; they lead to every session and venue. */
export function ringsIn(memory: WebAssembly.Memory, config: CoreConfig, slots: RingSlots): CoreRings {
  const views = new Views(memory.buffer, 0, ringBytes(slots));
  let at = 0;
  const take = (count: number, slotBytes: number): OneToOne => {
    const ring = new OneToOne(views, at, count, slotBytes);
    at += OneToOne.bytesFor(count, slotBytes);
    return ring;
  };
  const pair = (count: number, slotBytes: number): RingPair => ({
    ring: take(count, slotBytes),
    groups: take(slots.groups, GROUP_SLOT_BYTES),
  });
  return {
    toClients: [pair(slots.toClients, EXECUTION_REPORT_BYTES)],
    toVenues: [pair(slots.toVenues, ORDER_REQUEST_BYTES)],
    orders: [pair(slots.inputs, ORDER_REQUEST_BYTES)],
    reports: [pair(slots.inputs, EXECUTION_REPORT_BYTES)],
    control: take(slots.control, CONTROL_SLOT_BYTES),
    answers: take(slots.control, CONTROL_ANSWER_BYTES),
    sessionRing: new Int32Array(config.sessionIds),
    venueRing: new Int32Array(config.venueIds),
  };
}

/** The rings of a core that leads to nobody. */
export function noRings(config: CoreConfig): CoreRings {
  const sessionRing = new Int32Array(config.sessionIds).fill(NONE);
  const venueRing = new Int32Array(config.venueIds).fill(NONE);
  return { toClients: [], toVenues: [], orders: [], reports: [], control: null, answers: null, sessionRing, venueRing };
}
