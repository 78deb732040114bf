import { didYouMean, type Problem, pathText, valueText } from "./problem.ts";

type Table = Record<string, unknown>;

/** What contradicts the rest of the file in the table `dropCopy`. Values of a wrong type are reported elsewhere. */
export function dropCopyProblems(file: Table): Problem[] {
  const problems: Problem[] = [];
  const clients = tableOf(tableOf(file.client).sessions);
  const all = tableOf(tableOf(file.dropCopy).sessions);
  const taken = new Map<string, string>();
  for (const [name, value] of Object.entries(all)) {
    const session = tableOf(value);
    const report = (key: readonly (string | number)[], what: string): void => {
      problems.push({ where: pathText(["dropCopy", "sessions", name, ...key]), what });
    };
    const group = name.replace(/\.\d+$/, "");
    const isDynamic = group !== name && tableOf(clients[group]).dynamicSessions !== undefined;
    if (Object.hasOwn(clients, name) || isDynamic)
      report([], "expected another name: a client session in client.sessions has it");
    const pair = `${session.gatewayCompId ?? tableOf(file.gateway).compId} → ${session.compId ?? name}`;
    const other = taken.get(pair);
    if (other === undefined) taken.set(pair, name);
    else report([], `expected unique CompIDs, got ${pair} as in ${pathText(["dropCopy", "sessions", other])}`);
    checkName(["schedule"], session.schedule, tableOf(file.calendars), "a calendar in calendars", report);
    for (const [i, account] of listOf(session.accounts).entries())
      checkName(["accounts", i], account, tableOf(tableOf(file.risk).accounts), "an account in risk.accounts", report);
    for (const [i, client] of listOf(session.clients).entries())
      checkName(["clients", i], client, tableOf(tableOf(file.risk).clients), "a client in risk.clients", report);
    for (const [i, client] of listOf(session.sessions).entries())
      checkName(["sessions", i], client, clients, "a client session in client.sessions", report);
    checkVersions(session, clients, report);
    checkResets(session, tableOf(file.calendars), report);
    if (session.username !== undefined && session.passwordHash === undefined)
      report(["passwordHash"], "missing; expected one beside username");
    if (session.nextExpectedMsgSeqNum === true && /^FIX\.4\.[0-3]$/.test(String(session.version)))
      report(["nextExpectedMsgSeqNum"], `expected false in ${session.version}, got true`);
  }
  return problems;
}

/** A reset of the numbers takes the copies before it from a client that has not read them yet. */
function checkResets(session: Table, calendars: Table, report: (key: readonly string[], what: string) => void): void {
  const loses = "a reset loses the copies that the client has not read";
  for (const key of ["resetOnLogout", "resetOnDisconnect"])
    if (session[key] === true) report([key], `expected false, as ${loses}, got true`);
  if (typeof session.schedule !== "string" || !Object.hasOwn(calendars, session.schedule)) return;
  const { resetAtOpen = true, resetAt } = tableOf(calendars[session.schedule]);
  const resets = [
    ...(resetAtOpen === true ? ["resetAtOpen = true"] : []),
    ...(resetAt === undefined ? [] : [`resetAt = ${valueText(resetAt)}`]),
  ];
  if (resets.length === 0) return;
  const wanted = "expected a calendar with resetAtOpen = false and without resetAt";
  report(["schedule"], `${wanted}, as ${loses}, got ${valueText(session.schedule)} with ${resets.join(" and ")}`);
}

/** A copy has the fields of the report, which are those of the client's version. */
function checkVersions(session: Table, clients: Table, report: (key: readonly string[], what: string) => void): void {
  const { sessions, version } = session;
  for (const [client, value] of Object.entries(clients)) {
    if (sessions !== undefined && !listOf(sessions).includes(client)) continue;
    const theirs = tableOf(value).version;
    if (typeof theirs !== "string" || typeof version !== "string" || theirs === version) continue;
    report(
      ["version"],
      `expected the version of the client sessions whose reports it gets, got ${version}, and ${client} has ${theirs}: name in sessions those of one version`,
    );
    return;
  }
}

function checkName(
  key: readonly (string | number)[],
  name: unknown,
  known: Table,
  what: string,
  report: (key: readonly (string | number)[], what: string) => void,
): void {
  if (typeof name !== "string" || Object.hasOwn(known, name)) return;
  report(key, `expected the name of ${what}, got ${valueText(name)}${didYouMean(name, Object.keys(known))}`);
}

function tableOf(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
