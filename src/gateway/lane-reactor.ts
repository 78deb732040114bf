import { KIB } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { Codec } from "../fix/wire/codec.ts";
import { Input } from "../net/input.ts";
import type { Network } from "../net/network.ts";
import { Reactor } from "../net/reactor.ts";
import { Buffers } from "../pool/buffers.ts";
import { Central } from "../pool/central.ts";
import { POOL_COUNTERS } from "../pool/counters.ts";
import type { MainWakeup } from "../ring/main-wakeup.ts";
import { countersAt } from "../telemetry/counters.ts";
import type { LaneData } from "./lane-data.ts";

/** Listeners, and connections that are being refused. */
const SPARE_STREAMS = 64;
/** Output buffer of a session for one turn; what a slow reader leaves unread goes to the pool. */
const OUT_BYTES = 64 * KIB;

/** The reactor of a lane, with room for every connection that the configuration allows. */
export function laneReactor(
  data: LaneData,
  views: Views,
  codec: Codec,
  network: Network,
  mainWakeup: MainWakeup,
): Reactor {
  const { client, venues, core, exchange, dropCopy, sockets } = data.config;
  const venuePlaces = Object.keys(venues).length + core.spareVenues;
  const others = (exchange?.sessions.length ?? 0) + (dropCopy?.maxConnections ?? 0);
  const connections = client.maxConnections + venuePlaces + others;
  const input = new Input(codec.input, codec.inputAddress);
  const buffers = laneBuffers(data, views, mainWakeup);
  return new Reactor(connections + SPARE_STREAMS, data.spins, network, buffers, sockets, input);
}

/** The lane's access to the pool of session buffers that all lanes share. */
function laneBuffers({ plan, lane, poolAddress }: LaneData, views: Views, mainWakeup: MainWakeup): Buffers {
  const counters = countersAt(views, plan.poolCountersAt[lane]!, POOL_COUNTERS);
  return new Buffers(new Central(views, plan.pool), poolAddress, counters, lane, mainWakeup);
}

/** Output room for a message and for what it causes. */
export function roomBytesFor(messageBytes: number): number {
  return 2 * messageBytes + 1024;
}

/** An unread backlog has room for a resend. */
export function sessionBacklogBytes(backlogBytes: number, roomBytes: number): number {
  return Math.max(backlogBytes, 4 * roomBytes);
}

/** Output buffer of a session where one message and its answers need up to `roomBytes`: half of it has that room. */
export function outBytesFor(roomBytes: number): number {
  return Math.max(OUT_BYTES, 2 * roomBytes);
}
