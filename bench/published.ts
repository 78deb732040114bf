// What it costs that lanes measure orders and publish rows of sessions.
//   by calls      the compiled functions of one order from its decision to the client's answer, in bursts of 256; each is called from
//                 JavaScript here, which the gateway's batches do not do, so that these are upper bounds
//   gateways      one gateway that measures beside one that does not, in turn, window 1024; parked lanes, so that CPU time is work
// Environment: ROUNDS pairs (9 by default), BENCH_TINY.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { monotonicNs } from "../ffi/clock.ts";
import { threadCpus } from "../ffi/thread.ts";
import { codeOver, sharedMemory } from "../src/assembly/module.ts";
import { Views } from "../src/base/views.ts";
import { EXEC_NEW, REPORT_EXECUTION } from "../src/record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../src/record/execution-report.ts";
import { OrderRequest } from "../src/record/order-request.ts";
import { AnswerStages, ReportedStages, SentStages } from "../src/session/link-stages.ts";
import {
  SENT_BYTES,
  SET_BYTES,
  STAGE_TOTAL,
  STAGES_BYTES,
  TIMES_HEADER_BYTES,
  TIMES_ROW_BYTES,
} from "../src/telemetry/assembly/layout.ts";
import { ROW_MESSAGES_IN, SESSION_ROW_BYTES, SessionRowWriter } from "../src/telemetry/session-rows.ts";
import { StageHistograms } from "../src/telemetry/stage-histograms.ts";
import { gatewayCommand } from "./gateway-run.ts";
import { bench, check, median, report, scaled, TINY } from "./measure.ts";
import { built } from "./yardstick/build.ts";
import { type Contestant, configuration, Running } from "./yardstick/contestants.ts";

const SLOTS = 262_144;
const BURST = 256;
const TIMES = 64;
const VENUES_AT = TIMES + TIMES_HEADER_BYTES + SLOTS * TIMES_ROW_BYTES;
const SET_AT = VENUES_AT + STAGES_BYTES;
const SENT_AT = SET_AT + SET_BYTES;
const RECORDS_AT = SENT_AT + SENT_BYTES;
const ROW_AT = RECORDS_AT + BURST * EXECUTION_REPORT_BYTES;
const BYTES = ROW_AT + SESSION_ROW_BYTES;

interface Code {
  noteDecided(times: number, slot: number, number: number, venue: number, receivedNs: number, decidedNs: number): void;
}

/** Orders in bursts through their stages; slots are used in turn, as the core does. Returns how many were counted. */
class Stages {
  private readonly memory = sharedMemory(BYTES);
  readonly views = new Views(this.memory.buffer, 0, BYTES);
  private readonly code = codeOver(this.memory) as unknown as Code;
  private readonly shared = { memory: this.memory, sharedAt: 0, timesAt: TIMES };
  private readonly sent = new SentStages(this.shared, SENT_AT);
  private readonly answers = new AnswerStages(this.shared);
  private readonly reported = new ReportedStages(this.shared, SET_AT, VENUES_AT);
  private readonly histograms = new StageHistograms(this.views, [SET_AT]);
  private readonly request = new OrderRequest(this.views);
  private readonly report = new ExecutionReport(this.views);
  private number = 0;

  constructor() {
    this.views.ints[TIMES / 4] = SLOTS;
  }

  run(orders: number): number {
    const before = this.histograms.total(STAGE_TOTAL).count;
    for (let done = 0; done < orders; done += BURST) this.burst();
    return this.histograms.total(STAGE_TOTAL).count - before;
  }

  private burst(): void {
    const { request, report } = this;
    const first = this.number;
    const receivedNs = monotonicNs();
    for (let i = 0; i < BURST; i++) {
      const slot = (first + i) % SLOTS;
      this.code.noteDecided(TIMES, slot, first + i + 1, 0, receivedNs, receivedNs);
      request.aim(RECORDS_AT + i * EXECUTION_REPORT_BYTES).slot = slot;
      this.sent.note(request.at);
    }
    this.sent.flushed();
    const answeredNs = monotonicNs();
    for (let i = 0; i < BURST; i++) {
      report.aim(RECORDS_AT + i * EXECUTION_REPORT_BYTES);
      report.kind = REPORT_EXECUTION;
      report.execType = EXEC_NEW;
      report.reason = 0;
      report.slot = (first + i) % SLOTS;
      report.number = first + i + 1;
      report.requestNumber = 0;
      this.answers.note(report.at, answeredNs);
      this.reported.note(report.at);
    }
    this.reported.flushed();
    this.number += BURST;
  }
}

