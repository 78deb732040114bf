// The table of keys in configuration.md, made from the schema: `npm run manual` writes it, and a test compares.
import { join } from "node:path";
import { configSchema } from "../../src/config/schema.ts";

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
const END = "<!-- /keys -->";
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
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`configuration.md: expected ${BEGIN} and ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${tables().map(tableText).join("\n")}\n${page.slice(to)}`;
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

if (import.meta.main) await Bun.write(PAGE, withKeys(await Bun.file(PAGE).text()));
