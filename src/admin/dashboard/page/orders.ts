import type { LiveView } from "../../../operation/live.ts";
import type { OrderPage, OrderView } from "../../../operation/orders.ts";
import { part } from "./api.ts";
import { ask } from "./dialog.ts";
import { button, field, make, type State, setText } from "./dom.ts";
import { clock, count, grouped } from "./format.ts";
import { panel } from "./overview.ts";
import { type Column, type RowAction, Table } from "./table.ts";
import { Timelines } from "./timeline.ts";
import type { Page, View } from "./view.ts";

const SHOWN = 100;
/** What the text may be, asked in this order; the first that knows it has the answer. */
const FIELDS = ["id", "account", "symbol", "session", "venue"] as const;
type SearchField = (typeof FIELDS)[number];
const FIELD_WORDS: Readonly<Record<SearchField, string>> = {
  id: "an id",
  account: "account",
  symbol: "symbol",
  session: "session",
  venue: "venue",
};

const COLUMNS: readonly Column<OrderView>[] = [
  { title: "OrderID, ClOrdID", text: ({ orderId }) => orderId, note: ({ clOrdId }) => clOrdId },
  { title: "Session", text: ({ session }) => session },
  { title: "Account", text: ({ account }) => account },
  { title: "Symbol", text: ({ symbol }) => symbol },
  { title: "Side", text: ({ side }) => side },
  { title: "Price", kind: "number", text: ({ price, type }) => (price === null ? type : grouped(price)) },
  { title: "Filled of", kind: "number", text: ({ cumQty, quantity }) => `${grouped(cumQty)} / ${grouped(quantity)}` },
  { title: "State", text: ({ state }) => state, state: stateOf, note: stateNote },
  { title: "Venue", text: ({ venue }) => venue ?? "none" },
  { title: "Changed", kind: "time", text: ({ changedAt, createdAt }) => clock(changedAt ?? createdAt, 3) },
];

