import { entriesOf, type Key, type Table, tableOf } from "./file-tables.ts";
import { type Problem, pathText } from "./problem.ts";

/** What contradicts the rest of the file in the tables `tls`. Values of a wrong type are reported elsewhere. */
export function tlsProblems(file: Table): Problem[] {
  const problems: Problem[] = [];
  const report = (path: readonly Key[], what: string): void => {
    problems.push({ where: pathText([...path]), what });
  };
  const checkLists = (path: readonly Key[], { crl, crlCheck }: Table): void => {
    if (crlCheck === "chain" && crl === undefined)
      report([...path, "crl"], 'missing; expected a file with the list of each issuer beside crlCheck = "chain"');
  };
  for (const owner of ["client", "dropCopy", "admin"]) {
    const table = tableOf(file[owner]);
    const tls = tableOf(table.tls);
    const isOn = table.tls !== undefined;
    const verifies = isOn && tls.ca !== undefined && tls.clientCertificate !== "none";
    if (owner === "client" && Array.isArray(table.listen) && table.listen.length === 0 && !isOn)
      report([owner, "listen"], "expected at least one address, or the table client.tls, got neither");
    checkLists([owner, "tls"], tls);
    if (tls.ca === undefined) {
      if (tls.crl !== undefined) report([owner, "tls", "ca"], "missing; expected one beside crl");
      if (tls.clientCertificate === "required" || tls.clientCertificate === "optional")
        report([owner, "tls", "ca"], `missing; expected one beside clientCertificate = "${tls.clientCertificate}"`);
    }
    const named = owner === "admin" ? "certificates" : "sessions";
    for (const [name, { certificate }] of entriesOf(table[named]))
      if (certificate !== undefined && !verifies)
        report(
          [owner, named, name, "certificate"],
          `expected ${owner}.tls with ca, which verifies certificates; without it no connection has one`,
        );
  }
  for (const [name, venue] of entriesOf(file.venues)) {
    const tls = tableOf(venue.tls);
    const { certificate, key } = tls;
    checkLists(["venues", name, "tls"], tls);
    if ((certificate === undefined) !== (key === undefined))
      report(
        ["venues", name, "tls", certificate === undefined ? "certificate" : "key"],
        `missing; expected one beside ${certificate === undefined ? "key" : "certificate"}`,
      );
  }
  return problems;
}
