import { MOST_E8, NO_PRICE, UNIT_E8 } from "../../src/base/units.ts";
import type { AccountLimits, CoreConfig, SymbolTerms } from "../../src/core/config.ts";
import { levelRows, rowOf } from "../../src/core/level-rows.ts";

/** A change as the model takes it: names of settings, and what holds from then on; null: the file's value. */
export interface ModelChange {
  readonly subject: "account" | "symbol" | "firm";
  readonly name: string;
  readonly setting: string;
  readonly value: bigint | null;
  readonly version?: number;
}

/** What the model asks `of` for. */
type Rights =
  | ("selfTrade" | "selfTradeGroup" | "orderTypes" | "timesInForce" | "shortSales" | "locateRequired")
  | ("restrictedBuy" | "restrictedSell" | "restrictedShort" | "rateE8");

const MOST_COUNT = BigInt(Number.MAX_SAFE_INTEGER);

/** 62 restricted lists. */
const MOST_BITS = 2n ** 62n - 1n;

/** Smallest and largest value of each setting. */
const BOUNDS: Record<string, Record<string, readonly [bigint, bigint]>> = {
  account: {
    enabled: [0n, 1n],
    maxOrderQty: [1n, MOST_E8],
    maxOrderNotional: [1n, 4_600_000_000_000_000_000n],
    maxOpenOrders: [1n, MOST_COUNT],
    ordersPerSecond: [1n, MOST_COUNT],
    maxGrossExposure: [0n, 4_600_000_000_000_000_000n],
    maxNetExposure: [0n, 4_600_000_000_000_000_000n],
    maxDailyNotional: [0n, 4_600_000_000_000_000_000n],
    creditLimit: [0n, 4_600_000_000_000_000_000n],
    maxDailyVolume: [0n, MOST_E8],
    maxPosition: [0n, MOST_E8],
    duplicateOrders: [1n, 100n],
    duplicateWindowMs: [1n, 60_000n],
    duplicatesIgnorePrices: [0n, 1n],
    repeatedExecutions: [1n, 1_000n],
    executionsWindowMs: [1n, 3_600_000n],
    stopped: [0n, 1n],
    selfTrade: [0n, 4n],
    selfTradeGroup: [0n, 1n],
    killed: [0n, 1n],
    orderTypes: [1n, 7230n],
    timesInForce: [1n, 223n],
    shortSales: [0n, 1n],
    locateRequired: [0n, 1n],
    restrictedBuy: [0n, MOST_BITS],
    restrictedSell: [0n, MOST_BITS],
    restrictedShort: [0n, MOST_BITS],
    rate: [1n, MOST_E8],
  },
  firm: {
    maxOrderQty: [1n, MOST_E8],
    maxOrderNotional: [1n, 4_600_000_000_000_000_000n],
    maxOpenOrders: [1n, MOST_COUNT],
    maxGrossExposure: [0n, 4_600_000_000_000_000_000n],
    maxNetExposure: [0n, 4_600_000_000_000_000_000n],
    maxDailyNotional: [0n, 4_600_000_000_000_000_000n],
    creditLimit: [0n, 4_600_000_000_000_000_000n],
    maxDailyVolume: [0n, MOST_E8],
    firmOrderMessages: [1n, 131_072n],
    firmOrderMessagesWindowMs: [1n, 60_000n],
    firmAllMessages: [1n, 131_072n],
    firmAllMessagesWindowMs: [1n, 60_000n],
  },
  symbol: {
    enabled: [0n, 1n],
    collarPercent: [0n, 10_000_000n],
    collarWidth: [0n, MOST_E8],
    referencePrice: [-MOST_E8, MOST_E8],
    killed: [0n, 1n],
    tickSize: [1n, MOST_E8],
    lotSize: [1n, MOST_E8],
    venueMaxQty: [1n, MOST_E8],
    maxOrderQty: [1n, MOST_E8],
    maxOrderNotional: [1n, 4_600_000_000_000_000_000n],
    locateRequired: [0n, 1n],
    opensAt: [1n, MOST_COUNT],
    closesAt: [1n, MOST_COUNT],
    lists: [0n, MOST_BITS],
    multiplier: [1n, MOST_E8],
    currency: [1n, 2n ** 56n],
    averageDailyVolume: [1n, MOST_E8],
    maxAdvPercent: [1n, 10_000_000n],
    collarSides: [0n, 1n],
    hasPhases: [0n, 1n],
    phaseEndsAt: [1n, MOST_COUNT],
    phaseOrderTypes: [0n, 7230n],
    phaseTimesInForce: [0n, 223n],
    nextOrderTypes: [0n, 7230n],
    nextTimesInForce: [0n, 223n],
  },
};
/** Settings that may be none, by subject. */
const NONE: Record<string, readonly string[]> = {
  account: [
    "maxGrossExposure",
    "maxNetExposure",
    "maxDailyNotional",
    "creditLimit",
    "maxDailyVolume",
    "maxPosition",
    "duplicateOrders",
    "repeatedExecutions",
    "rate",
  ],
  symbol: [
    "referencePrice",
    "tickSize",
    "lotSize",
    "venueMaxQty",
    "maxOrderQty",
    "maxOrderNotional",
    "opensAt",
    "closesAt",
    "phaseEndsAt",
    "currency",
    "averageDailyVolume",
    "maxAdvPercent",
  ],
  firm: [
    ...["maxOrderQty", "maxOrderNotional", "maxOpenOrders"],
    ...["maxGrossExposure", "maxNetExposure", "maxDailyNotional", "maxDailyVolume", "creditLimit"],
    ...["firmOrderMessages", "firmAllMessages"],
  ],
};

