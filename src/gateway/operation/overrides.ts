import { decimalText } from "../../base/decimal.ts";
import { isoText } from "../../base/time-text.ts";
import { NO_PRICE } from "../../base/units.ts";
import { expectedDecimal, readDecimal } from "../../config/decimal.ts";
import { MAX_NUMBER } from "../../config/numbers.ts";
import type { Commands } from "../../control/commands.ts";
import { ACCOUNTS, SYMBOLS } from "../../core/assembly/layout.ts";
import {
  MOST_OVERRIDES,
  OVERRIDE_TEXT_BYTES,
  OVERRIDE_WHY_AT,
  OVERRIDE_WITHDRAWN,
} from "../../core/assembly/override-layout.ts";
import { type OverrideState, type OverrideTerms, overrideText } from "../../core/overrides.ts";
import { OVERRIDABLE } from "../../core/risk/overridable.ts";
import type { Outcome } from "../../operation/outcome.ts";
import { OVERRIDE_SIDES, type OverrideRequest, type Overrides, type OverrideView } from "../../operation/overrides.ts";
import { SIDE_BUY, SIDE_SELL, SIDE_SELL_SHORT, TYPE_LIMIT, TYPE_MARKET } from "../../record/codes.ts";
import { CONTROL_OVERRIDE, CONTROL_OVERRIDE_END, CONTROL_TABLE_FULL } from "../../record/control-codes.ts";
import type { CoreState } from "./core-state.ts";
import { answered, refused } from "./outcome.ts";

const SIDES = [SIDE_BUY, SIDE_SELL, SIDE_SELL_SHORT];
const STATES = ["granted", "used", "expired", "withdrawn"] as const;
const MOST_WHY_BYTES = OVERRIDE_TEXT_BYTES - OVERRIDE_WHY_AT;
/** As FIX has them: all others are cut on the way to the core. */
const OF_ONE_BYTE = /^[\u0001-\u00ff]*$/;
const QUANTITY = { places: 8, max: MAX_NUMBER };
const PRICE = { places: 8, max: MAX_NUMBER, from: "negative" } as const;

/** Overrides of checks as the core has them. */
export class GatewayOverrides implements Overrides {
  constructor(
    private readonly core: CoreState,
    private readonly commands: Pick<Commands, "send">,
  ) {}

  list(): OverrideView[] {
    return this.core.reader.overrides().map((state) => this.viewOf(state));
  }

  problemOf(request: OverrideRequest, why: string): string {
    const bytes = Buffer.byteLength(why);
    if (bytes > MOST_WHY_BYTES) return `why: expected at most ${MOST_WHY_BYTES} bytes of UTF-8, got ${bytes}`;
    const read = this.read(request);
    return typeof read === "string" ? read : "";
  }

  async grant(
    request: OverrideRequest,
    who: Pick<OverrideTerms, "id" | "by" | "confirmedBy" | "why">,
  ): Promise<Outcome> {
    const read = this.read(request);
    if (typeof read === "string") return refused("out-of-range", read);
    const { reason, ...terms } = read;
    const answer = await this.commands.send({
      kind: CONTROL_OVERRIDE,
      value: reason,
      amount: request.untilUs,
      name: who.by,
      text: overrideText({ ...terms, ...who }),
    });
    if (answer.result === CONTROL_TABLE_FULL)
      return refused("table-full", `expected at most ${MOST_OVERRIDES} overrides to be granted, which all are now`);
    return answered(answer);
  }

  async withdraw(id: number, by: string): Promise<Outcome> {
    return answered(
      await this.commands.send({ kind: CONTROL_OVERRIDE_END, value: OVERRIDE_WITHDRAWN, amount: id, name: by }),
    );
  }

  /** Its terms and the check's reason, or what is wrong with it. */
  private read(
    request: OverrideRequest,
  ): (Omit<OverrideTerms, "id" | "by" | "confirmedBy" | "why"> & { reason: number }) | string {
    const { account, symbol, clOrdId = "" } = request;
    const { sessionIds } = this.core;
    const session = sessionIds[request.session];
    if (session === undefined || !Object.hasOwn(sessionIds, request.session))
      return `session: expected the name of a client session, got ${request.session}`;
    const { reader } = this.core;
    if (!reader.names(ACCOUNTS).includes(account)) return `account: expected a known account, got ${account}`;
    if (!reader.names(SYMBOLS).includes(symbol)) return `symbol: expected a known symbol, got ${symbol}`;
    if (!OF_ONE_BYTE.test(clOrdId)) return `clOrdId: expected characters of one byte each, got ${clOrdId}`;
    const quantity = readDecimal(request.quantity, QUANTITY);
    if (typeof quantity !== "bigint") return `quantity: expected ${expectedDecimal(QUANTITY)}, got ${request.quantity}`;
    const price = request.price === null ? NO_PRICE : readDecimal(request.price, PRICE);
    if (typeof price !== "bigint") return `price: expected ${expectedDecimal(PRICE)}, got ${request.price}`;
    const check = OVERRIDABLE.find(({ name }) => name === request.check);
    if (check === undefined) {
      const names = OVERRIDABLE.map(({ name }) => name).join(", ");
      return `check: expected one that may be overridden (${names}), got ${request.check}`;
    }
    return {
      ...{ session, account, symbol, clOrdId, quantity, price, reason: check.reason },
      side: SIDES[OVERRIDE_SIDES.indexOf(request.side)]!,
      ordType: price === NO_PRICE ? TYPE_MARKET : TYPE_LIMIT,
    };
  }

  private viewOf(state: OverrideState): OverrideView {
    const { id, account, symbol, clOrdId, by, confirmedBy, why, orderNumber } = state;
    return {
      ...{ id, account, symbol, by, confirmedBy, why },
      session: this.core.sessionName(state.session),
      side: OVERRIDE_SIDES[SIDES.indexOf(state.side)]!,
      quantity: decimalText(state.quantity),
      price: state.price === NO_PRICE ? null : decimalText(state.price),
      clOrdId: clOrdId === "" ? null : clOrdId,
      check: OVERRIDABLE.find(({ reason }) => reason === state.reason)?.name ?? String(state.reason),
      state: STATES[state.state - 1]!,
      until: isoText(state.untilUs),
      grantedAt: isoText(state.grantedUs),
      doneAt: state.doneUs === 0 ? null : isoText(state.doneUs),
      orderId: orderNumber === 0 ? null : String(orderNumber),
    };
  }
}
