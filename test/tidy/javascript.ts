/** One token of JavaScript. Of a template the text parts are tokens, and the expressions are code between ${ and }. */
export interface Token {
  kind: "name" | "number" | "string" | "template" | "regex" | "punctuation";
  text: string;
}

/** A named function or method: its tokens are `from` (the parameters) to `to` (the body's last). */
export interface FunctionSpan {
  owner: string;
  name: string;
  isStatic: boolean;
  /** async or a generator. */
  waits: boolean;
  from: number;
  to: number;
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NAME = /[#\p{ID_Start}$_][\p{ID_Continue}$]*/uy;
const NUMBER = /\.?\d(?:[eE][+-]|[\w.])*/y;
const STRING = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const REGEX = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const TEMPLATE = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*`?/y;
const PUNCTUATION =
  /\.\.\.|=>|>>>=?|<<=|>>=|\*\*=?|===|!==|&&=|\|\|=|\?\?=|<<|>>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|[-+*/%&|^]=|[\s\S]/y;
const BEFORE_REGEX = new Set(
  "return typeof case in of delete void throw new else do instanceof yield await".split(" "),
);
const OPENING = new Set(["(", "[", "{", "${"]);
const CLOSING = new Set([")", "]", "}"]);

const transpiler = new Bun.Transpiler({
  loader: "ts",
  target: "bun",
  deadCodeElimination: false,
  inline: false,
  trimUnusedImports: false,
});

/** TypeScript without its types and comments, one statement a line. */
export function plain(source: string): string {
  return transpiler.transformSync(source);
}

/** The tokens of JavaScript as `plain` writes it. */
export function tokenize(code: string): Token[] {
  const tokens: Token[] = [];
  const templates: number[] = []; // for each open ${ the number of braces open inside it
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const text = pattern.exec(code)?.[0] ?? null;
    if (text !== null) at += text.length;
    return text;
  };
  const push = (kind: Token["kind"], text: string | null): boolean => {
    if (text !== null) tokens.push({ kind, text });
    return text !== null;
  };
  const template = (): void => {
    push("template", take(TEMPLATE));
    if (!code.startsWith("${", at)) return;
    push("punctuation", "${");
    at += 2;
    templates.push(0);
  };
  while (at < code.length) {
    if (take(SPACE) !== null) continue;
    if (code[at] === "`") {
      at++;
      template();
    } else if (code[at] === "}" && templates.at(-1) === 0) {
      at++;
      templates.pop();
      push("punctuation", "}");
      template();
    } else if (push("name", take(NAME)) || push("number", take(NUMBER)) || push("string", take(STRING))) {
    } else if (code[at] === "/" && regexMayStand(tokens.at(-1)) && push("regex", take(REGEX))) {
    } else {
      const text = take(PUNCTUATION)!;
      push("punctuation", text);
      if (templates.length > 0 && (text === "{" || text === "}")) {
        templates[templates.length - 1]! += text === "{" ? 1 : -1;
      }
    }
  }
  return tokens;
}

function regexMayStand(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "name") return BEFORE_REGEX.has(before.text);
  return before.kind === "punctuation" && ![")", "]", "}", "++", "--"].includes(before.text);
}

/** Index of the bracket that closes the one at `open`. */
export function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if (tokens[i]!.kind !== "punctuation") continue;
    if (OPENING.has(tokens[i]!.text)) depth++;
    else if (CLOSING.has(tokens[i]!.text)) depth--;
    if (depth === 0) return i;
  }
  throw new Error(`no closing bracket for token ${open}`);
}

/** Named functions, methods and accessors of a file, in order; what is nested in one belongs to it. */
export function functionsOf(tokens: Token[]): FunctionSpan[] {
  const found: FunctionSpan[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { kind, text } = tokens[i]!;
    if (kind === "punctuation" && text === "=>") i = arrowAt(tokens, i, found);
    if (kind !== "name" || tokens[i - 1]?.text === ".") continue;
    if (text === "class") i = methodsOf(tokens, i, found);
    else if (text === "function") {
      const from = indexOf(tokens, i, "(");
      const to = closing(tokens, closing(tokens, from) + 1);
      const name = from > i + 1 ? tokens[from - 1]!.text : "";
      const waits = tokens[i - 1]?.text === "async" || tokens[i + 1]!.text === "*";
      found.push({ owner: "", name, isStatic: false, waits, from, to });
      i = to;
    }
  }
  return found;
}

/** Finds the arrow function at `arrow` if it has a name; what is only passed to a call has none. Returns its last token's index. */
function arrowAt(tokens: Token[], arrow: number, found: FunctionSpan[]): number {
  let from = arrow - 1;
  for (let depth = 0; tokens[arrow - 1]!.text === ")"; from--) {
    depth += CLOSING.has(tokens[from]!.text) ? 1 : opens(tokens[from]!) ? -1 : 0;
    if (depth === 0) break;
  }
  if (tokens[from - 1]?.text === "async") from--;
  const bound = tokens[from - 1]?.text;
  if (bound !== "=" && bound !== ":") return arrow;
  let to = arrow + 1;
  if (tokens[to]!.text === "{") to = closing(tokens, to);
  else {
    while (tokens[to] !== undefined && !",;)]}".includes(tokens[to]!.text))
      to = opens(tokens[to]!) ? closing(tokens, to) + 1 : to + 1;
    to--;
  }
  found.push({ owner: "", name: tokens[from - 2]!.text, isStatic: false, waits: false, from, to });
  return to;
}

/** Finds the methods of the class at `at`; returns the index of its last token. */
function methodsOf(tokens: Token[], at: number, found: FunctionSpan[]): number {
  const owner = tokens[at + 1]!.text;
  const body = indexOf(tokens, at, "{");
  const end = closing(tokens, body);
  let i = body + 1;
  while (i < end) {
    let isStatic = false;
    let waits = false;
    while (["static", "async", "get", "set", "*"].includes(tokens[i]!.text) && !"(=;".includes(tokens[i + 1]!.text)) {
      isStatic ||= tokens[i]!.text === "static";
      waits ||= tokens[i]!.text === "async" || tokens[i]!.text === "*";
      i++;
    }
    if (tokens[i]!.text === "{") {
      i = closing(tokens, i) + 1; // static block
      continue;
    }
    const name = tokens[i]!.text;
    if (name === "[") i = closing(tokens, i);
    i++;
    if (tokens[i]!.text === "(") {
      const to = closing(tokens, closing(tokens, i) + 1);
      found.push({ owner, name, isStatic, waits, from: i, to });
      i = to + 1;
    } else {
      while (tokens[i]!.text !== ";") i = opens(tokens[i]!) ? closing(tokens, i) + 1 : i + 1;
      i++;
    }
  }
  return end;
}

function opens(token: Token): boolean {
  return token.kind === "punctuation" && OPENING.has(token.text);
}

function indexOf(tokens: Token[], from: number, text: string): number {
  for (let i = from; i < tokens.length; i++)
    if (tokens[i]!.kind === "punctuation" && tokens[i]!.text === text) return i;
  throw new Error(`no ${text} after token ${from}`);
}
