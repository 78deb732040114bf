import { posix } from "node:path";
import { type Token, tokenize } from "./javascript.ts";

// Who may import whom, by folder: a folder may always import itself. `npm:` and `node:`, `bun` are named like folders.
// The design's reason in a word: protocols know neither sockets nor time, the core knows neither, sessions never meet.

const MAY_IMPORT: Record<string, string> = {
  base: "",
  ring: "base",
  record: "base",
  pool: "base ring ffi",
  telemetry: "base",
  agent: "base ring record telemetry ffi",
  fix: "base",
  ouch: "base",
  core: "base record ring agent telemetry",
  net: "base ffi pool",
  journal: "base record agent ffi node:",
  link: "base record ring agent fix net telemetry journal ffi",
  client: "base record ring agent fix net telemetry journal link",
  venue: "base record ring agent fix net telemetry journal link",
  config: "base node: npm:@sinclair/typebox",
  dialect: "base fix node: npm:fast-xml-parser",
  exchange: "base fix net agent link record",
  admin: "base record telemetry journal config node: npm:",
  ffi: "base node: bun:ffi",
  engine: "base agent bun:jsc",
  service: "base agent telemetry ffi",
  memory: "base ffi node:",
};
const REPORTS = "base node: npm:hdr-histogram-js";
/** Composition: these put the parts together, so they may see all of them. */
const EVERYTHING = new Set([
  "gateway",
  "calls",
  "rounds",
  "plan",
  "lane",
  "lane-data",
  "lane-text",
  "lane-order",
  "lane-thread",
  "lane-reactor",
  "rehearsal",
  "recovery",
  "timetable",
  "durability",
  "snapshot",
  "snapshot-parts",
  "snapshotter",
  "stolen",
  "stall-log",
  "quiet",
  "memory-guard",
  "events-text",
  "password-checks",
  "session-buffers",
  "lane-buffers",
  "dialects",
  "validators",
  "appliance",
  "bench",
  "test",
]);

/** Where a specifier leads from `path`: a path of the tree, or the specifier itself. */
function target(path: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier;
}

/** The folder (or the composing file in src) that a path belongs to. */
function folderOf(path: string): string {
  const [top, second = "", third] = path.split("/");
  if (top !== "src") return top!;
  return third === undefined ? second.replace(/\.ts$/, "") : second;
}

/** What another compiler compiles: it has nothing but itself. */
const CODEC = "src/fix/codec/";
/** The codec and what it compares with lie where vectors reach them. */
const AT_ADDRESSES = ["src/fix/codec.ts", "src/fix/session-texts.ts"];

function allowed(path: string): string[] {
  const folder = folderOf(path);
  let rule = MAY_IMPORT[folder] ?? "";
  if (folder === "fix" || folder === "ouch") {
    // Only what translates between messages and records knows records.
    if (/(translate|-in|-out|-id)\.ts$/.test(path)) rule += " record";
  }
  if (AT_ADDRESSES.includes(path)) rule += " ffi";
  if (path === "src/telemetry/report.ts") rule = REPORTS;
  return rule.split(" ").filter((name) => name !== "");
}

/** Offences of one file's imports, each naming what it may not import. */
export function importOffences(path: string, source: string): string[] {
  const folder = folderOf(path);
  const offences: string[] = [];
  for (const specifier of specifiers(source)) {
    const to = target(path, specifier);
    const inTree = specifier.startsWith(".");
    if (inTree && /(^|\/)index(\.ts)?$/.test(to)) offences.push(`imports ${specifier}: name the file`);
    if (inTree && !/\.\w+$/.test(to)) offences.push(`imports ${specifier} without its extension`);
    if (specifier === "bun:ffi" && folder !== "ffi") offences.push("imports bun:ffi outside ffi/");
    if (inTree && folderOf(to) === "appliance" && folder !== "appliance" && folder !== "bench" && folder !== "test") {
      offences.push(`imports ${specifier}: nothing in src or ffi knows the appliance`);
    } else if (path.startsWith(CODEC)) {
      if (!inTree || posix.dirname(to) !== posix.dirname(path))
        offences.push(`imports ${specifier}: files of the codec may import only each other`);
    } else if (!EVERYTHING.has(folder) && !mayImport(path, folder, to, inTree)) {
      offences.push(`imports ${specifier}: ${folder} may import ${allowed(path).join(", ") || "nothing"}`);
    }
  }
  return offences;
}

function mayImport(path: string, folder: string, to: string, inTree: boolean): boolean {
  const rules = allowed(path);
  if (inTree) return folderOf(to) === folder || rules.includes(folderOf(to));
  const named = to === "bun" || to.startsWith("node:") || to.startsWith("bun:") ? to : `npm:${to}`;
  return rules.some((rule) => named === rule || named.startsWith(rule.endsWith(":") ? rule : `${rule}/`));
}

/** What a file imports, exports from or loads, types included. */
export function specifiers(source: string): string[] {
  const tokens = tokenize(source);
  const found: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const next = tokens[i + 1];
    if (!isName(tokens[i]!, "from") && !isName(tokens[i]!, "import")) continue;
    if (next?.kind === "string") found.push(next.text.slice(1, -1));
    else if (next?.text === "(" && isName(tokens[i]!, "import") && tokens[i + 2]?.kind === "string") {
      found.push(tokens[i + 2]!.text.slice(1, -1));
    }
  }
  return found;
}

function isName(token: Token, text: string): boolean {
  return token.kind === "name" && token.text === text;
}

/** `ptr` of memory that may move corrupts the heap, so one file alone may take addresses. */
export function pointerOffences(path: string, source: string): string[] {
  if (path === "ffi/memory.ts") return [];
  const tokens = tokenize(source);
  const calls = tokens.some((token, i) => isName(token, "ptr") && "(,}".includes(tokens[i + 1]?.text ?? ""));
  return calls ? ["uses ptr: only ffi/memory.ts takes addresses"] : [];
}
