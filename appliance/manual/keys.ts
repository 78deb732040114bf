// Tables of the manual that are made from the product's own: keys of the configuration (configuration.md), commands of ctl (api.md),
// alarms and metrics (monitoring.md), states of orders (orders.md), checks and reason codes (risk.md).
// `npm run manual` writes them, and a test compares.
import { join } from "node:path";
import { RELOAD_TERMS } from "../../src/config/reload-terms.ts";
import { configSchema } from "../../src/config/schema.ts";
import { optionName } from "../commands/command.ts";
import { type CtlRow, optionKey } from "../ctl/row.ts";
import { ctlRows } from "../ctl/rows.ts";
import { alarmTable, metricTable } from "./monitoring-tables.ts";
import { lifeCycleTable } from "./order-tables.ts";
import { checkTable, reasonTable } from "./risk-tables.ts";

/** The parts of a schema that are read here. */
interface Field {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly expected?: string;
  readonly fallback?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
}

const PAGE = join(import.meta.dir, "configuration.md");
const BEGIN = "<!-- keys: npm run manual -->";
const RELOAD_BEGIN = "<!-- reload: npm run manual -->";
const RELOAD_END = "<!-- /reload -->";
const END = "<!-- /keys -->";
const API_PAGE = join(import.meta.dir, "api.md");
const CTL_BEGIN = "<!-- ctl: npm run manual -->";
const CTL_END = "<!-- /ctl -->";
const MONITORING_PAGE = join(import.meta.dir, "monitoring.md");
const ORDERS_PAGE = join(import.meta.dir, "orders.md");
const RISK_PAGE = join(import.meta.dir, "risk.md");
const SCHEMA = configSchema as unknown as Field;

/** A table of the file: `client.sessions.NAME`. */
interface Table {
  readonly path: string;
  readonly heading: string;
  readonly field: Field;
}

/** Every table of the file, each before the tables in it. */
function tables(field = SCHEMA, path = ""): Table[] {
  return Object.entries(field.properties ?? {}).flatMap(([key, inner]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const entry = entryOf(inner);
    if (inner.properties !== undefined) return [{ path: at, heading: `[${at}]`, field: inner }, ...tables(inner, at)];
    if (entry?.properties === undefined) return [];
    if (inner.items !== undefined) return [{ path: at, heading: `[[${at}]]`, field: entry }];
    return [{ path: `${at}.NAME`, heading: `[${at}.NAME]`, field: entry }, ...tables(entry, `${at}.NAME`)];
  });
}

/** What a list or a table by name holds. */
function entryOf(field: Field): Field | undefined {
  return field.items ?? Object.values(field.patternProperties ?? {})[0];
}

function isKey(field: Field): boolean {
  return field.properties === undefined && entryOf(field)?.properties === undefined;
}

/** Every key with the path of its table: `risk.accounts.NAME.maxOrderQty`. */
export function keyPaths(): string[] {
  return tables().flatMap(({ path, field }) =>
    Object.entries(field.properties!)
      .filter(([, inner]) => isKey(inner))
      .map(([key]) => `${path}.${key}`),
  );
}

export function tablePaths(): string[] {
  return tables().map(({ path }) => path);
}

/** The page with its table as the schema has it. */
export function withKeys(page: string): string {
  return filled(page, BEGIN, END, `${tables().map(tableText).join("\n")}\n`);
}

/** The page with the table of what a reload does with each key. */
export function withReload(page: string): string {
  const rows = RELOAD_TERMS.map(({ keys, by, how }) => {
    const key = keys.replace(/\.\*\.\*$/, ".NAME, its keys").replaceAll("*", "NAME");
    return `| ${key} | ${by === null ? "restart" : "at once"} | ${how} |`;
  });
  return filled(
    page,
    RELOAD_BEGIN,
    RELOAD_END,
    `| key | counts after | when, or why |\n|---|---|---|\n${rows.join("\n")}\n\n`,
  );
}

