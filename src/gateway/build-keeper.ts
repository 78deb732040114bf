import { syncData } from "../../ffi/file.ts";
import { MIB } from "../base/units.ts";
import { DiskReserve } from "../journal/disk-reserve.ts";
import { Keeper } from "../journal/keeper.ts";
import { EVENT_JOURNAL_LOW, EVENT_JOURNAL_OK } from "../telemetry/events.ts";
import { isOnDisk, wakeWaitingLanes } from "./durability.ts";
import type { LaneContext } from "./lane-context.ts";
import type { BuiltAgent } from "./poll-order.ts";

/** Builds the keeper of all journal streams. */
export function buildKeeper(lane: LaneContext): BuiltAgent {
  const { data, views, events } = lane;
  const { plan, config, streams, dir, segmentBytes, birth } = data;
  const segmentsOf = (mib: number): number => Math.ceil((mib * MIB) / segmentBytes);
  const kept = plan.streams.map((stream) => ({
    name: stream.name,
    wordsAt: stream.wordsAt,
    address: streams[stream.name]!,
    sameLane: stream.lane === data.lane,
  }));
  wakeWaitingLanes(data, lane.peerWakeups, views.ints);
  const agent = new Keeper(
    views,
    kept,
    dir,
    segmentBytes,
    birth,
    segmentsOf(config.journal.spareMiB),
    isOnDisk(data) ? syncData : null,
    new DiskReserve(dir, segmentsOf(config.journal.reserveMiB), segmentBytes),
    { disk: (errno, left) => events.emit(errno === 0 ? EVENT_JOURNAL_OK : EVENT_JOURNAL_LOW, 0, errno, left) },
    isOnDisk(data) ? null : lane.mainWakeup,
  );
  return { kind: "keeper", agent, afterCore: null };
}
