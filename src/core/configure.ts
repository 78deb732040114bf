import { ascii } from "../base/ascii.ts";
import { currencyNumber } from "../base/currency.ts";
import { ID_BYTES, putId } from "../base/id.ts";
import { PRICE_SIGNS } from "../base/price-signs.ts";
import { NONE, US_PER_S } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import { VENUE_NAME_BYTES, VENUE_NAMES_AT } from "./assembly/detail-layout.ts";
import {
  ACCOUNT_NAMES,
  ACCOUNTS,
  DAY_OFFSETS_AT,
  FIRM,
  LIMIT_CURRENCY,
  NAME_CAPACITY,
  SCRATCH,
  SYMBOLS,
  VENUE_TAKES_AT,
  VENUE_TAKES_BYTES,
} from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import { type CoreConfig, type SymbolTerms, UTC_DAYS } from "./config.ts";
import { levelRows, rowOf } from "./level-rows.ts";
import { ACCOUNT_SETTINGS, FIRM_SETTINGS, SYMBOL_SETTINGS, setFileValues } from "./risk/settings.ts";
import { routeParts } from "./routing-rules.ts";
import { takenBits } from "./taken-bits.ts";

/** Most decimals of a quantity. */
const QUANTITY_DECIMALS = 8;

/** Gives a core's code its configuration: accounts, symbols, sessions, routes, trading days. Throws what is wrong with it. */
export function configure(code: CoreCode, area: AreaViews, config: CoreConfig): void {
  new BigInt64Array(area.buffer, area.at + LIMIT_CURRENCY, 1)[0] = currencyNumber(config.limitCurrency ?? "");
  addNames(code, area, ACCOUNTS, [...config.accounts, ...levelRows(config)]);
  code.setIsLevel(area.word(ACCOUNT_NAMES + NAME_CAPACITY));
  addNames(code, area, SYMBOLS, config.symbols);
  giveFile(code, area, config);
  const { beginsS, offsets } = config.tradingDay ?? UTC_DAYS;
  const days = area.doubles(DAY_OFFSETS_AT, 2 * offsets.length);
  for (const [i, { fromUs, offsetS }] of offsets.entries()) days.set([fromUs, (offsetS - beginsS) * US_PER_S], 2 * i);
  const takes = area.table(VENUE_TAKES_AT, config.venueIds * VENUE_TAKES_BYTES).longs;
  const names = area.tableBytes(VENUE_NAMES_AT, config.venueIds * VENUE_NAME_BYTES);
  for (const venue of config.venues) {
    takes.set(takenBits(venue), 2 * venue.id);
    const name = ascii(venue.name).subarray(0, VENUE_NAME_BYTES - 1);
    names[venue.id * VENUE_NAME_BYTES] = name.length;
    names.set(name, venue.id * VENUE_NAME_BYTES + 1);
  }
  code.settleKill(0);
}

/** What a reload may change of the configuration: once more after a replay, which has made the reloads of the past again. */
export function giveFile(code: CoreCode, area: AreaViews, config: CoreConfig): void {
  const names = new Names(code, area);
  code.forgetFile();
  setFileValues(code, FIRM, FIRM_SETTINGS, 0, config);
  for (const account of config.accounts) {
    const index = names.find(ACCOUNTS, account.name);
    code.setConfigured(ACCOUNTS, index);
    setFileValues(code, ACCOUNTS, ACCOUNT_SETTINGS, index, account);
  }
  for (const row of levelRows(config)) {
    const index = names.find(ACCOUNTS, row.name);
    code.setConfigured(ACCOUNTS, index);
    setFileValues(code, ACCOUNTS, ACCOUNT_SETTINGS, index, row);
  }
  for (const { name, accounts } of config.clients ?? [])
    for (const account of accounts) {
      const index = names.find(ACCOUNTS, account);
      if (index === NONE)
        throw new Error(`account ${account} of client ${name}: expected one of the configured accounts`);
      code.setClient(index, names.find(ACCOUNTS, rowOf("client", name)));
    }
  for (const symbol of config.symbols) {
    const index = names.find(SYMBOLS, symbol.name);
    const { signs, step, venue } = formOf(config, symbol);
    code.setSymbol(index, signs, step, venue);
    code.setConfigured(SYMBOLS, index);
    setFileValues(code, SYMBOLS, SYMBOL_SETTINGS, index, symbol);
  }
  for (const session of config.sessions) {
    code.addSession(session.id);
    if (session.name !== undefined)
      code.setSessionRow(session.id, names.find(ACCOUNTS, rowOf("session", session.name)));
    for (const account of session.accounts) {
      const index = names.find(ACCOUNTS, account);
      if (index === NONE) throw new Error(`account ${account}: expected one of the configured accounts`);
      code.grant(session.id, index);
    }
    for (const trader of session.traders ?? []) {
      const index = names.find(ACCOUNTS, rowOf("trader", trader));
      if (index === NONE) throw new Error(`trader ${trader}: expected one of the configured traders`);
      code.grant(session.id, index);
    }
  }
  code.addUpLevels();
  for (const { what, rule, value, text } of routeParts(config)) names.route(what, rule, value, text);
}

/** Form and route of a symbol. */
export interface SymbolForm {
  /** Signs of its prices, as a number. */
  readonly signs: number;
  /** Its quantities are multiples of this, 1e-8. */
  readonly step: bigint;
  /** Id of its venue, or NONE. */
  readonly venue: number;
}

/** Throws for a venue that the configuration does not have. */
export function formOf(
  { venues, defaultVenue }: Pick<CoreConfig, "venues" | "defaultVenue">,
  { venue, prices = "above-zero", quantityDecimals = 0 }: SymbolTerms,
): SymbolForm {
  const name = venue ?? defaultVenue;
  const id = name === null ? NONE : venues.find((one) => one.name === name)?.id;
  if (id === undefined) throw new Error(`venue ${name}: expected one of the configured venues`);
  return { signs: PRICE_SIGNS.indexOf(prices), step: 10n ** BigInt(QUANTITY_DECIMALS - quantityDecimals), venue: id };
}

/** Asks a core's code for names. */
class Names {
  private readonly id: Views;

  constructor(
    private readonly code: CoreCode,
    private readonly area: AreaViews,
  ) {
    this.id = new Views(area.buffer, area.at + SCRATCH, ID_BYTES);
  }

  /** Index of a name, or NONE. */
  find(table: number, name: string): number {
    return this.code.findName(table, this.area.at + SCRATCH, this.put(name));
  }

  add(table: number, name: string): void {
    this.code.addName(table, this.area.at + SCRATCH, this.put(name));
  }

  route(what: number, rule: number, value: bigint, text: string): void {
    this.code.setRoute(what, rule, value, this.area.at + SCRATCH, this.put(text));
  }

  /** Returns its length. */
  private put(name: string): number {
    const bytes = ascii(name);
    this.id.bytes.fill(0);
    putId(this.id, 0, bytes, 0, bytes.length);
    return bytes.length;
  }
}

function addNames(code: CoreCode, area: AreaViews, table: number, named: readonly { readonly name: string }[]): void {
  const names = new Names(code, area);
  for (const { name } of named) {
    if (name.length === 0 || name.length > ID_BYTES) throw new Error(`${name}: expected a name of 1 to 64 bytes`);
    if (names.find(table, name) !== NONE) throw new Error(`${name}: expected each name once, got it twice`);
    names.add(table, name);
  }
}
