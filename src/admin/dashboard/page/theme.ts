import { byId, setText } from "./dom.ts";

const KEY = "sallyport.theme";
type Theme = "light" | "dark";

let listeners: (() => void)[] = [];

/** Calls when the colours change. */
export function onTheme(listener: () => void): void {
  listeners = [...listeners, listener];
}

/** Follows the system until somebody uses the switch; the choice stays in this browser. */
export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const wanted = (): Theme => chosen() ?? (system.matches ? "dark" : "light");
  const apply = (): void => {
    const theme = wanted();
    document.documentElement.dataset.theme = theme;
    setText(byId("theme"), theme === "dark" ? "Light" : "Dark");
    byId("theme").setAttribute("aria-label", `Use the ${theme === "dark" ? "light" : "dark"} colours`);
    for (const listener of listeners) listener();
  };
  system.addEventListener("change", apply);
  byId("theme").addEventListener("click", () => {
    localStorage.setItem(KEY, wanted() === "dark" ? "light" : "dark");
    apply();
  });
  apply();
}

/** A colour of style.css. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function chosen(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : null;
}
