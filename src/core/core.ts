import { instantiate, sharedMemory } from "../assembly/module.ts";
import { broken } from "../base/broken.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { Control } from "../record/control.ts";
import { CONTROL_BYTES } from "../record/control-codes.ts";
import { EXECUTION_REPORT_BYTES, type ExecutionReport } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES, type OrderRequest } from "../record/order-request.ts";
import { CACHE_LINE } from "../ring/layout.ts";
import type { ReportAlarms } from "./alarms.ts";
import {
  type CoreRings,
  coreBytes,
  layOut,
  SCRATCH_ANSWER_AT,
  SCRATCH_BYTES,
  SCRATCH_CONTROL_AT,
  SCRATCH_GROUPS_AT,
  sizesOf,
} from "./area.ts";
import { AreaViews } from "./area-views.ts";
import {
  COUNTERS_AT,
  FILE_CHANGES,
  JOURNAL_AT,
  LATE_REPORT_AT,
  LATE_REQUEST_AT,
  OPEN_PLACES_AT,
  OPEN_SHOWN_AT,
  SENT_REPORTS_AT,
  SENT_REQUESTS_AT,
  SESSION_TRADING_AT,
  SHOWS_OUTPUTS,
  STAGE_TIMES_AT,
  VENUE_TRADING_AT,
} from "./assembly/layout.ts";
import type { CoreCode, CoreImports } from "./code.ts";
import type { CoreConfig } from "./config.ts";
import { configure, giveFile } from "./configure.ts";
import { CoreTables } from "./core-tables.ts";
import { CORE_COUNTERS } from "./counters.ts";
import { digest } from "./digest.ts";
import { failure } from "./failures.ts";
import type { InputJournal } from "./input-journal.ts";
import { LateOutputs, type OutputReader } from "./late-outputs.ts";
import { noRings, type RingSlots, ringBytes, ringsIn } from "./own-rings.ts";

/** Where a core's state is. */
export interface CorePlace {
  readonly memory: WebAssembly.Memory;
  /** First byte of its area, which is all 0, and its size. */
  readonly at: number;
  readonly bytes: number;
  /** First byte of CORE_COUNTERS doubles, which others may read. */
  readonly countersAt: number;
  /** Where others read how many open orders each session has; absent: nobody does. */
  readonly openOrders?: OpenOrdersPlace;
  /** First bytes of the trading states by session id and by venue id, which others read; absent: nobody does. */
  readonly trading?: { readonly sessionsAt: number; readonly venuesAt: number };
  /** Where the times of orders are, for their latencies; absent: nobody measures them. */
  readonly stages?: StagesPlace;
}

export interface StagesPlace {
  /** First byte of the table (telemetry/assembly/layout.ts). */
  readonly at: number;
  nowNs(): number;
}

export interface OpenOrdersPlace {
  /** First byte of the ints. */
  readonly at: number;
  /** By session id: which of the ints it has, or NONE. */
  readonly places: Int32Array;
}

/**
 * The core owns all orders, account limits and exposures, and routes. It has no clock, socket or randomness: the same inputs in
 * the same order give the same outputs and the same state. Its code is WebAssembly (core/assembly), its state one area of shared
 * memory; this class lays the area out and gives inputs to the code.
 *
 * A request is journalled with its decision before it is applied:
 *
 *     decide ──▶ stamp ──▶ append to the journal ──▶ apply
 *
 * A replay feeds the journalled inputs with their decisions to the same `order`, `report` and `control`.
 */
export class Core {
  readonly area: AreaViews;
  readonly code: CoreCode;
  readonly tables: CoreTables;
  readonly late: LateOutputs;
  readonly counters: Float64Array;
  /** Room for one input in the core's memory: a request or report at 0, its groups at SCRATCH_GROUPS_AT, a command. */
  readonly scratch: Views;
  private readonly buffer: ArrayBufferLike;
  private readonly scratchAt: number;
  private reader: OutputReader | null = null;
  private journal: InputJournal | null = null;
  private alarms: ReportAlarms | null = null;

