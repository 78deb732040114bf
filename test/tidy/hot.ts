import { closing, type FunctionSpan, functionsOf, plain, type Token, tokenize } from "./javascript.ts";

// What a hot function may not contain, because it allocates, waits or hides work. A hot function is any in a hot file
// but constructors, `open`, statics, and those that cold.ts lists.

const HOT_FOLDERS = "ring record lane core fix ouch net session client venue pool".split(" ");
const HOT_FILES =
  "journal/writer journal/keeper journal/gate journal/positions telemetry/counters telemetry/latency telemetry/events stalls/table stalls/meter stalls/thread-counters schedule/session-schedule";

const ALLOCATING_NAMES = new Map([
  ["async", "async"],
  ["await", "await"],
  ["yield", "yield"],
  ["Promise", "Promise"],
  ["JSON", "JSON"],
  ["console", "console"],
  ["RegExp", "RegExp"],
  ["BigInt", "BigInt"],
  ["Date", "Date: time is an argument"],
  ["Object", "Object.…"],
  ["Array", "Array.…"],
  ["String", "String"],
  ["setTimeout", "timer"],
  ["setInterval", "timer"],
  ["function", "closure"],
  ["class", "class"],
]);
const ALLOCATING_CALLS = new Set(
  (
    "subarray slice map filter forEach concat split join bind entries keys values reduce flatMap toString toFixed " +
    "toLocaleString padStart padEnd repeat replace replaceAll"
  ).split(" "),
);
const BEFORE_LITERAL = new Set(["return", "case", "of", "in", "typeof", "default", "void", "delete", "do", "else"]);
const OBJECT_AFTER = new Set(["(", ",", "=", "[", "?", "??", "||", "&&", "??=", "||=", "&&="]);

/** Compiled to WebAssembly, which has no heap here: none of these rules is about it, nor could this file read it. */
export function isCompiled(path: string): boolean {
  return /^src\/fix\/(wire\/codec|batch)\//.test(path) || path.includes("/assembly/");
}
/** Read at the start. */
const COLD = "src/fix/dictionary/xml/";

export function isHot(path: string): boolean {
  const [top, folder, file] = path.split("/");
  if (top !== "src" || file === undefined || isCompiled(path) || path.startsWith(COLD)) return false;
  return HOT_FOLDERS.includes(folder!) || HOT_FILES.split(" ").includes(`${folder}/${file.replace(/\.ts$/, "")}`);
}

/** Offences of one hot file, each `where: what`. `cold` has the functions of the file that run rarely, as in cold.ts. */
export function hotOffences(source: string, cold: readonly string[] = []): string[] {
  if (cold.includes("*")) return [];
  const tokens = tokenize(plain(source));
  const offences: string[] = [];
  for (const span of functionsOf(tokens)) {
    const where = span.owner === "" ? span.name : `${span.owner}.${span.name}`;
    if (isColdByNature(span) || cold.includes(where)) continue;
    for (const what of offencesIn(tokens, span)) offences.push(`${where}: ${what}`);
  }
  return [...new Set(offences)];
}

// Same records in, same records out: time is an argument there, and nothing is left to chance or to the machine.
const DETERMINISTIC = /^src\/(core|fix|ouch)\//;
const OUTSIDE = new Set(["Date", "performance", "random", "crypto", "process", "Bun", "setTimeout", "setInterval"]);

/** What makes a run of the core or of a protocol engine depend on more than its arguments. */
export function determinismOffences(path: string, source: string): string[] {
  if (!DETERMINISTIC.test(path) || isCompiled(path)) return [];
  const outside = tokenize(plain(source)).filter(({ kind, text }) => kind === "name" && OUTSIDE.has(text));
  return [...new Set(outside.map(({ text }) => text))];
}

function isColdByNature(span: FunctionSpan): boolean {
  return span.name === "constructor" || span.name === "open" || span.isStatic;
}

function offencesIn(tokens: Token[], span: FunctionSpan): string[] {
  const found = span.waits ? ["async"] : [];
  const parametersEnd = tokens[span.from]!.text === "(" ? closing(tokens, span.from) : span.from;
  for (let i = span.from; i <= span.to; i++) {
    if (i === parametersEnd + 1 && tokens[i]!.text === "=>") continue;
    const token = tokens[i]!;
    // What is thrown stops the lane: it may cost what it likes.
    if (token.kind === "name" && token.text === "throw") i = endOfStatement(tokens, i, span.to);
    else {
      const what = offenceAt(tokens, i, i < parametersEnd);
      if (what !== null) found.push(what);
    }
  }
  return found;
}

function endOfStatement(tokens: Token[], from: number, to: number): number {
  let i = from;
  while (i < to && tokens[i]!.text !== ";") i = "([{".includes(tokens[i]!.text) ? closing(tokens, i) + 1 : i + 1;
  return i;
}

function offenceAt(tokens: Token[], i: number, inParameters: boolean): string | null {
  const { kind, text } = tokens[i]!;
  const before = tokens[i - 1]!;
  if (kind === "template") return "template string";
  if (kind === "regex") return "regular expression";
  if (kind === "number") return /^\d[\d_]*n$/.test(text) ? "BigInt" : null;
  if (kind === "string") {
    return before.text === "+" || before.text === "+=" || tokens[i + 1]!.text === "+" ? "string building" : null;
  }
  return kind === "name" ? nameOffence(tokens, i) : punctuationOffence(text, before, inParameters);
}

function nameOffence(tokens: Token[], i: number): string | null {
  const text = tokens[i]!.text;
  const after = tokens[i + 1]!.text;
  const before = tokens[i - 1]!.text;
  if (before === "." || before === "?.") {
    // Our own classes may use the words; what `this.` calls is checked where it stands.
    return after === "(" && ALLOCATING_CALLS.has(text) && tokens[i - 2]!.text !== "this" ? `.${text}(` : null;
  }
  if (text === "new") return `new ${tokens[i + 1]!.text}`;
  if ((text === "const" || text === "let" || text === "var") && (after === "{" || after === "["))
    return "destructuring";
  if (text === "for") return forOffence(tokens, i + 1);
  return ALLOCATING_NAMES.get(text) ?? null;
}

function forOffence(tokens: Token[], open: number): string | null {
  if (tokens[open]!.text === "await") return "for await";
  const end = closing(tokens, open);
  for (let i = open; i < end; i++) {
    if (tokens[i]!.text === ";") return null;
    if (tokens[i]!.kind === "name" && (tokens[i]!.text === "of" || tokens[i]!.text === "in"))
      return `for … ${tokens[i]!.text}`;
  }
  return null;
}

function punctuationOffence(text: string, before: Token, inParameters: boolean): string | null {
  if (text === "=>") return "closure";
  if (text === "...") return "spread";
  if (inParameters && (text === "{" || text === "[") && (before.text === "(" || before.text === ","))
    return "destructuring";
  if (
    text === "[" &&
    (before.kind === "punctuation" ? !")]}?.".includes(before.text) : BEFORE_LITERAL.has(before.text))
  ) {
    return "array literal";
  }
  if (text === "{" && (before.kind === "punctuation" ? OBJECT_AFTER.has(before.text) : before.text === "return")) {
    return "object literal";
  }
  return null;
}
