import type { GatewayConfig } from "../../config/schema.ts";
import type { Doctor, DoctorReport, DoctorView } from "../../operation/doctor.ts";
import type { Lanes } from "../../operation/lanes.ts";
import type { KillSwitchState } from "../../recovery/kill-switch.ts";
import type { ReaderProcesses } from "./reader-processes.ts";

const MADE_WITHIN_MS = 30_000;
/** A report is given again for this long. */
const HOLDS_MS = 60_000;

/** What the process needs that checks the machine; plain data. */
export interface DoctorJob {
  readonly kind: "doctor";
  readonly config: GatewayConfig;
  /** Data directory. */
  readonly dir: string;
  /** Of the gateway. */
  readonly pid: number;
  /** CPUs that its lanes have for themselves. */
  readonly laneCpus: readonly number[];
  readonly killSwitch: KillSwitchState;
}

export interface RunningDoctorParts {
  /** The configuration in force. */
  readonly config: () => GatewayConfig;
  readonly dir: string;
  readonly lanes: Lanes;
  readonly readers: ReaderProcesses;
  readonly killed: () => { readonly isKilled: boolean; readonly sinceUs: number };
}

/** Has the machine checked by another process, at most once a minute for the same configuration. */
export class RunningDoctor implements Doctor {
  private underWay: Promise<DoctorView> | null = null;
  private last: DoctorView | null = null;
  private madeMs = Number.NEGATIVE_INFINITY;
  /** What the last report is about. */
  private madeOf: GatewayConfig | null = null;

  constructor(private readonly parts: RunningDoctorParts) {}

  report(): Promise<DoctorView> {
    const holds = performance.now() - this.madeMs < HOLDS_MS && this.madeOf === this.parts.config();
    if (this.last !== null && holds) return Promise.resolve(this.last);
    this.underWay ??= this.make().finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  private async make(): Promise<DoctorView> {
    const { dir, lanes, readers, killed } = this.parts;
    const config = this.parts.config();
    const { isKilled, sinceUs } = killed();
    const job: DoctorJob = {
      ...{ kind: "doctor", config, dir, pid: process.pid },
      laneCpus: lanes
        .list()
        .flatMap(({ cpu }) => cpu ?? [])
        .sort((a, b) => a - b),
      killSwitch: { engaged: isKilled, sinceUs },
    };
    const bytes = await readers.answer("audit", job, MADE_WITHIN_MS);
    const report = JSON.parse(new TextDecoder().decode(bytes)) as DoctorReport;
    this.last = { at: new Date().toISOString(), ...report };
    this.madeMs = performance.now();
    this.madeOf = config;
    return this.last;
  }
}
