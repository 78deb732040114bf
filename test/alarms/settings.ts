import type { AlarmSettings } from "../../src/alarms/rule.ts";
import { loadConfig } from "../../src/config/load.ts";
import { SMALL } from "../config/small.ts";

/** The defaults of the table `alarms`, with changes. */
export function settings(more: Partial<AlarmSettings> = {}): AlarmSettings {
  return { ...loadConfig(SMALL, "file.toml").config!.alarms, ...more };
}
