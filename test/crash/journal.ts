import { type Message, SOH } from "../../src/counterparty/message.ts";
import { executable } from "../e2e/gateway.ts";

/** A peer's own notes. */
interface Noted {
  readonly compId: string;
  readonly nextOut: number;
  /** All that it sent, and all that it got. */
  readonly written: ReadonlySet<string>;
  readonly received: readonly Message[];
}

/** An entry of `journal print --json` that has bytes of a connection. */
interface Line {
  readonly direction: string;
  readonly name: string;
  readonly fix: string;
  /** Why nobody acted on it. */
  readonly skipped?: string;
}

const MOST = 6;
const LARGEST_OUTPUT = 1 << 30;
const APPLICATION = "DFG89";

/**
 * Compares the journal of a dead gateway with what the peers wrote down, byte for byte: it has each message that they got,
 * nothing of theirs that they did not send, and each order and report that they sent, as it came at least once.
 */
export function compareJournal(dir: string, peers: readonly Noted[]): { count: number; wrong: string[] } {
  const lines = linesOf(dir);
  const wrong: string[] = [];
  const say = (text: string, raw: string) => wrong.push(`${text}: ${raw.replaceAll(SOH, "|")}`);
  const sent = new Set(lines.filter(({ direction }) => direction === "out").map(({ fix }) => fix));
  for (const { compId, nextOut, written, received } of peers) {
    for (const { raw } of received) if (!sent.has(raw)) say(`${compId} got what the journal has not`, raw);
    const came = new Set<number>();
    for (const { direction, name, fix, skipped } of lines) {
      if (direction !== "in" || name !== compId || skipped !== undefined) continue;
      if (!written.has(fix)) say(`the journal has what ${compId} did not send`, fix);
      came.add(numberOf(fix));
    }
    for (const raw of written) {
      const isOrder = APPLICATION.includes(/\x0135=(\w+)\x01/.exec(raw)![1]!);
      const number = numberOf(raw);
      if (isOrder && number < nextOut && !came.has(number)) say(`${compId} sent what the journal has not`, raw);
    }
  }
  // What a connection left behind at its end begins and ends anywhere.
  const streams = peers.map(({ written }) => [...written].join(""));
  for (const { direction, fix, skipped } of lines)
    if (direction === "in" && skipped !== undefined && !streams.some((stream) => stream.includes(fix)))
      say("the journal has bytes that nobody sent", fix);
  return { count: lines.length, wrong: wrong.slice(0, MOST) };
}

/** Messages and other bytes of the journal, as they were. */
function linesOf(dir: string): Line[] {
  const command = [executable(), "journal", "print", "--json", dir];
  const child = Bun.spawnSync(command, { maxBuffer: LARGEST_OUTPUT });
  if (child.exitCode !== 0) throw new Error(`journal print: ${child.stderr}`);
  const all = child.stdout.toString().trimEnd().split("\n");
  return all
    .map((line): Line => JSON.parse(line))
    .filter(({ direction, fix }) => direction !== "core" && fix !== undefined)
    .map((line) => ({ ...line, fix: whole(line.fix) }));
}

function whole(fix: string): string {
  const bytes = fix.replaceAll("|", SOH);
  return bytes.replace(/\\x([0-9a-f]{2})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function numberOf(raw: string): number {
  return Number(/\x0134=(\d+)\x01/.exec(raw)![1]);
}
