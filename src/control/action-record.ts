import { CONTROL_OPERATOR_ACTION, CONTROL_TEXT_BYTES } from "../record/control-codes.ts";
import type { Command } from "./command-ring.ts";

/** Parts of one text: as many as the control ring takes beside other commands. */
const MOST_PARTS = 16;
const PARTS_SHIFT = 8;
const PART_MASK = (1 << PARTS_SHIFT) - 1;

/**
 * What an operator did, as the journal keeps it: JSON of `phase` "asked" before anything is done, and "done" with the result after it.
 * Both have the action's number.
 */
export interface ActionRecord {
  readonly phase: "asked" | "done";
  /** Microseconds since 1970 of the request; unique. */
  readonly id: number;
  readonly who: string;
  /** How the operator was identified, and from where: `socket uid 1000 pid 77`, `127.0.0.1 token desk`. */
  readonly from: string;
  /** `session.logout`, `kill-switch.engage`. */
  readonly action: string;
  /** What it is about: the name of a session, an order's id; "" for the gateway. */
  readonly target: string;
  readonly why: string;
  readonly old?: unknown;
  readonly new?: unknown;
  /** Who has confirmed it, where a second person must. */
  readonly confirmedBy?: string;
  /** "applied", "unchanged", or why it was not applied. */
  readonly result?: string;
}

/** The commands that put a record into the journal of the core, in their order. Throws when it is too long. */
export function actionCommands(record: ActionRecord): Command[] {
  const bytes = new TextEncoder().encode(JSON.stringify(record));
  const parts = Math.max(1, Math.ceil(bytes.length / CONTROL_TEXT_BYTES));
  if (parts > MOST_PARTS) {
    const most = MOST_PARTS * CONTROL_TEXT_BYTES;
    throw new Error(`${record.action}: expected a record of at most ${most} bytes, got ${bytes.length}`);
  }
  return Array.from({ length: parts }, (_, part) => ({
    kind: CONTROL_OPERATOR_ACTION,
    value: (parts << PARTS_SHIFT) | part,
    amount: record.id,
    text: bytes.subarray(part * CONTROL_TEXT_BYTES, (part + 1) * CONTROL_TEXT_BYTES),
  }));
}

/** Which part of how many the `value` of such a command is. */
export function partOf(value: number): { part: number; parts: number } {
  return { part: value & PART_MASK, parts: value >> PARTS_SHIFT };
}

/** Joins the parts of records as a journal has them. */
export class ActionParts {
  private readonly begun = new Map<string, Uint8Array[]>();

  /** Returns  the record that this part completes, or null. */
  take(id: number, value: number, bytes: Uint8Array): ActionRecord | null {
    const { part, parts } = partOf(value);
    if (parts === 1) return readRecord([bytes]);
    // The records of one action follow each other: none begins before the other is whole.
    const key = String(id);
    const texts = part === 0 ? [] : (this.begun.get(key) ?? []);
    texts.push(bytes.slice());
    if (texts.length < parts) this.begun.set(key, texts);
    else this.begun.delete(key);
    return texts.length < parts ? null : readRecord(texts);
  }
}

function readRecord(texts: readonly Uint8Array[]): ActionRecord | null {
  const decoder = new TextDecoder();
  const whole = texts.map((text) => decoder.decode(text, { stream: true })).join("") + decoder.decode();
  try {
    return JSON.parse(whole) as ActionRecord;
  } catch {
    return null;
  }
}

/** The record in one line. */
export function actionText(record: ActionRecord): string {
  const { phase, id, who, from, action, target, why, result, confirmedBy } = record;
  const about = target === "" ? action : `${action} ${target}`;
  if (phase === "done") return `operator action ${id} (${about}): ${result}`;
  const change = "old" in record || "new" in record ? ` (${valueText(record.old)} → ${valueText(record.new)})` : "";
  const second = confirmedBy === undefined ? "" : `, confirmed by ${confirmedBy},`;
  return `operator action ${id}: ${who} (${from})${second} asked for ${about}${change}: ${why}`;
}

function valueText(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