/** Writes one row with changed numbers. Returns how many were written. */
function rows(views: Views, count: number): number {
  const writer = new SessionRowWriter(views);
  for (let i = 0; i < count; i++) {
    writer.begin(ROW_AT);
    for (let word = 1; word < 16; word++) writer.int(word, word < 4 ? i : 0);
    for (let number = 8; number < 20; number++) writer.number(number, number === ROW_MESSAGES_IN ? i + 1 : i);
    writer.end();
  }
  return views.doubles[(ROW_AT >> 3) + ROW_MESSAGES_IN]!;
}

const ROUNDS = Number(process.env.ROUNDS ?? (TINY ? 1 : 9));
const ORDERS = TINY ? 2_000 : 600_000;
const CPUS = threadCpus(0);
const GATEWAY_CPU = CPUS.length < 2 ? -1 : CPUS[0]!;
const LOAD_CPU = CPUS.length < 2 ? -1 : CPUS[1]!;

function contestant(name: string, environment: readonly string[]): Contestant {
  return {
    name,
    clientFirst: false,
    fresh: false,
    command: (ports, dir, cpu) => {
      const file = join(dir, "gateway.toml");
      writeFileSync(file, configuration(ports, cpu).replace('idle = "spin"', 'idle = "park"'));
      return ["env", ...environment, ...gatewayCommand(), "run", "--config", file, "--data", join(dir, "data")];
    },
  };
}

interface Measured {
  readonly lost: number;
  readonly orders_per_s: number;
  readonly cpu_us_per_order: number;
}

let lastSecond = 0;

async function load(wire: string, { ports, pid, contestant: { name } }: Running): Promise<Measured> {
  // ClOrdIDs are those of the second in which a load starts.
  while (Math.floor(Date.now() / 1000) === lastSecond) await Bun.sleep(5);
  lastSecond = Math.floor(Date.now() / 1000);
  const command = `${wire} --client ${ports.client} --venue ${ports.venue} --window 1024 --orders ${ORDERS} --warmup ${ORDERS / 5} --cpu ${LOAD_CPU} --pid ${pid} --connect-first venue`;
  const child = Bun.spawn(command.split(" "), { stdio: ["ignore", "pipe", "inherit"] });
  const text = await child.stdout.text();
  if (text === "") throw new Error(`${name}: the load ended with code ${await child.exited}`);
  const measured: Measured = JSON.parse(text);
  check(`${name}: orders lost`, measured.lost, 0);
  return measured;
}

async function gateways(wire: string): Promise<void> {
  const pair = [contestant("measures", []), contestant("does not measure", ["SALLYPORT_UNMEASURED=1"])];
  const running = pair.map((one) => new Running(one, GATEWAY_CPU));
  const results: Measured[][] = [[], []];
  try {
    for (const one of running) await one.ready();
    for (let round = 0; round < ROUNDS; round++)
      for (const side of round % 2 === 0 ? [0, 1] : [1, 0]) results[side]!.push(await load(wire, running[side]!));
  } finally {
    for (const one of running) await one.end();
  }
  const [on, off] = results as [Measured[], Measured[]];
  for (const [name, list] of [
    ["measures", on],
    ["does not measure", off],
  ] as const) {
    report(`${name}, CPU`, median(list.map((one) => one.cpu_us_per_order)), "us an order");
    report(`${name}, least CPU`, Math.min(...list.map((one) => one.cpu_us_per_order)), "us an order");
    report(`${name}, orders`, median(list.map((one) => one.orders_per_s)), "orders/s");
  }
  const ratios = on.map((one, round) => one.cpu_us_per_order / off[round]!.cpu_us_per_order);
  report("CPU, median of the pairs", 100 * (median(ratios) - 1), "percent more");
}

const stages = new Stages();
const orders = BURST * Math.ceil(scaled(1_000_000, BURST) / BURST);
bench("stages of an order, by calls", orders, (count) => stages.run(count), orders);
const rowCount = scaled(100_000);
bench("one row of a session, at most 100 a second", rowCount, (count) => rows(stages.views, count), rowCount);
const wire = built("wire");
report("pairs of gateways", wire === null ? 0 : ROUNDS, "pairs");
if (wire !== null) await gateways(wire);
