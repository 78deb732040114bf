import { entriesOf, type Key, type Table, tableOf } from "./file-tables.ts";
import { type Problem, pathText } from "./problem.ts";

/** What contradicts the rest of the file in the tables `tls`. Values of a wrong type are reported elsewhere. */
export function tlsProblems(file: Table): Problem[] {
  const problems: Problem[] = [];
  const report = (path: readonly Key[], what: string): void => {
    problems.push({ where: pathText([...path]), what });
  };
  for (const owner of ["client", "dropCopy"]) {
    const table = tableOf(file[owner]);
    const tls = tableOf(table.tls);
    const isOn = table.tls !== undefined;
    const verifies = isOn && tls.ca !== undefined && tls.clientCertificate !== "none";
    if (owner === "client" && Array.isArray(table.listen) && table.listen.length === 0 && !isOn)
      report([owner, "listen"], "expected at least one address, or the table client.tls, got neither");
    if (tls.ca === undefined) {
      if (tls.crl !== undefined) report([owner, "tls", "ca"], "missing; expected one beside crl");
      if (tls.clientCertificate === "required" || tls.clientCertificate === "optional")
        report([owner, "tls", "ca"], `missing; expected one beside clientCertificate = "${tls.clientCertificate}"`);
    }
    for (const [name, session] of entriesOf(table.sessions))
      if (session.certificate !== undefined && !verifies)
        report(
          [owner, "sessions", name, "certificate"],
          `expected ${owner}.tls with ca, which verifies certificates; without it no connection has one`,
        );
  }
  for (const [name, venue] of entriesOf(file.venues)) {
    const { certificate, key } = tableOf(venue.tls);
    if ((certificate === undefined) !== (key === undefined))
      report(
        ["venues", name, "tls", certificate === undefined ? "certificate" : "key"],
        `missing; expected one beside ${certificate === undefined ? "key" : "certificate"}`,
      );
  }
  return problems;
}
