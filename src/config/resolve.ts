import { NO_PRICE } from "../base/units.ts";
import { type Address, readAddress, sameListener } from "./address.ts";
import { resolveTradingDay } from "./core.ts";
import { factorOf, resolveCurrencies } from "./currencies.ts";
import { type DecimalBounds, readDecimal } from "./decimal.ts";
import type { DropCopyConfig } from "./drop-copy.ts";
import { resolveDuplicates, resolveExposure, resolveOrderLimits } from "./exposure.ts";
import { resolveFirmMessages, resolveMessageLimits } from "./message-limits.ts";
import { placeLanes } from "./placement.ts";
import { resolveReference } from "./reference.ts";
import { resolveRights } from "./rights.ts";
import {
  type AccountConfig,
  accountSchema,
  type ClientLimits,
  type FirmLimits,
  listsThat,
  type RestrictedSide,
  type SymbolConfig,
  symbolSchema,
} from "./risk.ts";
import { resolveRule } from "./routing.ts";
import type { CalendarConfig, ConfigFile, ExchangeConfig, FixVersionName, GatewayConfig } from "./schema.ts";
import { DAY_NAMES, readDate, readTime, readWeekTime, readZone } from "./time.ts";
import { resolveServerTls } from "./tls.ts";

/** Applies every default and converts units, for a file without problems. */
export function resolveConfig(file: ConfigFile): GatewayConfig {
  const ownId = (session: { gatewayCompId?: string }) => session.gatewayCompId ?? file.gateway.compId;
  const { sessions, listen, tls, ...client } = file.client;
  return {
    gateway: file.gateway,
    lanes: placeLanes(file.lanes),
    sockets: file.sockets,
    client: {
      ...client,
      maxBeforeLogon: client.maxBeforeLogon ?? Math.ceil(client.maxConnections / 2),
      maxPerAddress: client.maxPerAddress ?? client.maxConnections,
      maxPerNetwork: client.maxPerNetwork ?? client.maxConnections,
      listen: addressList(listen),
      tls: resolveServerTls(tls, addressList),
      sessions: byName(withDynamic(sessions), (session, name) => ({
        ...session,
        ...resolveMessageLimits(session, client),
        compId: session.dynamicSessions > 0 ? "" : (session.compId ?? name),
        gatewayCompId: ownId(session),
        backlogBytes: session.backlogBytes ?? client.backlogBytes,
      })),
    },
    venues: byName(file.venues, (venue, name) => ({
      ...venue,
      address: addressList(venue.address),
      compId: venue.compId ?? name,
      gatewayCompId: ownId(venue),
      validate: venue.validate ?? venue.dictionary !== undefined,
    })),
    calendars: byName(file.calendars, resolveCalendar),
    routing: {
      rules: (file.routing.rules ?? []).map((rule, i) => resolveRule(rule, i, (table) => sessionNames(table, file))),
    },
    symbols: byName(file.symbols, (symbol, name) => resolveSymbol(symbol, name, file)),
    risk: {
      kill: file.risk.kill,
      firm: resolveFirm(file.risk),
      ...(file.risk.currency === undefined ? {} : { currency: file.risk.currency }),
      currencies: resolveCurrencies(file),
      clients: byName(file.risk.clients, resolveClient),
      traders: byName(file.risk.traders, ({ enabled, repeatedExecutions, executionsWindowMs, ...limits }) => ({
        ...{ enabled, executionsWindowMs, ...(repeatedExecutions === undefined ? {} : { repeatedExecutions }) },
        ...resolveOrderLimits(limits),
      })),
      accounts: byName(file.risk.accounts, (account, name) => resolveAccount(account, name, file)),
    },
    core: { ...file.core, tradingDay: resolveTradingDay(file.core.tradingDay) },
    journal: file.journal,
    upgrade: file.upgrade,
    admin: {
      ...file.admin,
      listen: file.admin.listen === undefined ? [] : addressList(file.admin.listen),
      tls: resolveServerTls(file.admin.tls, addressList),
    },
    memory: file.memory,
    pool: file.pool,
    day: file.day,
    quotes: file.quotes,
    alarms: file.alarms,
    metrics: file.metrics,
    profiles: file.profiles,
    dropCopy: file.dropCopy === undefined ? null : resolveDropCopy(file.dropCopy, file),
    exchange: file.exchange === undefined ? null : resolveExchange(file.exchange, file),
  };
}

