import { part } from "./api.ts";
import { make, setText } from "./dom.ts";
import { type Block, blocksOf, type Span, spansOf } from "./markdown.ts";
import type { Page, View } from "./view.ts";

interface ManualPage {
  readonly name: string;
  readonly title: string;
}

/** The manual of this version, made of elements with text: nothing of a page is read as HTML. */
export function manualView(page: Page): View {
  const pages = make("ul", { class: "pages" });
  const article = make("article", { class: "panel" });
  const nav = make("nav", { class: "panel", "aria-label": "Pages of the manual" }, make("h2", {}, "Manual"), pages);
  const element = make("div", { class: "manual" }, nav, article);
  let listed: readonly ManualPage[] = [];

  async function open(rest: string): Promise<void> {
    try {
      if (listed.length === 0) listed = await page.api.get<ManualPage[]>("manual");
      const name = rest === "" ? listed[0]!.name : rest;
      pages.replaceChildren(...listed.map((one) => make("li", {}, pageLink(one, one.name === name))));
      const text = await page.api.get<string>(`manual/${part(name)}`);
      article.replaceChildren(...blocksOf(text).map(elementOf));
    } catch (error) {
      article.replaceChildren(make("p", { class: "answer", "data-state": "bad", role: "alert" }));
      setText(article.firstElementChild!, (error as Error).message);
    }
  }
  return { element, open };
}

function pageLink({ name, title }: ManualPage, current: boolean): HTMLElement {
  return make("a", { href: `#manual/${name}`, "aria-current": current ? "page" : null }, title);
}

function elementOf(block: Block): HTMLElement {
  switch (block.kind) {
    case "heading":
      return make(block.level === 1 ? "h1" : block.level === 2 ? "h2" : "h3", {}, ...spans(block.text));
    case "paragraph":
      return make("p", {}, ...spans(block.text));
    case "list":
      return make(block.ordered ? "ol" : "ul", {}, ...block.items.map((item) => make("li", {}, ...itemOf(item))));
    case "code":
      return make("pre", { tabindex: 0 }, make("code", {}, block.text));
    case "table":
      return tableOf(block.head, block.rows);
  }
}

/** A paragraph alone is the item's text. */
function itemOf(blocks: readonly Block[]): (HTMLElement | string)[] {
  const [first] = blocks;
  return blocks.length === 1 && first?.kind === "paragraph" ? spans(first.text) : blocks.map(elementOf);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const titles = make(
    "tr",
    { role: "row" },
    ...head.map((cell) => make("th", { scope: "col", role: "columnheader" }, ...spans(cell))),
  );
  const label = (at: number): string =>
    spansOf(head[at] ?? "")
      .map(({ text }) => text)
      .join("");
  const body = rows.map((row) => make("tr", { role: "row" }, ...row.map((cell, at) => cellOf(cell, label(at)))));
  const parts = [make("thead", { role: "rowgroup" }, titles), make("tbody", { role: "rowgroup" }, ...body)];
  const table = make("table", { class: "cards", role: "table" }, ...parts);
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table" }, table);
}

function cellOf(cell: string, label: string): HTMLElement {
  return make("td", { class: "wide", role: "cell", "data-label": label }, ...spans(cell));
}

function spans(text: string): (HTMLElement | string)[] {
  return spansOf(text).map(spanOf);
}

function spanOf(span: Span): HTMLElement | string {
  if (span.kind === "text") return span.text;
  if (span.kind === "bold") return make("strong", {}, span.text);
  if (span.kind === "code") return make("code", {}, span.text);
  const own = /^([a-z-]+)\.md(?:#.*)?$/.exec(span.target);
  if (own !== null) return make("a", { href: `#manual/${own[1]}` }, span.text);
  if (/^https:\/\//.test(span.target))
    return make("a", { href: span.target, rel: "noreferrer noopener", target: "_blank" }, span.text);
  return span.text;
}
