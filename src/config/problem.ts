/** One problem of a configuration: its place (a path, or file and line), and the expected and actual value. */
export interface Problem {
  readonly where: string;
  readonly what: string;
}

/** The problem as one line: `risk.accounts.ACC1.maxOrderQty: expected …, got 0`. */
export function problemLine(problem: Problem): string {
  return `${problem.where}: ${problem.what}`;
}

/** A place in the configuration as TOML writes it: `symbols."BRK.B".venue`, `lanes.place[0].cpu`. */
export function pathText(keys: readonly (string | number)[]): string {
  let text = "";
  for (const key of keys) {
    if (typeof key === "number") text += `[${key}]`;
    else text += `${text === "" ? "" : "."}${/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key)}`;
  }
  return text;
}

const SHOWN = 60;

/** A value in the file's syntax, cut to one line. */
export function valueText(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return cut(`[${value.map(valueText).join(", ")}]`);
  if (typeof value === "number")
    return Number.isFinite(value) ? String(value) : String(value).replace("Infinity", "inf").replace("NaN", "nan");
  if (typeof value === "string") return cut(JSON.stringify(value));
  if (typeof value !== "object" || value === null) return String(value);
  // Bun gives TOML's dates and times as Temporal objects; a table is a plain one.
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? "a table" : cut(`the date or time ${String(value)}`);
}

function cut(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

/** A hint with the most similar known name, for the end of a message; empty when none is similar. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const best = mostSimilar(name, known);
  return best === "" ? "" : `; did you mean ${JSON.stringify(best)}?`;
}

/** The most similar known name; empty when none is similar. */
export function mostSimilar(name: string, known: Iterable<string>): string {
  let best = "";
  // At most two edits in a long name (a swap counts as two), one in a short one, none in a single letter.
  let bestDistance = Math.min(2, Math.floor(name.length / 2));
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance || (distance === bestDistance && best === "")) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const NEAREST = 5;

/** The known names that have most letter pairs in common with a name, and how many more there are. */
export function nearestText(name: string, known: readonly string[]): string {
  if (known.length <= NEAREST) return known.join(", ");
  const wanted = letterPairs(name);
  const likeness = (one: string): number => {
    const pairs = letterPairs(one);
    return (2 * pairs.filter((pair) => wanted.includes(pair)).length) / (pairs.length + wanted.length);
  };
  const sorted = [...known].sort((a, b) => likeness(b) - likeness(a));
  return `${sorted.slice(0, NEAREST).join(", ")} … (${known.length - NEAREST} more)`;
}

function letterPairs(name: string): string[] {
  const text = ` ${name.toLowerCase()}`;
  return Array.from({ length: name.length }, (_, i) => text.slice(i, i + 2));
}

/** Insertions, deletions and replacements that turn `a` into `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
