import { NO_PRICE } from "../../src/base/units.ts";
import type { FirmLimits, SymbolTerms } from "../../src/core/config.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import type { ModelSettings } from "./model-settings.ts";

/** A price and when it came. */
interface Kept {
  readonly px: bigint;
  readonly atUs: number;
}

/** Where reference prices come from: the first source with a price that is not too old. Operators' prices are never too old here. */
export class ModelReferences {
  private readonly quotes = new Map<string, Kept>();
  private readonly executions = new Map<string, Kept>();

  constructor(private readonly settings: ModelSettings) {}

  quote(symbol: string, px: bigint, atUs: number): void {
    this.quotes.set(symbol, { px, atUs });
  }

  /** `transactUs`: the venue's time, 0 without one. One of more than a second ago counts as of then, where none is newer. */
  execution(symbol: string, px: bigint, nowUs: number, transactUs: number, isResent: boolean): void {
    if (px === NO_PRICE || (transactUs === 0 && isResent)) return;
    const isLate = transactUs !== 0 && transactUs < nowUs - 1_000_000;
    if (isLate && (this.executions.get(symbol)?.atUs ?? 0) >= transactUs) return;
    this.executions.set(symbol, { px, atUs: isLate ? transactUs : nowUs });
  }

  /** An execution at that price was no execution. */
  forget(symbol: string, px: bigint): void {
    if (this.executions.get(symbol)?.px === px) this.executions.delete(symbol);
  }

  /** The clock was set back: what is dated later is none any more. */
  clockSetBack(nowUs: number): void {
    for (const kept of [this.quotes, this.executions])
      for (const [symbol, { atUs }] of kept) if (atUs > nowUs) kept.delete(symbol);
  }

  of(symbol: SymbolTerms, nowUs: number): bigint {
    const { name, referencePriceE8, referenceSources = ["operator", "configuration"] } = symbol;
    const { quotesStaleMs = 1_000_000_000, executionsStaleMs = 1_000_000_000 } = symbol;
    const fresh = (kept: Kept | undefined, staleMs: number): bigint =>
      kept === undefined || nowUs - kept.atUs > staleMs * 1_000 ? NO_PRICE : kept.px;
    const file = this.settings.fileReference(name);
    const isSet = this.settings.isReferenceSet(name);
    for (const source of referenceSources) {
      const px = {
        quotes: fresh(this.quotes.get(name), quotesStaleMs),
        executions: fresh(this.executions.get(name), executionsStaleMs),
        operator: isSet ? referencePriceE8 : NO_PRICE,
        configuration: isSet && referencePriceE8 === NO_PRICE ? NO_PRICE : file,
      }[source]!;
      // All symbols with sources have prices above 0 here.
      if (px > 0n || (px !== NO_PRICE && source !== "quotes" && source !== "executions")) return px;
    }
    return NO_PRICE;
  }
}

/** Times of all messages of client sessions that no limit of theirs has refused. */
export class ModelFirmMessages {
  private orders: number[] = [];
  private all: number[] = [];

  constructor(
    private readonly settings: ModelSettings,
    private readonly file: FirmLimits,
  ) {}

  check(nowUs: number): number {
    const { firmOrderMessages = NO_PRICE, firmAllMessages = NO_PRICE } = this.file;
    if (this.isFull(this.orders, "firmOrderMessages", firmOrderMessages, nowUs)) return why.FIRM_ORDER_MESSAGES;
    return this.isFull(this.all, "firmAllMessages", firmAllMessages, nowUs) ? why.FIRM_ALL_MESSAGES : why.ACCEPTED;
  }

  count(isOrder: boolean, reason: number, nowUs: number): void {
    if (reason === why.FIRM_ORDER_MESSAGES || reason === why.FIRM_ALL_MESSAGES) return;
    if (isOrder && this.limitOf("firmOrderMessages", this.file.firmOrderMessages ?? NO_PRICE) !== NO_PRICE)
      this.orders.push(nowUs);
    if (this.limitOf("firmAllMessages", this.file.firmAllMessages ?? NO_PRICE) !== NO_PRICE) this.all.push(nowUs);
  }

  /** The clock was set back: what is dated later has come now. */
  clockSetBack(nowUs: number): void {
    this.orders = this.orders.map((atUs) => Math.min(atUs, nowUs));
    this.all = this.all.map((atUs) => Math.min(atUs, nowUs));
  }

  private isFull(times: readonly number[], setting: string, file: number | bigint, nowUs: number): boolean {
    const limit = this.limitOf(setting, file);
    const windowUs = 1_000 * Number(this.settings.of("firm", "", `${setting}WindowMs`, 1_000n));
    return limit !== NO_PRICE && BigInt(times.filter((at) => at > nowUs - windowUs).length) >= limit;
  }

  private limitOf(setting: string, file: number | bigint): bigint {
    return this.settings.of("firm", "", setting, BigInt(file));
  }
}
