import { button, type Child, make, type State, setState, setText } from "./dom.ts";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly kind?: "number" | "time" | "wide";
  /** Shown as a badge in that colour; its word is the text. */
  readonly state?: (row: Row) => State;
  /** A second, smaller line; "" for none. */
  readonly note?: (row: Row) => string;
  /** Of a bar beside the text, 0 to 100. */
  readonly percent?: (row: Row, all: readonly Row[]) => number;
}

export interface RowAction<Row> {
  readonly label: string;
  readonly run: (row: Row) => void;
  readonly danger?: boolean;
  /** Behind "More": seldom used. */
  readonly more?: boolean;
}

export interface TableOptions<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly key: (row: Row) => string;
  /** Said in place of rows. */
  readonly empty: string;
  readonly actions?: (row: Row) => readonly RowAction<Row>[];
}

interface Line<Row> {
  row: Row;
  readonly element: HTMLTableRowElement;
  readonly cells: readonly HTMLTableCellElement[];
  readonly actions: HTMLTableCellElement | null;
  labels: string;
}

/** A table whose rows keep their elements, so that what has the focus keeps it while numbers change. */
export class Table<Row> {
  readonly element: HTMLElement;
  private readonly body = make("tbody", { role: "rowgroup" });
  private readonly none: HTMLElement;
  private readonly lines = new Map<string, Line<Row>>();

  constructor(private readonly options: TableOptions<Row>) {
    const titles = options.columns.map((column) =>
      make("th", { scope: "col", role: "columnheader", class: column.kind ?? null }, column.title),
    );
    if (options.actions !== undefined) titles.push(make("th", { scope: "col", role: "columnheader" }, "Actions"));
    const head = make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...titles));
    this.none = make("p", { class: "note" }, options.empty);
    const caption = make("caption", {}, options.caption);
    const table = make("table", { class: "cards", role: "table" }, caption, head, this.body);
    // What is wider than its panel is scrolled there, with the keyboard as well.
    const scroll = { class: "scroll", tabindex: 0, role: "region", "aria-label": options.caption };
    this.element = make("div", {}, make("div", scroll, table), this.none);
  }

  show(rows: readonly Row[]): void {
    const keys = new Set(rows.map(this.options.key));
    for (const [key, { element }] of this.lines) {
      if (keys.has(key)) continue;
      element.remove();
      this.lines.delete(key);
    }
    rows.forEach((row, at) => {
      const line = this.line(row);
      this.update(line, rows);
      const there = this.body.children[at];
      if (there !== line.element) this.body.insertBefore(line.element, there ?? null);
    });
    this.none.hidden = rows.length > 0;
  }

  private line(row: Row): Line<Row> {
    const key = this.options.key(row);
    const known = this.lines.get(key);
    if (known !== undefined) {
      known.row = row;
      return known;
    }
    const cells = this.options.columns.map((column, at) => cellOf(column, at));
    const actions = this.options.actions === undefined ? null : actionsCell();
    const all: Child[] = [...cells, actions];
    const line = { row, element: make("tr", { role: "row" }, ...all), cells, actions, labels: "" };
    this.lines.set(key, line);
    return line;
  }

  private update(line: Line<Row>, all: readonly Row[]): void {
    this.options.columns.forEach((column, at) => {
      fill(column, line.cells[at]!, line.row, all);
    });
    if (line.actions === null) return;
    const actions = this.options.actions!(line.row);
    const labels = actions.map(({ label }) => label).join("\n");
    if (labels === line.labels) return;
    line.labels = labels;
    const holder = line.actions.firstElementChild!;
    const focused = holder.contains(document.activeElement);
    const isMenuOpen = holder.querySelector("details")?.open === true;
    holder.replaceChildren(...actionElements(actions, line));
    const menu = holder.querySelector("details");
    if (menu !== null) menu.open = isMenuOpen;
    if (focused) (holder.firstElementChild as HTMLElement | null)?.focus();
  }
}

function actionElements<Row>(actions: readonly RowAction<Row>[], line: Line<Row>): HTMLElement[] {
  const buttonOf = ({ label, run, danger }: RowAction<Row>): HTMLElement =>
    button(label, () => run(line.row), danger === true ? "danger" : "");
  const seldom = actions.filter(({ more }) => more === true).map(buttonOf);
  const often = actions.filter(({ more }) => more !== true).map(buttonOf);
  if (seldom.length === 0) return often;
  const menu = make(
    "details",
    { class: "more" },
    make("summary", {}, "More"),
    make("div", { class: "actions" }, ...seldom),
  );
  return [...often, menu];
}

function actionsCell(): HTMLTableCellElement {
  return make("td", { role: "cell", class: "wide" }, make("div", { class: "actions row-actions" }));
}

function cellOf<Row>(column: Column<Row>, at: number): HTMLTableCellElement {
  const attributes = { class: column.kind ?? null, "data-label": column.title };
  const cell =
    at === 0
      ? make("th", { ...attributes, scope: "row", role: "rowheader" })
      : make("td", { ...attributes, role: "cell" });
  cell.append(make("span", { class: column.state === undefined || column.percent !== undefined ? null : "badge" }));
  if (column.percent !== undefined) cell.append(make("div", { class: "track" }, make("div")));
  if (column.note !== undefined) cell.append(make("div", { class: "note" }));
  return cell;
}

function fill<Row>(column: Column<Row>, cell: HTMLTableCellElement, row: Row, all: readonly Row[]): void {
  const [text, more] = cell.children as unknown as [HTMLElement, HTMLElement | undefined];
  setText(text, column.text(row));
  if (column.note !== undefined) setText(more!, column.note(row));
  if (column.percent === undefined) {
    if (column.state !== undefined) setState(text, column.state(row));
    return;
  }
  const percent = Math.min(100, Math.max(0, column.percent(row, all)));
  (more!.firstElementChild as HTMLElement).style.width = `${percent.toFixed(1)}%`;
  setState(more!, column.state === undefined ? "good" : column.state(row));
}
