// The tables of alarms and metrics in monitoring.md, made from the rows that the gateway works with.
import { Value } from "@sinclair/typebox/value";
import type { AlarmSettings, Rule } from "../../src/alarms/rule.ts";
import { RULES } from "../../src/alarms/rules.ts";
import { alarms } from "../../src/config/alarms.ts";
import { METRICS } from "../../src/metrics/table.ts";

/** Rows of alarms; the levels are those of the default settings. */
export function alarmTable(): string[] {
  const settings = Value.Default(alarms, {}) as AlarmSettings;
  const rows = RULES.map((rule) => {
    const { name, reads, settings: keys, remedy } = rule;
    const shown = keys.map((key) => `\`${key}\``).join(", ");
    return `| \`${name}\` | ${severitiesOf(rule, settings)} | ${reads} | ${shown === "" ? "–" : shown} | ${remedy} |`;
  });
  return ["| alarm | severity | reads, and fires | keys of `alarms` | remedy |", "|---|---|---|---|---|", ...rows];
}

function severitiesOf(rule: Rule, settings: AlarmSettings): string {
  return rule
    .levels(settings)
    .map(({ severity }) => severity)
    .join(", ");
}

export function metricTable(): string[] {
  const rows = METRICS.map(({ name, type, labels, help }) => {
    const shown = labels.length === 0 ? "–" : labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${shown} | ${help} |`;
  });
  return ["| metric | type | labels | meaning |", "|---|---|---|---|", ...rows];
}