/** Open orders with a search, their cancel and their timeline. */
export class OrdersView implements View {
  readonly element: HTMLElement;
  private readonly text = make("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  private readonly state = make("select", {}, option("open", true), option("done"), option("all"));
  private readonly found = make("p", { class: "note", role: "status" });
  private readonly more = button("Show more", () => this.load(false));
  private readonly table: Table<OrderView>;
  private readonly timelines: Timelines;
  private orders: OrderView[] = [];
  private next: string | null = null;
  private by: SearchField | null = null;
  private asked = 0;
  private isOpen = false;
  private lastReadMs = 0;

  constructor(private readonly page: Page) {
    this.timelines = new Timelines(page);
    this.table = new Table({
      caption: "Orders",
      columns: COLUMNS,
      key: ({ orderId }) => orderId,
      empty: "No order matches.",
      actions: (order) => this.actions(order),
    });
    const hint = "Any id of an order, an account, a symbol, a session or a venue. Empty: all.";
    const text = field("Search", this.text, hint);
    text.classList.add("grow");
    const find = make("button", { type: "submit", class: "primary" }, "Search");
    const all = button("Cancel all that match", () => this.cancelAll(), "danger");
    const submit = (event: Event): void => {
      event.preventDefault();
      this.load(true);
    };
    const form = make("form", { class: "row", role: "search", submit }, text, field("State", this.state), find, all);
    const results = panel(form, this.found, this.table.element, this.more);
    this.element = make("div", { class: "stack" }, make("h1", {}, "Orders"), this.timelines.element, results);
    this.more.hidden = true;
  }

  open(rest: string): void {
    this.isOpen = true;
    if (rest === "") this.load(true);
    else {
      this.text.value = rest;
      this.load(true);
      this.timelines.show(rest);
    }
  }

  leave(): void {
    this.isOpen = false;
  }

  /** The first page is read again every two seconds while it is looked at. */
  live(_: LiveView): void {
    if (this.isOpen && this.orders.length <= SHOWN && Date.now() - this.lastReadMs >= 2_000) this.load(true, true);
  }

  private async load(anew: boolean, quietly = false): Promise<void> {
    const number = ++this.asked;
    this.lastReadMs = Date.now();
    try {
      const { page, by } = await this.search(anew);
      if (number !== this.asked) return;
      this.by = by;
      this.next = page.next;
      this.orders = anew ? [...page.orders] : [...this.orders, ...page.orders];
      this.table.show(this.orders);
      this.more.hidden = page.next === null;
      const what = by === null ? "" : ` with ${FIELD_WORDS[by]} ${this.text.value.trim()}`;
      const text = `${count(this.orders.length)} ${page.next === null ? "" : "or more "}orders${what}`;
      // Each two seconds would be too much for a screen reader.
      if (!quietly || this.found.textContent === "") setText(this.found, text);
    } catch (error) {
      if (number === this.asked) setText(this.found, (error as Error).message);
    }
  }

  private async search(anew: boolean): Promise<{ page: OrderPage; by: SearchField | null }> {
    const text = this.text.value.trim();
    if (text === "") return { page: await this.read(null, "", anew), by: null };
    if (!anew) return { page: await this.read(this.by, text, false), by: this.by };
    for (const by of FIELDS) {
      const page = await this.read(by, text, true);
      if (page.orders.length > 0) return { page, by };
    }
    return { page: { orders: [], next: null }, by: null };
  }

  private read(by: SearchField | null, text: string, anew: boolean): Promise<OrderPage> {
    const query = new URLSearchParams({ limit: String(SHOWN) });
    if (by !== null) query.set(by, text);
    // An id is found whatever its state.
    if (this.state.value !== "all" && by !== "id") query.set("state", this.state.value);
    if (!anew && this.next !== null) query.set("after", this.next);
    return this.page.api.get<OrderPage>(`orders?${query}`);
  }

  private actions(order: OrderView): RowAction<OrderView>[] {
    const list: RowAction<OrderView>[] = [{ label: "Timeline", run: () => this.timelines.show(order.orderId) }];
    const post = (path: string) => (values: object) =>
      this.page.api.send("POST", `orders/${part(order.orderId)}/${path}`, values).then(({ body }) => body);
    const done = (): void => void this.load(true);
    const title = `order ${order.orderId} (${order.side} ${order.leavesQty} ${order.symbol}, ${order.account})`;
    if (order.isOpen) {
      const text = "Asks the venue to cancel it; the client gets the report.";
      const run = post("cancel");
      list.push({
        label: "Cancel",
        danger: true,
        run: () => ask({ title: `Cancel ${title}`, text, confirm: "Cancel the order", danger: true, run, done }),
      });
    }
    if (order.attention !== null) {
      const text = `It needs attention: ${order.attention}. Release it once somebody has looked at it.`;
      const run = post("release");
      list.push({
        label: "Release",
        run: () => ask({ title: `Release ${title}`, text, confirm: "Release", run, done }),
      });
    }
    if (order.isOpen) {
      const text = "Ends it in the books without its venue. Only after the venue has said that it is not open there.";
      const run = post("dead");
      const question = {
        title: `Mark dead: ${title}`,
        text,
        word: "DEAD",
        confirm: "Mark dead",
        danger: true,
        run,
        done,
      };
      list.push({ label: "Mark dead", danger: true, more: true, run: () => ask(question) });
    }
    return list;
  }

  private cancelAll(): void {
    const text = this.text.value.trim();
    const orders = text === "" ? { all: true } : { filter: { [this.by ?? "id"]: text } };
    const which =
      text === "" ? "all open orders of all accounts" : `all open orders with ${FIELD_WORDS[this.by ?? "id"]} ${text}`;
    ask({
      title: "Cancel orders",
      text: `Asks the venues to cancel ${which}.`,
      word: "CANCEL",
      confirm: "Cancel the orders",
      danger: true,
      run: ({ why }) => this.page.api.send("POST", "orders/cancel", { ...orders, why }).then(({ body }) => body),
      done: () => void this.load(true),
    });
  }
}

function option(name: string, selected = false): HTMLOptionElement {
  return make("option", { value: name, selected }, name);
}

function stateNote({ pending, attention }: OrderView): string {
  return [pending === null ? "" : `${pending} pending`, attention ?? ""].filter((one) => one !== "").join("; ");
}

function stateOf({ attention, isOpen, pending }: OrderView): State {
  if (attention !== null) return "bad";
  if (!isOpen) return "off";
  return pending === null ? "good" : "warn";
}
