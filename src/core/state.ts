import { COUNT_ATTENTION } from "./counters.ts";
import { DecimalCounter } from "./orders/decimal-counter.ts";
import { Executions } from "./orders/executions.ts";
import { Order } from "./orders/order.ts";
import { Orders } from "./orders/orders.ts";
import type { Outbox } from "./outbox.ts";
import { APPLIED, NEEDS_ATTENTION } from "./outcomes.ts";
import { Accounts, Symbols } from "./risk/limits.ts";
import { Risk } from "./risk/risk.ts";
import { Routes } from "./risk/routes.ts";
import { type CoreConfig, Entitlements, NameTable, SPARE_NAMES } from "./tables.ts";
import { TradingDays, UTC_DAYS } from "./trading-days.ts";

/** Executions that are remembered for each order slot. */
const EXECUTIONS_PER_ORDER = 4;

/** Everything the core knows, in one place; the core's parts share it, and nobody else sees it. */
export class State {
  readonly orders: Orders;
  /** The order that the present input is about. */
  readonly order: Order;
  readonly executions: Executions;
  readonly accountNames: NameTable;
  readonly symbolNames: NameTable;
  readonly entitlements: Entitlements;
  readonly accounts: Accounts;
  readonly symbols: Symbols;
  readonly routes: Routes;
  readonly risk: Risk;
  readonly tradingDays: TradingDays;
  /** The last request number given, and the last ExecID. */
  readonly number = new DecimalCounter();
  readonly execution = new DecimalCounter();

  /** What became of the report that is being applied (core/outcomes.ts), and the tag of the field at fault, or 0. */
  outcome = APPLIED;
  faultTag = 0;

  /** Bytes that the tables for `maxOrders` take. */
  static bytesFor(maxOrders: number): number {
    return Orders.bytesFor(maxOrders) + Executions.bytesFor(maxOrders * EXECUTIONS_PER_ORDER);
  }

  constructor(
    readonly config: CoreConfig,
    readonly outbox: Outbox,
    readonly counters: Float64Array,
  ) {
    const accounts = config.accounts.length + SPARE_NAMES;
    const symbols = config.symbols.length + SPARE_NAMES;
    this.orders = new Orders(config.maxOrders);
    this.order = new Order(this.orders.views);
    this.executions = new Executions(config.maxOrders * EXECUTIONS_PER_ORDER);
    this.accountNames = new NameTable(config.accounts.map(nameOf), accounts);
    this.symbolNames = new NameTable(config.symbols.map(nameOf), symbols);
    this.accounts = new Accounts(config.accounts, accounts);
    this.symbols = new Symbols(config.symbols, symbols);
    this.routes = new Routes(config, symbols);
    this.entitlements = new Entitlements(config.sessionIds, accounts);
    for (let i = 0; i < config.sessions.length; i++) {
      const session = config.sessions[i]!;
      this.entitlements.addSession(session.id);
      for (let a = 0; a < session.accounts.length; a++) {
        this.entitlements.grant(session.id, indexOf(config, session.accounts[a]!));
      }
    }
    this.tradingDays = new TradingDays(config.tradingDay ?? UTC_DAYS);
    this.risk = new Risk(this.accounts, this.symbols, this.entitlements);
  }

  /** Notes what is wrong with the report that is being applied, and the tag of the field; the first one counts. */
  note(order: Order, outcome: number, tag: number): void {
    if (this.outcome === APPLIED) {
      this.outcome = outcome;
      this.faultTag = tag;
    }
    if (order.attention !== 0 || ((NEEDS_ATTENTION >>> outcome) & 1) === 0) return;
    order.attention = 1;
    this.orders.attentionCount++;
    this.counters[COUNT_ATTENTION] = this.orders.attentionCount;
  }

  /** The trading day of an instant. */
  dayOf(timeUs: number): number {
    return this.tradingDays.of(timeUs);
  }

  count(counter: number): void {
    this.counters[counter] = this.counters[counter]! + 1;
  }

  /** Mixes all that an input can change into one number. */
  digest(): number {
    let hash = this.orders.digest(0x811c9dc5);
    hash = this.executions.digest(hash);
    hash = this.accounts.digest(hash, this.accountNames.count);
    hash = this.symbols.digest(hash, this.symbolNames.count);
    hash = this.outbox.digest(hash);
    hash = Math.imul(hash ^ this.number.value, 0x01000193);
    hash = Math.imul(hash ^ this.execution.value, 0x01000193);
    return Math.imul(hash ^ (this.risk.killed ? 1 : 0), 0x01000193) >>> 0;
  }
}

function nameOf(named: { readonly name: string }): string {
  return named.name;
}

function indexOf(config: CoreConfig, account: string): number {
  for (let i = 0; i < config.accounts.length; i++) if (config.accounts[i]!.name === account) return i;
  throw new Error("account " + account + ": expected one of the configured accounts");
}
