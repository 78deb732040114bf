import type { Message } from "../../src/counterparty/message.ts";
import { SOH } from "../../src/counterparty/message.ts";
import { executable } from "../e2e/gateway.ts";

/** A peer's own notes. */
interface Noted {
  readonly compId: string;
  readonly nextOut: number;
  /** All that it sent, and all that it got. */
  readonly written: ReadonlySet<string>;
  readonly received: readonly Message[];
}

const MOST = 6;
const LARGEST_EXPORT = 1 << 30;
const APPLICATION = "DFG89";

/**
 * Compares the journal of a dead gateway with what the peers wrote down, byte for byte: it has each message that they got,
 * no message of theirs that they did not send, and each order and report that they sent, as it came at least once.
 */
export function compareJournal(dir: string, peers: readonly Noted[]): { count: number; wrong: string[] } {
  const lines = exported(dir);
  const known = new Set(lines);
  const wrong: string[] = [];
  const say = (text: string, raw: string) => wrong.push(`${text}: ${raw.replaceAll(SOH, "|")}`);
  for (const { compId, nextOut, written, received } of peers) {
    for (const { raw } of received) if (!known.has(raw)) say(`${compId} got what the journal has not`, raw);
    const came = new Set<number>();
    for (const line of lines) {
      if (!line.includes(`${SOH}49=${compId}${SOH}`)) continue;
      if (!written.has(line)) say(`the journal has what ${compId} did not send`, line);
      came.add(numberOf(line));
    }
    for (const raw of written) {
      const number = numberOf(raw);
      const isOrder = APPLICATION.includes(/\x0135=(\w+)\x01/.exec(raw)![1]!);
      if (isOrder && number < nextOut && !came.has(number)) say(`${compId} sent what the journal has not`, raw);
    }
  }
  return { count: lines.length, wrong: wrong.slice(0, MOST) };
}

/** The messages of the journal, one a line. */
function exported(dir: string): string[] {
  const child = Bun.spawnSync([executable(), "journal", "export", dir], { maxBuffer: LARGEST_EXPORT });
  if (child.exitCode !== 0) throw new Error(`journal export: ${child.stderr}`);
  const lines = Buffer.from(child.stdout).toString("latin1").trimEnd().split("\n");
  return lines.map((line) =>
    line.replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

function numberOf(raw: string): number {
  return Number(/\x0134=(\d+)\x01/.exec(raw)![1]);
}
