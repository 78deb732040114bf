// Makes the code of the records from their tables (src/record/layout): `npm run generate`, after a change of one.
import { join } from "node:path";
import { ID_BYTES, SHORT_ID_BYTES } from "../../../src/base/id.ts";
import { MOST_E8, NO_PRICE } from "../../../src/base/units.ts";
import { EXECUTION_REPORT } from "../../../src/record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../../src/record/layout/order-request.ts";
import type { RecordTable } from "../../../src/record/layout/row.ts";
import { assemblyOf } from "./assembly.ts";
import { fieldsOf, offsetsOf } from "./codec.ts";
import { messageFieldsOf } from "./messages.ts";
import { viewOf } from "./view.ts";

const ROOT = join(import.meta.dir, "../../..");
const TABLES: readonly RecordTable[] = [ORDER_REQUEST, EXECUTION_REPORT];

/** What the tables make: text by path. */
export function generated(): Map<string, string> {
  const made = new Map<string, string>();
  for (const table of TABLES) {
    const head = `// Made from src/record/layout/${table.file}.ts by \`npm run generate\`.\n`;
    made.set(`src/record/${table.file}.ts`, viewOf(table, head));
    made.set(`src/record/assembly/${table.file}.ts`, assemblyOf(table, head));
    made.set(`src/fix/wire/codec/${table.file}.ts`, offsetsOf(table, head));
    made.set(`src/fix/wire/codec/${table.file}-fields.ts`, fieldsOf(table, head));
    made.set(`src/fix/orders/${table.file}-fields.ts`, messageFieldsOf(table, head));
  }
  made.set("src/fix/wire/codec/units.ts", unitsOf());
  made.set("src/record/assembly/units.ts", unitsOf());
  return made;
}

function unitsOf(): string {
  return `// Made from src/base/units.ts and src/base/id.ts by \`npm run generate\`.

export const MOST_E8: i64 = ${MOST_E8};
export const NO_PRICE: i64 = ${NO_PRICE};
export const ID_BYTES: u32 = ${ID_BYTES};
export const SHORT_ID_BYTES: u32 = ${SHORT_ID_BYTES};
`;
}

/** Writes those that differ, so that what is built of them is not stale for nothing. */
export async function generate(): Promise<void> {
  for (const [path, text] of generated()) {
    const file = Bun.file(join(ROOT, path));
    if (!(await file.exists()) || (await file.text()) !== text) await Bun.write(file, text);
  }
}

if (import.meta.main) await generate();
