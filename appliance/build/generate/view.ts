import type { RecordTable, Row } from "../../../src/record/layout/row.ts";
import {
  absentTest,
  headBytes,
  isLong,
  journalledRows,
  lengthOf,
  longTest,
  placeOf,
  sized,
  snake,
  tagsOf,
} from "./rows.ts";

// The TypeScript view of a record.

export function viewOf(table: RecordTable, head: string): string {
  const { rows } = table;
  const carries = rows.some((row) => row.carried);
  const parts = [
    head,
    imports(table, carries),
    constants(table),
    `/** A view of one ${table.name}; owns nothing, is re-aimed with \`aim\`. */
export class ${table.name} {
  at = 0;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;
  readonly bytes: Uint8Array;

  constructor(readonly views: Views) {
    this.i32 = views.ints;
    this.f64 = views.doubles;
    this.i64 = views.longs;
    this.bytes = views.bytes;
  }

  aim(at: number): this {
    this.at = at;
    return this;
  }
`,
    ...rows.filter((row) => !sized(row)).map(accessors),
    ...rows.filter(sized).map(lengthAccessors),
    journalled(table),
    clear(table),
    take(),
    ...(carries ? [carry(table)] : []),
  ];
  return `${parts.join("\n")}}\n`;
}

function imports(table: RecordTable, carries: boolean): string {
  const { of } = table.journalled;
  const lines = [
    ...(carries ? ['import { copyId } from "../base/id.ts";'] : []),
    'import type { Views } from "../base/views.ts";',
    ...(of === undefined
      ? []
      : [`import { ${[...of].map((type) => table.kinds[type]!).join(", ")} } from "./codes.ts";`]),
  ];
  return `${lines.join("\n")}\n`;
}

function constants(table: RecordTable): string {
  const { prefix, rows, journalled: of } = table;
  const constant = (name: string, value: number, doc = ""): string =>
    `${doc === "" ? "" : `/** ${doc} */\n`}export const ${name} = ${value};`;
  const lines = [constant(...table.bytes)];
  for (const row of rows) {
    if (row.placed || row.type === "text") lines.push(constant(`${prefix}_${snake(row.name)}_AT`, row.at));
    if (row.bytes !== undefined) lines.push(constant(`${prefix}_${snake(row.name)}_BYTES`, row.bytes));
    if (row.longBytes !== undefined) lines.push(constant(`${prefix}_LONG_${snake(row.name)}_BYTES`, row.longBytes));
    if (row.within !== undefined) {
      const outer = rows.find(({ name }) => name === row.within)!;
      const doc = `Of ${outer.name}, where ${row.name} has a value.`;
      lines.push(constant(`${prefix}_SHORT_${snake(outer.name)}_BYTES`, row.at - outer.at, doc));
    }
  }
  const { short, long } = journalledRows(table);
  if (of.short !== undefined)
    lines.push(constant(of.short, short, "What the journal keeps without the fields behind."));
  if (of.long !== undefined) lines.push(constant(of.long, long, "What the journal keeps with all fields."));
  const types = Object.keys(table.kinds).map((type) => `  ${type}: [${tagsOf(table, type).join(", ")}],`);
  lines.push(
    `/** Tags that the record has of each message. */\nexport const ${prefix}_TAGS = {\n${types.join("\n")}\n} as const;`,
  );
  return `${lines.join("\n")}\n`;
}

function accessors(row: Row): string {
  const { name } = row;
  if (row.type === "bits24") {
    const word = `(this.at >> 2) + ${row.at >> 2}`;
    return pair(
      name,
      row.doc,
      `return this.i32[${word}]! >>> 8;`,
      `const word = ${word};\n    this.i32[word] = (this.i32[word]! & 255) | (value << 8);`,
    );
  }
  const place = placeOf(row);
  if (!isLong(row)) return pair(name, row.doc, `return ${place}!;`, `${place} = value;`);
  return `${pair(name, row.doc, `return ${place}!;`, `${place} = value;`, "bigint")}
  /** Index of its lower half in the ints of the views (base/long.ts): a bigint is an object. */
  get ${name}Index(): number {
    return (this.at >> 2) + ${row.at >> 2};
  }`;
}

