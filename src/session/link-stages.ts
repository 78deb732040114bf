import { monotonicNs } from "../../ffi/clock.ts";
import { codeOver } from "../assembly/module.ts";
import { RUN_COUNT_AT, RUNS_AT } from "../telemetry/assembly/layout.ts";

/** Exports of the compiled code (telemetry/assembly/stages.ts); all addresses are byte offsets in the memory. */
interface Code {
  noteRequestSent(sent: number, record: number): void;
  stampSent(sent: number, times: number, nowNs: number): void;
  noteAnswered(times: number, record: number, nowNs: number): void;
  noteReported(set: number, times: number, record: number): void;
  countReported(set: number, venues: number, nowNs: number): void;
}

/** Memory of the lanes, and where in it the plan and the orders' times begin. */
export interface StagesMemory {
  readonly memory: WebAssembly.Memory;
  readonly sharedAt: number;
  readonly timesAt: number;
}

/** Measures the orders of one link: what is written to it is noted, and stamped once its socket has taken all of its output. */
export interface LinkStages {
  /** Of the link's part, and of the orders' times, for compiled code. */
  readonly address: number;
  readonly timesAt: number;
  /** The record at byte `at` of the plan is in the output. */
  note(at: number): void;
  /** The socket has taken all output. Reads the clock where something was noted. */
  flushed(): void;
  /** A connection begins: what an earlier one has not sent is not measured. */
  begin(): void;
}

/** Requests to a venue; `at` is the venue's list. */
export class SentStages implements LinkStages {
  readonly address: number;
  readonly timesAt: number;
  private readonly code: Code;
  private readonly count: Int32Array;

  constructor(
    private readonly shared: StagesMemory,
    at: number,
  ) {
    this.address = shared.sharedAt + at;
    this.timesAt = shared.sharedAt + shared.timesAt;
    this.code = codeOver(shared.memory) as unknown as Code;
    this.count = new Int32Array(shared.memory.buffer, this.address, 1);
  }

  note(at: number): void {
    this.code.noteRequestSent(this.address, this.shared.sharedAt + at);
  }

  flushed(): void {
    if (this.count[0] !== 0) this.code.stampSent(this.address, this.timesAt, monotonicNs());
  }

  begin(): void {
    this.count[0] = 0;
  }
}

/** Reports that are read from venues. */
export class AnswerStages {
  readonly timesAt: number;
  private readonly code: Code;

  constructor(private readonly shared: StagesMemory) {
    this.timesAt = shared.sharedAt + shared.timesAt;
    this.code = codeOver(shared.memory) as unknown as Code;
  }

  /** The report at byte `at` of the plan was read in the turn that began at `nowNs`. */
  note(at: number, nowNs: number): void {
    this.code.noteAnswered(this.timesAt, this.shared.sharedAt + at, nowNs);
  }
}

/** Reports to a client session; `at` is its set, `venuesAt` are its agent's histograms of venues. */
export class ReportedStages implements LinkStages {
  readonly address: number;
  readonly timesAt: number;
  private readonly venuesAt: number;
  private readonly code: Code;
  private readonly count: Int32Array;

  constructor(
    private readonly shared: StagesMemory,
    at: number,
    venuesAt: number,
  ) {
    this.address = shared.sharedAt + at;
    this.timesAt = shared.sharedAt + shared.timesAt;
    this.venuesAt = shared.sharedAt + venuesAt;
    this.code = codeOver(shared.memory) as unknown as Code;
    this.count = new Int32Array(shared.memory.buffer, this.address + RUNS_AT + RUN_COUNT_AT, 1);
  }

  note(at: number): void {
    this.code.noteReported(this.address, this.timesAt, this.shared.sharedAt + at);
  }

  flushed(): void {
    if (this.count[0] !== 0) this.code.countReported(this.address, this.venuesAt, monotonicNs());
  }

  begin(): void {
    this.count[0] = 0;
  }
}
