import { posix } from "node:path";
import { type Token, tokenize } from "./javascript.ts";

/** A source by its path from the top of the tree. */
export type Sources = ReadonlyMap<string, string>;

/** What one `import` or `export … from` takes from another file: names, or "*" for all of it. */
interface Taking {
  readonly from: string;
  readonly names: readonly string[];
}

/**
 * Circles of imports, type imports included: from each set of files that reach each other, one shortest circle.
 * Returns  paths joined by arrows, the first one repeated at the end.
 */
export function circles(sources: Sources): string[] {
  const arrows = new Map([...sources].map(([path, source]) => [path, targets(path, source, sources)]));
  const found: string[] = [];
  const known = new Set<string>();
  for (const path of arrows.keys()) {
    if (known.has(path)) continue;
    const circle = shortestWayBack(path, arrows);
    if (circle === null) continue;
    for (const one of circle) known.add(one);
    found.push([...circle, path].join(" → "));
  }
  return found;
}

function targets(path: string, source: string, sources: Sources): string[] {
  const all = takings(path, tokenize(source)).map(({ from }) => from);
  return [...new Set(all)].filter((to) => sources.has(to));
}

function shortestWayBack(start: string, arrows: ReadonlyMap<string, readonly string[]>): string[] | null {
  const before = new Map<string, string>();
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const to of arrows.get(at) ?? []) {
      if (to === start) {
        const way = [at];
        while (way[0] !== start) way.unshift(before.get(way[0]!)!);
        return way;
      }
      if (before.has(to)) continue;
      before.set(to, at);
      queue.push(to);
    }
  }
  return null;
}

/**
 * Exports of `owners` that no other file of `sources` names, but for types that the file itself uses: they say what its
 * functions take and return. Returns `path: name`.
 */
export function unusedExports(sources: Sources, owners: readonly string[]): string[] {
  const used = new Map<string, Set<string>>();
  const use = (path: string, name: string): void => {
    const names = used.get(path) ?? new Set();
    used.set(path, names.add(name));
  };
  for (const [path, source] of sources) {
    const tokens = tokenize(source);
    for (const { from, names } of takings(path, tokens)) for (const name of names) use(from, name);
  }
  return owners.flatMap((path) => {
    const names = used.get(path) ?? new Set<string>();
    if (names.has("*")) return [];
    const tokens = tokenize(sources.get(path)!);
    return exportsOf(tokens)
      .filter(({ name, isType }) => !names.has(name) && !(isType && occurrences(tokens, name) > 1))
      .map(({ name }) => `${path}: ${name}`);
  });
}

function occurrences(tokens: readonly Token[], name: string): number {
  return tokens.filter((token) => isName(token, name)).length;
}

/** What a file exports by declaring it. */
export function exportsOf(tokens: readonly Token[]): { name: string; isType: boolean }[] {
  const found: { name: string; isType: boolean }[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (!isName(tokens[i], "export")) continue;
    let at = i + 1;
    while (["async", "abstract", "declare", "default"].includes(tokens[at]!.text)) at++;
    if (["const", "let", "function", "class", "interface", "type"].includes(tokens[at]!.text)) {
      const isType = ["interface", "type"].includes(tokens[at++]!.text);
      if (tokens[at]!.text === "*") at++;
      if (tokens[at]!.kind === "name") found.push({ name: tokens[at]!.text, isType });
    }
  }
  return found;
}

/** What a file takes from others of the tree. Members of `import * as name` count by themselves: `name.member`. */
function takings(path: string, tokens: readonly Token[]): Taking[] {
  const found: Taking[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (isName(tokens[i], "import") && tokens[i + 1]?.text === "(") {
      const specifier = tokens[i + 2];
      if (specifier?.kind === "string") found.push(...dynamic(path, specifier.text, tokens, i));
      continue;
    }
    if (!isName(tokens[i], "from") || tokens[i + 1]?.kind !== "string") continue;
    const from = resolve(path, tokens[i + 1]!.text);
    if (from !== null) found.push({ from, names: namesBefore(tokens, i) });
  }
  return found;
}

/** `const { a, b } = await import("x")` and `(await import("x")).a` take names, other forms take all. */
function dynamic(path: string, text: string, tokens: readonly Token[], at: number): Taking[] {
  const from = resolve(path, text);
  if (from === null) return [];
  let before = at - 1;
  if (isName(tokens[before], "await")) before--;
  if (tokens[before]?.text === "=" && tokens[before - 1]?.text === "}")
    return [{ from, names: listed(tokens, before - 1) }];
  // import ( "x" ) ) . name
  if (tokens[at + 4]?.text === ")" && tokens[at + 5]?.text === ".") return [{ from, names: [tokens[at + 6]!.text] }];
  return [{ from, names: ["*"] }];
}

function namesBefore(tokens: readonly Token[], from: number): string[] {
  if (tokens[from - 1]!.text === "}") return listed(tokens, from - 1);
  const isNamespace = isName(tokens[from - 2], "as") && tokens[from - 3]?.text === "*";
  if (!isNamespace) return ["*"];
  const alias = tokens[from - 1]!.text;
  const members: string[] = [];
  for (let i = 0; i + 2 < tokens.length; i++)
    if (isName(tokens[i], alias) && tokens[i - 1]?.text !== ".")
      if (tokens[i + 1]!.text === ".") members.push(tokens[i + 2]!.text);
      else if (i !== from - 1) members.push("*");
  return members;
}

/** Names in `{ a, type B, c as d }` whose closing brace is at `end`. */
function listed(tokens: readonly Token[], end: number): string[] {
  let at = end;
  while (tokens[at]!.text !== "{") at--;
  const names: string[] = [];
  for (let i = at + 1; i < end; i++) {
    const starts =
      ["{", ","].includes(tokens[i - 1]!.text) || (isName(tokens[i - 1], "type") && tokens[i]!.text !== ",");
    if (starts && tokens[i]!.kind === "name" && !(tokens[i]!.text === "type" && tokens[i + 1]!.kind === "name"))
      names.push(tokens[i]!.text);
  }
  return names;
}

function resolve(path: string, literal: string): string | null {
  const specifier = literal.slice(1, -1);
  return specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : null;
}

function isName(token: Token | undefined, text: string): boolean {
  return token?.kind === "name" && token.text === text;
}
