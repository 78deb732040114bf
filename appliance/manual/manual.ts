import { columns } from "../terminal/columns.ts";
import { terminalText } from "../terminal/markdown.ts";
import { pages, titleOf } from "./pages.ts";

const OK = 0;
const BAD_USAGE = 2;
const WIDEST = 100;

/**
 * Prints a page of the manual, or the list of pages: formatted on a terminal, Markdown elsewhere.
 * Returns  the process's exit code; 2 for an unknown page.
 */
export function manualCommand(name: string | undefined): number {
  if (name === undefined) {
    console.log(
      columns(
        Object.entries(pages).map(([page, text]) => [page, titleOf(text)]),
        [0, 1],
      )
        .map((line) => line.trimEnd())
        .join("\n"),
    );
    return OK;
  }
  const page = Object.hasOwn(pages, name) ? pages[name] : undefined;
  if (page === undefined) {
    const names = Object.keys(pages);
    console.error(
      `sallyport manual: no page '${name}' (Did you mean ${nearest(name, names)}?); expected: ${names.join(", ")} (see: sallyport manual --help)`,
    );
    return BAD_USAGE;
  }
  const width = Math.min(process.stdout.columns ?? WIDEST, WIDEST);
  console.log((process.stdout.isTTY ? terminalText(page, width) : page).trimEnd());
  return OK;
}

/** The name that takes the fewest changes to come from what was given. */
export function nearest(given: string, names: readonly string[]): string {
  return [...names].sort((a, b) => distance(given, a) - distance(given, b))[0]!;
}

/** Letters to insert, remove or replace between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
