import type { RecordTable, Row } from "../../../src/record/layout/row.ts";
import { headBytes, isByte, isLong, journalledRows, lengthOf, longTest, sized, snake } from "./rows.ts";
import { absentTail, journalled } from "./view.ts";

// The view of a record for the compiled code: `changetype<Name>(address)` is one, and costs nothing.

export function assemblyOf(table: RecordTable, head: string): string {
  const { rows, name, bytes } = table;
  const carried = rows.filter((row) => row.carried);
  const kinds = table.journalled.of === undefined ? [] : [...table.journalled.of].map((type) => table.kinds[type]!);
  const texts = rows.filter(({ type }) => type === "text");
  const body = clear(table);
  const parts = [
    `${head}${kinds.length === 0 ? "" : `import { ${kinds.join(", ")} } from "../codes.ts";\n`}${carried.length === 0 ? "" : 'import { copyId } from "./ids.ts";\n'}\n`,
    `export const ${bytes[0]} = ${bytes[1]};`,
    ...texts.map((row) => `export const ${table.prefix}_${snake(row.name)}_BYTES = ${row.bytes};`),
    ...texts
      .filter(({ longBytes }) => longBytes !== undefined)
      .map((row) => `export const ${table.prefix}_LONG_${snake(row.name)}_BYTES = ${row.longBytes};`),
    "",
    `/** ${/^[AEIOU]/.test(name) ? "An" : "A"} ${name} in memory. */\n@unmanaged\nexport class ${name} {`,
    ...rows.map(accessors),
    journalledLength(table),
    body,
    ...(carried.length === 0 ? [] : [carry(table, carried)]),
  ];
  return `${parts.join("\n")}}\n`;
}

/** Bytes that the journal keeps. */
function journalledLength(table: RecordTable): string {
  const { short, long } = journalledRows(table);
  const { short: shortName, long: longName } = table.journalled;
  let code = journalled(table).replace("(): number", "(): i32");
  if (shortName !== undefined) code = code.replace(shortName, String(short));
  if (longName !== undefined) code = code.replace(longName, String(long));
  return code;
}

const THIS = "changetype<usize>(this)";

function accessors(row: Row): string {
  if (sized(row)) return sizedAccessors(row);
  const { name, at } = row;
  if (row.type === "bits24")
    return pair(
      name,
      "i32",
      `<i32>(load<u32>(${THIS}, ${at}) >>> 8)`,
      `store<u32>(${THIS}, (load<u32>(${THIS}, ${at}) & 255) | (<u32>value << 8), ${at})`,
    );
  const type = isByte(row) ? "u8" : isLong(row) ? "i64" : row.type === "i32" ? "i32" : "f64";
  const shown = type === "u8" ? "i32" : type;
  return pair(
    name,
    shown,
    `${type === "u8" ? "<i32>" : ""}load<${type}>(${THIS}, ${at})`,
    `store<${type}>(${THIS}, ${type === "u8" ? "<u8>" : ""}value, ${at})`,
  );
}

function sizedAccessors(row: Row): string {
  const length = pair(
    lengthOf(row),
    "i32",
    `<i32>load<u8>(${THIS}, ${row.lengthAt})`,
    `store<u8>(${THIS}, <u8>value, ${row.lengthAt})`,
  );
  const at =
    row.longAt !== undefined ? `${THIS} + (${longTest(row)} ? ${row.longAt} : ${row.at})` : `${THIS} + ${row.at}`;
  return `${length}\n  get ${row.name}At(): usize {\n    return ${at};\n  }`;
}

function pair(name: string, type: string, get: string, set: string): string {
  return `  @inline\n  get ${name}(): ${type} {\n    return ${get};\n  }\n  @inline\n  set ${name}(value: ${type}) {\n    ${set};\n  }`;
}

function clear(table: RecordTable): string {
  const tail = absentTail(table).map((row) => `    this.${row.name} = 0;\n`);
  return `  /** Zeroes the numbers and the lengths; ids are written whole, so they need none. */
  clear(): void {
${zeroes(headBytes(table))}${tail.join("")}  }
`;
}

/** Sixteen bytes at a time: the head's length is a multiple of eight. */
function zeroes(bytes: number): string {
  const lines: string[] = [];
  for (let at = 0; at + 16 <= bytes; at += 16) lines.push(`    v128.store(${THIS}, i64x2.splat(0), ${at});\n`);
  if (bytes % 16 !== 0) lines.push(`    store<i64>(${THIS}, 0, ${bytes - 8});\n`);
  return lines.join("");
}

function carry(table: RecordTable, rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => {
    const name = sized(row) ? lengthOf(row) : row.name;
    const copy = row.type === "id" ? [`    copyId(this.${row.name}At, from.${row.name}At, from.${name});`] : [];
    return [`    this.${name} = from.${name};`, ...copy];
  });
  return `  /** Copies the fields that are passed on unchanged. */
  carry(from: ${table.name}): void {
${lines.join("\n")}
  }
`;
}
