import { MIB } from "../base/units.ts";
import { type Address, addressText, isLoopback, readAddress, sameListener } from "./address.ts";
import { agentKind, agentName } from "./agents.ts";
import { alarmProblems } from "./alarm-problems.ts";
import { calendarProblems } from "./calendar-problems.ts";
import { collarProblems } from "./collar-problems.ts";
import { dropCopyProblems } from "./drop-copy-problems.ts";
import { fieldProblems } from "./field-problems.ts";
import { NAME_BYTES } from "./fields.ts";
import { checkName, entriesOf, type Key, listOf, type Report, type Table, tableOf } from "./file-tables.ts";
import { messageLimitProblems } from "./message-limits.ts";
import { checkOperators } from "./operator-problems.ts";
import { presetLanes } from "./placement.ts";
import { type Problem, pathText, valueText } from "./problem.ts";
import { quoteProblems } from "./reference.ts";
import { checkRisk } from "./risk-problems.ts";
import { routingProblems } from "./routing-problems.ts";
import { tlsProblems } from "./tls-problems.ts";
import { ordersOfLaterVersions } from "./venue-orders.ts";
import { venueSymbolProblems } from "./venue-symbols.ts";

/*  Checks over several fields. The file may also have fields of a wrong type, and all problems are listed at once, so these
 *  checks skip values of a wrong type.
 */
/** Names that do not exist, identities and ports that are used twice, limits that contradict each other. */
export function consistencyProblems(value: unknown): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, what) => problems.push({ where: pathText(path), what });
  const file = tableOf(value);
  checkVenueNames(file, report);
  for (const [name, symbol] of entriesOf(file.symbols))
    problems.push(...collarProblems(name, symbol, tableOf(file.risk)));
  problems.push(...quoteProblems(file));
  problems.push(...routingProblems(file));
  checkAccounts(file, report);
  checkRisk(file, report);
  checkClientIds(file, report);
  checkVenueIds(file, report);
  checkCalendars(file, report);
  for (const [name, calendar] of entriesOf(file.calendars)) problems.push(...calendarProblems(name, calendar));
  checkListeners(file, report);
  checkExchange(file, report);
  checkSizes(file, report);
  checkCredentials(file, report);
  problems.push(...tlsProblems(file));
  checkOperators(file, report);
  problems.push(...alarmProblems(tableOf(file.alarms)));
  problems.push(...dropCopyProblems(file));
  checkDynamic(file, report);
  const client = tableOf(file.client);
  for (const [name, session] of entriesOf(client.sessions))
    problems.push(...messageLimitProblems(name, session, client));
  checkNextExpected(file, report);
  checkRenamed(["client", "sessions"], tableOf(file.client).sessions, report);
  checkRenamed(["venues"], file.venues, report);
  for (const [name, venue] of entriesOf(file.venues)) problems.push(...fieldProblems(name, venue));
  const symbols = Object.keys(tableOf(file.symbols));
  for (const [name, venue] of entriesOf(file.venues)) problems.push(...venueSymbolProblems(name, venue, symbols));
  for (const [name, venue] of entriesOf(file.venues))
    for (const { key, name: given } of ordersOfLaterVersions(venue))
      report(["venues", name, key], `expected what ${venue.version} has, got "${given}", which FIX has from 4.3 on`);
  checkLanes(tableOf(file.lanes), file.exchange !== undefined, report);
  return problems;
}

function checkVenueNames(file: Table, report: Report): void {
  const venues = tableOf(file.venues);
  const fallback = tableOf(file.routing).default;
  checkName(["routing", "default"], fallback, venues, "a venue in venues", report);
  for (const [name, symbol] of entriesOf(file.symbols)) {
    checkName(["symbols", name, "venue"], symbol.venue, venues, "a venue in venues", report);
    if (symbol.venue === undefined && fallback === undefined)
      report(["symbols", name, "venue"], "missing; expected the name of a venue here or in routing.default");
  }
}

