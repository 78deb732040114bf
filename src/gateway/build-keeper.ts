import { syncData } from "../../ffi/file.ts";
import { addressOf } from "../../ffi/memory.ts";
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
  const { plan, config, dir, segmentBytes, birth } = data;
  const base = addressOf(data.shared.buffer) + data.sharedAt;
  const segmentsOf = (mib: number): number => Math.ceil((mib * MIB) / segmentBytes);
  wakeWaitingLanes(data, lane.peerWakeups, views.ints);
  const agent = new Keeper({
    shared: views,
    streams: plan.streams.map(({ name, wordsAt, bufferAt }) => ({ name, wordsAt, address: base + bufferAt })),
    dir,
    segmentBytes,
    birth,
    buffersFd: data.buffers.fd,
    bufferBytes: plan.bufferBytes,
    syncFile: isOnDisk(data) ? syncData : null,
    reserve: new DiskReserve(dir, segmentsOf(config.journal.reserveMiB), segmentBytes),
    listener: {
      disk: (errno, left) => events.emit(errno === 0 ? EVENT_JOURNAL_OK : EVENT_JOURNAL_LOW, 0, errno, left),
    },
  });
  return { kind: "keeper", agent, afterCore: null };
}
