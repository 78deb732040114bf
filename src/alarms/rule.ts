import type { AlarmRule } from "../config/alarms.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { Severity } from "../operation/alarms.ts";
import type { Readings } from "../operation/readings.ts";
import type { Baselines } from "./baseline.ts";

export type AlarmSettings = GatewayConfig["alarms"];
/** Keys of the table `alarms` of the configuration. */
export type SettingName = keyof AlarmSettings;

/** What a rule finds about one subject: how much, and in words. */
export interface Finding {
  /** `venue SIM`; "" for the gateway as a whole. */
  readonly subject: string;
  /** NaN: nothing is known now, and what was known before holds. */
  readonly value: number;
  readonly text: string;
  /** How many things it is about, where more of them are a new alarm. */
  readonly count?: number;
}

/** A level that a value can reach: at `raise` it is reached, below `clear` it is left. */
export interface Level {
  readonly severity: Severity;
  readonly raise: number;
  readonly clear: number;
}

/** Finds what a rule is about; called once for each reading, in their order. A subject that is not found is as it should be. */
export type Check = (readings: Readings) => readonly Finding[];

/** One row of the table of rules. */
export interface Rule {
  readonly name: AlarmRule;
  /** What it reads, and when it fires; for the manual. */
  readonly reads: string;
  /** Keys of the configuration that it depends on. */
  readonly settings: readonly SettingName[];
  readonly remedy: string;
  /** Ascending. */
  readonly levels: (settings: AlarmSettings) => readonly Level[];
  /** Readings in a row at a level that raise the alarm, and below it that end it. */
  readonly raiseAfter: (settings: AlarmSettings) => number;
  readonly clearAfter: number;
  readonly open: (settings: AlarmSettings, baselines: Baselines) => Check;
}
