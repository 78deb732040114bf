import { addressText, isEverywhere, readAddress, sameListener } from "./address.ts";
import { roughFactor, unratedCurrencies } from "./currencies.ts";
import { fieldDoubts } from "./field-problems.ts";
import { inNetwork, isLoopback, type NetworkRange, readNetwork } from "./network.ts";
import { type Problem, pathText, valueText } from "./problem.ts";
import { venuesOfRule } from "./routing.ts";
import type { ConfigFile } from "./schema.ts";

/*  What a gateway starts with, and what its user surely did not mean. A file with warnings is valid: none of them may become
 *  a problem, because a configuration that has traded must go on trading after an upgrade.
 */
type Report = (path: readonly (string | number)[], what: string) => void;

/** Names in one message; the rest are counted. */
const NAMED = 5;

/** Doubts about a valid file. */
export function configWarnings(file: ConfigFile): Problem[] {
  const warnings: Problem[] = [];
  const report: Report = (path, what) => warnings.push({ where: pathText(path), what });
  doubtConnections(file, report);
  doubtListeners(file, report);
  doubtVenues(file, report);
  doubtLimits(file, report);
  doubtFormerKeys(file, report);
  doubtAlarms(file, report);
  doubtCurrencies(file, report);
  doubtSilence(file, report);
  for (const [name, venue] of Object.entries(file.venues)) warnings.push(...fieldDoubts(name, venue));
  return warnings;
}

/** Keys that are taken and do nothing. */
function doubtFormerKeys({ journal }: ConfigFile, report: Report): void {
  if (journal.spareMiB > 0) report(["journal", "spareMiB"], "is accepted, and has no effect any more: leave it out");
}

function doubtCurrencies(file: ConfigFile, report: Report): void {
  for (const { currency, symbol } of unratedCurrencies(file))
    report(
      ["risk", "rates", currency],
      `there is no rate for the currency of ${symbol}: every new order of it is refused until one is set`,
    );
}

/** What is done about a venue's silence begins when that is one. */
function doubtSilence({ venues }: ConfigFile, report: Report): void {
  for (const [name, { answerWithinS, statusRequests, answerClientS }] of Object.entries(venues))
    if (answerWithinS === 0 && statusRequests + answerClientS > 0)
      report(["venues", name, "answerWithinS"], "is 0: statusRequests and answerClientS beside it have no effect");
}

function doubtAlarms({ alarms: { url, routingKey, routingKeyFile } }: ConfigFile, report: Report): void {
  const hasKey = routingKey !== undefined || routingKeyFile !== undefined;
  if (url !== undefined && !hasKey)
    report(["alarms", "url"], "there is no routing key beside it: PagerDuty takes no event without one");
  if (url === undefined && hasKey)
    report(["alarms", "url"], "there is a routing key but no url: no alarm is sent with it");
}

function doubtConnections({ client }: ConfigFile, report: Report): void {
  let sessions = 0;
  for (const session of Object.values(client.sessions)) sessions += Math.max(1, session.dynamicSessions);
  if (client.maxConnections >= sessions) return;
  report(
    ["client", "maxConnections"],
    `${client.maxConnections} is less than the ${sessions} client sessions: not all of them can be on at once`,
  );
}

/** Networks from which no stranger comes: this machine's, private and link-local ones. */
const PRIVATE = [
  ...["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"],
  ...["::1", "fc00::/7", "fe80::/10"],
].map((range) => readNetwork(range)!);

function isPublic(host: string): boolean {
  if (isEverywhere(host)) return true;
  const { address } = readNetwork(host)!;
  return !PRIVATE.some((range) => inNetwork(address, range));
}

function doubtListeners({ client, dropCopy, exchange, admin }: ConfigFile, report: Report): void {
  doubtListener("client", client, report);
  if (dropCopy !== undefined) doubtListener("dropCopy", dropCopy, report);
  for (const [path, text] of listeners(["exchange", "listen"], exchange?.listen ?? [])) {
    const { host, port } = readAddress(text, 0)!;
    if (port === 0) report(path, `${valueText(text)}: port 0 is another free port at each start`);
    if (isPublic(host)) report(path, `${valueText(text)} can be reached from other networks, and has no passwords`);
  }
  for (const [path, text] of listeners(["admin", "tls", "listen"], admin.tls?.listen ?? []))
    if (readAddress(text, 0)!.port === 0) report(path, `${valueText(text)}: port 0 is another free port at each start`);
  if (admin.tls !== undefined && Object.keys({ ...admin.tokens, ...admin.certificates }).length === 0)
    report(["admin", "tls"], "neither admin.tokens nor admin.certificates has an operator: nobody can use it");
}

function doubtListener(
  owner: string,
  { listen, sessions, tls }: Pick<ConfigFile["client"], "listen" | "tls"> & { sessions: Record<string, Guarded> },
  report: Report,
): void {
  const open = Object.entries(sessions)
    .filter(
      ([, { passwordHash, allow, certificate }]) =>
        passwordHash === undefined && certificate === undefined && !limits(allow),
    )
    .map(([name]) => name);
  const all = [
    ...listeners([owner, "listen"], listen),
    ...(tls === undefined ? [] : listeners([owner, "tls", "listen"], tls.listen)),
  ];
  for (const [path, text] of all) {
    const { host, port } = readAddress(text, 0)!;
    if (port === 0) report(path, `${valueText(text)}: port 0 is another free port at each start`);
    // A certificate that our authority has signed keeps strangers out, too.
    const asks = path[1] === "tls" && tls?.ca !== undefined && tls.clientCertificate !== "optional";
    if (isPublic(host) && open.length > 0 && !asks)
      report(
        path,
        `${valueText(text)} can be reached from other networks, and ${listed(open, "session")} ${open.length === 1 ? "has" : "have"} neither passwordHash nor allow`,
      );
  }
}