/** What operators have set, by name, over what the configuration says. */
export class ModelSettings {
  private values = new Map<string, bigint>();
  /** Values that have an end, by the same names: it, and what holds after it; null: the file's value. */
  private ends = new Map<string, { untilUs: number; beneath: bigint | null }>();
  private readonly changes = new Map<string, number>();
  /** What the last changes have changed: `account/ACC1/enabled`. */
  made: string[] = [];

  constructor(private readonly config: CoreConfig) {}

  /** All of them, or none; returns whether. */
  change(changes: readonly ModelChange[]): boolean {
    this.made = [];
    if (!changes.every((change) => this.isPossible(change))) return false;
    const before = new Map(this.values);
    const counted = new Map<string, number>();
    const ends = new Map(this.ends);
    for (const { subject, name, setting, value } of changes) {
      const key = `${subject}/${name}/${setting}`;
      const end = this.ends.get(key);
      if (end === undefined && (this.values.get(key) ?? null) === value) continue;
      counted.set(`${subject}/${name}`, (counted.get(`${subject}/${name}`) ?? 0) + 1);
      this.ends.delete(key);
      this.made.push(key);
      this.set(key, value);
    }
    const isOfCollar = (setting: string): boolean =>
      ["referencePrice", "collarPercent", "collarWidth"].includes(setting);
    if (
      changes.some(({ subject, name, setting }) => subject === "symbol" && isOfCollar(setting) && !this.isSound(name))
    ) {
      this.values = before;
      this.ends = ends;
      this.made = [];
      return false;
    }
    for (const [key, count] of counted) this.changes.set(key, (this.changes.get(key) ?? 0) + count);
    return true;
  }

  /** The same, until a time. Of collars and reference prices there are none here. */
  changeUntil(changes: readonly ModelChange[], untilUs: number): boolean {
    if (!changes.every((change) => this.isPossible(change))) return false;
    for (const { subject, name, setting, value } of changes) {
      const key = `${subject}/${name}/${setting}`;
      const now = this.values.get(key) ?? null;
      const end = this.ends.get(key);
      if (end?.untilUs === untilUs && now === value) continue;
      this.ends.set(key, { untilUs, beneath: end === undefined ? now : end.beneath });
      this.set(key, value);
      this.count(subject, name);
    }
    return true;
  }

  /** Those that have an end are at it; what holds then is nothing that a change says. */
  endNow(changes: readonly ModelChange[]): boolean {
    if (!changes.every((change) => this.isPossible(change))) return false;
    for (const { subject, name, setting } of changes) this.end(`${subject}/${name}/${setting}`);
    return true;
  }

  /** What is past its end goes back to what is beneath. */
  endAt(timeUs: number): void {
    for (const [key, { untilUs }] of this.ends) if (untilUs <= timeUs) this.end(key);
  }

  private end(key: string): void {
    const end = this.ends.get(key);
    if (end === undefined) return;
    this.ends.delete(key);
    this.set(key, end.beneath);
    const [subject, name] = key.split("/");
    this.count(subject!, name!);
  }

