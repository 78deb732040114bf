import type { NewSilence, SilenceView } from "../operation/alarms.ts";
import { timeText } from "./time-text.ts";

/** More at a time are refused. */
export const MOST_SILENCES = 200;

/** A silence; times in milliseconds since 1970. Plain data, as in the state file. */
export interface Silence extends NewSilence {
  readonly id: string;
  readonly by: string;
  readonly atMs: number;
}

/** The silences that have not ended. */
export class Silences {
  private readonly silences: Silence[] = [];

  get list(): readonly Silence[] {
    return this.silences;
  }

  add(silence: Silence): void {
    if (this.silences.length >= MOST_SILENCES)
      throw new RangeError(`expected at most ${MOST_SILENCES} silences at a time: end one first`);
    this.silences.push(silence);
  }

  remove(id: string): Silence | null {
    const at = this.silences.findIndex((silence) => silence.id === id);
    return at < 0 ? null : this.silences.splice(at, 1)[0]!;
  }

  /** Removes and returns those that have ended. */
  expired(nowMs: number): Silence[] {
    return this.silences.filter(({ untilMs }) => untilMs <= nowMs).map(({ id }) => this.remove(id)!);
  }

  /** The silence of an alarm, or null. */
  of(rule: string, subject: string): Silence | null {
    return this.silences.find((silence) => fits(silence.rule, rule) && fits(silence.subject, subject)) ?? null;
  }
}

export function silenceView({ id, rule, subject, untilMs, why, by, atMs }: Silence): SilenceView {
  return { id, rule, subject, until: timeText(untilMs), why, by, at: timeText(atMs) };
}

/** Whether a text fits a pattern in which `*` stands for any text. Takes time proportional to both lengths. */
export function fits(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift()!;
  const last = parts.pop();
  if (last === undefined) return first === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
