import { version } from "../../package.json";
import { COMMAND_KINDS } from "../../src/control/kinds.ts";
import { LEVEL_SETTINGS } from "../../src/core/level-rows.ts";
import { ACCOUNT_SETTINGS, SETTINGS } from "../../src/core/risk/settings.ts";
import { FORMATS } from "../../src/journal/store/formats.ts";
import { DECIDING_MARKS, REPORT_RULES } from "../../src/record/codes.ts";

/** The product's version, the formats that it reads and writes, what it knows of operators' commands and settings, and by which rules it takes what venues say, for an upgrade. */
export function versionJson(): string {
  const operators = {
    commands: COMMAND_KINDS,
    settings: SETTINGS.map(({ length }) => length),
    levels: levelSettings(),
  };
  return JSON.stringify({
    product: "sallyport",
    version,
    bun: Bun.version,
    ...FORMATS,
    operators,
    rules: REPORT_RULES,
    marks: DECIDING_MARKS,
  });
}

/** Numbers of the settings of clients, client sessions, traders and currencies. */
function levelSettings(): Record<string, number[]> {
  const numbers = (names: readonly string[]) =>
    names.map((name) => ACCOUNT_SETTINGS.findIndex((kind) => kind.name === name));
  return Object.fromEntries(Object.entries(LEVEL_SETTINGS).map(([level, names]) => [level, numbers(names)]));
}
