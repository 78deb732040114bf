import { expect, test } from "bun:test";
import { changed, problemsOf } from "./small.ts";

const ADDRESS = "an IPv4 or IPv6 address (no name) and a port";

test.each<[from: string, to: string, ...problems: string[]]>([
  // Fields.
  [
    "maxOrderQty = 1000",
    "maxOrderQty = 0",
    "risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got 0",
  ],
  [
    "maxOrderQty = 1000",
    "maxOrderQty = 0.123456789",
    "risk.accounts.ACC1.maxOrderQty: expected at most 8 decimals, got 0.123456789",
  ],
  [
    "maxOrderQty = 1000",
    "maxOrderQty = inf",
    "risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got inf",
  ],
  [
    "maxOrderQty = 1000",
    "maxOrderQty = nan",
    "risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got nan",
  ],
  [
    "maxOrderQty = 1000",
    'maxOrderQty = "many"',
    'risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got "many"',
  ],
  [
    "maxOrderQty = 1000",
    "",
    "risk.accounts.ACC1.maxOrderQty: missing; expected a number above 0 up to 92,000,000,000 with at most 8 decimals",
  ],
  [
    "maxOrderQty = 1000",
    "maxOrderQty = 2026-01-01",
    "risk.accounts.ACC1.maxOrderQty: expected a number above 0 up to 92,000,000,000 with at most 8 decimals, got the date or time 2026-01-01",
  ],
  [
    "maxOrderQty = 1000",
    "maxOrderQtty = 1000",
    "risk.accounts.ACC1.maxOrderQty: missing; expected a number above 0 up to 92,000,000,000 with at most 8 decimals",
    'risk.accounts.ACC1.maxOrderQtty: unknown key; did you mean "maxOrderQty"?',
  ],
  [
    "maxOrderNotional = 250000.5",
    "maxOrderNotional = 0.12345",
    "risk.accounts.ACC1.maxOrderNotional: expected at most 4 decimals, got 0.12345",
  ],
  [
    "maxOrderNotional = 250000.5",
    "maxOrderNotional = 1e400",
    "risk.accounts.ACC1.maxOrderNotional: expected a number above 0 up to 460,000,000,000,000 with at most 4 decimals, got inf",
  ],
  ['"150.25"', "150.123456789", "symbols.AAPL.referencePrice: expected at most 8 decimals, got 150.123456789"],
  ['"150.25"', '"-1"', 'symbols.AAPL.referencePrice: expected a price above 0 or prices = "any", got -1'],
  [
    'referencePrice = "150.25"',
    'referencePrice = -1\nprices = "zero-or-above"',
    'symbols.AAPL.referencePrice: expected a price above 0, or 0, or prices = "any", got -1',
  ],
  [
    '"150.25"',
    "0",
    'symbols.AAPL.referencePrice: expected a price above 0, or prices = "zero-or-above" or "any", got 0',
  ],
  [
    'referencePrice = "150.25"',
    'referencePrice = 0\nprices = "any"',
    "symbols.AAPL.collarWidth: expected a width above 0 where referencePrice is 0, got 0",
  ],
  [
    '"150.25"',
    '"91000000000"',
    "symbols.AAPL.referencePrice: expected a price whose collar ends at most at 92,000,000,000, got 91000000000",
  ],
  // 5 % of it, rounded up to 1e-8, reach 1e-8 farther; doubles can't tell that.
  [
    '"150.25"',
    '"87619047619.04761905"',
    "symbols.AAPL.referencePrice: expected a price whose collar ends at most at 92,000,000,000, got 87619047619.04761905",
  ],
  [
    'referencePrice = "150.25"',
    'referencePrice = "150.25"\ncollarWidth = "91999999849.75000001"',
    "symbols.AAPL.collarWidth: expected a width whose collar round 150.25 ends at most at 92,000,000,000, got 91999999849.75000001",
  ],
  [
    'referencePrice = "150.25"',
    'referencePrice = "150.25"\ncollarWidth = -0.5',
    "symbols.AAPL.collarWidth: expected a number from 0 to 92,000,000,000 with at most 8 decimals, got -0.5",
  ],
  [
    'referencePrice = "150.25"',
    'referencePrice = "150.25"\nquantityDecimals = 9',
    "symbols.AAPL.quantityDecimals: expected a whole number from 0 to 8, got 9",
  ],
  [
    'referencePrice = "150.25"',
    "",
    'symbols.AAPL.referencePrice: missing; expected a price here, or referenceSources without "configuration", such as ["quotes"]',
  ],
  ['accounts = ["ACC1"]', "", "client.sessions.CLIENT.accounts: missing; expected a list of 1 to 1,024 entries"],
  [
    'accounts = ["ACC1"]',
    "accounts = []",
    "client.sessions.CLIENT.accounts: expected a list of 1 to 1,024 entries, got []",
  ],
  [
    'accounts = ["ACC1"]',
    'accounts = "ACC1"',
    'client.sessions.CLIENT.accounts: expected a list of 1 to 1,024 entries, got "ACC1"',
  ],
  [
    'accounts = ["ACC1"]',
    'accounts = ["ACC1", "ACC1"]',
    'client.sessions.CLIENT.accounts[1]: expected entries that differ, got "ACC1" as in client.sessions.CLIENT.accounts[0]',
  ],
  [
    'accounts = ["ACC1"]',
    'accounts = ["ACC1"]\nversion = "FIX.3.9"',
    'client.sessions.CLIENT.version: expected "FIX.4.0" or "FIX.4.1" or "FIX.4.2" or "FIX.4.3" or "FIX.4.4" or "FIX.5.0" or "FIX.5.0SP1" or "FIX.5.0SP2", got "FIX.3.9"',
  ],
  [
    'accounts = ["ACC1"]',
    'accounts = ["ACC1"]\nresetOnLogon = 1',
    "client.sessions.CLIENT.resetOnLogon: expected true or false, got 1",
  ],
  [
    'address = "127.0.0.1:9101"',
    'address = "localhost"',
    `venues.SIM.address: expected "127.0.0.1:9001" or "[::1]:9001", or a list of 1 to 16: ${ADDRESS} from 1 to 65535, got "localhost"`,
  ],
  [
    'address = "127.0.0.1:9101"',
    'address = "127.0.0.1:0"',
    `venues.SIM.address: expected "127.0.0.1:9001" or "[::1]:9001", or a list of 1 to 16: ${ADDRESS} from 1 to 65535, got "127.0.0.1:0"`,
  ],
  [
    "[risk]\n",
    "[client]\nlisten = [9001]\n[risk]\n",
    `client.listen[0]: expected "127.0.0.1:9001" or "[::1]:9001": ${ADDRESS} from 0 to 65535, got 9001`,
  ],
  ["[risk]\n", '[lanes]\npreset = "tow"\n[risk]\n', 'lanes.preset: expected "one" or "two" or "wide", got "tow"'],
  ["[risk]\n", "[lanes]\ncpus = [0, -1]\n[risk]\n", "lanes.cpus[1]: expected a whole number from 0 to 1,023, got -1"],
  [
    "[risk]\n",
    "[lanes]\ncpus = [0, 1, 2]\n[risk]\n",
    'lanes.cpus[1]: expected at most one CPU for the lane of preset "one", got 3',
  ],
  [
    'address = "127.0.0.1:9101"',
    'address = ["127.0.0.1:9101", "venue.example:9101"]',
    `venues.SIM.address[1]: expected "127.0.0.1:9001" or "[::1]:9001": ${ADDRESS} from 1 to 65535, got "venue.example:9101"`,
  ],
  ["[risk]\n", '[gateway]\ndata = ""\n[risk]\n', 'gateway.data: expected text of 1 to 1,024 characters, got ""'],
  // Ids.
  [
    "[risk]\n",
    '[gateway]\ncompId = "A=B"\n[risk]\n',
    'gateway.compId: expected 1 to 32 printable ASCII characters without "=", got "A=B"',
  ],
  [
    "[risk]\n",
    '[gateway]\ncompId = "A\\u0001B"\n[risk]\n',
    'gateway.compId: expected 1 to 32 printable ASCII characters without "=", got "A\\u0001B"',
  ],
  [
    "[risk]\n",
    '[gateway]\ncompId = "Zürich"\n[risk]\n',
    'gateway.compId: expected 1 to 32 printable ASCII characters without "=", got "Zürich"',
  ],
  [
    "[risk]\n",
    `[gateway]\ncompId = "${"x".repeat(33)}"\n[risk]\n`,
    `gateway.compId: expected 1 to 32 printable ASCII characters without "=", got "${"x".repeat(33)}"`,
  ],
  [
    "[symbols.AAPL]",
    `[symbols."${"x".repeat(65)}"]`,
    `symbols.${"x".repeat(65)}: expected tables with names of 1 to 64 printable ASCII characters without "=", got "${"x".repeat(65)}"`,
  ],
  ["[risk]\n", "[memory]\ngrowthPercent = 5\n[risk]\n", 'memory.growthPercent: expected 10 to 1,000, or "off", got 5'],
  [
    "[symbols.AAPL]",
    "[symbols.__proto__]",
    "symbols.__proto__: expected another name",
    'symbols: expected 1 to 65,536 tables with names of 1 to 64 printable ASCII characters without "=", got 0',
  ],
  // Tables.
  ["[risk]\n", "[rusk]\n[risk]\n", 'rusk: unknown key; did you mean "risk"?'],
  [
    "[risk]\n",
    "[what]\n[risk]\n",
    "what: unknown key; known here: gateway, exchange, lanes, sockets, client … (17 more)",
  ],
  [
    '[symbols.AAPL]\nreferencePrice = "150.25"',
    "[symbols]\nAAPL = 150.25",
    "symbols.AAPL: expected a table, got 150.25",
  ],
  [
    '[symbols.AAPL]\nreferencePrice = "150.25"',
    "symbols = 1",
    'symbols: missing; expected 1 to 65,536 tables with names of 1 to 64 printable ASCII characters without "="',
    "routing.symbols: unknown key here; it belongs in [venues.NAME] or [risk.restricted.NAME]",
  ],
  ["[risk]\n", "[risk]\nmaxOrders = 1\n", "risk.maxOrders: unknown key here; it belongs in [core] or [exchange]"],
  [
    "[risk]\n",
    "[risk]\nordersPerSecond = 1\n",
    "risk.ordersPerSecond: unknown key here; it belongs in [risk.accounts.NAME]",
  ],
  [
    'accounts = ["ACC1"]',
    'accounts = ["ACC1"]\ntimeoutLogout = 1',
    "client.sessions.CLIENT.timeoutLogout: unknown key; known here: resetOnLogout, timesInForce, timestampPrecision, resetOnLogon, cancelOnDisconnectByLogon … (52 more)",
  ],
])("%#: %p made %p", (from, to, ...problems) => {
  expect(problemsOf(changed(from, to))).toEqual(problems);
});
