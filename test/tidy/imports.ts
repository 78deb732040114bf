import { posix } from "node:path";
import { type Token, tokenize } from "./javascript.ts";

// Who may import whom, by room: a folder of src/, or a folder or file within one that has rules of its own, the longest that fits. A
// room may always import itself. `npm:`, `node:` and `bun` are named like rooms; `core` in a list means that room and all
// below it. The design's reasons: protocols know neither sockets nor time, the core knows neither, sessions never meet.
const MAY_IMPORT: Record<string, string> = {
  base: "",
  ring: "base ring/assembly",
  record: "base",
  pool: "base ring ffi",
  telemetry: "base ring telemetry/assembly",
  "telemetry/assembly": "record record/assembly",
  lane: "base ffi",
  control: "base ring record",
  operation: "base",
  net: "base ffi pool",
  tls: "base net config ffi node:",
  assembly: "base core/assembly fix/wire/codec fix/batch journal/assembly telemetry/assembly",
  "record/assembly": "record",
  "core/assembly": "core record record/assembly ring/assembly journal/assembly telemetry/assembly",
  "ring/assembly": "",
  "journal/assembly": "journal",
  "fix/wire": "base ffi assembly fix/wire/codec",
  "fix/wire/codec": "",
  "fix/batch": "record record/assembly ring/assembly journal journal/assembly fix/wire/codec telemetry/assembly",
  "fix/dictionary": "base fix/wire fix/session",
  "fix/dictionary/xml": "base fix/dictionary npm:fast-xml-parser",
  "fix/session": "base fix/wire fix/dictionary session/protocol.ts",
  "fix/orders": "base record fix/wire fix/dictionary fix/session",
  core: "base record ring lane telemetry assembly core/assembly",
  journal: "base ring lane assembly journal/store ffi node:",
  "journal/store": "base journal ffi node:",
  schedule: "base ring",
  "session/protocol.ts": "base",
  session:
    "base record ring lane fix/batch fix/orders fix/session fix/wire net telemetry journal schedule assembly session/protocol.ts ffi",
  client: "base record ring lane fix net telemetry journal session",
  venue: "base record ring lane fix net telemetry journal session",
  "drop-copy": "base record lane fix net telemetry journal session client ring",
  exchange: "base record lane fix net session",
  config: "base node: npm:@sinclair/typebox",
  plan: "base ring record lane net pool telemetry stalls journal schedule core config client venue fix/wire drop-copy",
  stalls: "base lane operation ffi node: bun:jsc",
  alarms: "base operation config node:",
  metrics: "base operation node: npm:@opentelemetry",
  host: "base lane net stalls telemetry config plan ffi node:",
  quotes: "base node: bun",
  recovery: "base record core journal config plan node:",
  profiles: "base lane operation node: bun:jsc",
  audit: "base record control core fix/orders fix/wire journal config recovery telemetry operation node:",
  reports:
    "base record control core journal config recovery operation audit npm:csv-stringify npm:hyparquet-writer node:",
  counterparty: "base ffi bun",
  "warm-up": "base ring record control lane pool telemetry stalls journal config plan counterparty ffi node:",
  gateway:
    "base ring record control lane net tls pool telemetry fix assembly core journal session schedule client venue exchange drop-copy config plan stalls host recovery warm-up operation profiles quotes audit alarms metrics reports admin ffi node:",
  admin: "base record control telemetry journal config operation node: npm:",
  ffi: "base node: bun:ffi",
  appliance: "src ffi systemd node: bun npm:",
  bench: "src ffi appliance test node: bun bun: npm:",
  test: "src ffi appliance bench node: bun bun:test bun:jsc npm:",
};
/** Files that may import more than their room. */
const BESIDES: Record<string, string> = {
  "src/telemetry/latency-report.ts": "node: npm:hdr-histogram-js",
  // The kinds of records, for the table of what each holds.
  "src/fix/wire/held.ts": "record",
};
const ROOMS = Object.keys(MAY_IMPORT).sort((a, b) => b.length - a.length);

/** Where a specifier leads from `path`: a path of the tree, or the specifier itself. */
function target(path: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier;
}

/** The room that a path belongs to; what no rule knows is a room of that name, which may import nothing. */
function roomOf(path: string): string {
  const inside = path.replace(/^src\//, "");
  return ROOMS.find((room) => inside === room || inside.startsWith(`${room}/`)) ?? inside.split("/")[0]!;
}

function allowed(path: string): string[] {
  return `${MAY_IMPORT[roomOf(path)] ?? ""} ${BESIDES[path] ?? ""}`.split(" ").filter((name) => name !== "");
}

/** Offences of one file's imports, each naming what it may not import. */
export function importOffences(path: string, source: string): string[] {
  const room = roomOf(path);
  const offences: string[] = [];
  for (const specifier of specifiers(source)) {
    const to = target(path, specifier);
    const inTree = specifier.startsWith(".");
    if (inTree && /(^|\/)index(\.ts)?$/.test(to)) offences.push(`imports ${specifier}: name the file`);
    if (inTree && !/\.\w+$/.test(to)) offences.push(`imports ${specifier} without its extension`);
    if (specifier === "bun:ffi" && room !== "ffi") offences.push("imports bun:ffi outside ffi/");
    if (!mayImport(path, room, to, inTree))
      offences.push(`imports ${specifier}: ${room} may import ${allowed(path).join(", ") || "nothing"}`);
  }
  return offences;
}

function mayImport(path: string, room: string, to: string, inTree: boolean): boolean {
  const rules = allowed(path);
  if (!inTree) {
    const named = to === "bun" || /^(node|bun):/.test(to) ? to : `npm:${to}`;
    return rules.some((rule) => named === rule || named.startsWith(rule.endsWith(":") ? rule : `${rule}/`));
  }
  const other = roomOf(to);
  if (other === room) return true;
  const within = (rule: string): boolean => other === rule || other.startsWith(`${rule}/`);
  return rules.some((rule) => (rule === "src" ? to.startsWith("src/") : within(rule))) || isPackage(to, rules);
}

/** `package.json` and the like, for the rooms that may read everything. */
function isPackage(to: string, rules: readonly string[]): boolean {
  return !to.includes("/") && rules.includes("src");
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
