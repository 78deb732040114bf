import type { LivePeer, LiveView } from "../../src/operation/live.ts";

/** Size of the terminal. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly isColoured: boolean;
}

/** How a line looks. */
type Look = "plain" | "heading" | "good" | "bad";

interface Line {
  readonly text: string;
  readonly look: Look;
}

/** One part of the view. A new part is a row of PARTS. */
interface Part {
  readonly lines: (view: LiveView) => Line[];
  /** Lines that it may always have; what is left of the screen is shared by those that want more. */
  readonly least: number;
}

/** Escape sequences of SGR; without colour a bad line begins with a mark. */
const SGR: Readonly<Record<Look, string>> = { plain: "", heading: "1", good: "32", bad: "31" };
const NARROWEST = 40;

const plain = (text: string): Line => ({ text, look: "plain" });
const heading = (text: string): Line => ({ text, look: "heading" });
const bad = (text: string): Line => ({ text, look: "bad" });

/** The parts, from the top to the bottom. */
const PARTS: readonly Part[] = [
  { least: 3, lines: headLines },
  { least: 2, lines: killLines },
  { least: 6, lines: latencyLines },
  { least: 3, lines: (view) => peerLines("session", view.sessions) },
  { least: 3, lines: (view) => peerLines("venue", view.venues) },
  { least: 3, lines: limitLines },
  { least: 3, lines: stallLines },
  { least: 2, lines: alarmLines },
];

/** The view as lines of text that fit the screen, with SGR sequences where it is coloured. */
export function frameLines(view: LiveView, screen: Screen): string[] {
  const width = Math.max(NARROWEST, screen.columns);
  const parts = PARTS.map(({ lines, least }) => ({ lines: lines(view), least })).filter(
    ({ lines }) => lines.length > 0,
  );
  // The last line is left free: a terminal scrolls when it is full.
  let left = screen.rows - 1 - parts.reduce((sum, { lines, least }) => sum + Math.min(least, lines.length), 0);
  const shown = parts.flatMap(({ lines, least }) => {
    const more = Math.max(0, Math.min(lines.length - least, left));
    left -= more;
    return cutLines(lines, Math.min(lines.length, least) + more);
  });
  return shown.slice(0, Math.max(1, screen.rows - 1)).map((line) => drawn(line, width, screen.isColoured));
}

/** The first lines, the last of which says how many are left out. */
function cutLines(lines: readonly Line[], most: number): Line[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most - 1), plain(`  … ${lines.length - most + 1} more`)];
}

function drawn({ text, look }: Line, width: number, isColoured: boolean): string {
  const marked = !isColoured && look === "bad" ? `! ${text.replace(/^ {2}/, "")}` : text;
  const safe = marked.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "?");
  const cut = safe.length > width ? `${safe.slice(0, width - 1)}…` : safe.trimEnd();
  return isColoured && SGR[look] !== "" ? `\u001b[${SGR[look]}m${cut}\u001b[0m` : cut;
}

function headLines({ time, system, rates, orders, journal }: LiveView): Line[] {
  const state = system.notReady === "" ? [] : [bad(`  NOT READY: ${system.notReady}`)];
  const used =
    journal.totalBytes === 0
      ? ""
      : `, disk ${percent(journal.totalBytes - journal.freeBytes, journal.totalBytes)} used`;
  const attention = `  open ${count(orders.open)}, ${count(orders.attention)} need attention`;
  return [
    heading(`Sallyport ${system.version}  ${time.slice(0, 19).replace("T", " ")} UTC`),
    plain(`  ${count(rates.orders)} orders/s, ${count(rates.reports)} reports/s, ${count(rates.rejects)} rejects/s`),
    (orders.attention > 0 ? bad : plain)(`${attention}; journal buffers ${journal.fullestPercent} % full${used}`),
    ...state,
  ];
}

function killLines({ killSwitch }: LiveView): Line[] {
  return killSwitch
    .filter(({ engaged }) => engaged)
    .map(({ scope, by, at }) =>
      bad(`  KILL SWITCH ${scope} engaged${by === null ? "" : ` by ${by}`}${at === null ? "" : ` ${at.slice(0, 19)}`}`),
    );
}

