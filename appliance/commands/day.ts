import { InvalidArgumentError } from "commander";
import { REPORT_FORMATS, REPORT_KINDS } from "../../src/operation/reports.ts";
import { command, converted, otherwise, required, text, word } from "./command.ts";

const page = "day";
const BAD_USAGE = 2;
const config = required(text("FILE", "configuration (TOML); sallyport example prints one"));
const data = text("DIR", "journal directory, instead of gateway.data in the configuration");
const day = converted(
  "DAY",
  "trading day, by the date on which it begins (YYYY-MM-DD); by default the current one",
  date,
);

export const report = command({
  name: "report",
  arguments: ["KIND"],
  summary: "make a report of a trading day from the journal",
  options: {
    config,
    data,
    day,
    format: otherwise(word("FORMAT", `${REPORT_FORMATS.join(", ")}; by default csv`, REPORT_FORMATS), "csv"),
    out: text("FILE", "file to write; by default the standard output"),
  },
  notes: [`Kinds: ${REPORT_KINDS.join(", ")}.`],
  page,
  run: async ({ config: configFile, data: dataDir, day, format, out }, { arguments: [given] }) => {
    const { reportCommand } = await import("../day/report.ts");
    const kind = REPORT_KINDS.find((known) => known === given);
    if (kind === undefined) {
      const kinds = REPORT_KINDS.join(", ");
      console.error(`sallyport report: expected one of ${kinds}, got ${given} (see: sallyport report --help)`);
      return BAD_USAGE;
    }
    return reportCommand({ configFile, dataDir, kind, day, format, out });
  },
});

function date(given: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(given) && !Number.isNaN(Date.parse(given))) return given;
  throw new InvalidArgumentError("It must be a date such as 2026-11-24");
}
