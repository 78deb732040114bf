import type { RecordTable, Row } from "../../../src/record/layout/row.ts";
import { blocksOf, importOf, isLong, lengthOf } from "./rows.ts";

// How the fields that need no more than their type's rule are read from a message that is not plain. What is wrong with a
// request is reported to the client; a venue's report is taken as far as it can be read.

export function messageFieldsOf(table: RecordTable, head: string): string {
  const rows = table.rows.filter(({ read }) => read);
  const strict = table.faulty === "refused";
  const noun = table.prefix.toLowerCase();
  const signature = strict
    ? `readRequestFields(reader: FieldReader, ${noun}: ${table.name}): boolean`
    : `readReportFields(values: ReportValues, ${noun}: ${table.name}): void`;
  const lines = blocksOf(
    rows.map((row) => ({
      test: namesIn(table, row.of!)
        .map((name) => `kind === ${name}`)
        .join(" || "),
      lines: strict ? strictly(row) : leniently(row),
    })),
  );
  const kinds = [...new Set(rows.flatMap((row) => namesIn(table, row.of!)))].sort();
  const doc = strict
    ? "Returns false when one is missing or faulty: the reader knows which."
    : "What it can't hold exactly is noted by the reader.";
  const others = strict
    ? ['import type { FieldReader } from "./field-reader.ts";']
    : ['import type { ReportValues } from "./report-values.ts";'];
  return `${head}
${importOf(kinds, "../../record/codes.ts")}
import type { ${table.name} } from "../../record/${table.file}.ts";
${others.join("\n")}

/**
 * Reads the fields that have no rule but their type's into a cleared record, whose kind is set.
 * ${doc}
 */
export function ${signature} {
  const kind = ${noun}.kind;
${lines.map((line) => `  ${line}\n`).join("")}${strict ? "  return true;\n" : ""}}
`;
}

function strictly(row: Row): string[] {
  const isRequired = row.required !== undefined;
  const value = row.name;
  if (row.type === "id")
    return [
      `const ${value} = reader.${isRequired ? "requiredId" : "id"}(${row.tag});`,
      `if (${value} < 0) return false;`,
      `request.${lengthOf(row)} = ${value};`,
      `reader.copyId(request.views, request.${row.name}At);`,
    ];
  if (row.type !== "char") throw new Error(`${row.name}: a ${row.type} has no rule to be read by`);
  return [
    `const ${value} = reader.char(${row.tag});`,
    `if (${value} < 0) return false;`,
    `request.${row.name} = ${value};`,
  ];
}

function leniently(row: Row): string[] {
  if (row.type === "id") {
    return [`report.${lengthOf(row)} = values.id(${row.tag});`, `values.copyId(report.views, report.${row.name}At);`];
  }
  if (row.type === "char") return [`report.${row.name} = values.char(${row.tag});`];
  if (!isLong(row)) throw new Error(`${row.name}: a ${row.type} has no rule to be read by`);
  const by = row.type === "price" && row.zeroPrice ? "average" : row.type;
  return [`values.${by}(${row.tag}, ${row.stated}, report.views, report.${row.name}Index);`];
}

function namesIn(table: RecordTable, of: string): string[] {
  const names = Object.entries(table.kinds).filter(([type]) => of.includes(type));
  return names.length === Object.keys(table.kinds).length ? [] : names.map(([, name]) => name);
}