  constructor(
    readonly config: CoreConfig,
    place: CorePlace,
    readonly rings: CoreRings,
  ) {
    const { memory, at, bytes, countersAt, openOrders, trading, stages } = place;
    const sizes = sizesOf(config, rings.toClients.length, rings.toVenues.length);
    if (coreBytes(sizes) > bytes) broken("room of the core's area", bytes);
    this.buffer = memory.buffer;
    this.area = new AreaViews(memory.buffer, at);
    this.scratchAt = at + coreBytes(sizes) - SCRATCH_BYTES;
    this.scratch = new Views(memory.buffer, this.scratchAt, SCRATCH_BYTES);
    layOut(this.area, sizes, rings);
    this.area.setWord(COUNTERS_AT, countersAt);
    this.counters = this.area.doubles(COUNTERS_AT, CORE_COUNTERS);
    if (openOrders !== undefined) {
      this.area.setWord(OPEN_SHOWN_AT, openOrders.at);
      this.area.ints(OPEN_PLACES_AT, config.sessionIds).set(openOrders.places);
    }
    if (trading !== undefined) {
      this.area.setWord(SESSION_TRADING_AT, trading.sessionsAt);
      this.area.setWord(VENUE_TRADING_AT, trading.venuesAt);
    }
    if (stages !== undefined) this.area.setWord(STAGE_TIMES_AT, stages.at);
    this.code = this.instantiate(memory, stages);
    this.code.openCore(at);
    this.tables = new CoreTables(this.area);
    this.late = new LateOutputs(this.area, this.code);
    configure(this.code, this.area, config);
  }

  /**
   * A core with its own memory, for callers without a gateway: it has one agent on each side with rings of this size, or
   * (null) none.
   */
  static alone(config: CoreConfig, slots: RingSlots | null = null): Core {
    const agents = slots === null ? 0 : 1;
    const at = slots === null ? CACHE_LINE : ringBytes(slots);
    const bytes = coreBytes(sizesOf(config, agents, agents));
    const countersAt = at + bytes;
    const memory = sharedMemory(countersAt + 8 * CORE_COUNTERS);
    return new Core(
      config,
      { memory, at, bytes, countersAt },
      slots === null ? noRings(config) : ringsIn(memory, config, slots),
    );
  }

  private instantiate(memory: WebAssembly.Memory, stages: StagesPlace | undefined): CoreCode {
    const imports: CoreImports = {
      fail: failure,
      clockNs: () => stages?.nowNs() ?? 0,
      journalFull: () => this.journal!.full(),
      differs: (report, outcome, besideAt) => {
        if (this.alarms !== null) this.alarms.raise(report >>> 0, outcome, besideAt === NONE ? NONE : besideAt >>> 0);
      },
      ended: (command) => this.alarms?.ended(command >>> 0),
      keepLate: (isRequest, ring, groupBytes) => this.late.keep(isRequest !== 0, ring, groupBytes),
      output: (isRequest) => this.show(isRequest !== 0),
    };
    return instantiate(memory, { ...imports }) as unknown as CoreCode;
  }

  /** What the core's agent journals to. */
  attach(journal: InputJournal, alarms: ReportAlarms | null): void {
    this.journal = journal;
    this.area.setWord(JOURNAL_AT, journal.at);
    this.alarms = alarms;
  }

  /** From now on what nobody here reads is handed to `reader`: its records are good during the call. */
  readBy(reader: OutputReader): void {
    this.reader = reader;
    this.area.setWord(SHOWS_OUTPUTS, 1);
  }

  private show(isRequest: boolean): void {
    const word = isRequest ? LATE_REQUEST_AT : LATE_REPORT_AT;
    const bytes = (isRequest ? ORDER_REQUEST_BYTES : EXECUTION_REPORT_BYTES) + GROUP_SLOT_BYTES;
    this.reader!.output(this.area.table(word, bytes), isRequest);
  }

  /**
   * Decides a request, and changes nothing but an account that it does not name; `apply` must follow before any other input.
   * `starved` says that the disk is full, so that nothing new can be taken.
   * Returns  the decision as the journal keeps it (core/decision.ts).
   */
  decide(request: OrderRequest, timeUs: number, starved: boolean): number {
    const code = this.code.decide(this.enter(request.views, request.at, ORDER_REQUEST_BYTES), timeUs, starved ? 1 : 0);
    this.leave(request.views, request.at, ORDER_REQUEST_BYTES);
    return code;
  }

  /** Writes slot and number that the request was given into its record, on its way to the journal. */
  stamp(request: OrderRequest): void {
    this.code.stamp(this.enter(request.views, request.at, ORDER_REQUEST_BYTES));
    this.leave(request.views, request.at, ORDER_REQUEST_BYTES);
  }

  /** Carries out what was decided last. */
  apply(request: OrderRequest, timeUs: number): void {
    this.code.applyDecided(this.enter(request.views, request.at, ORDER_REQUEST_BYTES), timeUs);
  }

  /** Decides and carries out, without a journal between; in a replay carries out the journalled decision. */
  order(request: OrderRequest, timeUs: number, code = NONE): void {
    this.code.order(this.enter(request.views, request.at, ORDER_REQUEST_BYTES), timeUs, code);
    this.leave(request.views, request.at, ORDER_REQUEST_BYTES);
  }