/** What keeps strangers out of a session. */
interface Guarded {
  readonly certificate?: string;
  readonly passwordHash?: string;
  readonly allow?: readonly string[];
}

/** Whether a list of networks keeps any address out. */
function limits(allow: readonly string[] | undefined): boolean {
  return allow !== undefined && !allow.map((text) => readNetwork(text)!).some(isEverything);
}

function isEverything({ address, bits }: NetworkRange): boolean {
  return bits === 0 || (bits === 96 && inNetwork(address, readNetwork("0.0.0.0/0")!));
}

/** Each address of a listener with its path. */
function listeners(path: string[], listen: string | string[]): [(string | number)[], string][] {
  return Array.isArray(listen) ? listen.map((text, i) => [[...path, i], text]) : [[path, listen]];
}

function doubtVenues({ venues, symbols, routing, client }: ConfigFile, report: Report): void {
  const used = new Set(Object.values(symbols).map((symbol) => symbol.venue ?? routing.default));
  const ofRules = new Set((routing.rules ?? []).flatMap(venuesOfRule));
  const own = listeners(["client", "listen"], client.listen);
  for (const [name, venue] of Object.entries(venues)) {
    if (!used.has(name) && !ofRules.has(name))
      report(["venues", name], "no symbol has it as its venue, so no order goes there");
    for (const [path, text] of listeners(["venues", name, "address"], venue.address)) {
      const address = readAddress(text, 1)!;
      const same = own.find(([, at]) => sameListener(readAddress(at, 0)!, address));
      if (same !== undefined && isLoopback(readNetwork(address.host)!.address))
        report(path, `${addressText(address)} is ${pathText(same[0])} of this gateway`);
    }
  }
  if (routing.default !== undefined && !used.has(routing.default))
    report(["routing", "default"], `every symbol names its venue: ${valueText(routing.default)} is not used here`);
}

/** Limits and switches that let no order through. */
function doubtLimits({ client, risk, symbols }: ConfigFile, report: Report): void {
  if (risk.kill)
    report(["risk", "kill"], "the gateway starts with the kill switch engaged: every new order is refused");
  const accounts = Object.entries(risk.accounts);
  if (accounts.every(([, { enabled }]) => !enabled))
    report(["risk", "accounts"], "every account has enabled = false: every new order is refused");
  if (Object.values(symbols).every(({ enabled }) => !enabled))
    report(["symbols"], "every symbol has enabled = false: every new order is refused");
  const used = new Set<string>();
  for (const [name, session] of Object.entries(client.sessions)) {
    for (const account of session.accounts) used.add(account);
    if (session.accounts.every((account) => !risk.accounts[account]!.enabled))
      report(["client", "sessions", name, "accounts"], "all of them have enabled = false: every new order is refused");
  }
  const prices = Object.entries(symbols).flatMap(([name, symbol]) => {
    const factor = roughFactor(symbol, risk);
    return factor === null ? [] : [{ name, lowest: lowestPrice(symbol, risk) * factor }];
  });
  if (prices.length === 0) return;
  const cheapest = prices.reduce((least, one) => (one.lowest < least.lowest ? one : least));
  const most = Math.max(...accounts.map(([, { maxOrderNotional }]) => Number(maxOrderNotional)));
  for (const [name, { maxOrderNotional }] of accounts) {
    if (!used.has(name)) report(["risk", "accounts", name], "no client session may trade it");
    if (Number(maxOrderNotional) < cheapest.lowest)
      report(
        ["risk", "accounts", name, "maxOrderNotional"],
        `${maxOrderNotional} does not pay one unit of any symbol (${cheapest.name} costs ${priceText(cheapest.lowest)} or more): every order is refused`,
      );
  }
  for (const { name, lowest } of prices)
    if (lowest > most && cheapest.lowest <= most)
      report(
        ["symbols", name, "referencePrice"],
        `one unit costs ${priceText(lowest)} or more, above maxOrderNotional of every account: every order is refused`,
      );
}

/** The price nearest to 0 that the collar lets through, without its sign; 0 where the configuration does not know it. */
function lowestPrice(symbol: ConfigFile["symbols"][string], risk: ConfigFile["risk"]): number {
  if (symbol.referencePrice === undefined) return 0;
  const percent = Number(symbol.collarPercent ?? risk.collarPercent);
  const size = Math.abs(Number(symbol.referencePrice));
  return Math.max(0, size - Math.max(Number(symbol.collarWidth), (size * percent) / 100));
}

function priceText(price: number): string {
  return String(Number(price.toPrecision(8)));
}

function listed(names: readonly string[], noun: string): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${noun}${names.length === 1 ? "" : "s"} ${names.slice(0, NAMED).join(", ")}${more}`;
}
