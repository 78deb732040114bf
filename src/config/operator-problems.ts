import { entriesOf, type Report, type Table, tableOf } from "./file-tables.ts";
import { valueText } from "./problem.ts";

/** One token, or one certificate, is one operator's: else the journal would have the name of another. */
export function checkOperators(file: Table, report: Report): void {
  const { tokens, certificates } = tableOf(file.admin);
  checkOne(
    "certificates",
    "certificate",
    certificates,
    (certificate) => `got ${valueText(certificate)} for both`,
    report,
  );
  // A hash is a secret.
  checkOne("tokens", "hash", tokens, () => "got the same hash for both", report);
}

function checkOne(table: string, key: string, all: unknown, got: (value: unknown) => string, report: Report): void {
  const owners = new Map<unknown, string>();
  for (const [name, { [key]: value }] of entriesOf(all)) {
    const other = owners.get(value);
    if (other === undefined) owners.set(value, name);
    else if (value !== undefined)
      report(["admin", table, name, key], `expected one of another operator than ${other}, ${got(value)}`);
  }
}