function checkAccounts(file: Table, report: Report): void {
  const { accounts } = tableOf(file.risk);
  for (const [name, session] of entriesOf(tableOf(file.client).sessions)) {
    for (const [i, account] of listOf(session.accounts).entries())
      checkName(
        ["client", "sessions", name, "accounts", i],
        account,
        tableOf(accounts),
        "an account in risk.accounts",
        report,
      );
  }
  const { maxOrders } = tableOf(file.core);
  for (const [name, account] of entriesOf(accounts)) {
    if (!isAbove(account.maxOpenOrders, maxOrders)) continue;
    report(
      ["risk", "accounts", name, "maxOpenOrders"],
      `expected at most core.maxOrders (${maxOrders}), got ${account.maxOpenOrders}`,
    );
  }
}

function checkClientIds(file: Table, report: Report): void {
  const taken = new Map<string, string>();
  for (const [name, session] of entriesOf(tableOf(file.client).sessions)) {
    const pair = pairText(isDynamic(session) ? "any other" : (session.compId ?? name), ownId(session, file));
    if (pair === "") continue;
    const other = taken.get(pair);
    if (other === undefined) taken.set(pair, name);
    else
      report(
        ["client", "sessions", name],
        `expected unique CompIDs, got ${pair} as in ${pathText(["client", "sessions", other])}`,
      );
  }
}

/** Two venues may have the same CompIDs at two addresses. */
function checkVenueIds(file: Table, report: Report): void {
  const taken = new Map<string, string>();
  for (const [name, venue] of entriesOf(file.venues)) {
    const ids = pairText(ownId(venue, file), venue.compId ?? name);
    if (ids === "") continue;
    for (const address of addressesOf(venue.address)) {
      const pair = `${ids} at ${addressText(address)}`;
      const other = taken.get(pair);
      if (other === undefined) taken.set(pair, name);
      else report(["venues", name], `expected unique CompIDs, got ${pair} as in ${pathText(["venues", other])}`);
    }
  }
}

function checkCalendars(file: Table, report: Report): void {
  const calendars = tableOf(file.calendars);
  const what = "a calendar in calendars";
  for (const [name, session] of entriesOf(tableOf(file.client).sessions))
    checkName(["client", "sessions", name, "schedule"], session.schedule, calendars, what, report);
  for (const [name, venue] of entriesOf(file.venues))
    checkName(["venues", name, "schedule"], venue.schedule, calendars, what, report);
  for (const [name, symbol] of entriesOf(file.symbols))
    checkName(["symbols", name, "schedule"], symbol.schedule, calendars, what, report);
}

function checkListeners(file: Table, report: Report): void {
  const taken: { at: string; address: Address }[] = [];
  for (const [owner, table] of [
    [["client"], tableOf(file.client)],
    [["client", "tls"], tableOf(tableOf(file.client).tls)],
    [["dropCopy"], tableOf(file.dropCopy)],
    [["dropCopy", "tls"], tableOf(tableOf(file.dropCopy).tls)],
    [["exchange"], tableOf(file.exchange)],
    [["admin"], tableOf(file.admin)],
    [["admin", "tls"], tableOf(tableOf(file.admin).tls)],
  ] as const) {
    const several = Array.isArray(table.listen);
    for (const [i, text] of (several ? listOf(table.listen) : [table.listen]).entries()) {
      const address = readAddress(text, 0);
      if (address === null) continue;
      const path: Key[] = several ? [...owner, "listen", i] : [...owner, "listen"];
      const other = taken.find((one) => sameListener(one.address, address));
      if (owner[0] === "admin" && owner.length === 1 && !isLoopback(address))
        report(
          path,
          `expected a loopback address such as 127.0.0.1:9180, got ${valueText(text)}: others need TLS (admin.tls), or a tunnel`,
        );
      else if (other === undefined) taken.push({ at: pathText(path), address });
      else report(path, `expected an unused port, got ${valueText(text)}, which ${other.at} uses`);
    }
  }
}

