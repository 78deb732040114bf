import type { Views } from "../base/views.ts";
import { Latest } from "../ring/latest.ts";

/*  How far the copies are, as one latest value, written by the drop copy agent.
 *
 *  double 0 bytes of the client agents' streams that are not read yet
 *         1 time up to which all reports are copied, microseconds since 1970; 0: none are yet
 *         2 copies since the start
 *         3 1: a stream can't be read any further
 */
const BYTES = 32;
export const PROGRESS_BYTES = Latest.bytesFor(BYTES);

interface Progress {
  readonly behindBytes: number;
  readonly copiedUntilUs: number;
  readonly copies: number;
  readonly hasStopped: boolean;
}

export class ProgressWriter {
  private readonly latest: Latest;

  constructor(
    private readonly views: Views,
    at: number,
  ) {
    this.latest = new Latest(views, at, BYTES);
  }

  write({ behindBytes, copiedUntilUs, copies, hasStopped }: Progress): void {
    const double = this.latest.begin() >> 3;
    const { doubles } = this.views;
    doubles[double] = behindBytes;
    doubles[double + 1] = copiedUntilUs;
    doubles[double + 2] = copies;
    doubles[double + 3] = hasStopped ? 1 : 0;
    this.latest.end();
  }
}
