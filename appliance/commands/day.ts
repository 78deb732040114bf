import { InvalidArgumentError } from "commander";
import { REPORT_FORMATS, REPORT_KINDS } from "../../src/operation/reports.ts";
import { DROP_COPY_FIELDS, type DropCopyColumns } from "../../src/reports/reconcile/drop-copy.ts";
import { command, converted, otherwise, required, text, word } from "./command.ts";

const page = "day";
const BAD_USAGE = 2;
const FIELDS: readonly string[] = Object.keys(DROP_COPY_FIELDS);
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

export const reconcile = command({
  name: "reconcile",
  arguments: ["FILE"],
  summary: "compare a venue's file of executions (drop copy) with the journal",
  options: {
    config,
    data,
    venue: required(text("NAME", "the venue whose file it is")),
    day,
    columns: otherwise(
      converted(
        "LIST",
        `headings of the file, such as execId=ExecID,price=LastPx; fields: ${FIELDS.join(", ")}`,
        columnList,
      ),
      {},
    ),
    out: text("FILE", "file for the differences as CSV; by default they are printed"),
  },
  notes: ["Exit code 0: no difference; 1: it could not be compared; 3: there are differences."],
  page,
  run: async ({ config: configFile, data: dataDir, ...options }, { arguments: [file] }) => {
    const { reconcileCommand } = await import("../day/reconcile.ts");
    return reconcileCommand({ configFile, dataDir, file: file!, ...options });
  },
});

function columnList(given: string): DropCopyColumns {
  const pairs = given.split(",").map((part) => part.split("="));
  const wrong = pairs.find(([name, heading]) => !FIELDS.includes(name!) || !heading);
  if (wrong !== undefined)
    throw new InvalidArgumentError(`It must be FIELD=HEADING,… with fields of ${FIELDS.join(", ")}`);
  return Object.fromEntries(pairs) as DropCopyColumns;
}

function date(given: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(given) && !Number.isNaN(Date.parse(given))) return given;
  throw new InvalidArgumentError("It must be a date such as 2026-11-24");
}