  private set(key: string, value: bigint | null): void {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  /** One more change of something that is set in another way. */
  count(subject: string, name: string): void {
    this.changes.set(`${subject}/${name}`, this.version(subject, name) + 1);
  }

  version(subject: string, name: string): number {
    return this.changes.get(`${subject}/${name}`) ?? 0;
  }

  reference(name: string, px: bigint): void {
    this.values.set(`symbol/${name}/referencePrice`, px);
    this.count("symbol", name);
  }

  account(name: string): (Required<Omit<AccountLimits, Rights>> & { killed: boolean; stopped: boolean }) | undefined {
    const file = this.rows().find((account) => account.name === name);
    if (file === undefined) return undefined;
    const of = (setting: string, value: bigint): bigint => this.values.get(`account/${name}/${setting}`) ?? value;
    return {
      name,
      enabled: of("enabled", BigInt(file.enabled)) === 1n,
      maxOrderQtyE8: of("maxOrderQty", file.maxOrderQtyE8),
      maxOrderNotionalE4: of("maxOrderNotional", file.maxOrderNotionalE4),
      maxOpenOrders: Number(of("maxOpenOrders", BigInt(file.maxOpenOrders))),
      ordersPerSecond: Number(of("ordersPerSecond", BigInt(file.ordersPerSecond))),
      maxGrossExposureE4: of("maxGrossExposure", file.maxGrossExposureE4 ?? NO_PRICE),
      maxNetExposureE4: of("maxNetExposure", file.maxNetExposureE4 ?? NO_PRICE),
      maxDailyNotionalE4: of("maxDailyNotional", file.maxDailyNotionalE4 ?? NO_PRICE),
      creditLimitE4: of("creditLimit", file.creditLimitE4 ?? NO_PRICE),
      maxDailyVolumeE8: of("maxDailyVolume", file.maxDailyVolumeE8 ?? NO_PRICE),
      duplicateOrders: Number(of("duplicateOrders", BigInt(file.duplicateOrders ?? -1))),
      duplicateWindowMs: Number(of("duplicateWindowMs", BigInt(file.duplicateWindowMs ?? 1_000))),
      duplicatesIgnorePrices: of("duplicatesIgnorePrices", BigInt(file.duplicatesIgnorePrices ?? false)) === 1n,
      repeatedExecutions: Number(of("repeatedExecutions", BigInt(file.repeatedExecutions ?? -1))),
      executionsWindowMs: Number(of("executionsWindowMs", BigInt(file.executionsWindowMs ?? 60_000))),
      stopped: of("stopped", 0n) === 1n,
      maxPositionE8: of("maxPosition", file.maxPositionE8 ?? NO_PRICE),
      killed: of("killed", 0n) === 1n,
    };
  }

  /** The file's limits of a row. */
  fileRow(name: string): AccountLimits | undefined {
    return this.rows().find((account) => account.name === name);
  }

  /** A setting beside those above; `file` where no operator has set it. */
  of(subject: ModelChange["subject"], name: string, setting: string, file: bigint): bigint {
    return this.values.get(`${subject}/${name}/${setting}`) ?? file;
  }

  /** The configuration's reference price, and whether an operator has set one, or that there is none. */
  fileReference(name: string): bigint {
    return this.config.symbols.find((symbol) => symbol.name === name)!.referencePriceE8;
  }

  isReferenceSet(name: string): boolean {
    return this.values.has(`symbol/${name}/referencePrice`);
  }

  symbol(name: string): (SymbolTerms & { killed: boolean }) | undefined {
    const file = this.config.symbols.find((symbol) => symbol.name === name);
    if (file === undefined) return undefined;
    const of = (setting: string, value: bigint): bigint => this.values.get(`symbol/${name}/${setting}`) ?? value;
    return {
      ...file,
      enabled: of("enabled", BigInt(file.enabled)) === 1n,
      collarPpm: Number(of("collarPercent", BigInt(file.collarPpm))),
      collarWidthE8: of("collarWidth", file.collarWidthE8 ?? 0n),
      referencePriceE8: of("referencePrice", file.referencePriceE8),
      killed: of("killed", 0n) === 1n,
    };
  }

  /** Multiplier times rate of a symbol, 1e-16; null: its currency has no rate. */
  factorOf(symbol: string): bigint | null {
    const { currency, multiplierE8 = UNIT_E8 } = this.symbol(symbol) ?? {};
    if (currency === undefined || currency === this.config.limitCurrency) return multiplierE8 * UNIT_E8;
    const file = this.config.currencies?.find(({ name }) => name === currency)?.rateE8 ?? NO_PRICE;
    const rate = this.of("account", rowOf("currency", currency), "rate", file);
    return rate === NO_PRICE ? null : multiplierE8 * rate;
  }

  /** Accounts and clients. */
  private rows(): readonly AccountLimits[] {
    return [...this.config.accounts, ...levelRows(this.config)];
  }

  private isPossible({ subject, name, setting, value, version }: ModelChange): boolean {
    const bounds = BOUNDS[subject]![setting];
    const known = { account: this.rows(), symbol: this.config.symbols, firm: [{ name: "" }] }[subject];
    if (bounds === undefined || !known.some((one) => one.name === name)) return false;
    if (version !== undefined && version !== this.version(subject, name)) return false;
    if (value === null || (value === NO_PRICE && NONE[subject]!.includes(setting))) return true;
    return value >= bounds[0] && value <= bounds[1];
  }

  /** The collar around the reference price ends at prices, and a market order costs something. */
  private isSound(name: string): boolean {
    const { referencePriceE8: reference, collarPpm, collarWidthE8 = 0n, prices = "above-zero" } = this.symbol(name)!;
    if (reference === NO_PRICE) return true;
    if (prices === "above-zero" ? reference <= 0n : prices === "zero-or-above" && reference < 0n) return false;
    const size = reference < 0n ? -reference : reference;
    const share = (size * BigInt(collarPpm) + 999_999n) / 1_000_000n;
    const above = share > collarWidthE8 ? share : collarWidthE8;
    return size + above > 0n && size + above <= MOST_E8;
  }
}
