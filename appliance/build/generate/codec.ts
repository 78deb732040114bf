import { DIRECT_TAGS } from "../../../src/fix/wire/codec/layout.ts";
import * as codes from "../../../src/record/codes.ts";
import { type RecordTable, type Row, writtenTags } from "../../../src/record/layout/row.ts";
import { blocksOf, headBytes, importOf, isByte, isLong, lengthOf, sized, snake } from "./rows.ts";

// The codec's knowledge of a record: offsets, and how fields are read and written that need no more than their type's rule.

/** Kinds of record that the codec reads and writes. */
const KINDS = ["D", "F", "G", "8"];

/** Byte offsets of the rows, and the values of `kind`. */
export function offsetsOf(table: RecordTable, head: string): string {
  const lines = table.rows.flatMap((row) => [
    `export const ${snake(row.name)} = ${row.at};`,
    ...(row.longAt === undefined ? [] : [`export const ${longOf(row)} = ${row.longAt};`]),
    ...(sized(row) ? [`export const ${snake(lengthOf(row))} = ${row.lengthAt};`] : []),
    ...(row.bytes === undefined ? [] : [`export const ${snake(row.name)}_BYTES = ${row.bytes};`]),
  ]);
  const kinds = kindsOf(table).map(([, name]) => `export const ${name}: u32 = ${codeOf(name)};`);
  const masks = writtenTags(table).map((tag, i) => `export const ${maskOf(rowOf(table, tag))}: u32 = ${2 ** i};`);
  const bits = "/** Bits of the fields that a message may have, by the peer's dictionary. */";
  const size = "/** The numbers and the lengths, which are zeroed first. */";
  return `${head}\n${lines.join("\n")}\n${size}\nexport const HEAD_BYTES: usize = ${headBytes(table)};\n\n${kinds.join("\n")}\n\n${bits}\n${masks.join("\n")}\n`;
}

function rowOf(table: RecordTable, tag: number): Row {
  return table.rows.find((row) => row.tag === tag)!;
}

function maskOf(row: Row): string {
  return `WRITES_${snake(row.name)}`;
}

/** Readers and writers of the rows. */
export function fieldsOf(table: RecordTable, head: string): string {
  const reader = readerOf(table);
  const writer = writerOf(table);
  const body = `${reader}\n${writer}`;
  const used = (names: readonly string[], from: string): string[] => {
    const found = names.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
    return found.length === 0 ? [] : [importOf(found, from)];
  };
  const offsets = table.rows.flatMap((row) => [
    ...[snake(row.name), longOf(row), snake(lengthOf(row)), maskOf(row)],
    ...(row.bytes === undefined ? [] : [`${snake(row.name)}_BYTES`]),
  ]);
  const lines = [
    ...used(["char", "decimal", "id", "putId", "soh", "tag", "text", "time"], "./message.ts"),
    ...used([...offsets, ...kindsOf(table).map(([, name]) => name)], `./${table.file}.ts`),
    ...used(["readDecimal", "readQuantity", "UNREADABLE"], "./numbers.ts"),
    ...used(["endOf", "find", "startOf"], "./scan.ts"),
    ...used(["NO_PRICE"], "./units.ts"),
    ...used(["idOf", "readChar"], "./values.ts"),
  ];
  return `${head}${lines.join("\n")}\n\n${body}`;
}

function readerOf(table: RecordTable): string {
  const rows = table.rows.filter(({ read }) => read);
  const parts = rows.map((row) => ({
    test: testOf(table, row.of!),
    lines: read(table, row),
    others: absent(table, row),
  }));
  const hasStated = rows.some(({ stated }) => stated !== undefined);
  const lines = [
    ...(hasStated ? ["let stated: u32 = 0;"] : []),
    ...blocksOf(parts),
    ...(hasStated ? ["store<u8>(record, stated, STATED);"] : []),
  ];
  return `/**
 * Reads the fields that have no rule but their type's from the message that was scanned into the record at \`record\`, whose head
 * is zeroed. Returns false where one is missing, or out of the ordinary.
 */
export function readFields(record: usize, kind: u32): bool {
${lines.map((line) => `  ${line}\n`).join("")}  return true;
}
`;
}

