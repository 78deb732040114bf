// Parses files with many tables. Bun's parser looks for a table among all its siblings, one by one: 20,000 symbols and 10,000
// accounts take it 4 s. Here the tables are parsed in parts, and the results are joined.

/** With fewer tables the parser is fast enough. */
const MANY_TABLES = 500;
const TABLES_PER_PART = 200;

/** Header of a table that has a parent: `[symbols.AAPL]`, `[symbols."BRK.B"]`. */
const TABLE = /^\[((?:[\w-]+\.)*[\w-]+)\.([\w-]+|"[^"\\]*")\]\s*(?:#.*)?$/;

type Table = Record<string, unknown>;

interface Header {
  readonly path: string;
  readonly parent: string;
  readonly name: string;
}

interface Part {
  readonly lines: string[];
  readonly headers: Header[];
}

/**
 * Parses TOML in parts. Throws the parser's error of the first part that it refuses. Returns undefined where the text has
 * few tables, or where only the parser can say whether they go together.
 */
export function parseInParts(text: string): unknown {
  const lines = text.split("\n");
  const headers = new Map<number, Header>();
  for (const [at, line] of lines.entries()) {
    const header = line.startsWith("[") ? headerOf(line) : null;
    if (header !== null) headers.set(at, header);
  }
  if (headers.size < MANY_TABLES) return undefined;
  const [rest, ...parts] = partsOf(lines, headers);
  const root = Bun.TOML.parse(rest!.lines.join("\n")) as Table;
  for (const part of parts) {
    const parsed = Bun.TOML.parse(part.lines.join("\n")) as Table;
    if (!part.headers.every((header) => move(header, parsed, root))) return undefined;
  }
  return root;
}

function headerOf(line: string): Header | null {
  const match = TABLE.exec(line);
  if (match === null) return null;
  const [, parent = "", name = ""] = match;
  const plain = name.replaceAll('"', "");
  return plain === "__proto__" ? null : { path: `${parent}.${plain}`, parent, name: plain };
}

/**
 * The first part has all that is not a table beside others of the same parent, and the first table of each parent: so the
 * parser sees what the parent is. The other parts have TABLES_PER_PART tables each.
 */
function partsOf(lines: readonly string[], headers: ReadonlyMap<number, Header>): Part[] {
  const paths = new Set([...headers.values()].map(({ path }) => path));
  const parents = new Set([...headers.values()].map(({ parent }) => parent));
  const begun = new Set<string>();
  const parts: Part[] = [{ lines: [], headers: [] }];
  let part = parts[0]!;
  for (const [at, line] of lines.entries()) {
    if (line.trimStart().startsWith("[")) {
      const header = headers.get(at);
      const apart = header !== undefined && !parents.has(header.path) && !paths.has(header.parent);
      if (apart && begun.has(header.parent)) {
        if (parts.length === 1 || parts.at(-1)!.headers.length === TABLES_PER_PART)
          parts.push({ lines: [], headers: [] });
        part = parts.at(-1)!;
        part.headers.push(header);
      } else {
        part = parts[0]!;
        if (apart) begun.add(header.parent);
      }
    }
    part.lines.push(line);
  }
  return parts;
}

/** Moves a table to its parent in `to`. Returns false where there is one of its name. */
function move({ parent, name }: Header, from: Table, to: Table): boolean {
  const target = at(to, parent);
  if (target === undefined || Object.hasOwn(target, name)) return false;
  target[name] = at(from, parent)![name];
  return true;
}

function at(table: Table, path: string): Table | undefined {
  let found: unknown = table;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Table)[name];
  }
  return found as Table;
}