  /** Leaves out of a venue's report what its order has anyway, before it is journalled. */
  shorten(report: ExecutionReport): void {
    this.code.shorten(this.enter(report.views, report.at, EXECUTION_REPORT_BYTES));
    this.leave(report.views, report.at, EXECUTION_REPORT_BYTES);
  }

  /** Notes in a venue's report by which rules it is taken, before it is journalled. */
  stampRules(report: ExecutionReport): void {
    this.code.stampRules(this.enter(report.views, report.at, EXECUTION_REPORT_BYTES));
    this.leave(report.views, report.at, EXECUTION_REPORT_BYTES);
  }

  /** Marks a venue's report with what the time of now decides, before it is journalled. */
  mark(report: ExecutionReport, timeUs: number): void {
    this.code.markReport(this.enter(report.views, report.at, EXECUTION_REPORT_BYTES), timeUs);
    this.leave(report.views, report.at, EXECUTION_REPORT_BYTES);
  }

  /** Applies a venue's report. Returns an outcome (core/outcomes.ts). */
  report(report: ExecutionReport, timeUs: number): number {
    const outcome = this.code.report(this.enter(report.views, report.at, EXECUTION_REPORT_BYTES), timeUs);
    this.leave(report.views, report.at, EXECUTION_REPORT_BYTES);
    return outcome;
  }

  /** Applies a command of the control plane; `code`: as its journal entry has it. Returns the result (record/control-codes.ts). */
  control(control: Control, timeUs: number, code = 0): number {
    // Its text is behind it; only whole words are copied.
    const bytes = CONTROL_BYTES + ((control.textLength + 3) & ~3);
    const at = this.enter(control.views, control.at, bytes, SCRATCH_CONTROL_AT);
    const result = this.code.control(at, timeUs, this.scratchAt + SCRATCH_ANSWER_AT, code);
    this.leave(control.views, control.at, CONTROL_BYTES, SCRATCH_CONTROL_AT);
    return result;
  }

  /** The groups at `at` came with the input that is taken next: what that leads to has them too, until `carryNothing`. */
  carry(isRequest: boolean, views: Views, at: number, bytes: number): void {
    this.code.carry(isRequest ? 1 : 0, this.enter(views, at, bytes, SCRATCH_GROUPS_AT), bytes);
  }

  carryNothing(): void {
    this.code.carryNothing();
  }

  /** From now on inputs come from the journal; outputs up to these indexes, by session and by venue id, were sent. */
  beginReplay(sentReports: ArrayLike<number>, sentRequests: ArrayLike<number>): void {
    putSent(this.area.ints(SENT_REPORTS_AT, this.config.sessionIds), sentReports);
    putSent(this.area.ints(SENT_REQUESTS_AT, this.config.venueIds), sentRequests);
    this.code.beginReplay();
  }

  /**
   * Ends the replay: what is configured is that of today's file again, all venues are down until their agents report them up,
   * symbols with hours are closed until they are told them, `risk.kill` engages the kill switch even if it was released before, and counters start at 0.
   */
  endReplay(): void {
    if (this.area.word(FILE_CHANGES) !== 0) giveFile(this.code, this.area, this.config);
    this.code.endReplay(this.config.kill ? 1 : 0);
  }

  /** One number of all that inputs have led to; equal in two cores that took the same inputs. */
  digest(): number {
    return digest(this.area);
  }

  /** The address of a record; one of another memory is copied to the scratch. */
  private enter(views: Views, at: number, bytes: number, scratchAt = 0): number {
    if (views.buffer === this.buffer) return views.bytes.byteOffset + at;
    copyWords(this.scratch.ints, scratchAt, views.ints, at, bytes);
    return this.scratchAt + scratchAt;
  }

  /** Copies back what the core has changed in a record of another memory. */
  private leave(views: Views, at: number, bytes: number, scratchAt = 0): void {
    if (views.buffer !== this.buffer) copyWords(views.ints, at, this.scratch.ints, scratchAt, bytes);
  }
}

function copyWords(to: Int32Array, toAt: number, from: Int32Array, fromAt: number, bytes: number): void {
  for (let i = 0; i < bytes >> 2; i++) to[(toAt >> 2) + i] = from[(fromAt >> 2) + i]!;
}

function putSent(to: Int32Array, sent: ArrayLike<number>): void {
  for (let i = 0; i < to.length; i++) to[i] = i < sent.length ? sent[i]! : 0;
}
