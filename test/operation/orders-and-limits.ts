import type { Accounts, AccountView } from "../../src/operation/accounts.ts";
import type { KillSwitch, KillView } from "../../src/operation/kill-switch.ts";
import { scopeText } from "../../src/operation/kill-switch.ts";
import type { LevelUse } from "../../src/operation/level-use.ts";
import type { Levels } from "../../src/operation/levels.ts";
import { DEFAULT_PAGE, MOST_OF_PAGE, ORDER_STATES, type Orders, type OrderView } from "../../src/operation/orders.ts";
import { FIRM_NAME, type Settings } from "../../src/operation/setting.ts";
import type { Symbols, SymbolView } from "../../src/operation/symbols.ts";

const APPLIED = { result: "applied", code: "", reason: "" } as const;

/** Orders, accounts, symbols and a kill switch of plain data, for tests of what shows them. What is asked of them stands in `asked`. */
export class PlainOrdersAndLimits {
  readonly asked: string[] = [];
  readonly orders: Orders;
  readonly accounts: Accounts;
  readonly clients: Levels = NO_LEVELS;
  readonly sessionLimits: Levels = NO_LEVELS;
  readonly traders: Levels = NO_LEVELS;
  readonly currencies = { names: () => [], get: () => null };
  readonly symbols: Symbols;
  readonly settings: Settings;
  readonly killSwitch: KillSwitch;
  private readonly killed = new Map<string, KillView>();

  constructor(
    readonly has: {
      readonly orders?: readonly OrderView[];
      readonly accounts?: readonly AccountView[];
      readonly symbols?: readonly SymbolView[];
    },
  ) {
    const { orders = [], accounts = [], symbols = [] } = has;
    const ask = (what: string) => Promise.resolve(APPLIED).finally(() => this.asked.push(what));
    this.orders = {
      find: ({ limit = DEFAULT_PAGE }) =>
        Promise.resolve({ orders: orders.slice(0, Math.min(limit, MOST_OF_PAGE)), next: null }),
      byOrderId: (id) => Promise.resolve(orders.find(({ orderId }) => orderId === id) ?? null),
      cancel: (id) => ask(`cancel ${id}`),
      cancelMatching: async (filter) => {
        await ask(`cancel matching ${JSON.stringify(filter)}`);
        return { matched: 0, asked: 0, pending: 0, notAsked: [], notAskedCount: 0 };
      },
      markDead: (id, why) => ask(`mark ${id} dead: ${why}`),
      release: (id) => ask(`release ${id}`),
    };
    this.accounts = { names: () => accounts.map(({ name }) => name), get: (name) => named(accounts, name) };
    this.symbols = { names: () => symbols.map(({ name }) => name), get: (name) => named(symbols, name) };
    this.settings = {
      temporary: () => [],
      firm: () => ({ name: FIRM_NAME, version: "1-0", isKilled: false, settings: [], ...NOTHING }),
      change: async (changes, by) => {
        await ask(`change ${JSON.stringify(changes)} by ${by}`);
        return {
          ...APPLIED,
          changes: changes.map((change) => ({ change, old: null, new: change.value ?? null })),
        };
      },
    };
    this.killSwitch = {
      engaged: () => [...this.killed.values()],
      get: (scope) => this.killed.get(scopeText(scope)) ?? null,
      set: async (scope, engaged, { by, why }, cancelsOpen = false) => {
        const text = scopeText(scope);
        this.killed.set(text, { ...scope, scope: text, engaged, by, at: null, why, cancels: null });
        const outcome = await ask(
          `${engaged ? "engage" : "lift"} ${text} by ${by}${cancelsOpen ? " with cancels" : ""}`,
        );
        const canceled = { matched: 0, asked: 0, pending: 0, notAsked: [], notAskedCount: 0 };
        return cancelsOpen ? { ...outcome, canceled } : outcome;
      },
    };
  }
}

const NOTHING: LevelUse = {
  usage: [],
  openOrders: 0,
  currency: null,
  openBuyNotional: "0",
  openSellNotional: "0",
  grossExposure: "0",
  netExposure: "0",
};

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T | null {
  return all.find((one) => one.name === name) ?? null;
}

/** An open order of a client. */
export function orderView(orderId: string, more: Partial<OrderView> = {}): OrderView {
  return {
    orderId,
    clOrdId: `C${orderId}`,
    clOrdIds: [`C${orderId}`],
    venueOrderId: `V${orderId}`,
    session: "client-1",
    trader: null,
    venue: "venue-1",
    account: "ACC1",
    symbol: "AAPL",
    side: "buy",
    type: "limit",
    timeInForce: "day",
    quantity: "100",
    price: "150.25",
    cumQty: "0",
    leavesQty: "100",
    avgPx: "0",
    state: ORDER_STATES[1],
    isOpen: true,
    pending: null,
    pendingQuantity: null,
    pendingPrice: null,
    reserved: "15025",
    attention: null,
    createdAt: "2026-12-01T09:00:00.000000Z",
    changedAt: "2026-12-01T09:00:00.000120Z",
    ...more,
  };
}

const NO_LEVELS: Levels = { names: () => [], get: () => null };