/** A venue with the address of the built-in exchange must be one of its sessions. */
function checkExchange(file: Table, report: Report): void {
  const exchange = tableOf(file.exchange);
  const listen = Array.isArray(exchange.listen) ? exchange.listen : [exchange.listen];
  const addresses = listen.map((text) => readAddress(text, 1));
  for (const [name, venue] of entriesOf(file.venues)) {
    const to = addressesOf(venue.address);
    if (!addresses.some((at) => at !== null && to.some((one) => sameListener(at, one)))) continue;
    const theirs = venue.compId ?? name;
    if (theirs !== exchange.compId)
      report(
        ["venues", name, "compId"],
        `expected ${valueText(exchange.compId)} (exchange.compId, which listens there), got ${valueText(theirs)}`,
      );
    const ours = ownId(venue, file);
    if (exchange.sessions !== undefined && !listOf(exchange.sessions).includes(ours))
      report(
        ["exchange", "sessions"],
        `expected ${valueText(ours)} among them, the CompID of ${pathText(["venues", name])}, got none such`,
      );
  }
}

function isDynamic(session: Table): boolean {
  return typeof session.dynamicSessions === "number" && session.dynamicSessions > 0;
}

/** Each dynamic session has a name, and takes its CompID from its client. */
function checkDynamic(file: Table, report: Report): void {
  const sessions = tableOf(tableOf(file.client).sessions);
  for (const [name, session] of entriesOf(sessions)) {
    if (!isDynamic(session)) continue;
    const path = ["client", "sessions", name];
    if (session.compId !== undefined) report([...path, "compId"], "expected none beside dynamicSessions");
    const last = `${name}.${session.dynamicSessions}`;
    if (last.length > NAME_BYTES)
      report([...path, "dynamicSessions"], `expected a shorter table name: ${last} is too long for a session name`);
    for (let i = 1; i <= (session.dynamicSessions as number); i++)
      if (Object.hasOwn(sessions, `${name}.${i}`))
        report(["client", "sessions", `${name}.${i}`], `expected another name: dynamicSessions of ${name} uses it`);
  }
}

/** Logons have NextExpectedMsgSeqNum from FIX 4.4 on. */
function checkNextExpected(file: Table, report: Report): void {
  const tables: [string[], unknown][] = [
    [["client", "sessions"], tableOf(file.client).sessions],
    [["venues"], file.venues],
  ];
  for (const [path, table] of tables)
    for (const [name, session] of entriesOf(table))
      if (session.nextExpectedMsgSeqNum === true && /^FIX\.4\.[0-3]$/.test(String(session.version)))
        report([...path, name, "nextExpectedMsgSeqNum"], `expected false in ${session.version}, got true`);
}

/** A former name is nobody's name now. */
function checkRenamed(path: readonly Key[], tables: unknown, report: Report): void {
  const names = new Set<unknown>(Object.keys(tableOf(tables)));
  for (const [name, { renamedFrom }] of entriesOf(tables)) {
    if (renamedFrom === undefined) continue;
    if (names.has(renamedFrom))
      report(
        [...path, name, "renamedFrom"],
        `expected a former name: ${renamedFrom} is there still, or is another's former name`,
      );
    names.add(renamedFrom);
  }
}

/** A username needs a password; a password has one source. */
function checkCredentials(file: Table, report: Report): void {
  for (const [name, session] of entriesOf(tableOf(file.client).sessions)) {
    if (session.username !== undefined && session.passwordHash === undefined)
      report(["client", "sessions", name, "passwordHash"], "missing; expected one beside username");
  }
  for (const [name, venue] of entriesOf(file.venues)) {
    if (venue.password !== undefined && venue.passwordFile !== undefined)
      report(["venues", name, "passwordFile"], "expected either this or password, got both");
  }
}

function addressesOf(value: unknown): Address[] {
  return (Array.isArray(value) ? value : [value]).map((text) => readAddress(text, 1)).filter((one) => one !== null);
}