function latencyLines({ latency }: LiveView): Line[] {
  if (latency.length === 0) return [];
  const row = (cells: readonly string[]): string =>
    `  ${cells[0]!.padEnd(9)}${cells
      .slice(1)
      .map((cell) => cell.padStart(11))
      .join("")}`;
  return [
    heading(row(["stage", "count", "p50 µs", "p99 µs", "p99.9 µs", "max µs"])),
    ...latency.map(({ stage, count: values, p50, p99, p999, max }) =>
      plain(row([stage, count(values), micros(p50), micros(p99), micros(p999), micros(max)])),
    ),
  ];
}

function peerLines(kind: "session" | "venue", peers: readonly LivePeer[]): Line[] {
  if (peers.length === 0) return [];
  const row = (name: string, link: string, cells: readonly string[]): string =>
    `  ${fitted(name, 16)} ${fitted(link, 18)}${cells.map((cell) => cell.padStart(8)).join("")}`;
  const last = kind === "session" ? "open" : "unack";
  const sorted = peers.toSorted((a, b) => Number(isDown(b)) - Number(isDown(a)));
  return [
    heading(row(kind, "state", ["in/s", "out/s", "rejects", last, "backlog"])),
    ...sorted.map((peer) => {
      const link = peer.state === "on" ? peer.link : `${peer.link}, ${peer.state}`;
      const figures = [peer.inPerSecond, peer.outPerSecond, peer.rejects, peer.orders].map(short);
      return (isDown(peer) ? bad : plain)(row(peer.name, link, [...figures, bytes(peer.backlogBytes)]));
    }),
  ];
}

function isDown({ link, state }: LivePeer): boolean {
  return state !== "on" || (link !== "logged on" && link !== "closed");
}

function limitLines({ limits }: LiveView): Line[] {
  if (limits.length === 0) return [];
  return [
    heading(
      `  ${fitted("account", 16)} ${fitted("limit", 18)}${"used".padStart(14)}${"most".padStart(18)}${"%".padStart(6)}`,
    ),
    ...limits.map(({ account, limit, used, most, percent: part, currency }) =>
      (part >= 90 ? bad : plain)(
        `  ${fitted(account, 16)} ${fitted(limit, 18)}${String(used).padStart(14)}${String(most).padStart(18)}${String(part).padStart(6)}${currency === undefined ? "" : ` ${currency}`}`,
      ),
    ),
  ];
}

function stallLines({ stalls }: LiveView): Line[] {
  const seen = stalls.filter((stall) => stall.count > 0).toSorted((a, b) => b.count - a.count);
  if (seen.length === 0) return [];
  return [
    heading(`  ${fitted("stalls by cause", 24)}${"count".padStart(10)}${"worst µs".padStart(14)}`),
    ...seen.map((stall) =>
      plain(`  ${fitted(stall.cause, 24)}${count(stall.count).padStart(10)}${micros(stall.worstUs).padStart(14)}`),
    ),
  ];
}

function alarmLines({ alarms }: LiveView): Line[] {
  if (alarms.length === 0) return [{ text: "  no alarms", look: "good" }];
  return [
    heading(`  ${alarms.length} ${alarms.length === 1 ? "alarm" : "alarms"}`),
    ...alarms.map(({ severity, subject, text, acknowledgedBy }) =>
      (acknowledgedBy === null ? bad : plain)(
        `  ${severity}${subject === "" ? "" : ` ${subject}`}: ${text}${acknowledgedBy === null ? "" : ` (acknowledged by ${acknowledgedBy})`}`,
      ),
    ),
  ];
}

/** Exactly so wide. */
function fitted(text: string, width: number): string {
  return (text.length > width ? `${text.slice(0, width - 1)}…` : text).padEnd(width);
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** At most seven characters. */
function short(value: number): string {
  if (value < 1e5) return count(value);
  return value < 1e7 ? `${Math.round(value / 1e3)}k` : `${Math.round(value / 1e6)}M`;
}

function bytes(value: number): string {
  if (value < 1024) return String(value);
  return value < 1024 * 1024 ? `${Math.round(value / 1024)}K` : `${Math.round(value / 1024 / 1024)}M`;
}

function micros(value: number): string {
  return value < 100 ? value.toFixed(1) : count(value);
}

function percent(part: number, all: number): string {
  return `${Math.round((100 * part) / all)} %`;
}
