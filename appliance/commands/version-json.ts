import { version } from "../../package.json";
import { COMMAND_KINDS } from "../../src/control/kinds.ts";
import { SETTINGS } from "../../src/core/risk/settings.ts";
import { FORMATS } from "../../src/journal/store/formats.ts";
import { DECIDING_MARKS, REPORT_RULES } from "../../src/record/codes.ts";

/** The product's version, the formats that it reads and writes, what it knows of operators' commands and settings, and by which rules it takes what venues say, for an upgrade. */
export function versionJson(): string {
  const operators = { commands: COMMAND_KINDS, settings: SETTINGS.map(({ length }) => length) };
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