function lengthAccessors(row: Row): string {
  const place = `this.bytes[this.at + ${row.lengthAt}]`;
  const length = pair(`${row.name}Length`, row.doc, `return ${place}!;`, `${place} = value;`);
  if (row.longAt === undefined) return length;
  const room = `${longTest(row)} ? ${row.longAt!} : ${row.at}`;
  return `${length}\n  /** Where it stands: set its length before. */\n  get ${row.name}At(): number {\n    return this.at + (${room});\n  }`;
}

function pair(name: string, doc: string | undefined, get: string, set: string, type = "number"): string {
  const comment = doc === undefined ? "" : `  /** ${doc} */\n`;
  return `${comment}  get ${name}(): ${type} {\n    ${get}\n  }\n  set ${name}(value: ${type}) {\n    ${set}\n  }`;
}

/** Rows behind the head that are numbers: the head is zeroed, these are set to what is absent. */
export function absentTail(table: RecordTable): Row[] {
  return table.rows.filter((row) => !sized(row) && row.at >= headBytes(table));
}

/** Width of the lines that the formatter makes. */
const LINE_WIDTH = 120;

/** In as many lines as the formatter makes of it. */
function returned(test: string, lengths: string): string[] {
  const line = `return ${test} ? ${lengths};`;
  if (line.length <= LINE_WIDTH - 4) return [line];
  const [short, long] = lengths.split(" : ");
  return [`return ${test}`, `  ? ${short}`, `  : ${long};`];
}

export function journalled(table: RecordTable): string {
  const { name, doc, of } = table.journalled;
  const { short, long, behind, rare } = journalledRows(table);
  const lengths = `${table.journalled.short ?? short} : ${table.journalled.long ?? long}`;
  const tests = [
    ...(of === undefined ? [] : [`${[...of].map((type) => `this.kind === ${table.kinds[type]}`).join(" || ")}`]),
    ...behind.map(absentTest),
  ];
  const lines = [...rare.map(([test, end]) => `if (${test}) return ${end};`), ...returned(tests.join(" && "), lengths)];
  return `
  /** ${doc} */
  get ${name}(): number {
${lines.map((line) => `    ${line}`).join("\n")}
  }
`;
}

function clear(table: RecordTable): string {
  const tail = absentTail(table).map((row) => `    this.${row.name} = 0;\n`);
  return `  /** Zeroes the numbers and the lengths; ids are written whole, so they need none. */
  clear(): void {
    const from = this.at >> 3;
    for (let i = 0; i < ${headBytes(table) / 8}; i++) this.f64[from + i] = 0;
${tail.join("")}  }
`;
}

function take(): string {
  return `  /** Makes it the record of which \`length\` bytes are at \`from\`, a multiple of 4; what they lack is absent. */
  take(views: Views, from: number, length: number): this {
    this.clear();
    const to = this.at >> 2;
    for (let i = 0; i < length >> 2; i++) this.i32[to + i] = views.ints[(from >> 2) + i]!;
    return this;
  }
`;
}

function carry(table: RecordTable): string {
  const lines: string[] = [];
  for (const row of table.rows.filter(({ carried }) => carried)) {
    const name = sized(row) ? lengthOf(row) : row.name;
    lines.push(`    this.${name} = from.${name};`);
    if (row.type === "id")
      lines.push(`    copyId(this.i32, this.${row.name}At, from.i32, from.${row.name}At, this.${name});`);
  }
  return `  /** Copies the fields that are passed on unchanged. */
  carry(from: ${table.name}): void {
${lines.join("\n")}
  }
`;
}