function resolveCalendar(calendar: ConfigFile["calendars"][string]): CalendarConfig {
  const open = readWeekTime(calendar.open);
  const close = readWeekTime(calendar.close);
  const isRoundTheClock = open !== null && close !== null && open.day === close.day && open.seconds === close.seconds;
  const days = calendar.days ?? (isRoundTheClock ? DAY_NAMES : WORKING_DAYS);
  return {
    zone: readZone(calendar.zone) ?? "",
    open,
    close,
    days: days.map((day) => DAY_NAMES.indexOf(day) + 1),
    holidays: calendar.holidays.map((date) => readDate(date) ?? ""),
    halfDays: byName(calendar.halfDays, (time) => readTime(time) ?? 0),
    resetAtOpen: calendar.resetAtOpen,
    resetAt: readTime(calendar.resetAt),
    phases: calendar.phases.map(({ from, to, ...phase }) => ({
      ...phase,
      fromS: readTime(from) ?? 0,
      toS: readTime(to) ?? 0,
    })),
  };
}

const WORKING_DAYS = DAY_NAMES.slice(0, 5);

function resolveSymbol(symbol: ConfigFile["symbols"][string], name: string, file: ConfigFile): SymbolConfig {
  const { referencePrice, collarPercent, collarWidth, ...others } = symbol;
  const { tickSize, lotSize, venueMaxQty, maxOrderQty, maxOrderNotional, multiplier, ...more } = others;
  const { averageDailyVolume, maxAdvPercent, ...rest } = more;
  const fields = symbolSchema.properties;
  return {
    ...rest,
    ...optional("tickSizeE8", fields.tickSize, tickSize),
    ...optional("lotSizeE8", fields.lotSize, lotSize),
    ...optional("venueMaxQtyE8", fields.venueMaxQty, venueMaxQty),
    ...optional("maxOrderQtyE8", fields.maxOrderQty, maxOrderQty),
    ...optional("maxOrderNotionalE4", fields.maxOrderNotional, maxOrderNotional),
    ...optional("averageDailyVolumeE8", fields.averageDailyVolume, averageDailyVolume),
    ...(maxAdvPercent === undefined ? {} : { maxAdvPpm: Number(scaled(fields.maxAdvPercent, maxAdvPercent)) }),
    venue: symbol.venue ?? file.routing.default ?? "",
    ...resolveReference(symbol, file.risk),
    referencePriceE8: referencePrice === undefined ? NO_PRICE : scaled(fields.referencePrice, referencePrice),
    // Four decimals of a percent are millionths.
    collarPpm: Number(scaled(fields.collarPercent, collarPercent ?? file.risk.collarPercent)),
    collarWidthE8: scaled(fields.collarWidth, collarWidth),
    multiplierE8: factorOf(multiplier),
    lists: listsThat(file.risk.restricted, ({ symbols }) => symbols.includes(name)),
  };
}

function resolveClient(client: ConfigFile["risk"]["clients"][string]): ClientLimits {
  return {
    accounts: client.accounts,
    ...resolveExposure(client),
    ...resolveOrderLimits(client),
    ...resolveDuplicates(client),
    ...resolveRights(client),
  };
}

function resolveAccount(
  account: ConfigFile["risk"]["accounts"][string],
  name: string,
  file: ConfigFile,
): AccountConfig {
  const {
    maxOrderQty,
    maxOrderNotional,
    maxGrossExposure,
    maxNetExposure,
    maxDailyNotional,
    creditLimit,
    maxDailyVolume,
    maxPosition,
    ...rest
  } = account;
  const fields = accountSchema.properties;
  const restricted = (side: RestrictedSide): bigint =>
    listsThat(
      file.risk.restricted,
      ({ sides, ...of }) => sides.includes(side) && (accountsOf(of, file)?.includes(name) ?? true),
    );
  return {
    ...rest,
    ...resolveExposure(account),
    maxOrderQtyE8: scaled(fields.maxOrderQty, maxOrderQty),
    maxOrderNotionalE4: scaled(fields.maxOrderNotional, maxOrderNotional),
    restrictedBuy: restricted("buy"),
    restrictedSell: restricted("sell"),
    restrictedShort: restricted("short"),
  };
}

/** The accounts, and those of the clients, that a table names; undefined where it names none of both: all are meant. */
function accountsOf(table: { accounts?: string[]; clients?: string[] }, { risk }: ConfigFile): string[] | undefined {
  const { accounts, clients } = table;
  if (accounts === undefined && clients === undefined) return undefined;
  return [...new Set([...(accounts ?? []), ...(clients ?? []).flatMap((client) => risk.clients[client]!.accounts)])];
}

function resolveFirm(risk: ConfigFile["risk"]): FirmLimits {
  return { ...resolveExposure(risk), ...resolveOrderLimits(risk), ...resolveFirmMessages(risk) };
}