function checkSizes(file: Table, report: Report): void {
  const client = tableOf(file.client);
  const { maxMessageBytes, backlogBytes } = client;
  if (typeof maxMessageBytes === "number" && isAbove(2 * maxMessageBytes, backlogBytes))
    report(
      ["client", "backlogBytes"],
      `expected at least twice client.maxMessageBytes (${maxMessageBytes}), got ${backlogBytes}`,
    );
  const { segmentMiB } = tableOf(file.journal);
  if (typeof segmentMiB === "number" && isAbove(4 * Number(maxMessageBytes), segmentMiB * MIB))
    report(
      ["journal", "segmentMiB"],
      `expected at least 4 times client.maxMessageBytes (${maxMessageBytes}), got ${segmentMiB}`,
    );
  for (const [name, session] of entriesOf(client.sessions)) {
    if (typeof maxMessageBytes === "number" && isAbove(2 * maxMessageBytes, session.backlogBytes))
      report(
        ["client", "sessions", name, "backlogBytes"],
        `expected at least twice client.maxMessageBytes (${maxMessageBytes}), got ${session.backlogBytes}`,
      );
  }
  for (const [name, venue] of entriesOf(file.venues)) {
    if (!isAbove(venue.reconnectMinMs, venue.reconnectMaxMs)) continue;
    report(
      ["venues", name, "reconnectMaxMs"],
      `expected at least reconnectMinMs (${venue.reconnectMinMs}), got ${venue.reconnectMaxMs}`,
    );
  }
}

function checkLanes(lanes: Table, hasExchange: boolean, report: Report): void {
  const { preset, cpus } = lanes;
  if (lanes.place === undefined) {
    if (preset !== "one" && preset !== "two" && preset !== "wide") return;
    const count = presetLanes(preset);
    if (listOf(cpus).length > count)
      report(
        ["lanes", "cpus", count],
        `expected at most ${count === 1 ? "one CPU for the lane" : `${count} CPUs for the lanes`} of preset "${preset}", got ${listOf(cpus).length}`,
      );
    if (lanes.idle === "spin")
      checkSpinning(
        listOf(cpus).map((cpu) => ({ cpu, spins: true })),
        (i) => ["lanes", "cpus", i],
        report,
      );
    return;
  }
  if (cpus !== undefined) report(["lanes", "cpus"], "expected none beside lanes.place; set cpu of each lane there");
  const places = listOf(lanes.place).map(tableOf);
  checkAgents(places, hasExchange, report);
  checkSpinning(
    places.map((place) => ({ cpu: place.cpu, spins: (place.idle ?? lanes.idle) === "spin" })),
    (i) => ["lanes", "place", i, "cpu"],
    report,
  );
}

function checkAgents(places: Table[], hasExchange: boolean, report: Report): void {
  const seen = new Set<string>();
  for (const [i, place] of places.entries()) {
    for (const [j, agent] of listOf(place.agents).entries()) {
      if (typeof agent !== "string") continue;
      const name = agentName(agent);
      if (name === "exchange" && !hasExchange)
        report(["lanes", "place", i, "agents", j], "expected an [exchange] table beside it, got none");
      // A connection is accepted before its session is known, and it stays on its lane.
      if (agentKind(name) === "client" && name !== "client0")
        report(
          ["lanes", "place", i, "agents", j],
          `expected "client" or "client0", the only agent that accepts connections, got "${agent}"`,
        );
      if (seen.has(name)) report(["lanes", "place", i, "agents", j], `expected each agent once, got "${agent}" again`);
      seen.add(name);
    }
  }
  for (const agent of ["client0", "core", "venue0", "keeper"]) {
    if (seen.has(agent)) continue;
    report(["lanes", "place"], `expected a lane with "${agent.replace(/0$/, "")}" among its agents, got none`);
    return;
  }
}

/** A lane that spins needs a CPU alone. */
function checkSpinning(lanes: { cpu: unknown; spins: boolean }[], pathOf: (i: number) => Key[], report: Report): void {
  for (const [i, lane] of lanes.entries()) {
    const rival = lanes.findIndex((other, j) => j < i && other.cpu === lane.cpu && (other.spins || lane.spins));
    if (typeof lane.cpu === "number" && rival >= 0)
      report(
        pathOf(i),
        `expected an unshared CPU, because a lane that spins uses all of it, got ${lane.cpu} as in lane ${rival}`,
      );
  }
}

function ownId(session: Table, file: Table): unknown {
  return session.gatewayCompId ?? tableOf(file.gateway).compId;
}

/** Sender and target of a session; empty when one of them is not an id, which is reported elsewhere. */
function pairText(sender: unknown, target: unknown): string {
  if (typeof sender !== "string" || typeof target !== "string" || sender === "" || target === "") return "";
  return `${sender} → ${target}`;
}

function isAbove(a: unknown, b: unknown): boolean {
  return typeof a === "number" && typeof b === "number" && a > b;
}