/** The page with the table of `sallyport ctl` as its rows have it. */
export function withCtl(page: string): string {
  const rows = ctlRows.map((row) => {
    const { name, summary, method, path } = row;
    const usage = [...(row.arguments ?? []), ...ownOptions(row)].map((word) => ` ${word}`).join("");
    return `| \`sallyport ctl ${name}${usage}\` | ${summary} | \`${method} ${path}\` |`;
  });
  const table = ["| command | does | path |", "|---|---|---|", ...rows].map((line) =>
    line.replaceAll(/(?<! )\|(?! |-|$)/g, "\\|"),
  );
  return filled(page, CTL_BEGIN, CTL_END, `${table.join("\n")}\n\n`);
}

/** The page with its tables of alarms and metrics. */
export function withMonitoring(page: string): string {
  const alarms = `${alarmTable().join("\n")}\n\n`;
  const metrics = `${metricTable().join("\n")}\n\n`;
  const half = filled(page, "<!-- alarms: npm run manual -->", "<!-- /alarms -->", alarms);
  return filled(half, "<!-- metrics: npm run manual -->", "<!-- /metrics -->", metrics);
}

/** The page with its tables of checks and reason codes. */
export function withRisk(page: string): string {
  const half = filled(page, "<!-- checks: npm run manual -->", "<!-- /checks -->", `${checkTable().join("\n")}\n\n`);
  return filled(half, "<!-- reasons: npm run manual -->", "<!-- /reasons -->", `${reasonTable().join("\n")}\n\n`);
}

/** The page with its table of states and events. */
export function withOrders(page: string): string {
  const table = `${lifeCycleTable().join("\n")}\n\n`;
  return filled(page, "<!-- life cycle: npm run manual -->", "<!-- /life cycle -->", table);
}

/** A row's options but those that every command of ctl has. */
function ownOptions(row: CtlRow): string[] {
  const own = Object.entries({ ...row.query, ...row.options }).map(([key, { value, required }]) => {
    const words = `${optionName(optionKey(key))}${value === "" ? "" : ` ${value}`}`;
    return required ? words : `[${words}]`;
  });
  if (row.follow !== undefined) own.push("[--follow]");
  return row.isAction ? [...own, "--why TEXT"] : own;
}

function filled(page: string, begin: string, end: string, table: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`expected ${begin} and ${end} in the page, got none`);
  return `${page.slice(0, from + begin.length)}\n\n${table}${page.slice(to)}`;
}

function tableText({ heading, field }: Table): string {
  const keys = Object.entries(field.properties!).filter(([, inner]) => isKey(inner));
  if (keys.length === 0) return `### \`${heading}\`\n\n${field.description ?? ""}\n`;
  const required = new Set(field.required ?? []);
  const rows = keys.map(([key, inner]) => {
    const cells = [`\`${key}\``, takes(inner), defaultText(inner, required.has(key)), inner.description ?? ""];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const head = ["| key | takes | default | meaning |", "|---|---|---|---|"];
  return `### \`${heading}\`\n\n${field.description ?? ""}\n\n${[...head, ...rows].join("\n")}\n`;
}

/** The values that a key takes, in words. */
function takes(field: Field): string {
  if (field.expected !== undefined) return field.expected;
  if (field.type === "boolean") return "`true` or `false`";
  if (field.type === "integer") return `${count(field.minimum!)} to ${count(field.maximum!)}`;
  const entry = entryOf(field);
  return entry === undefined ? "text" : `list of: ${takes(entry)}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function defaultText(field: Field, required: boolean): string {
  if (field.fallback !== undefined) return field.fallback;
  if (field.default !== undefined) return `\`${JSON.stringify(field.default)}\``;
  return required ? "required" : "none";
}

if (import.meta.main) {
  await Bun.write(PAGE, withReload(withKeys(await Bun.file(PAGE).text())));
  await Bun.write(API_PAGE, withCtl(await Bun.file(API_PAGE).text()));
  await Bun.write(MONITORING_PAGE, withMonitoring(await Bun.file(MONITORING_PAGE).text()));
  await Bun.write(ORDERS_PAGE, withOrders(await Bun.file(ORDERS_PAGE).text()));
  await Bun.write(RISK_PAGE, withRisk(await Bun.file(RISK_PAGE).text()));
}
