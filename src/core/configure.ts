import { ascii } from "../base/ascii.ts";
import { ID_BYTES, putId } from "../base/id.ts";
import { PRICE_SIGNS } from "../base/price-signs.ts";
import { NONE, US_PER_S } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import { ACCOUNTS, DAY_OFFSETS_AT, FIRM, SCRATCH, SYMBOLS } from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import { type CoreConfig, UTC_DAYS } from "./config.ts";
import { ACCOUNT_SETTINGS, FIRM_SETTINGS, SYMBOL_SETTINGS, setFileValues } from "./risk/settings.ts";

/** Most decimals of a quantity. */
const QUANTITY_DECIMALS = 8;

/** Gives a core's code its configuration: accounts, symbols, sessions, routes, trading days. Throws what is wrong with it. */
export function configure(code: CoreCode, area: AreaViews, config: CoreConfig): void {
  addNames(code, area, ACCOUNTS, config.accounts);
  addNames(code, area, SYMBOLS, config.symbols);
  for (const [i, account] of config.accounts.entries()) {
    setFileValues(code, ACCOUNTS, ACCOUNT_SETTINGS, i, account);
  }
  const venueIds = new Map(config.venues.map(({ name, id }) => [name, id]));
  for (const [i, symbol] of config.symbols.entries()) {
    const venue = symbol.venue ?? config.defaultVenue;
    const id = venue === null ? NONE : venueIds.get(venue);
    if (id === undefined) throw new Error(`venue ${venue}: expected one of the configured venues`);
    const { prices = "above-zero" } = symbol;
    const step = 10n ** BigInt(QUANTITY_DECIMALS - (symbol.quantityDecimals ?? 0));
    const signs = PRICE_SIGNS.indexOf(prices);
    code.setSymbol(i, signs, step, id);
    setFileValues(code, SYMBOLS, SYMBOL_SETTINGS, i, symbol);
  }
  const indexes = new Map(config.accounts.map(({ name }, i) => [name, i]));
  for (const session of config.sessions) {
    code.addSession(session.id);
    for (const account of session.accounts) {
      const index = indexes.get(account);
      if (index === undefined) throw new Error(`account ${account}: expected one of the configured accounts`);
      code.grant(session.id, index);
    }
  }
  const { beginsS, offsets } = config.tradingDay ?? UTC_DAYS;
  const days = area.doubles(DAY_OFFSETS_AT, 2 * offsets.length);
  for (const [i, { fromUs, offsetS }] of offsets.entries()) days.set([fromUs, (offsetS - beginsS) * US_PER_S], 2 * i);
  setFileValues(code, FIRM, FIRM_SETTINGS, 0, config);
}

function addNames(code: CoreCode, area: AreaViews, table: number, named: readonly { readonly name: string }[]): void {
  const id = new Views(area.buffer, area.at + SCRATCH, ID_BYTES);
  for (const { name } of named) {
    const bytes = ascii(name);
    if (bytes.length === 0 || bytes.length > ID_BYTES) throw new Error(`${name}: expected a name of 1 to 64 bytes`);
    id.bytes.fill(0);
    putId(id, 0, bytes, 0, bytes.length);
    if (code.findName(table, area.at + SCRATCH, bytes.length) !== NONE)
      throw new Error(`${name}: expected each name once, got it twice`);
    code.addName(table, area.at + SCRATCH, bytes.length);
  }
}