function read(table: RecordTable, row: Row): string[] {
  if (row.tag! >= DIRECT_TAGS) throw new Error(`${row.name}: the codec finds tags below ${DIRECT_TAGS} only`);
  const value = row.name;
  const refuse = required(table, row) ? "<= 0" : "< 0";
  if (row.type === "id")
    return [
      `const ${value} = idOf(${row.tag}, record + ${snake(row.name)}, record + ${longOf(row)});`,
      `if (${value} ${refuse}) return false;`,
      `store<u8>(record, ${value}, ${snake(lengthOf(row))});`,
    ];
  if (row.type === "char")
    return [
      `const ${value} = readChar(${row.tag});`,
      `if (${value} ${refuse}) return false;`,
      `store<u8>(record, ${value}, ${snake(row.name)});`,
    ];
  if (!isLong(row)) throw new Error(`${row.name}: a ${row.type} has no rule to be read by`);
  if (row.stated === undefined) throw new Error(`${row.name}: a number of a request needs a separate rule`);
  return [
    `const ${value} = find(${row.tag});`,
    `if (${value} >= 0) {`,
    `  const value = ${row.type === "quantity" ? "readQuantity" : "readDecimal"}(startOf(${value}), endOf(${value}));`,
    "  if (value === UNREADABLE) return false;",
    `  store<i64>(record, value, ${snake(row.name)});`,
    `  stated |= ${row.stated};`,
    ...(row.type === "price" && !row.zeroPrice ? [`} else store<i64>(record, NO_PRICE, ${snake(row.name)});`] : ["}"]),
  ];
}

/** What is stored where the message does not have the field: nothing, where the zeroed head says it. */
function absent(table: RecordTable, row: Row): string[] {
  if (row.type === "price") return [`store<i64>(record, NO_PRICE, ${snake(row.name)});`];
  if (sized(row) || row.at < headBytes(table)) return [];
  return [`store<${isByte(row) ? "u8" : "f64"}>(record, 0, ${snake(row.name)});`];
}

function required(table: RecordTable, row: Row): boolean {
  if (row.required === undefined) return false;
  if (row.required !== row.of) throw new Error(`${table.name}.${row.name}: required in all its messages, or in none`);
  return true;
}

/** True of the messages `of`; empty when the codec knows no others. */
function testOf(table: RecordTable, of: string): string {
  const kinds = kindsOf(table);
  const inside = kinds.filter(([type]) => of.includes(type));
  const outside = kinds.filter(([type]) => !of.includes(type));
  if (outside.length === 0) return "";
  if (outside.length === 1) return `kind !== ${outside[0]![1]}`;
  return inside.map(([, name]) => `kind === ${name}`).join(" || ");
}

function writerOf(table: RecordTable): string {
  const rows = writtenTags(table).map((tag) => rowOf(table, tag));
  const lines = rows.flatMap((row) => {
    const tests = [`above < ${row.tag} && below > ${row.tag}`, `(writes & ${maskOf(row)}) !== 0`];
    const value = write(row);
    const test = [...tests, value.when].filter((one) => one !== "").join(" && ");
    return [`  if (${test}) ${value.line}`];
  });
  return `/**
 * Writes the fields that have no rule but their type's, of tags between \`above\` and \`below\`, ascending; \`writes\` has the bits
 * of those that the message may have. Returns where the next field goes.
 */
// @ts-ignore: decorator
@inline
export function writeFields(at: usize, record: usize, writes: u32, above: u32, below: u32): usize {
${lines.join("\n")}
  return at;
}
`;
}

function write(row: Row): { line: string; when: string } {
  const place = snake(row.name);
  const length = snake(lengthOf(row));
  const isAlways = row.always === true || row.zero === true;
  const rooms = `record + ${place}, record + ${longOf(row)}, load<u8>(record, ${length})`;
  if (row.type === "id" && row.always) return { line: `at = soh(putId(tag(at, ${row.tag}), ${rooms}));`, when: "" };
  if (row.type === "id") return { line: `at = id(at, ${row.tag}, ${rooms});`, when: "" };
  if (row.type === "text") {
    const room = `${place}_BYTES, record + ${longOf(row)}`;
    return { line: `at = text(at, ${row.tag}, record + ${place}, ${room}, load<u8>(record, ${length}));`, when: "" };
  }
  if (row.type === "char")
    return {
      line: `at = char(at, ${row.tag}, load<u8>(record, ${place}));`,
      when: isAlways ? "" : `load<u8>(record, ${place}) !== 0`,
    };
  if (row.type === "time") {
    const digits = `load<u8>(record, ${place.replace("_US", "_DIGITS")})`;
    return {
      line: `at = time(at, ${row.tag}, load<f64>(record, ${place}), ${digits});`,
      when: `${digits} !== 0`,
    };
  }
  if (!isLong(row)) throw new Error(`${row.name}: a ${row.type} has no rule to be written by`);
  const isThere = row.type === "quantity" ? `load<i64>(record, ${place}) >= 0` : "";
  return {
    line: `at = decimal(at, ${row.tag}, load<i64>(record, ${place}));`,
    when: isAlways
      ? row.zero === true
        ? ""
        : isThere
      : `load<i64>(record, ${place}) !== ${row.type === "quantity" ? "0" : "NO_PRICE"}`,
  };
}

/** Offset of the long room of an id or a text. */
function longOf(row: Row): string {
  return `${snake(row.name)}_LONG`;
}

function kindsOf(table: RecordTable): [type: string, name: string][] {
  return Object.entries(table.kinds).filter(([type]) => KINDS.includes(type));
}

function codeOf(name: string): number {
  return (codes as Record<string, unknown>)[name] as number;
}
