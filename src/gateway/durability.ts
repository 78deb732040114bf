import { DurableGate } from "../journal/gate.ts";
import { OFFSET_WORD, SYNCED_OFFSET_WORD } from "../journal/layout.ts";
import type { StreamWriter } from "../journal/writer.ts";
import { MovingWord, type PeerWakeups } from "../lane/peer-wakeups.ts";
import type { LaneData } from "./lane-data.ts";

// What a lane has more where durability is "disk": gates before its sockets, and bells between it and the keeper. Cold.

export function onDisk(data: LaneData): boolean {
  return data.config.journal.durability === "disk";
}

/** What holds a session's output back, or null. */
export function gateFor(data: LaneData, journal: StreamWriter, ints: Int32Array, wordsAt: number): DurableGate | null {
  if (!onDisk(data)) return null;
  return new DurableGate(journal, ints, wordsAt >> 2, data.plan.coreStreamWordsAt >> 2);
}

/** A keeper on another lane hears when something is written here. */
export function ringKeeper(data: LaneData, peerWakeups: PeerWakeups, ints: Int32Array, wordsAt: number): void {
  const lane = data.plan.lanes.findIndex(({ place }) => place.agents.includes("keeper"));
  if (onDisk(data) && lane !== data.lane) peerWakeups.add(new MovingWord(ints, (wordsAt >> 2) + OFFSET_WORD), lane);
}

/** From the keeper's lane: the others hear when something of what they wait for is on the disk. */
export function ringWaiting(data: LaneData, peerWakeups: PeerWakeups, ints: Int32Array): void {
  const { plan, lane } = data;
  if (!onDisk(data)) return;
  for (const side of [...plan.clients, ...plan.venues]) {
    if (side.lane === lane) continue;
    for (const wordsAt of [side.streamWordsAt, plan.coreStreamWordsAt])
      peerWakeups.add(new MovingWord(ints, (wordsAt >> 2) + SYNCED_OFFSET_WORD), side.lane);
  }
}
