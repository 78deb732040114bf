import { UNIT_E8 } from "../../src/base/units.ts";
import { changeCommand, changeUntilCommand, endCommand } from "../../src/control/setting-changes.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../src/core/assembly/layout.ts";
import { OVERRIDE_WITHDRAWN } from "../../src/core/assembly/override-layout.ts";
import { overrideText } from "../../src/core/overrides.ts";
import { MAX_ORDER_QTY } from "../../src/core/risk/reason-codes.ts";
import { SETTINGS } from "../../src/core/risk/settings.ts";
import { TYPE_LIMIT } from "../../src/record/codes.ts";
import { CONTROL_OVERRIDE, CONTROL_OVERRIDE_END } from "../../src/record/control-codes.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import type { Client, OrderTerms } from "./client.ts";
import type { SimGateway } from "./gateway.ts";
import type { Simulation } from "./peer.ts";

/** What every account may order at most: above it an order needs an override. */
const MOST_QTY = 1_000;

interface Large {
  readonly client: Client;
  readonly terms: OrderTerms;
  readonly id: number;
  isGranted: boolean;
  /** Orders with these terms that are still to be sent, and how many a venue has. */
  left: number;
  passed: number;
}

/** Limits that are lowered, never raised: subject, name, setting, least and most. */
const LOWERED: readonly (readonly [number, string, string, bigint, bigint])[] = [
  [ACCOUNTS, "ACC1", "maxOrderQty", 50n * UNIT_E8, 390n * UNIT_E8],
  [ACCOUNTS, "ACC2", "maxOrderQty", 50n * UNIT_E8, 390n * UNIT_E8],
  [ACCOUNTS, "ACC1", "maxOpenOrders", 1n, 20n],
  [ACCOUNTS, "ACC2", "ordersPerSecond", 1n, 50n],
  [ACCOUNTS, "ACC1", "duplicateOrders", 1n, 3n],
  [ACCOUNTS, "ACC1", "maxGrossExposure", 100_000_0000n, 900_000_0000n],
  [SYMBOLS, "AAPL", "maxOrderQty", 50n * UNIT_E8, 390n * UNIT_E8],
  [FIRM, "", "maxOpenOrders", 3n, 40n],
  [FIRM, "", "firmOrderMessages", 1n, 40n],
  [FIRM, "", "firmAllMessages", 1n, 60n],
];

/** A risk desk: limits that end, limits that take their place, ends before their time, and orders that pass a check once by an override. */
export class RiskDesk {
  /** Commands that the core was given, orders that an override let through. */
  commands = 0;
  passed = 0;
  private readonly large: Large[] = [];

  constructor(
    private readonly simulation: Simulation,
    private readonly gateway: SimGateway,
    private readonly clients: readonly Client[],
    private readonly rate: number,
  ) {}

  turn(): void {
    const { random, wallUs } = this.simulation;
    if (this.gateway.alive && random.chance(this.rate)) this.act(wallUs);
    for (const one of this.large) {
      if (one.left === 0 || !one.client.loggedOn || !random.chance(0.05)) continue;
      one.left--;
      one.client.enter(one.terms);
    }
  }

  /** Why a venue may not have a new order of this quantity. */
  problemOf(quantity: number): string | null {
    if (quantity <= MOST_QTY) return null;
    const one = this.large.find(({ terms }) => terms.quantity === quantity);
    if (one?.isGranted !== true) return "an order above the limit went out";
    this.passed++;
    return ++one.passed > 1 ? "a second order went out by one override" : null;
  }

  private act(wallUs: number): void {
    const { random } = this.simulation;
    const what = random.below(7);
    if (what < 4) this.limit(what, wallUs);
    else if (what < 6) this.grant(wallUs);
    else this.withdraw(wallUs);
  }

  private limit(what: number, wallUs: number): void {
    const { random } = this.simulation;
    const [subject, name, limit, least, most] = random.pick(LOWERED);
    const setting = SETTINGS[subject]!.findIndex((one) => one.name === limit);
    const given = BigInt(random.within(Number(least), Number(most)));
    const value = random.chance(0.2) ? null : given;
    const change: CoreChange = { subject, name, setting, value };
    this.simulation.log?.push(`the risk desk does ${what} to ${name} ${limit} ${value}`);
    const untilUs = wallUs + random.within(1, 400) * 1_000;
    const command =
      what < 2
        ? changeUntilCommand([{ ...change, value: given }], "desk", untilUs)
        : what === 2
          ? changeCommand([change], "desk")
          : endCommand([{ ...change, value: null }], "desk");
    if (this.gateway.instruct(command!, wallUs)) this.commands++;
  }

  private grant(wallUs: number): void {
    const { random } = this.simulation;
    const client = random.pick(this.clients);
    const terms = {
      account: random.pick(client.accounts),
      symbol: random.pick(["AAPL", "MSFT"]),
      side: random.pick(["1", "2"]),
      quantity: MOST_QTY + 1 + this.large.length,
      price: random.within(96, 104),
    };
    const id = 1 + this.large.length;
    const one: Large = { client, terms, id, isGranted: false, left: random.within(1, 3), passed: 0 };
    this.large.push(one);
    // Now and then nobody grants it.
    if (random.chance(0.2)) return;
    const text = overrideText({
      ...{ id, session: this.gateway.idOf(false, client.compId), side: terms.side.charCodeAt(0), ordType: TYPE_LIMIT },
      ...{ quantity: BigInt(terms.quantity) * UNIT_E8, price: BigInt(terms.price) * UNIT_E8, clOrdId: "" },
      ...{ account: terms.account, symbol: terms.symbol, by: "desk", confirmedBy: "chief", why: "a block" },
    });
    const amount = wallUs + random.within(1, 2_000) * 1_000;
    const command = { kind: CONTROL_OVERRIDE, value: MAX_ORDER_QTY, amount, name: "desk", text };
    one.isGranted = this.gateway.instruct(command, wallUs);
    if (one.isGranted) this.commands++;
  }

  private withdraw(wallUs: number): void {
    const one = this.simulation.random.pick(this.large);
    if (one === undefined) return;
    const command = { kind: CONTROL_OVERRIDE_END, value: OVERRIDE_WITHDRAWN, amount: one.id, name: "desk" };
    if (this.gateway.instruct(command, wallUs)) this.commands++;
  }
}
