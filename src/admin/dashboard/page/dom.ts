export type Child = Node | string | null;
export type State = "good" | "warn" | "bad" | "off";

type Value = string | number | boolean | null | ((event: Event) => void);

/** An element. Values become attributes, functions listeners (`click`); null and false leave an attribute out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

/** The element of page.html with this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`page.html: expected an element with id ${id}, got none`);
  return element;
}

/** Changes a text only where it differs: screen readers and the layout are left alone. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setState(element: HTMLElement, state: State): void {
  if (element.dataset.state !== state) element.dataset.state = state;
}

export function button(label: string, click: () => void, look = ""): HTMLButtonElement {
  return make("button", { type: "button", class: look === "" ? null : look, click }, label);
}

/** A label with its control. */
export function field(label: string, control: HTMLElement, hint = ""): HTMLElement {
  const id = `field-${++fields}`;
  control.id = id;
  return make("div", { class: "field" }, make("label", { for: id }, label), control, hintOf(hint, control, id));
}

function hintOf(hint: string, control: HTMLElement, id: string): HTMLElement | null {
  if (hint === "") return null;
  control.setAttribute("aria-describedby", `${id}-hint`);
  return make("p", { class: "hint", id: `${id}-hint` }, hint);
}

let fields = 0;