/** A decimal under its new name, nothing where the file has none. */
function optional<Name extends string>(name: Name, field: unknown, value: unknown): { [K in Name]?: bigint } {
  return value === undefined ? {} : ({ [name]: scaled(field, value) } as { [K in Name]?: bigint });
}

function resolveDropCopy(dropCopy: NonNullable<ConfigFile["dropCopy"]>, file: ConfigFile): DropCopyConfig {
  return {
    ...dropCopy,
    listen: addressList(dropCopy.listen),
    tls: resolveServerTls(dropCopy.tls, addressList),
    sessions: byName(dropCopy.sessions, (session, name) => ({
      ...session,
      accounts: accountsOf(session, file),
      ...(session.sessions === undefined ? {} : { sessions: session.sessions.flatMap((one) => namesOf(one, file)) }),
      compId: session.compId ?? name,
      gatewayCompId: session.gatewayCompId ?? file.gateway.compId,
    })),
  };
}

/** Names of the sessions of one table. */
function namesOf(table: string, { client }: ConfigFile): string[] {
  const count = client.sessions[table]!.dynamicSessions;
  return count === 0 ? [table] : Array.from({ length: count }, (_, i) => `${table}.${i + 1}`);
}

function resolveExchange(exchange: NonNullable<ConfigFile["exchange"]>, file: ConfigFile): ExchangeConfig {
  const listen = addressList(exchange.listen);
  const sessions = exchange.sessions ?? exchangeClients(listen, file);
  const versions: Record<string, FixVersionName> = Object.create(null);
  for (const id of sessions) versions[id] = exchange.versions?.[id] ?? versionTowards(listen, id, file);
  return { ...exchange, listen, sessions, versions };
}

/** FIX version of the venue that logs on to the exchange with this CompID. */
function versionTowards(listen: Address[], id: string, file: ConfigFile): FixVersionName {
  for (const venue of Object.values(file.venues)) {
    if ((venue.gatewayCompId ?? file.gateway.compId) !== id) continue;
    const pointsHere = addressList(venue.address).some((to) => listen.some((at) => sameListener(at, to)));
    if (pointsHere) return venue.version;
  }
  return "FIX.4.4";
}

/** Our CompIDs in the venues with the exchange's address; the gateway's if there is none. */
function exchangeClients(listen: Address[], file: ConfigFile): string[] {
  const ids = new Set<string>();
  for (const venue of Object.values(file.venues)) {
    const to = addressList(venue.address);
    if (listen.some((at) => to.some((one) => sameListener(at, one))))
      ids.add(venue.gatewayCompId ?? file.gateway.compId);
  }
  return ids.size === 0 ? [file.gateway.compId] : [...ids];
}

/** Expands a table with dynamic sessions to one table for each: `NAME.1`, `NAME.2`, … */
function withDynamic(sessions: ConfigFile["client"]["sessions"]): ConfigFile["client"]["sessions"] {
  const all: ConfigFile["client"]["sessions"] = Object.create(null);
  for (const [name, session] of Object.entries(sessions)) {
    if (session.dynamicSessions === 0) all[name] = session;
    const { renamedFrom } = session;
    for (let i = 1; i <= session.dynamicSessions; i++)
      all[`${name}.${i}`] = renamedFrom === undefined ? session : { ...session, renamedFrom: `${renamedFrom}.${i}` };
  }
  return all;
}

/** The client sessions of a table: several where they are dynamic. */
function sessionNames(table: string, { client }: ConfigFile): string[] {
  const count = client.sessions[table]?.dynamicSessions ?? 0;
  return count === 0 ? [table] : Array.from({ length: count }, (_, i) => `${table}.${i + 1}`);
}

/** Resolves each entry. The result has no prototype, so that a name such as "constructor" exists only if the file has it. */
function byName<T, R>(table: Record<string, T>, resolve: (entry: T, name: string) => R): Record<string, R> {
  const resolved: Record<string, R> = Object.create(null);
  for (const [name, entry] of Object.entries(table)) resolved[name] = resolve(entry, name);
  return resolved;
}

function addressList(listen: string | string[]): Address[] {
  return (Array.isArray(listen) ? listen : [listen]).map(addressOf);
}

function addressOf(text: string): Address {
  const address = readAddress(text, 0);
  if (address === null) throw new TypeError(`unchecked address ${text}`);
  return address;
}

function scaled(field: unknown, value: unknown): bigint {
  const number = readDecimal(value, field as DecimalBounds);
  if (typeof number !== "bigint") throw new TypeError(`unchecked decimal ${value}`);
  return number;
}
