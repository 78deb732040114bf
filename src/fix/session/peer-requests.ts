import type { SessionHost } from "../../session/protocol.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import type { FixVersion } from "../wire/version.ts";
import { ResendGuard } from "./resend-guard.ts";
import type { SequenceNumbers } from "./sequence-numbers.ts";

/** Results of `answer` beside the tag of a missing field. */
const ANSWERED = 0;
export const IS_LOOP = -1;

/** Answers the peer's ResendRequests. */
export class PeerRequests {
  private readonly guard: ResendGuard;

  constructor(
    private readonly numbers: SequenceNumbers,
    private readonly host: SessionHost,
    private readonly version: FixVersion,
    maxSameResends: number,
  ) {
    this.guard = new ResendGuard(maxSameResends);
  }

  /** Begins the resend. Returns  ANSWERED, IS_LOOP when it was asked for too often, or the tag that is missing. */
  answer(scan: Scanner, nowNs: number): number {
    const begin = scan.int(tag.BeginSeqNo);
    const end = scan.int(tag.EndSeqNo);
    if (begin < 0) return tag.BeginSeqNo;
    if (end < 0) return tag.EndSeqNo;
    const last = this.numbers.nextOut - 1;
    const from = begin < 1 ? 1 : begin;
    if (!this.guard.asks(from, nowNs)) return IS_LOOP;
    if (from <= last) this.host.resend(from, end === 0 || end === this.version.infinity || end > last ? last : end);
    return ANSWERED;
  }

  /** A new connection, or new numbers. */
  clear(): void {
    this.guard.clear();
  }
}
