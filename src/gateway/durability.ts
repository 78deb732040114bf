// Durability "disk": output waits for the journal, and lanes wake the keeper and are woken by it.

import { DurableGate } from "../journal/gate.ts";
import { OFFSET_WORD, SYNCED_OFFSET_WORD } from "../journal/layout.ts";
import type { StreamWriter } from "../journal/writer.ts";
import { MovingWord, type PeerWakeups } from "../lane/peer-wakeups.ts";
import type { LaneData } from "./lane-data.ts";

export function isOnDisk(data: LaneData): boolean {
  return data.config.journal.durability === "disk";
}

/** Returns the gate that holds a session's output back until its journal is on the disk, or null. */
export function gateFor(data: LaneData, journal: StreamWriter, ints: Int32Array, wordsAt: number): DurableGate | null {
  if (!isOnDisk(data)) return null;
  return new DurableGate(journal, ints, wordsAt >> 2, data.plan.coreStreamWordsAt >> 2);
}

/** Wakes a keeper on another lane when this lane has written to the stream. */
export function wakeKeeper(data: LaneData, peerWakeups: PeerWakeups, ints: Int32Array, wordsAt: number): void {
  const { keeperLane } = data.plan;
  if (!isOnDisk(data) || keeperLane === data.lane) return;
  peerWakeups.add(new MovingWord(ints, (wordsAt >> 2) + OFFSET_WORD), keeperLane);
}

/** Wakes the other lanes from the keeper's when a stream that they wait for has been synced. */
export function wakeWaitingLanes(data: LaneData, peerWakeups: PeerWakeups, ints: Int32Array): void {
  const { plan, lane } = data;
  if (!isOnDisk(data)) return;
  for (const side of [...plan.clients, ...plan.venues, ...(plan.dropCopy === null ? [] : [plan.dropCopy])]) {
    if (side.lane === lane) continue;
    for (const wordsAt of [side.streamWordsAt, plan.coreStreamWordsAt])
      peerWakeups.add(new MovingWord(ints, (wordsAt >> 2) + SYNCED_OFFSET_WORD), side.lane);
  }
}
