import { OVERRIDE_SIDES, type OverrideView } from "../../../operation/overrides.ts";
import { part } from "./api.ts";
import { ask } from "./dialog.ts";
import { button } from "./dom.ts";
import { age, clock } from "./format.ts";
import { Table } from "./table.ts";
import type { Page } from "./view.ts";

const STATES = { granted: "warn", used: "good", expired: "good", withdrawn: "good" } as const;
const DEFAULT_MINUTES = "15";

/** Overrides of checks: granted ones with the time that is left, and done ones. */
export function overrideTable(page: Page, done: () => void): Table<OverrideView> {
  return new Table<OverrideView>({
    caption: "Overrides of checks",
    key: ({ id }) => String(id),
    empty: "None was granted.",
    columns: [
      { title: "State", text: ({ state }) => state, state: ({ state }) => STATES[state] },
      { title: "Check", text: ({ check }) => check },
      { title: "Session", text: ({ session }) => session },
      { title: "Account", text: ({ account }) => account },
      { title: "Order", text: orderOf },
      { title: "Until", kind: "time", text: ({ until }) => clock(until, 0) },
      { title: "Left", kind: "number", text: leftOf },
      { title: "Used by", text: ({ orderId }) => (orderId === null ? "–" : `order ${orderId}`) },
      { title: "Asked by", text: ({ by, confirmedBy }) => `${by}, confirmed by ${confirmedBy}` },
      { title: "Reason", kind: "wide", text: ({ why }) => why },
    ],
    actions: (override) =>
      override.state === "granted" ? [{ label: "Withdraw", run: () => askWithdraw(page, override, done) }] : [],
  });
}

/** Asks for one; a second person confirms it among the actions that wait. */
export function overrideButton(page: Page, done: () => void): HTMLButtonElement {
  return button("Ask for an override", () =>
    ask({
      title: "Ask for an override of a check",
      text: "One order with exactly these terms passes the check once. A second person has to confirm it.",
      inputs: [
        { name: "session", label: "Client session", required: true },
        { name: "account", label: "Account", required: true },
        { name: "symbol", label: "Symbol", required: true },
        { name: "side", label: "Side", options: OVERRIDE_SIDES, value: "buy" },
        { name: "quantity", label: "Quantity", required: true },
        { name: "price", label: "Price", hint: "empty: a market order." },
        { name: "clOrdId", label: "ClOrdID", hint: "empty: the next order with these terms." },
        { name: "check", label: "Check", hint: "As a refusal names it, such as MAX_ORDER_QTY.", required: true },
        {
          name: "forMinutes",
          label: "Minutes",
          hint: "They begin with the confirmation.",
          value: DEFAULT_MINUTES,
          required: true,
        },
      ],
      confirm: "Ask",
      danger: true,
      run: ({ price, clOrdId, forMinutes, ...rest }) => {
        const order = { ...rest, price: price === "" ? null : price, ...(clOrdId === "" ? {} : { clOrdId }) };
        return page.api
          .send("POST", "overrides", { ...order, forMinutes: Number(forMinutes) })
          .then(({ body }) => body);
      },
      done,
    }),
  );
}

function askWithdraw(page: Page, override: OverrideView, done: () => void): void {
  ask({
    title: `Withdraw the override of ${override.check}`,
    text: `No order passes by it any more: ${orderOf(override)} of ${override.account}.`,
    confirm: "Withdraw",
    run: (values) =>
      page.api.send("POST", `overrides/${part(String(override.id))}/withdraw`, values).then(({ body }) => body),
    done,
  });
}

function orderOf({ side, quantity, symbol, price, clOrdId }: OverrideView): string {
  return `${side} ${quantity} ${symbol} at ${price ?? "market"}${clOrdId === null ? "" : `, ${clOrdId}`}`;
}

function leftOf({ state, until }: OverrideView): string {
  return state === "granted" ? age(Math.max(0, Date.parse(until) - Date.now())) : "–";
}
