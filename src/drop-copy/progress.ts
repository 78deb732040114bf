import { Views } from "../base/views.ts";
import { Latest } from "../ring/latest.ts";

/*  How far the copies are, as one latest value, written by the drop copy agent.
 *
 *  double 0 bytes of the client agents' streams that are not read yet
 *         1 time up to which all reports are copied, microseconds since 1970; 0: none are yet
 *         2 copies since the start
 *         3 how long reports have been waiting, seconds
 *  int    8 number of the first client agent whose stream stops the copies, and 1; 0: none does
 *         9 length of the text
 *        10 1: a report that could be copied waits for room in the journal
 *  byte  48 the text: why it does, ASCII
 */
const TEXT_AT = 48;
const TEXT_BYTES = 512;
const BYTES = TEXT_AT + TEXT_BYTES;
export const PROGRESS_BYTES = Latest.bytesFor(BYTES);

/** A client agent whose stream can't be read any further, or whose report can't be copied. */
export interface CopyFault {
  readonly agent: number;
  readonly text: string;
}

export interface Progress {
  readonly behindBytes: number;
  readonly behindS: number;
  readonly copiedUntilUs: number;
  readonly copies: number;
  readonly waitsForRoom: boolean;
  /** The first of them; null: nothing stops the copies. */
  readonly fault: CopyFault | null;
}

export class ProgressWriter {
  private readonly latest: Latest;

  constructor(
    private readonly views: Views,
    at: number,
  ) {
    this.latest = new Latest(views, at, BYTES);
  }

  write({ behindBytes, behindS, copiedUntilUs, copies, waitsForRoom, fault }: Progress): void {
    const { doubles, ints, bytes } = this.views;
    const at = this.latest.begin();
    doubles.set([behindBytes, copiedUntilUs, copies, behindS], at >> 3);
    const text = fault === null ? "" : fault.text.slice(0, TEXT_BYTES);
    ints.set([fault === null ? 0 : fault.agent + 1, text.length, Number(waitsForRoom)], (at >> 2) + 8);
    for (let i = 0; i < text.length; i++) bytes[at + TEXT_AT + i] = text.charCodeAt(i);
    this.latest.end();
  }
}

/** Reads the progress on another thread. */
export class ProgressReader {
  private readonly latest: Latest;
  private readonly copy = Views.allocate(BYTES);

  constructor(views: Views, at: number) {
    this.latest = new Latest(views, at, BYTES);
  }

  /** Null: nothing is written yet, or it changes all the time. */
  read(): Progress | null {
    if (this.latest.version() === 0 || !this.latest.read(this.copy, 0)) return null;
    const { doubles, ints, bytes } = this.copy;
    const [behindBytes, copiedUntilUs, copies, behindS] = doubles as unknown as [number, number, number, number];
    const agent = ints[8]! - 1;
    const words = bytes.slice(TEXT_AT, TEXT_AT + ints[9]!);
    const fault = agent < 0 ? null : { agent, text: Buffer.from(words).toString("latin1") };
    return { behindBytes, copiedUntilUs, copies, behindS, waitsForRoom: ints[10] === 1, fault };
  }
}
